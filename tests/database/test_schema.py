"""Migrations lead to what the models say, on both engines; SQLite keeps its promises."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from portal.app import create_app
from portal.database import db, writing
from portal.database.schema import _config, _head, schema_differences, schema_is_current, upgrade_schema
from tests.conftest import make_settings


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_migrations_lead_to_what_the_models_say(engine: str, tmp_path, request: pytest.FixtureRequest):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else ""
    app = create_app(make_settings(tmp_path, database_url=url))
    with app.app_context(), writing():
        assert not schema_is_current()
        upgrade_schema()
        assert schema_is_current()
        assert schema_differences() == []
        db.engine.dispose()


def test_migrating_twice_changes_nothing(tmp_path):
    app = create_app(make_settings(tmp_path))
    with app.app_context(), writing():
        upgrade_schema()
        upgrade_schema()
        db.engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_released_database_keeps_its_searches_when_learning_comes(
    engine: str, tmp_path, request: pytest.FixtureRequest
):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else ""
    app = create_app(make_settings(tmp_path, database_url=url))
    with app.app_context(), writing():
        command.upgrade(_config(), "0001")
        db.session.execute(
            text(
                "INSERT INTO search_query (visit, surface, locale, text, result_count, other_language_count,"
                " created_at, updated_at) VALUES ('', 'results', 'en', 'refund', 3, 0, :now, :now)"
            ),
            {"now": "2026-11-01 10:00:00+00:00"},
        )
        db.session.commit()
        upgrade_schema()
        kept = db.session.execute(text("SELECT text, ranker_version FROM search_query")).all()
        assert kept == [("refund", "")]
        db.session.rollback()
        command.downgrade(_config(), "0001")
        assert db.session.execute(text("SELECT text FROM search_query")).scalars().all() == ["refund"]
        db.session.rollback()
        db.engine.dispose()


def test_the_newest_migration_is_the_one_with_the_highest_number():
    assert _head() == ScriptDirectory.from_config(_config()).get_current_head()


def test_a_web_process_does_not_load_what_only_migrations_need():
    check = "import sys, portal.app; sys.exit(bool({'alembic', 'mako'} & sys.modules.keys()))"

    subprocess.run([sys.executable, "-c", check], check=True)
