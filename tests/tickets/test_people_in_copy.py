"""People in copy of a mail: named, and in only when the requester or an agent says so."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import Outcome
from portal.mail.reply_addresses import reply_address
from portal.tickets import actions
from portal.tickets.links import issue_link
from portal.tickets.models import Status, Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS, participants_of
from tests.factories import make_agent
from tests.tickets.mail_cases import SUPPORT, arrive, letter, outbox

SAM = "sam@example.org"


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    """A request whose mail had Sam and others in copy."""
    ours = app.extensions["settings"].support_email
    copies = f"Sam Lee <{SAM}>, noor@example.org, {ours}, Kim <kim@example.org>, SAM@example.org"
    return db.session.get_one(Ticket, arrive(app, letter(to=ours, cc=copies)).ticket_id)


@pytest.fixture
def requester(app: Flask, ticket: Ticket) -> FlaskClient:
    client = app.test_client()
    token = issue_link(ticket, ticket.requester, now=utcnow())
    db.session.commit()
    client.get(f"/en/requests/link/{token}")
    return client


def page_of(client: FlaskClient, ticket: Ticket) -> str:
    return client.get(f"/en/requests/{ticket.reference}").get_data(as_text=True)


def let_in(client: FlaskClient, ticket: Ticket, address: str = SAM, *, page: str = ""):
    page = page or page_of(client, ticket)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"address": address, "csrf_token": token}
    return client.post(f"/en/requests/{ticket.reference}/participants", data=data)


def addresses(ticket: Ticket) -> list[str]:
    db.session.expire_all()
    return [each.person.email for each in participants_of(ticket.id)]


def test_nobody_in_copy_takes_part_by_that(app, ticket, requester):
    assert addresses(ticket) == []
    page = page_of(requester, ticket)
    assert SAM in page
    assert "kim@example.org" in page
    assert page.count('name="address"') == 2

    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    assert arrive(app, letter(**{"from": SAM}, to=to, body="Me too.")).outcome is Outcome.HELD


def test_whom_the_requester_lets_in_gets_replies_and_writes(app, ticket, requester):
    assert let_in(requester, ticket).status_code == 303

    assert addresses(ticket) == [SAM]
    ticket = db.session.get_one(Ticket, ticket.id)
    (event,) = [each for each in ticket.events if each.kind == "participant_joined"]
    assert (event.person_id, event.agent_id) == (ticket.requester_id, None)
    actions.send_reply(
        ticket, agent=make_agent(), body="Here it is.", status_after=Status.PENDING, last_seen_message_id=10**9,
        idempotency_key="r", now=utcnow(),
    )  # fmt: skip
    assert [mail.recipient for mail in outbox("copy")] == [SAM]
    answer = letter(**{"from": SAM}, in_reply_to=outbox("copy")[0].message_id, body="I have it now, but it is empty.")
    assert arrive(app, answer).outcome is Outcome.REPLY


def test_twice_is_once(ticket, requester):
    assert [let_in(requester, ticket).status_code for _ in range(2)] == [303, 303]
    assert addresses(ticket) == [SAM]
    assert page_of(requester, ticket).count('name="address"') == 1


def test_a_requester_brings_in_nobody_else(ticket, requester, client):
    for address in ("mallory@evil.example", "", SUPPORT):
        assert let_in(requester, ticket, address).status_code == 404
    assert client.post(f"/en/requests/{ticket.reference}/participants", data={"address": SAM}).status_code == 303
    assert addresses(ticket) == []


def test_a_closed_request_takes_nobody_in(ticket, requester):
    page = page_of(requester, ticket)
    actions.change_status(ticket, Status.CLOSED, agent=make_agent(), now=utcnow())

    assert SAM in page
    assert "Let them take part" not in page_of(requester, ticket)
    answer = let_in(requester, ticket, page=page)
    assert "said=not-joined" in answer.location
    assert addresses(ticket) == []


def test_an_agent_finds_them_on_the_ticket(agent_client, ticket):
    page = agent_client.get(f"/agent/tickets/{ticket.id}").get_data(as_text=True)
    assert "In copy of a mail" in page

    agent_client.post(f"/agent/tickets/{ticket.id}/participants", data={"participant-address": SAM})

    assert addresses(ticket) == [SAM]


def test_a_mail_to_hundreds_names_as_many_as_fit(app):
    copies = ", ".join(f"p{number}@example.org" for number in range(300))
    mail = arrive(app, letter(cc=copies))
    assert len(mail.copied_to.split()) == MAXIMUM_PARTICIPANTS


def test_people_in_copy_of_a_held_mail_are_not_named(app, ticket):
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    mail = arrive(app, letter(**{"from": "mallory@evil.example"}, to=to, cc="more@evil.example"))
    assert mail.outcome is Outcome.HELD
    client = app.test_client()
    token = issue_link(
        db.session.get_one(Ticket, ticket.id), db.session.get_one(Ticket, ticket.id).requester, now=utcnow()
    )
    db.session.commit()
    client.get(f"/en/requests/link/{token}")
    assert "evil.example" not in page_of(client, ticket)
