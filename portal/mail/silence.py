"""Mail that should come and does not: a provider that stopped delivering breaks nothing here, so nothing else tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from portal.database import db
from portal.mail.inbound_models import MailArrival
from portal.mail.mailboxes import configured_mailboxes
from portal.web.templating import current_settings

WEEKS: Final = 4
LEAST_A_WEEK: Final = 8
# A walk, a mail server or a line may be slow for so long without anybody being told.
_TOLD_AFTER: Final = timedelta(minutes=30)
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """A mailbox to which nothing has come since `since`, although it usually does."""

    mailbox: str
    since: datetime


def is_unusual(counts: Sequence[int]) -> bool:
    """Whether none is unusual where `counts` came in the same hours of each of the last weeks.

    Where eight are expected and come independently of each other, none has a probability of e⁻⁸: once in 3,000. Hours
    of the week are compared with themselves, so nights and weekends need no rule; the least of the weeks counts, so
    that one busy week does not.
    """
    return len(counts) == WEEKS and min(counts) >= LEAST_A_WEEK


def silent_mailboxes(*, now: datetime) -> list[Silence]:
    """The mailboxes to which nothing comes although it should, at most two reads; forgotten after four weeks."""
    names = [mailbox.name for mailbox in configured_mailboxes(current_settings())]
    latest = db.session.execute(select(*(_latest(name, after=now - WEEKS * _WEEK) for name in names))).one()
    quiet = [
        (name, since)
        for name, since in zip(names, latest, strict=True)
        if since is not None and now - since > _TOLD_AFTER
    ]
    if not quiet:
        return []
    counts = iter(
        db.session.execute(
            select(
                *(
                    _count(name, since - week * _WEEK, now - week * _WEEK)
                    for name, since in quiet
                    for week in range(1, WEEKS + 1)
                )
            )
        ).one()
    )
    return [Silence(name, since) for name, since in quiet if is_unusual([next(counts) for _week in range(WEEKS)])]


def _latest(name: str, *, after: datetime) -> Any:
    return (
        select(func.max(MailArrival.arrived_at))
        .where(MailArrival.mailbox == name, MailArrival.arrived_at > after)
        .scalar_subquery()
    )


def _count(name: str, after: datetime, until: datetime) -> Any:
    return (
        select(func.count(MailArrival.id))
        .where(MailArrival.mailbox == name, MailArrival.arrived_at > after, MailArrival.arrived_at <= until)
        .scalar_subquery()
    )
