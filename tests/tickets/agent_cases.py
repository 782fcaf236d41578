"""Tickets as the agents' tests need them: opened by the action, so that their events are there."""

from __future__ import annotations

import itertools
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.people.models import Person
from portal.tickets import actions
from portal.tickets.models import CannedResponse, CannedResponseText, Channel, Message, Ticket, TicketEvent
from tests.factories import make_person

FRAGMENT = {"HX-Request": "true"}
_numbers = itertools.count(1)


def open_ticket(*, requester: Person | None = None, **values: Any) -> Ticket:
    """A new ticket, as a requester's form opens it."""
    requester = requester or make_person()
    defaults: dict[str, Any] = {
        "subject": "Cannot sign in",
        "body": "I cannot sign in since yesterday.",
        "locale": requester.locale,
        "channel": Channel.FORM,
        "team": None,
        "idempotency_key": f"opened-{next(_numbers)}",
        "now": utcnow(),
    }
    ticket = actions.open_ticket(requester=requester, **{**defaults, **values})
    db.session.commit()
    return ticket


def write_as_requester(ticket: Ticket, body: str = "Are you there?") -> Message:
    """A further message of the requester."""
    key = f"requester-{next(_numbers)}"
    return actions.add_requester_message(
        ticket, body=body, files=[], channel=Channel.PAGE, idempotency_key=key, now=utcnow()
    )


def make_canned(key: str = "refund", **texts: str) -> CannedResponse:
    """A canned response with a text for each locale named."""
    response = CannedResponse(key=key, name=key.capitalize(), shortcut=key[:2])
    response.texts = [CannedResponseText(locale=locale, body=body) for locale, body in texts.items()]
    db.session.add(response)
    db.session.commit()
    return response


def reply_form(client: FlaskClient, ticket: Ticket, **values: str) -> dict[str, str]:
    """What the browser sends: the hidden fields as the page has them now, and `values`."""
    page = client.get(f"/agent/tickets/{ticket.id}").text
    fields = {name: hidden_value(page, f"reply-{name}") for name in ("idempotency_key", "last_seen_message_id")}
    sent = {**fields, "status_after": "pending", "body": "We are looking into it.", **values}
    return {f"reply-{name}": value for name, value in sent.items()}


def note_form(client: FlaskClient, ticket: Ticket, **values: str) -> dict[str, str]:
    """The same for the internal note."""
    page = client.get(f"/agent/tickets/{ticket.id}").text
    sent = {"idempotency_key": hidden_value(page, "note-idempotency_key"), "body": "Paid twice.", **values}
    return {f"note-{name}": value for name, value in sent.items()}


def hidden_value(page: str, name: str) -> str:
    """The value of an input on a page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def kinds_of(ticket: Ticket) -> list[str]:
    """What was recorded about a ticket, in order."""
    query = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    return list(db.session.scalars(query))
