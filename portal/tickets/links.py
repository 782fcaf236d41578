"""Magic links: 256 random bits of which only the hash is stored; they expire and can be revoked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.database import db
from portal.people.models import Person
from portal.tickets.models import MagicLink, Ticket
from portal.tokens import new_token, token_hash

LIFETIME = timedelta(days=30)
MAXIMUM_TOKEN_LENGTH = 100


def issue_link(ticket: Ticket, person: Person, *, now: datetime) -> str:
    """The token of a new link into `ticket` for `person`; the caller commits."""
    token = new_token()
    db.session.add(
        MagicLink(
            token_hash=token_hash(token), ticket=ticket, person_id=person.id, created_at=now, expires_at=now + LIFETIME
        )
    )
    return token


def find_link(token: str, *, now: datetime) -> MagicLink | None:
    """The valid link of a token with its ticket and requester; None when unknown, expired or revoked."""
    if not token or len(token) > MAXIMUM_TOKEN_LENGTH:
        return None
    return db.session.scalar(
        select(MagicLink)
        .where(MagicLink.token_hash == token_hash(token), MagicLink.revoked_at.is_(None), MagicLink.expires_at > now)
        .options(joinedload(MagicLink.ticket).joinedload(Ticket.requester).selectinload(Person.identities))
    )


def find_tickets(tokens: Iterable[str], *, now: datetime) -> Sequence[Ticket]:
    """The tickets that the valid ones among `tokens` open, latest first."""
    hashes = [token_hash(token) for token in tokens if token and len(token) <= MAXIMUM_TOKEN_LENGTH]
    if not hashes:
        return []
    return db.session.scalars(
        select(Ticket)
        .join(MagicLink, MagicLink.ticket_id == Ticket.id)
        .where(MagicLink.token_hash.in_(hashes), MagicLink.revoked_at.is_(None), MagicLink.expires_at > now)
        .order_by(Ticket.id.desc())
    ).all()


def revoke_links(ticket: Ticket, *, now: datetime) -> None:
    """Make every link into `ticket` useless. Commits."""
    db.session.execute(
        update(MagicLink).where(MagicLink.ticket_id == ticket.id, MagicLink.revoked_at.is_(None)).values(revoked_at=now)
    )
    db.session.commit()
