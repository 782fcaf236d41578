"""Requests that wait for an answer which does not come: when they are taken as solved, and what people hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.inbound_models import Outcome
from portal.mail.reply_addresses import reply_address
from portal.mail.transports import compose
from portal.people.models import Person
from portal.tickets import expiry
from portal.tickets.actions import add_note, send_reply
from portal.tickets.expiry import EXPIRE_JOB
from portal.tickets.models import Status, Ticket
from portal.tickets.surveys import SEND_JOB
from tests import factories
from tests.factories import make_agent, make_person, signed_in_client
from tests.tickets.agent_cases import open_ticket
from tests.tickets.mail_cases import SUPPORT, arrive, letter, outbox


@pytest.fixture(autouse=True)
def _switched_on(app: Flask) -> Iterator[None]:
    changes = {"pending_expires_after_days": 5, "survey_after_hours": 24}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changes)
    clock.freeze(factories.NOW)
    yield
    clock.freeze(None)


def waiting(requester: Person | None = None, status: Status = Status.PENDING) -> Ticket:
    """A ticket whose requester was answered just now."""
    ticket = open_ticket(requester=requester or make_person(email="noor@example.org"))
    send_reply(
        ticket, agent=make_agent(), body="Which version?", status_after=status, last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.id}-{ticket.message_count}", now=utcnow(),
    )  # fmt: skip
    return ticket


def later(**time: float) -> None:
    clock.freeze(utcnow() + timedelta(**time))
    run_now(EXPIRE_JOB)
    db.session.expire_all()


def test_after_some_days_it_is_solved_and_the_requester_told_once():
    ticket = waiting()
    later(days=4.9)
    assert (ticket.status, outbox("expiry")) == (Status.PENDING, [])

    later(days=0.2)
    later(days=3)

    (mail,) = outbox("expiry")
    assert (ticket.status, ticket.waiting_since) == (Status.SOLVED, None)
    assert (mail.recipient, mail.is_automatic) == ("noor@example.org", True)
    assert "have heard nothing for 5 days" in mail.text_body
    assert mail.headers["In-Reply-To"]
    assert b"Auto-Submitted: auto-generated" in compose(mail).as_bytes()


def test_the_answer_opens_it_again_and_it_may_expire_again(app: Flask):
    ticket = waiting()
    later(days=5)
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    mail = arrive(app, letter(to=to, body="Sorry, I was away. It is version 3, what now?"))
    assert (mail.outcome, db.session.get_one(Ticket, ticket.id).status) == (Outcome.REPLY, Status.OPEN)

    send_reply(
        ticket, agent=make_agent(), body="Update it.", status_after=Status.PENDING, last_seen_message_id=10**9,
        idempotency_key="reply-again", now=utcnow(),
    )  # fmt: skip
    later(days=5)
    assert len(outbox("expiry")) == 2


def test_an_agent_who_does_something_at_that_moment_goes_first(app: Flask, monkeypatch: pytest.MonkeyPatch):
    ticket = waiting()
    due = expiry._due

    def look_and_lose(latest):
        found = due(latest)
        add_note(ticket, agent=make_agent(), body="I call them.", idempotency_key="call", now=utcnow())
        return found

    monkeypatch.setattr(expiry, "_due", look_and_lose)
    later(days=5)
    assert (ticket.status, outbox("expiry")) == (Status.PENDING, [])


def test_whoever_works_on_it_lets_it_wait():
    ticket = waiting()
    clock.freeze(utcnow() + timedelta(days=3))
    add_note(ticket, agent=make_agent(), body="Asked the bank.", idempotency_key="note", now=utcnow())
    later(days=3)
    assert ticket.status is Status.PENDING


@pytest.mark.parametrize("status", [Status.OPEN, Status.SOLVED])
def test_only_what_waits_for_its_requester_expires(status: Status):
    ticket = waiting(status=status)
    later(days=10)
    assert (ticket.status, outbox("expiry")) == (status, [])


def test_old_ones_are_solved_without_a_mail_when_it_is_switched_on():
    ticket = waiting()
    later(days=30)
    assert (ticket.status, outbox("expiry")) == (Status.SOLVED, [])


def test_who_was_told_is_not_asked_by_a_survey_as_well():
    waiting()
    later(days=5)
    clock.freeze(utcnow() + timedelta(hours=25))
    run_now(SEND_JOB)
    assert outbox("survey") == []


def test_switched_off_everything_waits(app: Flask):
    settings = app.extensions["settings"].model_copy(update={"pending_expires_after_days": 0})
    app.extensions["settings"] = settings
    ticket = waiting()
    later(days=300)
    assert ticket.status is Status.PENDING


def test_the_ticket_says_why_it_is_solved(app: Flask):
    ticket = waiting()
    later(days=5)
    client = signed_in_client(app, make_agent())
    assert "Nobody answered for 5 days" in client.get(f"/agent/tickets/{ticket.id}").text
