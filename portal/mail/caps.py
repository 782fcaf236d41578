"""How many automatic mails there may be: to one person, about one ticket, and in all. Agents' replies are not counted.

A mail over a cap is kept as dead with the reason, where agents see it and may send it. The breaker is looked at when
mails are sent, not when they are made: what it holds up stays in the queue and goes out later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select, text

from portal.database import db
from portal.mail.models import OutboxMail, OutboxState
from portal.web.templating import current_settings

# (mails, minutes) about one ticket to one recipient, as Zammad has them.
CAPS = ((10, 10), (15, 30), (25, 60), (50, 180), (100, 600))
# So many times the caps to one recipient, whatever the mails are about.
RECIPIENT_FACTOR = 3
LONGEST_WINDOW = timedelta(minutes=max(minutes for _mails, minutes in CAPS))
# Every reason begins with this; it is by this that mails over a cap are told from others that are dead.
CAP = "cap: "
ACKNOWLEDGEMENT = "acknowledgement"


def cap_reached(times: Iterable[datetime], *, now: datetime, factor: int = 1) -> tuple[int, int] | None:
    """The cap (mails, minutes) that one more mail `now` would break after those at `times`, or None.

    Times later than `now` count as well: where clocks disagree, no window of a cap's length gets more than it allows.
    """
    known = list(times)
    for mails, minutes in CAPS:
        start = now - timedelta(minutes=minutes)
        if sum(time > start for time in known) >= mails * factor:
            return mails * factor, minutes
    return None


def reason_over_cap(template: str, *, recipient: str, ticket_id: int | None, now: datetime) -> str:
    """Why one more automatic mail to `recipient` must not go out; "" when it may."""
    _one_at_a_time(recipient)
    if template == ACKNOWLEDGEMENT and ticket_id is not None and _is_acknowledged(ticket_id):
        return f"{CAP}one acknowledgement a ticket"
    recent = _recent_mails(recipient, now=now)
    about_ticket = [time for time, about in recent if ticket_id is not None and about == ticket_id]
    if reached := cap_reached(about_ticket, now=now):
        return f"{CAP}{reached[0]} automatic mails in {reached[1]} minutes to this address about this ticket"
    if reached := cap_reached((time for time, _about in recent), now=now, factor=RECIPIENT_FACTOR):
        return f"{CAP}{reached[0]} automatic mails in {reached[1]} minutes to this address"
    return ""


def is_capped() -> ColumnElement[bool]:
    """Condition: the mail was kept from going out by a cap."""
    return and_(OutboxMail.state == OutboxState.DEAD, OutboxMail.last_error.startswith(CAP))


def breaker_is_open(*, now: datetime) -> bool:
    """Whether as much automatic mail as may be was sent in this hour (UTC). It closes when the next one begins."""
    limit = hourly_limit()
    sent = (
        select(OutboxMail.id)
        .where(
            OutboxMail.state == OutboxState.SENT,
            OutboxMail.next_attempt_at >= hour_of(now),
            OutboxMail.is_automatic,
        )
        .limit(limit)
    )
    return (db.session.scalar(select(func.count()).select_from(sent.subquery())) or 0) >= limit


def hour_of(now: datetime) -> datetime:
    """The beginning of the hour that `now` is in."""
    return now.replace(minute=0, second=0, microsecond=0)


def hourly_limit() -> int:
    """How many automatic mails may be sent in an hour."""
    return current_settings().automatic_mails_an_hour


def _is_acknowledged(ticket_id: int) -> bool:
    known = select(OutboxMail.id).where(
        OutboxMail.ticket_id == ticket_id, OutboxMail.template == ACKNOWLEDGEMENT, not_(is_capped())
    )
    return db.session.scalar(known.limit(1)) is not None


def _recent_mails(recipient: str, *, now: datetime) -> Sequence[tuple[datetime, int | None]]:
    """When automatic mails to `recipient` were made of late, and about which tickets."""
    rows = db.session.execute(
        select(OutboxMail.created_at, OutboxMail.ticket_id)
        .where(
            OutboxMail.recipient == recipient,
            OutboxMail.created_at > now - LONGEST_WINDOW,
            OutboxMail.is_automatic,
            not_(is_capped()),
        )
        .order_by(OutboxMail.created_at.desc())
        # No more are needed to know that the largest cap is reached.
        .limit(CAPS[-1][0] * RECIPIENT_FACTOR)
    )
    return [(row.created_at, row.ticket_id) for row in rows]


def _one_at_a_time(recipient: str) -> None:
    """Until this transaction ends, no other one counts the mails to `recipient`: two at once would both find room."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('mail cap'), hashtext(:to))"), {"to": recipient})
