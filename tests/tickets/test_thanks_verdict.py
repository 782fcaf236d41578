"""Whether a mail is only a thank-you, decided otherwise by one click of an agent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.people.models import Person
from portal.tickets.models import Participant, Status, Ticket, TicketEvent
from portal.tickets.thanks_verdict import latest_verdict
from tests.tickets.mail_cases import arrive, letter
from tests.tickets.test_inbound import answered, opened

THANKS = "Thank you very much!"
QUESTION = "It stops again after an hour. What now?"


def mailed(app: Flask, body: str) -> Ticket:
    """A solved ticket whose requester has answered by mail."""
    ticket = opened(app)
    arrive(app, letter(in_reply_to=answered(ticket).message_id, body=body))
    db.session.refresh(ticket)
    return ticket


def path_of(ticket: Ticket) -> str:
    verdict = latest_verdict(ticket.events)
    assert verdict is not None
    return f"/agent/tickets/{ticket.id}/events/{verdict.event_id}/thanks"


def kinds(ticket: Ticket) -> list[str]:
    db.session.expire_all()
    return [event.kind for event in ticket.events]


def test_a_thank_you_that_needs_an_answer_opens_the_ticket_and_its_requester_has_waited_since_writing(
    app: Flask, agent_client: FlaskClient
):
    ticket = mailed(app, THANKS)
    written_at = ticket.events[-1].occurred_at

    answer = agent_client.post(path_of(ticket), data={"is_thanks": "no"})

    assert answer.status_code == 303
    assert kinds(ticket)[-2:] == ["thanks_refuted", "status_changed"]
    assert (ticket.status, ticket.waiting_since, ticket.reopen_count) == (Status.OPEN, written_at, 1)


def test_a_mail_that_opened_the_ticket_and_is_a_thank_you_leaves_it_as_if_it_had_not_come(
    app: Flask, agent_client: FlaskClient
):
    ticket = opened(app)
    sent = answered(ticket)
    before = (ticket.status, ticket.solved_at, ticket.waiting_since, ticket.reopen_count, ticket.next_due_at)
    arrive(app, letter(in_reply_to=sent.message_id, body=QUESTION))
    db.session.refresh(ticket)
    assert ticket.status is Status.OPEN

    agent_client.post(path_of(ticket), data={"is_thanks": "yes"})

    assert kinds(ticket)[-1] == "thanks_confirmed"
    assert (ticket.status, ticket.solved_at, ticket.waiting_since, ticket.reopen_count, ticket.next_due_at) == before


@pytest.mark.parametrize("body", [THANKS, QUESTION])
def test_what_was_decided_can_be_decided_otherwise_again_and_again(app: Flask, agent_client: FlaskClient, body: str):
    ticket = mailed(app, body)
    solved_at, reopened = ticket.solved_at, ticket.reopen_count

    for is_thanks in ["no", "yes", "no", "yes"] if body == THANKS else ["yes", "no", "yes", "no"]:
        assert agent_client.post(path_of(ticket), data={"is_thanks": is_thanks}).status_code == 303
        db.session.expire_all()

    assert (ticket.solved_at, ticket.reopen_count) == (solved_at, reopened)
    assert ticket.status is (Status.SOLVED if body == THANKS else Status.OPEN)


def test_two_clicks_are_one(app: Flask, agent_client: FlaskClient):
    ticket = mailed(app, THANKS)
    path = path_of(ticket)

    agent_client.post(path, data={"is_thanks": "no"})
    second = agent_client.post(path, data={"is_thanks": "no"})

    assert second.status_code == 409
    assert "something else has happened since" in second.text
    assert kinds(ticket).count("thanks_refuted") == 1


def test_the_ticket_names_the_rule_and_offers_the_other_verdict_without_scripts(app: Flask, agent_client: FlaskClient):
    ticket = mailed(app, THANKS)

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert "only said thanks, so the ticket stays as it was" in page
    assert path_of(ticket) in page
    assert "This needs an answer" in page


def test_nothing_is_offered_once_an_agent_has_replied_or_changed_the_status(app: Flask, agent_client: FlaskClient):
    ticket = mailed(app, QUESTION)
    path = path_of(ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/status", data={"value": "pending"})
    db.session.expire_all()

    assert latest_verdict(ticket.events) is None
    assert path not in agent_client.get(f"/agent/tickets/{ticket.id}").text
    assert agent_client.post(path, data={"is_thanks": "yes"}).status_code == 409
    assert ticket.status is Status.PENDING


def test_a_closed_ticket_stays_closed(app: Flask, agent_client: FlaskClient):
    ticket = mailed(app, THANKS)
    path = path_of(ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/status", data={"value": "closed"})

    assert agent_client.post(path, data={"is_thanks": "no"}).status_code == 409
    db.session.expire_all()
    assert ticket.status is Status.CLOSED


def test_what_is_no_verdict_and_who_is_no_agent_are_refused(app: Flask, agent_client: FlaskClient, client: FlaskClient):
    ticket = mailed(app, THANKS)
    path = path_of(ticket)

    assert agent_client.post(path, data={"is_thanks": "perhaps"}).status_code == 404
    assert agent_client.post("/agent/tickets/99999/events/1/thanks", data={"is_thanks": "no"}).status_code == 404
    assert agent_client.post(f"/agent/tickets/{ticket.id}/events/1/thanks", data={"is_thanks": "no"}).status_code == 409
    assert client.post(path, data={"is_thanks": "no"}).status_code in {302, 303, 401, 403}
    assert kinds(ticket)[-1] == "thanks_received"


def test_what_a_participant_did_is_told_under_their_name(app: Flask, agent_client: FlaskClient):
    ticket = opened(app)
    sent = answered(ticket)
    arrive(app, letter(**{"from": "Ada Okafor <ada@example.org>"}, subject="Something else"))
    ada = db.session.scalars(select(Person).where(Person.name == "Ada Okafor")).one()
    db.session.add(Participant(ticket_id=ticket.id, person_id=ada.id, joined_at=utcnow()))
    db.session.commit()

    arrive(app, letter(**{"from": "Ada Okafor <ada@example.org>"}, in_reply_to=sent.message_id, body=THANKS))

    assert "<bdi>Ada Okafor</bdi> only said thanks" in agent_client.get(f"/agent/tickets/{ticket.id}").text


def test_events_of_a_ticket_without_mail_have_no_verdict():
    at = utcnow()
    events = [
        TicketEvent(id=1, kind="opened", occurred_at=at, payload={}),
        TicketEvent(id=2, kind="status_changed", occurred_at=at + timedelta(hours=1), payload={"to": "solved"}),
        TicketEvent(id=3, kind="requester_message", occurred_at=at + timedelta(hours=2), payload={"channel": "page"}),
        TicketEvent(id=4, kind="status_changed", occurred_at=at + timedelta(hours=2), payload={"to": "open"}),
    ]

    assert latest_verdict(events) is None
