"""Migrations lead to what the models say, on both engines; SQLite keeps its promises."""

from __future__ import annotations

import pytest

from portal.app import create_app
from portal.database import db, writing
from portal.database.schema import schema_differences, schema_is_current, upgrade_schema
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
