"""Signing in and out: one answer for every mistake, throttled, revocable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.agents.models import Agent, AgentSession
from portal.agents.passwords import hash_password
from portal.clock import utcnow
from portal.database import db
from tests.factories import NOW, PASSWORD, make_agent, make_ticket, signed_in_client

WRONG = "The email address or password is not right."


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def agent(app: Flask, password_hash: str) -> Agent:
    return make_agent(email="mira@help.example", password_hash=password_hash)


def sign_in(
    client: FlaskClient,
    email: str = "mira@help.example",
    password: str = PASSWORD,
    *,
    place: str = "127.0.0.1",
    **values: str,
):
    data = {"email": email, "password": password, **values}
    return client.post("/agent/sign-in", data=data, environ_overrides={"REMOTE_ADDR": place})


def test_the_right_password_opens_a_session_and_the_queue(client: FlaskClient, agent: Agent):
    response = sign_in(client, email=" Mira@Help.example ")

    assert (response.status_code, response.location) == (303, "/agent/tickets")
    cookie = client.get_cookie("agent_session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert client.get("/agent/account").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"), [("mira@help.example", "wrong horse battery"), ("nobody@help.example", PASSWORD)]
)
def test_wrong_password_and_unknown_address_get_the_same_answer(client, agent, email: str, password: str):
    response = sign_in(client, email, password)

    assert response.status_code == 422
    assert WRONG in response.text
    assert password not in response.text
    assert client.get_cookie("agent_session") is None


def test_what_is_missing_is_named(client: FlaskClient):
    response = sign_in(client, email="", password="")

    assert response.status_code == 422
    assert "Enter your email address" in response.text
    assert "Enter your password" in response.text


def test_an_account_that_is_off_cannot_sign_in(client: FlaskClient, agent: Agent):
    agent.is_active = False
    db.session.commit()

    assert WRONG in sign_in(client).text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_on_stays_on_this_site(client: FlaskClient, agent: Agent, target: str):
    assert sign_in(client, next=target).location == "/agent/tickets"


def test_sign_in_leads_back_to_the_page_that_was_wanted(client: FlaskClient, agent: Agent):
    asked = client.get("/agent/tickets?view=urgent")

    assert asked.status_code == 303
    assert asked.location == "/agent/sign-in?next=/agent/tickets?view%3Durgent"
    assert sign_in(client, next="/agent/tickets?view=urgent").location == "/agent/tickets?view=urgent"


def test_a_stranger_who_posts_or_wants_a_fragment_is_told_and_not_redirected(client: FlaskClient):
    assert client.post("/agent/sign-out").status_code == 401
    fragment = client.get("/agent/account", headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert "Sign in" in fragment.text


def test_each_sign_in_is_a_new_session_and_ends_the_one_it_replaces(client: FlaskClient, agent: Agent):
    sign_in(client)
    first = client.get_cookie("agent_session").value
    sign_in(client)

    assert client.get_cookie("agent_session").value != first
    sessions = db.session.scalars(select(AgentSession).order_by(AgentSession.id)).all()
    assert [session.revoked_at is None for session in sessions] == [False, True]


def test_an_address_is_throttled_whether_it_has_an_account_or_not(client: FlaskClient, agent: Agent, monkeypatch):
    monkeypatch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
    # Each from a place of its own: places are counted too.
    for email, place in (("mira@help.example", "192.0.2.1"), ("nobody@help.example", "192.0.2.2")):
        answers = [sign_in(client, email, "wrong", place=place).status_code for _attempt in range(11)]
        assert answers == [422] * 10 + [429], email


def test_a_place_is_throttled_over_all_addresses(client: FlaskClient, monkeypatch):
    monkeypatch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
    answers = [sign_in(client, f"person{number}@help.example", "wrong") for number in range(21)]

    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many attempts" in answers[-1].text


def test_the_owner_is_not_locked_out_by_somebody_who_guesses(
    app: Flask, client: FlaskClient, agent: Agent, monkeypatch
):
    sign_in(client)
    client.delete_cookie("agent_session")
    stranger = app.test_client()
    with monkeypatch.context() as patch:
        patch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
        for _attempt in range(12):
            locked = sign_in(stranger, password="guess")
    assert locked.status_code == 429

    assert sign_in(client).status_code == 303


def test_a_forged_receipt_of_the_browser_counts_for_nothing(client: FlaskClient, agent: Agent, monkeypatch):
    monkeypatch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
    client.set_cookie("agent_browser", "WyJhIiwiYiJd.forged")

    assert [sign_in(client, password="wrong").status_code for _attempt in range(11)][-1] == 429


def test_signing_out_ends_the_session_on_the_server(app: Flask, client: FlaskClient, agent: Agent):
    sign_in(client)
    token = client.get_cookie("agent_session").value
    page = client.get("/agent/account").text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]

    response = client.post("/agent/sign-out", data={"csrf_token": csrf})

    assert response.location == "/agent/sign-in"
    copied = app.test_client()
    copied.set_cookie("agent_session", token)
    assert copied.get("/agent/account").status_code == 303


def test_signing_out_needs_the_token_of_our_own_page(client: FlaskClient, agent: Agent):
    sign_in(client)

    assert client.post("/agent/sign-out").status_code == 403


def test_an_idle_session_is_over(client: FlaskClient, agent: Agent):
    sign_in(client)
    session = db.session.scalars(select(AgentSession)).one()
    session.last_seen_at = utcnow().replace(year=2020)
    db.session.commit()

    assert client.get("/agent/account").status_code == 303


def test_asking_for_news_by_itself_keeps_no_session_alive(app: Flask):
    with clock.frozen(NOW):
        client = signed_in_client(app, make_agent())
        ticket = make_ticket()
    for path in ("/agent/tickets/updates", f"/agent/tickets/{ticket.id}/arrivals"):
        for hours, answer in ((4, 200), (7, 200), (9, 401)):
            db.session.rollback()
            with clock.frozen(NOW + timedelta(hours=hours)):
                assert client.get(path, headers={"HX-Request": "true"}).status_code == answer


def test_opening_pages_keeps_a_session_alive(app: Flask):
    with clock.frozen(NOW):
        client = signed_in_client(app, make_agent())
    for hours in (7, 14, 21):
        db.session.rollback()
        with clock.frozen(NOW + timedelta(hours=hours)):
            assert client.get("/agent/account").status_code == 200


def test_an_address_with_nul_is_no_error(client: FlaskClient, agent: Agent):
    assert sign_in(client, "mi\0ra@help.example", "wrong").status_code == 422


def test_who_is_signed_in_is_not_asked_again(agent_client):
    assert agent_client.get("/agent/sign-in").location == "/agent/tickets"
