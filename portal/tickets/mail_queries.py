"""Reads of mail about tickets: the conversation that a mail belongs to, who takes part, what we sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from portal.database import db
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.models import OutboxMail
from portal.mail.reply_addresses import ReplyToken, read_address
from portal.people.models import Person
from portal.tickets.actions import REFERENCE_ALPHABET, REFERENCE_LENGTH
from portal.tickets.merging import root_of
from portal.tickets.models import Participant, Ticket

# Of the latest mails: quotes of older ones are found by their marks.
_COMPARED_MAILS = 5


class Conversation(NamedTuple):
    """The ticket that a mail is about, and how it was found: "token", "reference" or "tag"."""

    ticket: Ticket
    found_by: str


def conversation_of(addresses: Iterable[str], references: Sequence[str], subject: str) -> Conversation | None:
    """By the token in an address of ours, then by a stored Message-ID, then by the reference in the subject.

    Of a merged ticket it is the one that goes on.
    """
    for address in addresses:
        token = read_address(address)
        if isinstance(token, ReplyToken) and (ticket := db.session.get(Ticket, token.ticket_id)) is not None:
            return Conversation(root_of(ticket), "token")
    if (ticket := _ticket_by_reference(references)) is not None:
        return Conversation(root_of(ticket), "reference")
    if (ticket := _ticket_by_tag(subject)) is not None:
        return Conversation(root_of(ticket), "tag")
    return None


def takes_part(ticket: Ticket, person: Person | None) -> bool:
    """Whether somebody is the requester of a ticket or was joined to it."""
    if person is None:
        return False
    return person.id == ticket.requester_id or db.session.get(Participant, (ticket.id, person.id)) is not None


def sent_texts(ticket_id: int) -> Sequence[str]:
    """What we mailed about a ticket of late, newest first."""
    return db.session.scalars(
        select(OutboxMail.text_body)
        .where(OutboxMail.ticket_id == ticket_id)
        .order_by(OutboxMail.id.desc())
        .limit(_COMPARED_MAILS)
    ).all()


def held_mails(ticket_id: int) -> Sequence[InboundMail]:
    """Mails to a ticket whose senders may not write to it, oldest first."""
    return db.session.scalars(
        select(InboundMail)
        .where(InboundMail.ticket_id == ticket_id, InboundMail.outcome == Outcome.HELD)
        .order_by(InboundMail.id)
    ).all()


def _ticket_by_reference(references: Sequence[str]) -> Ticket | None:
    if not references:
        return None
    sent = select(OutboxMail.ticket_id).where(OutboxMail.message_id.in_(references), OutboxMail.ticket_id.is_not(None))
    # A held mail's Message-ID is known to whoever wrote it, and proves nothing.
    came = select(InboundMail.ticket_id).where(
        InboundMail.message_id.in_(references),
        InboundMail.ticket_id.is_not(None),
        InboundMail.outcome.in_([Outcome.NEW_TICKET, Outcome.REPLY]),
    )
    ticket_id = db.session.scalar(sent.order_by(OutboxMail.id.desc()).limit(1)) or db.session.scalar(
        came.order_by(InboundMail.id.desc()).limit(1)
    )
    return db.session.get(Ticket, ticket_id) if ticket_id else None


def _ticket_by_tag(subject: str) -> Ticket | None:
    for tag in re.findall(rf"\[([A-Z]{{2,4}}-[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}})\]", subject[:500]):
        ticket = db.session.scalar(select(Ticket).where(Ticket.reference == tag))
        if ticket is not None:
            return ticket
    return None
