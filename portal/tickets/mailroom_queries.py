"""What agents read of the mail that came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.database import db
from portal.errors import NotFound
from portal.mail.inbound_models import InboundMail, MailboxState, Outcome
from portal.tickets.models import Ticket
from portal.web.paging import Key, Page, keyset_page

PAGE_SIZE = 50
COUNTED = timedelta(days=1)


def mail_page(outcome: Outcome | None, *, cursor: str | None) -> Page[InboundMail]:
    """Fifty mails, the latest first."""
    query = select(InboundMail)
    if outcome is not None:
        query = query.where(InboundMail.outcome == outcome)
    keys = [Key(InboundMail.received_at, descending=True), Key(InboundMail.id, descending=True)]
    return keyset_page(query, keys, cursor=cursor, size=PAGE_SIZE)


def outcome_counts(*, now: datetime) -> dict[Outcome, int]:
    """How many mails of the last 24 hours came to which end; every outcome is there."""
    rows = db.session.execute(
        select(InboundMail.outcome, func.count())
        .where(InboundMail.received_at > now - COUNTED)
        .group_by(InboundMail.outcome)
    )
    counts = dict.fromkeys(Outcome, 0)
    for outcome, count in rows:
        counts[outcome] = count
    return counts


def troubled_mailboxes() -> Sequence[MailboxState]:
    """The mailboxes that cannot be walked through, or that hold mails without a row, by name."""
    states = db.session.scalars(select(MailboxState).order_by(MailboxState.mailbox))
    return [state for state in states if state.problem or state.unaccounted]


def references_of(mails: Sequence[InboundMail]) -> Mapping[int, str]:
    """Ticket id → reference, for the tickets that mails are about."""
    ids = {mail.ticket_id for mail in mails if mail.ticket_id is not None}
    if not ids:
        return {}
    return {
        row.id: row.reference
        for row in db.session.execute(select(Ticket.id, Ticket.reference).where(Ticket.id.in_(ids)))
    }


def inbound_mail(mail_id: int) -> InboundMail:
    """One mail of the ledger.

    Raises:
        NotFound: there is none.
    """
    mail = db.session.get(InboundMail, mail_id)
    if mail is None:
        raise NotFound
    return mail
