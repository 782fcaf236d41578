"""What agents do with a mail that was not delivered: try again, write to another address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.models import CapturedMail, OutboxMail, OutboxState
from portal.tickets.models import Ticket, TicketEvent
from tests.tickets.agent_cases import FRAGMENT, open_ticket, reply_form


@pytest.fixture
def ticket(agent_client) -> Ticket:
    """A ticket whose reply did not arrive."""
    ticket = open_ticket()
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))
    mail = mail_of(ticket)
    mail.state, mail.last_error, mail.attempts = OutboxState.DEAD, "550 No such mailbox", 3
    mail.created_at -= timedelta(days=5)
    db.session.commit()
    return ticket


def mail_of(ticket: Ticket) -> OutboxMail:
    return db.session.scalars(select(OutboxMail).where(OutboxMail.ticket_id == ticket.id)).one()


def path_of(ticket: Ticket, action: str) -> str:
    return f"/agent/tickets/{ticket.id}/mails/{mail_of(ticket).id}/{action}"


def test_the_ticket_says_that_a_mail_was_not_delivered_and_offers_what_helps(agent_client, ticket: Ticket):
    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert "Email not delivered: 550 No such mailbox" in page
    assert path_of(ticket, "attempts") in page
    assert path_of(ticket, "address") in page


def test_a_mail_over_a_cap_says_so(agent_client, ticket: Ticket):
    mail_of(ticket).last_error = "cap: 10 automatic mails in 10 minutes to this address about this ticket"
    db.session.commit()

    assert "too many automatic emails in a short time" in agent_client.get(f"/agent/tickets/{ticket.id}").text


def test_trying_again_sends_the_same_mail_and_is_recorded(agent_client, ticket: Ticket):
    mail = mail_of(ticket)
    message_id = mail.message_id

    answer = agent_client.post(path_of(ticket, "attempts"))

    assert (answer.status_code, answer.location) == (303, f"/agent/tickets/{ticket.id}?view=all")
    assert (mail.state, mail.attempts, mail.last_error) == (OutboxState.QUEUED, 0, "")
    assert mail.created_at > utcnow() - timedelta(minutes=1)
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "mail_sent_again")).one()
    assert event.agent_id == agent_client.agent.id
    assert event.payload == {"recipient": mail.recipient, "reason": "550 No such mailbox"}
    run_now("mail.deliver")
    assert message_id.encode() in db.session.scalars(select(CapturedMail.raw)).one()


def test_another_address_gets_the_mail_and_stays_the_persons_business(agent_client, ticket: Ticket):
    mail, before = mail_of(ticket), ticket.requester.email

    answer = agent_client.post(path_of(ticket, "address"), data={"address": " Noor@Work.example "})

    assert answer.status_code == 303
    assert (mail.recipient, mail.state) == ("noor@work.example", OutboxState.QUEUED)
    assert [identity.address for identity in ticket.requester.identities] == [before]
    run_now("mail.deliver")
    assert db.session.scalars(select(CapturedMail.recipient)).all() == ["noor@work.example"]


@pytest.mark.parametrize(("action", "form"), [("attempts", {}), ("address", {"address": "noor@work.example"})])
def test_for_htmx_the_state_comes_alone(agent_client, ticket: Ticket, action: str, form: dict):
    answer = agent_client.post(path_of(ticket, action), data=form, headers=FRAGMENT)

    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<div class="row" id="mail-{mail_of(ticket).id}">')
    assert "Email waiting to be sent" in answer.text


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
@pytest.mark.parametrize("address", ["", "nobody", "a@b, c@d.example", "x@y.example\r\nBcc: v@evil.example"])
def test_what_is_no_address_is_refused_and_nothing_is_sent(agent_client, ticket: Ticket, address: str, headers: dict):
    answer = agent_client.post(path_of(ticket, "address"), data={"address": address}, headers=headers)

    assert answer.status_code == 422
    assert "Enter an email address in the format" in answer.text
    assert mail_of(ticket).state is OutboxState.DEAD


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_we_do_not_write_to_ourselves(agent_client, ticket: Ticket, headers: dict):
    answer = agent_client.post(path_of(ticket, "address"), data={"address": "Support@help.example"}, headers=headers)

    assert answer.status_code == 409
    assert mail_of(ticket).state is OutboxState.DEAD


@pytest.mark.parametrize("state", [state for state in OutboxState if state is not OutboxState.DEAD])
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_mail_that_is_not_dead_is_left_alone(agent_client, ticket: Ticket, state: OutboxState, headers: dict):
    mail = mail_of(ticket)
    mail.state = state
    db.session.commit()

    answer = agent_client.post(path_of(ticket, "attempts"), headers=headers)

    assert (answer.status_code, mail.state, mail.attempts) == (409, state, 3)
    assert "This email cannot be sent like that" in answer.text


def test_a_mail_of_another_ticket_does_not_exist(agent_client, ticket: Ticket):
    other, mail = open_ticket(), mail_of(ticket)

    for action in ("attempts", "address"):
        path = f"/agent/tickets/{other.id}/mails/{mail.id}/{action}"
        assert agent_client.post(path, data={"address": "noor@work.example"}).status_code == 404
    assert mail.state is OutboxState.DEAD


def test_a_stranger_sends_nothing_again(client, ticket: Ticket):
    mail = mail_of(ticket)

    assert client.post(path_of(ticket, "attempts")).status_code in {302, 303, 401, 403}
    assert mail.state is OutboxState.DEAD


def test_a_mail_tried_again_has_three_days_anew(agent_client, ticket: Ticket):
    agent_client.post(path_of(ticket, "attempts"))
    mail = mail_of(ticket)
    mail.headers = {"X-Odd": "two\nlines"}
    db.session.commit()

    with clock.frozen(utcnow() + timedelta(minutes=1)):
        run_now("mail.deliver")

    assert mail.state is OutboxState.RETRY
