"""How the mail that comes in fares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import InboundMail, MailboxState, Outcome
from portal.mail.mailboxes import configured_mailboxes
from portal.mail.silence import silent_mailboxes
from portal.web.templating import current_settings

UNPROCESSED_AFTER: Final = timedelta(minutes=10)
WALK_OVERDUE_AFTER: Final = timedelta(minutes=45)


def inbound_readiness() -> dict[str, Any]:
    """`well` and, if not, why. Serving pages needs no mail, so it is told, not fatal."""
    now = utcnow()
    states = {state.mailbox: state for state in db.session.scalars(select(MailboxState))}
    walked = [mailbox.name for mailbox in configured_mailboxes(current_settings()) if mailbox.imap is not None]
    mailboxes = {name: _mailbox(states.get(name), now=now) for name in walked}
    waiting = _count(
        InboundMail.outcome == Outcome.RECEIVED, InboundMail.received_at < now - UNPROCESSED_AFTER, of=InboundMail.id
    )
    silent = [silence.mailbox for silence in silent_mailboxes(now=now)]
    return {
        "well": not waiting and not silent and all(each["well"] for each in mailboxes.values()),
        "mailboxes": mailboxes,
        "silent_mailboxes": silent,
        "unprocessed_over_10_minutes": waiting,
    }


def _mailbox(state: MailboxState | None, *, now: datetime) -> dict[str, Any]:
    if state is None:
        return {"well": False, "problem": False, "walked_seconds_ago": None}
    age = now - state.walked_at if state.walked_at else None
    return {
        "well": not state.problem and not state.unaccounted and age is not None and age < WALK_OVERDUE_AFTER,
        # Whether, not what: this page is open to all, and the words name hosts and accounts.
        "problem": bool(state.problem),
        "problem_since": state.problem_since.isoformat() if state.problem_since else None,
        "walked_seconds_ago": _seconds(age),
        "unaccounted": state.unaccounted,
        "reconciled_seconds_ago": _seconds(now - state.reconciled_at if state.reconciled_at else None),
        "last_mail_seconds_ago": _seconds(now - state.last_mail_at if state.last_mail_at else None),
    }


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else round(age.total_seconds())


def _count(*conditions: Any, of: Any) -> int:
    return db.session.scalar(select(func.count(of)).where(*conditions)) or 0
