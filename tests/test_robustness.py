"""Small doors that were once open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.agents.models import AgentSession
from portal.cli import cli
from portal.clock import utcnow
from portal.config import Settings
from portal.database import db, writing
from portal.tickets import cli as tickets_cli
from portal.tickets.access import requester_ticket
from portal.tickets.links import find_link, issue_link
from portal.tickets.models import Note
from portal.web import rate_limit
from portal.web.models import RateBucket
from tests import factories


def test_an_agent_who_was_quiet_for_a_while_can_still_write(app, settings: Settings, agent_client):
    ticket = factories.make_ticket()
    agent_client.post(
        f"/agent/tickets/{ticket.id}/notes", data={"note-body": "First", "note-idempotency_key": "a" * 32}
    )
    session = db.session.scalars(select(AgentSession)).one()
    session.last_seen_at = utcnow() - timedelta(minutes=6)
    db.session.commit()
    answer = agent_client.post(
        f"/agent/tickets/{ticket.id}/notes", data={"note-body": "Second", "note-idempotency_key": "b" * 32}
    )
    assert answer.status_code == 303
    assert [note.body for note in db.session.scalars(select(Note).order_by(Note.id))] == ["First", "Second"]
    db.session.expire_all()
    assert utcnow() - session.last_seen_at < timedelta(minutes=1)


def test_a_link_opens_its_own_ticket_and_no_other_of_the_same_address(app):
    victim = factories.make_person()
    private, other = factories.make_ticket(requester=victim), factories.make_ticket(requester=victim)
    token = issue_link(other, victim, now=utcnow())
    db.session.commit()
    cookies = [f"requester_session-{ticket.reference}={token}" for ticket in (private, other)]
    with app.test_request_context(headers={"Cookie": "; ".join(cookies)}):
        assert requester_ticket(other.reference).id == other.id
        assert requester_ticket(private.reference) is None


def test_links_can_be_revoked_from_the_command_line(app):
    ticket = factories.make_ticket()
    token = issue_link(ticket, ticket.requester, now=utcnow())
    db.session.commit()
    result = CliRunner().invoke(tickets_cli.group, ["revoke-links", ticket.reference], obj=lambda: app)
    assert result.exit_code == 0, result.output
    assert find_link(token, now=utcnow()) is None
    assert "ticket" in cli.commands


@pytest.mark.parametrize("path", ["/agent/tickets/99999999999999999999", "/agent/tickets/2147483648"])
def test_a_number_that_no_row_can_have_is_not_found(agent_client, path: str):
    assert agent_client.get(path).status_code == 404


def test_a_long_address_fits_and_stands_in_no_bucket(app):
    address = "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".example"
    with writing():
        rate_limit.take(f"contact.send:{address}", capacity=2, refill_seconds=60, now=utcnow())
    keys = db.session.scalars(select(RateBucket.key)).all()
    assert len(keys) == 1
    assert address not in keys[0]


def test_buckets_of_yesterday_are_forgotten(app):
    rate_limit.take("old", capacity=2, refill_seconds=60, now=utcnow() - timedelta(days=2))
    rate_limit.take("new", capacity=2, refill_seconds=60, now=utcnow())
    rate_limit.forget_full_buckets()
    assert len(db.session.scalars(select(RateBucket)).all()) == 1
