"""Who takes part in a ticket beside its requester: joined by agents, written to, heard, and let go."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.database import db
from portal.mail.inbound_models import Outcome
from portal.people.models import Person
from portal.people.queries import person_by_address
from portal.tickets.models import Participant, Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS
from portal.web.templating import current_settings
from tests.tickets.agent_cases import FRAGMENT, open_ticket, reply_form
from tests.tickets.mail_cases import arrive, letter, outbox

ADA = "ada@example.org"


def add(client: FlaskClient, ticket: Ticket, address: str = ADA, name: str = "Ada Okafor"):
    return client.post(
        f"/agent/tickets/{ticket.id}/participants",
        data={"participant-address": address, "participant-name": name},
    )


def ada() -> Person:
    person = person_by_address(ADA)
    assert person is not None
    return person


def addresses_of(ticket: Ticket) -> list[str]:
    found = db.session.scalars(select(Participant).where(Participant.ticket_id == ticket.id))
    return [participant.person.email for participant in found]


def test_who_is_added_gets_the_replies_without_the_requesters_links(agent_client: FlaskClient):
    ticket = open_ticket()
    assert add(agent_client, ticket).status_code == 303

    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))

    [reply], [copy] = outbox("reply"), outbox("copy")
    assert (reply.recipient, copy.recipient) == (ticket.requester.email, ADA)
    assert copy.headers["Reply-To"] != reply.headers["Reply-To"]
    assert copy.headers.get("References") == reply.headers.get("References")
    assert "Auto-Submitted" not in copy.headers
    assert "/link" not in copy.text_body + copy.html_body
    assert "take part" in copy.text_body


def test_who_takes_part_answers_by_mail_and_is_held_once_removed(app: Flask, agent_client: FlaskClient):
    ticket = open_ticket()
    add(agent_client, ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))
    sent = outbox("copy")[0]
    sender = {"from": f"Ada Okafor <{ADA}>"}

    first = arrive(app, letter(**sender, in_reply_to=sent.message_id, body="It is the second router, please look."))
    answer = agent_client.post(f"/agent/tickets/{ticket.id}/participants/{ada().id}/removal")
    second = arrive(app, letter(**sender, in_reply_to=sent.message_id, body="One more thing about the router."))

    assert answer.status_code == 303
    assert (first.outcome, first.ticket_id) == (Outcome.REPLY, ticket.id)
    assert (second.outcome, second.reason) == (Outcome.HELD, "unverified_sender")


def test_the_ticket_shows_who_takes_part_and_who_let_them(agent_client: FlaskClient):
    ticket = open_ticket()
    assert "Nobody but the requester" in agent_client.get(f"/agent/tickets/{ticket.id}").text
    add(agent_client, ticket)

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert "Ada Okafor" in page
    assert f'let <bdi dir="ltr">{ADA}</bdi> take part' in page
    assert "Remove Ada Okafor" in page


def test_twice_is_once_and_the_requester_is_nobodys_participant(agent_client: FlaskClient):
    ticket = open_ticket()
    add(agent_client, ticket)
    add(agent_client, ticket)
    add(agent_client, ticket, ticket.requester.email)

    assert addresses_of(ticket) == [ADA]


def test_a_wrong_address_is_said_where_it_was_typed_and_kept(agent_client: FlaskClient):
    answer = add(agent_client, open_ticket(), "ada at example")

    assert answer.status_code == 422
    assert "ada at example" in answer.text
    assert "Enter an email address in the format name@example.com" in answer.text


def test_our_own_address_a_closed_ticket_and_too_many_are_refused(agent_client: FlaskClient):
    ticket = open_ticket()
    assert add(agent_client, ticket, current_settings().support_email).status_code == 409
    for number in range(MAXIMUM_PARTICIPANTS):
        add(agent_client, ticket, f"p{number}@example.org")
    assert add(agent_client, ticket).status_code == 409
    assert len(addresses_of(ticket)) == MAXIMUM_PARTICIPANTS

    closed = open_ticket()
    agent_client.post(f"/agent/tickets/{closed.id}/status", data={"value": "closed"})
    assert add(agent_client, closed).status_code == 409
    assert addresses_of(closed) == []


def test_strangers_add_and_remove_nobody(client: FlaskClient, agent_client: FlaskClient):
    ticket = open_ticket()
    add(agent_client, ticket)

    assert add(client, ticket, "eve@example.org").status_code in {302, 303, 401, 403}
    path = f"/agent/tickets/{ticket.id}/participants/{ada().id}/removal"
    assert client.post(path).status_code in {302, 303, 401, 403}
    assert addresses_of(ticket) == [ADA]
    assert agent_client.post(f"/agent/tickets/{ticket.id}/participants/99999/removal").status_code == 404


def test_the_composer_says_who_gets_a_copy(agent_client: FlaskClient):
    ticket = open_ticket()
    assert "A copy goes to" not in agent_client.get(f"/agent/tickets/{ticket.id}").get_data(as_text=True)
    add(agent_client, ticket)

    assert "A copy goes to <bdi>Ada Okafor</bdi>" in agent_client.get(f"/agent/tickets/{ticket.id}").get_data(
        as_text=True
    )
    fragment = agent_client.post(
        f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket), headers=FRAGMENT
    )
    assert "A copy goes to <bdi>Ada Okafor</bdi>" in fragment.get_data(as_text=True)
