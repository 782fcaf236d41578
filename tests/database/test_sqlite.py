"""SQLite keeps the promises of durability; readers do not wait for a writer."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from portal.app import create_app
from portal.database import db
from portal.people.models import Person


@pytest.fixture
def database_url() -> str:
    """Always the SQLite file, whichever engine the other tests run on."""
    return ""


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_sqlite_is_durable_and_checks_keys(app, pragma: str, value):
    assert db.session.scalar(text(f"PRAGMA {pragma}")) == value


def test_reading_does_not_wait_for_a_writer(app, settings):
    with db.engine.begin() as writer:
        writer.execute(text("UPDATE ticket SET subject = subject"))
        other = create_app(settings)
        response = other.test_client().get("/readyz")
        assert response.status_code == 200


def test_a_naive_instant_is_refused(app):
    db.session.add(Person(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake under test
    with pytest.raises(StatementError, match="naive"):
        db.session.commit()
