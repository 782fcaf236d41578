"""State changes come from our own pages only."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.agents.models import AgentSession
from portal.database import db
from tests import factories


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[x"}, 403),
    ],
)
def test_a_public_form_is_accepted_from_our_own_pages_only(client: FlaskClient, headers, status: int):
    assert client.post("/theme", data={"theme": "dark"}, headers=headers).status_code == status


def test_an_agent_needs_the_token_of_the_page(app, agent_client):
    ticket = factories.make_ticket()
    address = f"/agent/tickets/{ticket.id}/priority"
    assert agent_client.post(address, data={"value": "high"}, headers={"X-CSRF-Token": "wrong"}).status_code == 403
    assert agent_client.post(address, data={"value": "high"}).status_code == 303


def test_another_agents_token_is_refused(app, agent_client):
    other = factories.signed_in_client(app, factories.make_agent())
    ticket = factories.make_ticket()
    other.post("/agent/sign-out")
    stolen = other._csrf
    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/priority", data={"value": "high"}, headers={"X-CSRF-Token": stolen}
    )
    assert response.status_code == 403


def test_tokens_differ_from_page_to_page(agent_client):
    first = agent_client.get("/agent/account").get_data(as_text=True)
    second = agent_client.get("/agent/account").get_data(as_text=True)
    assert first != second


def test_signing_out_needs_the_token_too(agent_client):
    agent_client.post("/agent/sign-out", headers={"X-CSRF-Token": ""})
    assert db.session.query(AgentSession).one().revoked_at is None
