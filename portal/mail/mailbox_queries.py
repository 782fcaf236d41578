"""Reads for the page of mailboxes: how each does, and what became of a day's mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import func, select

from portal.database import db
from portal.mail.inbound_models import InboundMail, MailboxState, Outcome


def mailbox_states() -> Mapping[str, MailboxState]:
    """Mailbox → how the walk through it went; those that were never walked through are left out."""
    return {state.mailbox: state for state in db.session.scalars(select(MailboxState))}


def outcomes_of_yesterday(*, now: datetime, zone: tzinfo) -> Mapping[str, Mapping[Outcome, int]]:
    """Mailbox → how many mails of the calendar day before, in `zone`, came to which end."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    day_before = midnight - timedelta(days=1)
    rows = db.session.execute(
        select(InboundMail.mailbox, InboundMail.outcome, func.count())
        .where(InboundMail.received_at >= day_before, InboundMail.received_at < midnight)
        .group_by(InboundMail.mailbox, InboundMail.outcome)
    )
    found: dict[str, dict[Outcome, int]] = {}
    for mailbox, outcome, count in rows:
        found.setdefault(mailbox, {})[outcome] = count
    return found
