"""Requests that wait for an answer which does not come: taken as solved after some days, and the requester told so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import wake
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.models import Status, Ticket
from portal.tickets.notifications import queue_question
from portal.web.templating import current_settings

EXPIRE_JOB: Final = "tickets.expire_pending"
# Who has waited longer when this is switched on is not written to any more.
MAIL_WINDOW: Final = timedelta(days=14)
_BATCH: Final = 100


def expire_due_tickets() -> None:
    """Solve all that have waited for their requester long enough, where that is switched on. Commits after each."""
    days = current_settings().pending_expires_after_days
    if not days:
        return
    now = utcnow()
    is_told = False
    for ticket_id in _due(now - timedelta(days=days)):
        is_told |= _expire(ticket_id, days=days, now=now)
    if is_told:
        wake("mail.deliver")


def _due(latest: datetime) -> Sequence[int]:
    query = select(Ticket.id).where(Ticket.status == Status.PENDING, Ticket.updated_at <= latest)
    ids = db.session.scalars(query.order_by(Ticket.updated_at).limit(_BATCH)).all()
    db.session.commit()
    return ids


def _expire(ticket_id: int, *, days: int, now: datetime) -> bool:
    """Whether its requester is told."""
    try:
        is_told = _solve(db.session.get_one(Ticket, ticket_id, populate_existing=True), days=days, now=now)
        db.session.commit()
    except StaleDataError:
        # Somebody did something with it at this very moment: it is not quiet.
        db.session.rollback()
        return False
    return is_told


def _solve(ticket: Ticket, *, days: int, now: datetime) -> bool:
    latest, quiet_since = now - timedelta(days=days), ticket.updated_at
    if ticket.status is not Status.PENDING or quiet_since > latest:
        # Somebody wrote since it was looked for.
        return False
    has_reader = bool(ticket.requester.email) and not ticket.messages[0].is_automatic
    record_event(ticket, "expired", now=now, payload={"days": days})
    move(ticket, Status.SOLVED, now=now)
    # The mail asks already.
    ticket.surveyed_at = now
    refresh_times(ticket, now=now)
    if not has_reader or quiet_since <= latest - MAIL_WINDOW:
        return False
    # Once for each time that it was left unanswered.
    queue_question("expiry", ticket, key=f"expiry:{ticket.id}:{len(ticket.events)}", now=now, days=days)
    return True
