"""Two tickets about one thing: one goes on, mails follow, nothing is moved, and it can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import utcnow
from portal.database import db
from portal.errors import RuleViolation
from portal.mail.inbound_models import Outcome
from portal.mail.reply_addresses import reply_address
from portal.tickets import queries
from portal.tickets.actions import add_note, send_reply
from portal.tickets.links import issue_link
from portal.tickets.merging import merge_ticket, root_of, undo_merge
from portal.tickets.models import Status, Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS, add_participant, participants_of
from tests.factories import make_agent, make_person
from tests.tickets.agent_cases import open_ticket, write_as_requester
from tests.tickets.mail_cases import SUPPORT, arrive, letter


def merge(ticket: Ticket, into: Ticket) -> None:
    merge_ticket(ticket, into, agent=make_agent(), now=utcnow())


def answer(ticket: Ticket, status: Status = Status.PENDING) -> None:
    send_reply(
        ticket, agent=make_agent(), body="Open Billing.", status_after=status, last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.id}", now=utcnow(),
    )  # fmt: skip


def twins() -> tuple[Ticket, Ticket]:
    """Two tickets of one requester."""
    person = make_person(email="noor@example.org", name="Noor")
    return open_ticket(requester=person, subject="Once"), open_ticket(requester=person, subject="Twice")


def test_an_agent_merges_what_a_requester_asked_twice(agent_client: FlaskClient):
    first, second = twins()
    where = f"/agent/tickets/{second.id}/merge"

    offered = agent_client.get(where).get_data(as_text=True)
    assert f"reference={first.reference}" in offered
    assert "You can undo this later." in agent_client.get(f"{where}?reference={first.reference.lower()}").text
    done = agent_client.post(where, data={"reference": first.reference})
    again = agent_client.post(where, data={"reference": first.reference})

    assert done.location == again.location
    assert f"/agent/tickets/{first.id}" in done.location
    db.session.expire_all()
    assert (second.status, second.merged_into_id) == (Status.CLOSED, first.id)
    page = agent_client.get(f"/agent/tickets/{first.id}").text
    assert "into this ticket" in page
    assert page.count("I cannot sign in since yesterday.") >= 2
    merged = agent_client.get(f"/agent/tickets/{second.id}").text
    assert "goes on there" in merged
    assert "Merge into another ticket" not in merged
    assert agent_client.get(where).status_code == 303


def test_mails_to_a_merged_ticket_arrive_where_it_goes_on(app: Flask):
    first, second = twins()
    third = open_ticket(requester=first.requester)
    merge(third, second)
    merge(second, first)
    to = reply_address(SUPPORT, ticket_id=third.id, person_id=third.requester_id)

    mail = arrive(app, letter(to=to, body="Any news?"))

    assert (mail.outcome, mail.ticket_id) == (Outcome.REPLY, first.id)
    assert [message.body for message in queries.messages_of(first)][-1] == "Any news?"
    assert len(queries.messages_of(first)) == 4
    assert root_of(third).id == first.id


def test_the_other_requester_takes_part_from_then_on_and_may_write(app: Flask):
    into = open_ticket()
    ticket = db.session.get_one(Ticket, arrive(app, letter()).ticket_id)
    add_participant(ticket, "ada@example.org", name="Ada", agent=make_agent(), now=utcnow())
    merge(ticket, into)

    assert [each.person.email for each in participants_of(into.id)] == ["noor@example.org", "ada@example.org"]
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    mail = arrive(app, letter(to=to, body="It still fails."))
    assert (mail.outcome, mail.ticket_id) == (Outcome.REPLY, into.id)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SOLVED])
def test_whoever_waited_there_waits_here_and_the_ticket_opens_again(app: Flask, status: Status):
    first, second = twins()
    answer(first, status)
    merge(second, first)

    assert (first.status, first.waiting_since) == (Status.OPEN, second.created_at)
    assert first.next_due_at is not None
    assert (second.waiting_since, second.next_due_at) == (None, None)


def test_an_answered_ticket_wakes_nothing(app: Flask):
    first, second = twins()
    for ticket in (first, second):
        answer(ticket)
    merge(second, first)
    assert (first.status, first.waiting_since) == (Status.PENDING, None)


def test_undone_both_are_as_they_were(agent_client: FlaskClient):
    first, second = twins()
    before = [(ticket.status, ticket.waiting_since, ticket.next_due_at) for ticket in (first, second)]
    merge(second, first)

    for _click in range(2):
        assert agent_client.post(f"/agent/tickets/{second.id}/merge/undo").status_code == 303

    db.session.expire_all()
    assert [(ticket.status, ticket.waiting_since, ticket.next_due_at) for ticket in (first, second)] == before
    assert len(queries.messages_of(first)) == 1
    assert write_as_requester(second).ticket_id == second.id
    with pytest.raises(RuleViolation):
        undo_merge(second, agent=make_agent(), now=utcnow())


def test_a_solved_ticket_is_solved_again_once_the_merge_is_undone(app: Flask):
    first, second = twins()
    answer(second, Status.SOLVED)
    solved_at = second.solved_at
    merge(second, first)
    undo_merge(second, agent=make_agent(), now=utcnow() + timedelta(hours=1))
    assert (second.status, second.solved_at, second.closed_at) == (Status.SOLVED, solved_at, None)


def test_notes_come_along_for_agents_and_stay_away_from_requesters(app: Flask, client: FlaskClient):
    first, second = twins()
    add_note(second, agent=make_agent(), body="Suspicious invoice", idempotency_key="note-1", now=utcnow())
    merge(second, first)
    assert [note.body for note in queries.notes_of(first)] == ["Suspicious invoice"]

    token = issue_link(second, second.requester, now=utcnow())
    db.session.commit()
    client.get(f"/en/requests/link/{token}")
    page = client.get(f"/en/requests/{second.reference}").text
    assert "was joined with another one" in page
    assert "Suspicious invoice" not in page
    assert first.reference not in page


def test_what_cannot_be_merged_is_said_and_nothing_changes(agent_client: FlaskClient):
    first, second = twins()
    closed = open_ticket()
    closed.status = Status.CLOSED
    full, elsewhere = open_ticket(), open_ticket()
    for number in range(MAXIMUM_PARTICIPANTS):
        add_participant(full, f"p{number}@example.org", name="", agent=make_agent(), now=utcnow())
    merge(elsewhere, first)
    where = f"/agent/tickets/{second.id}/merge"

    for other in (second, closed, full, elsewhere):
        assert "cannot be merged" in agent_client.get(f"{where}?reference={other.reference}").text
        refused = agent_client.post(where, data={"reference": other.reference})
        assert (refused.status_code, "cannot be merged" in refused.text) == (409, True)
    unknown = agent_client.get(f"{where}?reference=HX-NONE42")
    assert (unknown.status_code, 'value="HX-NONE42"' in unknown.text) == (422, True)
    assert agent_client.post(where, data={"reference": "HX-NONE42"}).status_code == 409
    db.session.expire_all()
    assert (second.status, second.merged_into_id) == (Status.NEW, None)


def test_strangers_merge_nothing(client: FlaskClient):
    first, second = twins()
    assert client.post(f"/agent/tickets/{second.id}/merge", data={"reference": first.reference}).status_code == 401
    db.session.expire_all()
    assert second.merged_into_id is None
