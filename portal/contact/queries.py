"""Reads of the contact pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.contact.models import ContactDraft
from portal.database import db
from portal.mail.models import OutboxMail
from portal.people.models import Person
from portal.search.models import SuggestionImpression
from portal.tickets.acknowledgements import acknowledgement_key
from portal.tickets.models import Ticket
from portal.tokens import token_hash

MAXIMUM_TOKEN_LENGTH = 100


@dataclass(frozen=True)
class SentRequest:
    """A request just sent, and the address that its acknowledgement goes to."""

    ticket: Ticket
    address: str


def draft_by_token(token: str, *, now: datetime, lifetime: timedelta) -> ContactDraft | None:
    """The draft of a browser's token, with its files; None when there is none or it is too old."""
    if not token or len(token) > MAXIMUM_TOKEN_LENGTH:
        return None
    return db.session.scalar(
        select(ContactDraft)
        .where(ContactDraft.token_hash == token_hash(token), ContactDraft.updated_at > now - lifetime)
        .options(selectinload(ContactDraft.files))
    )


def sent_request(ticket_id: int) -> SentRequest | None:
    """What the last page of the form shows."""
    ticket = db.session.scalar(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(joinedload(Ticket.team), joinedload(Ticket.requester).selectinload(Person.identities))
    )
    if ticket is None:
        return None
    address = db.session.scalar(
        select(OutboxMail.recipient).where(OutboxMail.idempotency_key == acknowledgement_key(ticket))
    )
    return SentRequest(ticket, address or ticket.requester.email)


def was_offered_articles(draft: ContactDraft) -> bool:
    """Whether whoever writes this draft was shown a suggestion."""
    shown = select(SuggestionImpression.id).where(SuggestionImpression.session_hash == draft.token_hash).limit(1)
    return db.session.scalar(shown) is not None
