"""Fixtures: an app on a fresh database for each test, copied from one with all tables made once a session."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.globals import app_ctx
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.app import create_app
from portal.config import Settings
from portal.database import db, writing
from portal.database.schema import upgrade_schema
from tests import factories
from tests.postgres import server_problem, temporary_database


def pytest_addoption(parser: pytest.Parser) -> None:
    """The same tests on the other engine."""
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite", help="database of the tests")


def make_settings(instance_dir: Path, **overrides: Any) -> Settings:
    """Settings of a test installation; nothing is read from the environment's ``PORTAL_`` variables or .env."""
    values: dict[str, Any] = {
        "environment": "test",
        "instance_dir": instance_dir,
        "mail_transport": "capture",
        "database_url": "",
        "support_email": "support@help.example",
        "brand_name": "Lumen Play Help",
        "base_url": "http://localhost",
        **overrides,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(make_settings(folder))
    with app.app_context(), writing():
        upgrade_schema()
        db.session.remove()
        # Without SQLAlchemy's transaction, inside which a checkpoint is refused.
        connection = db.engine.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        db.engine.dispose()
    return folder


@pytest.fixture
def instance_dir(tmp_path: Path, template_database: Path) -> Path:
    """An instance folder with an empty database and built assets."""
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(template_database / "portal.sqlite3", folder / "portal.sqlite3")
    shutil.copytree(template_database / "assets", folder / "assets")
    return folder


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables."""
    problem = server_problem()
    if problem:
        skip_or_fail(problem)
    with temporary_database() as url:
        app = create_app(make_settings(tmp_path_factory.mktemp("postgres"), database_url=url))
        with app.app_context():
            upgrade_schema()
            db.engine.dispose()
        yield url.rpartition("/")[2]


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database of the test's app: a SQLite file, or with ``--engine=postgresql`` a PostgreSQL database."""
    if request.config.getoption("engine") == "sqlite":
        yield ""
    else:
        with temporary_database(request.getfixturevalue("postgres_template")) as url:
            yield url


@pytest.fixture
def settings(instance_dir: Path, database_url: str) -> Settings:
    """The settings of the test's app."""
    return make_settings(instance_dir, database_url=database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app inside its context, with the right to write."""
    app = create_app(settings)
    inner = app.wsgi_app

    def with_fresh_g(environ: Any, start_response: Any) -> Any:
        # Flask reuses the context that the test stands in, and with it what earlier requests left in ``g``.
        app_ctx.g = app.app_ctx_globals_class()
        return inner(environ, start_response)

    app.wsgi_app = with_fresh_g  # type: ignore[method-assign]
    with app.app_context(), writing():
        yield app
        db.session.remove()
        finish_jobs_beside(app)
        db.engine.dispose()


def finish_jobs_beside(app: Flask) -> None:
    """Wait for what the app runs beside its requests: no test finds another's job in its database."""
    for thread in threading.enumerate():
        if thread.name in app.extensions["jobs"].runners:
            thread.join(30)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def agent_client(app: Flask) -> FlaskClient:
    """A browser in which an agent (factories.make_agent) is signed in; ``agent_client.agent`` is the agent."""
    return factories.signed_in_client(app, factories.make_agent())


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with count_queries() as statements:`` collects the SQL that the block sends, without BEGIN and the like."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect


def skip_or_fail(reason: str) -> NoReturn:
    """Skip for want of a part; where the environment promises all parts, fail instead."""
    if os.environ.get("ANSWERWELL_TESTS_SKIP_NOTHING"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database that is dropped afterwards."""
    problem = server_problem()
    if problem:
        skip_or_fail(problem)
    with temporary_database() as url:
        yield url
