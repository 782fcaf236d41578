"""Without its database the portal still answers, with pages of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from portal.app import create_app
from portal.config import Settings
from portal.database import db
from portal.web.access import public
from tests.conftest import make_settings
from tests.postgres import SERVER


@pytest.fixture(params=["sqlite:////nowhere/at/all/portal.sqlite3", "postgresql://postgres@127.0.0.1:1/nothing"])
def lost_client(request: pytest.FixtureRequest, instance_dir: Path) -> FlaskClient:
    """A browser with cookies of an agent and of a requester, before a portal that cannot reach its database."""
    client = create_app(make_settings(instance_dir, database_url=request.param)).test_client()
    client.set_cookie("agent_session", "token")
    client.set_cookie("requester_session-HX-222222", "token")
    return client


@pytest.fixture
def lose_database(app: Flask) -> Iterator[Callable[[], None]]:
    """Call it, and every statement from then on fails."""

    def fail(*_args: object) -> None:
        raise OperationalError("", {}, Exception("the connection is lost"))

    yield lambda: event.listen(db.engine, "before_cursor_execute", fail)
    if event.contains(db.engine, "before_cursor_execute", fail):
        event.remove(db.engine, "before_cursor_execute", fail)


def test_readiness_says_what_is_missing(lost_client: FlaskClient):
    answer = lost_client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["status"] == "not ready"
    assert answer.json["checks"]["database"] == {"ready": False, "error": "OperationalError"}
    assert lost_client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/en/nowhere", "/nowhere", "/agent/nowhere"])
def test_an_unknown_address_is_still_not_found(lost_client: FlaskClient, path: str):
    answer = lost_client.get(path)
    assert answer.status_code == 404
    assert "We could not find that page" in answer.text


@pytest.mark.parametrize("path", ["/en/", "/en/contact", "/en/requests", "/agent/tickets", "/cs/", "/de-AT/"])
def test_every_other_page_says_that_it_is_our_fault(lost_client: FlaskClient, path: str):
    answer = lost_client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code in {200, 404, 500}
    assert "<html" in answer.text
    fragment = lost_client.get(path, headers={"HX-Request": "true"})
    assert fragment.status_code == answer.status_code


def test_a_form_is_answered_too(lost_client: FlaskClient):
    answer = lost_client.post("/en/contact", data={"subject": "Hello", "message": "Text"})
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


def test_a_database_lost_halfway_through_an_agents_page_gives_an_error_page(
    app: Flask, agent_client: FlaskClient, lose_database: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.view_functions, "agents.show_account", _page_that(lose_database))
    answer = agent_client.get("/agent/account")
    assert answer.status_code == 500
    assert "<html" in answer.text


def _page_that(loses_database: Callable[[], None]) -> Callable[[], str]:
    @public
    def page() -> str:
        loses_database()
        db.session.execute(text("SELECT 1"))
        return "never reached"

    return page


def _cut_connections(settings: Settings) -> None:
    name = settings.database_url.rpartition("/")[2]
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


@pytest.fixture
def server_app(postgres_template: str, instance_dir: Path, postgres_url: str) -> Iterator[tuple[Flask, Settings]]:
    """An app on PostgreSQL that the test does not share its context with, as a server would run it."""
    settings = make_settings(instance_dir, database_url=postgres_url)
    app = create_app(settings)
    yield app, settings
    with app.app_context():
        db.engine.dispose()


def test_a_database_that_was_started_again_costs_nobody_an_error(server_app: tuple[Flask, Settings]):
    app, settings = server_app
    app.add_url_rule("/asks", view_func=public(lambda: str(db.session.scalar(text("SELECT 1")))), endpoint="asks")
    client = app.test_client()
    assert client.get("/asks").text == "1"
    _cut_connections(settings)
    assert client.get("/asks").text == "1"


@pytest.mark.parametrize(("fails", "status"), [(False, 200), (True, 500)])
def test_a_connection_lost_after_the_last_query_spoils_no_answer(
    server_app: tuple[Flask, Settings], fails: bool, status: int
):
    app, settings = server_app

    @public
    def page() -> str:
        db.session.execute(text("SELECT 1"))
        _cut_connections(settings)
        if fails:
            raise ValueError("a fault of another kind")
        return "made"

    app.add_url_rule("/page", view_func=page, endpoint="page")
    assert app.test_client().get("/page").status_code == status
