"""The agent's own account: choices, password, devices."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.agents.models import AgentSession, AuditEntry
from portal.agents.passwords import hash_password, verify_password
from portal.clock import utcnow
from portal.database import db
from portal.tokens import token_hash
from tests.factories import NOW, PASSWORD, make_agent, signed_in_client

PROFILE = {"name": "Mira Castellan", "locale": "de", "time_zone": "Europe/Berlin", "shortcuts_enabled": "y"}


def add_session(agent, token: str, **values) -> AgentSession:
    now = utcnow()
    defaults = {"created_at": now, "last_seen_at": now, "expires_at": now + timedelta(days=1)}
    session = AgentSession(token_hash=token_hash(token), agent=agent, **{**defaults, **values})
    db.session.add(session)
    db.session.commit()
    return session


def test_choices_are_kept_and_the_page_speaks_the_new_language(agent_client):
    response = agent_client.post("/agent/account", data=PROFILE)

    assert response.location == "/agent/account?saved=profile"
    agent = agent_client.agent
    assert (agent.name, agent.locale, agent.time_zone, agent.shortcuts_enabled) == (
        "Mira Castellan", "de", "Europe/Berlin", True,
    )  # fmt: skip
    assert '<html lang="de"' in agent_client.get(response.location).text


def test_shortcuts_can_be_turned_off(agent_client):
    agent_client.post("/agent/account", data={**PROFILE, "locale": "en", "shortcuts_enabled": ""})

    assert agent_client.agent.shortcuts_enabled is False
    assert 'data-shortcuts="off"' in agent_client.get("/agent/account").text


def test_an_unknown_language_or_zone_or_no_name_is_refused_and_the_rest_kept(agent_client):
    response = agent_client.post("/agent/account", data={**PROFILE, "name": " ", "time_zone": "Mars/Olympus"})

    assert response.status_code == 422
    assert "Enter your name" in response.text
    assert agent_client.agent.time_zone == "UTC"
    assert agent_client.post("/agent/account", data={**PROFILE, "locale": "xx"}).status_code == 422


def test_a_name_cannot_carry_markup_into_pages(agent_client):
    agent_client.post("/agent/account", data={**PROFILE, "locale": "en", "name": "<script>alert(1)</script>"})

    page = agent_client.get("/agent/account").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(app: Flask):
    agent = make_agent(password_hash=hash_password(PASSWORD))
    client = signed_in_client(app, agent)
    other = add_session(agent, "other")
    form = {"new_password": "seven quiet lighthouses", "repeated_password": "seven quiet lighthouses"}

    wrong = client.post("/agent/account/password", data={**form, "current_password": "not it at all"})
    assert wrong.status_code == 422
    assert "That is not your current password" in wrong.text

    right = client.post("/agent/account/password", data={**form, "current_password": PASSWORD})
    assert right.status_code == 303
    assert verify_password(agent.password_hash, "seven quiet lighthouses")
    assert other.revoked_at is not None
    assert client.get("/agent/account").status_code == 200


def test_a_weak_or_mistyped_password_is_refused(app: Flask):
    client = signed_in_client(app, make_agent(password_hash=hash_password(PASSWORD)))
    for new, again, problem in [
        ("short", "short", "Use at least 12 characters"),
        ("password1234", "password1234", "easy to guess"),
        ("seven quiet lighthouses", "seven quiet lighthouse", "Enter the same new password twice"),
    ]:
        form = {"current_password": PASSWORD, "new_password": new, "repeated_password": again}
        response = client.post("/agent/account/password", data=form)
        assert response.status_code == 422
        assert problem in response.text


def test_guessing_the_present_password_is_throttled(app: Flask, monkeypatch):
    monkeypatch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
    form = dict.fromkeys(("current_password", "new_password", "repeated_password"), "seven quiet lighthouses")

    with clock.frozen(NOW):
        client = signed_in_client(app, make_agent())
        answers = [client.post("/agent/account/password", data=form) for _guess in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Too many attempts" in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_one_agents_guesses_do_not_throttle_another(app: Flask, monkeypatch):
    monkeypatch.setattr("portal.agents.actions.verify_password", lambda _hash, _password: False)
    form = dict.fromkeys(("current_password", "new_password", "repeated_password"), "seven quiet lighthouses")
    guessing, other = (signed_in_client(app, make_agent()) for _agent in range(2))
    for _guess in range(11):
        guessing.post("/agent/account/password", data=form)

    assert other.post("/agent/account/password", data=form).status_code == 422


def test_signed_out_meanwhile_no_password_and_no_token_is_shown(app: Flask):
    client = signed_in_client(app, make_agent())
    token = client.get("/agent/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    passwords = ["the long passphrase that opens everything", "another long passphrase of mine, and a new one"]
    for session in db.session.scalars(select(AgentSession)):
        session.revoked_at = utcnow()
    db.session.commit()

    form = {"csrf_token": token, "current_password": passwords[0], "new_password": passwords[1],
            "repeated_password": passwords[1]}  # fmt: skip
    response = client.post("/agent/account/password", data=form)

    assert response.status_code == 401
    assert not [secret for secret in (token, *passwords) if secret in response.text]
    assert "<textarea" not in response.text


def test_a_name_with_nul_is_kept_without_it(agent_client):
    agent_client.post("/agent/account", data={**PROFILE, "name": "Mira\0 Castellan"})

    assert agent_client.agent.name == "Mira Castellan"


def test_devices_are_listed_and_one_can_be_signed_out(app: Flask, agent_client):
    agent = agent_client.agent
    phone = add_session(agent, "phone", user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18) Safari/604.1")
    add_session(agent, "stale", user_agent="Firefox/1 Windows", last_seen_at=utcnow() - timedelta(hours=9))

    page = agent_client.get("/agent/account").text
    assert "Safari on iPhone" in page
    assert "Firefox on Windows" not in page

    response = agent_client.post(f"/agent/account/devices/{phone.id}/revocation")
    assert response.status_code == 303
    copied = app.test_client()
    copied.set_cookie("agent_session", "phone")
    assert copied.get("/agent/account").status_code == 303
    assert agent_client.get("/agent/account").status_code == 200


def test_another_agents_device_cannot_be_signed_out(agent_client):
    session = add_session(make_agent(), "theirs")

    assert agent_client.post(f"/agent/account/devices/{session.id}/revocation").status_code == 404
    assert session.revoked_at is None


def test_every_other_device_can_be_signed_out_at_once(agent_client):
    others = [add_session(agent_client.agent, name) for name in ("one", "two")]

    response = agent_client.post("/agent/account/devices/revocations", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response.text.lstrip().startswith("<section")
    assert all(session.revoked_at for session in others)
    assert agent_client.get("/agent/account").status_code == 200
    assert "session.revoked_others" in db.session.scalars(select(AuditEntry.action)).all()
