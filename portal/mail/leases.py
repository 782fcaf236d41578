"""Leases: which worker has a mail in hand.

A worker that lives renews its lease, however slow the mail server is; a killed worker's lease soon runs out, and the
next worker takes the mail. A fixed lease would have to outlast every time-out of a whole conversation with the server,
and a killed worker's mail would wait as long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, CursorResult, Engine, Update, and_, exists, or_, select, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from portal.clock import utcnow
from portal.database import db, writing
from portal.mail.caps import breaker_is_open
from portal.mail.models import OutboxMail, OutboxState

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
RENEWAL_SECONDS = 20.0
# An hour: what hangs beyond all time-outs is given up to another worker.
MAXIMUM_RENEWALS = 180


@dataclass
class Lease:
    """A mail in this worker's hands until `until`, which a renewal moves."""

    mail: OutboxMail
    mail_id: int
    until: datetime


def lease_next(*, now: datetime) -> Lease | None:
    """Claim the oldest mail that is due; a lease that ran out is due again. None while the channel is stopped. Commits.

    While the breaker is open, automatic mail is left in the queue and the agents' replies go on.
    The mail that found the channel stopped says so itself: it is queued with an error, until it is to be tried again.
    """
    is_due = or_(
        and_(OutboxMail.state.in_([OutboxState.QUEUED, OutboxState.RETRY]), OutboxMail.next_attempt_at <= now),
        and_(OutboxMail.state == OutboxState.LEASED, OutboxMail.leased_until < now),
    )
    stopped = aliased(OutboxMail)
    is_stopped = exists().where(
        stopped.state == OutboxState.QUEUED, stopped.last_error != "", stopped.next_attempt_at > now
    )
    mail = db.session.scalar(
        select(OutboxMail)
        .where(is_due, ~is_stopped, _may_go(now=now))
        .order_by(OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    lease = None
    if mail is not None:
        lease = Lease(mail, mail.id, until=now + LEASE)
        mail.state = OutboxState.LEASED
        mail.leased_until = lease.until
    db.session.commit()
    return lease


@contextmanager
def renewed(lease: Lease) -> Iterator[None]:
    """Inside the block, which must leave the session alone while it waits, the lease does not run out."""
    is_over = threading.Event()
    # The session belongs to the app's context, which the thread is not in.
    engine = db.engine

    def renew() -> None:
        for _ in range(MAXIMUM_RENEWALS):
            if is_over.wait(RENEWAL_SECONDS):
                return
            _renew(lease, engine)

    thread = threading.Thread(target=renew, name=f"lease of mail {lease.mail_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def settle(lease: Lease, **outcome: Any) -> None:
    """Write what came of a mail and give the lease back; nothing when another worker has it by now. Commits."""
    written: CursorResult[Any] = db.session.connection().execute(_held(lease).values(leased_until=None, **outcome))
    db.session.commit()
    db.session.expire(lease.mail)
    if written.rowcount == 0:
        logger.error("mail lease lost", mail_id=lease.mail_id, outcome=str(outcome["state"]))


def _renew(lease: Lease, engine: Engine) -> None:
    until = utcnow() + LEASE
    try:
        with writing(), engine.begin() as connection:
            is_ours = connection.execute(_held(lease).values(leased_until=until)).rowcount == 1
    except SQLAlchemyError as error:
        # There is time for another try.
        logger.warning("mail lease not renewed", mail_id=lease.mail_id, error=repr(error))
    else:
        if is_ours:
            lease.until = until


def _may_go(*, now: datetime) -> ColumnElement[bool]:
    return OutboxMail.is_automatic.is_(False) if breaker_is_open(now=now) else true()


def _held(lease: Lease) -> Update:
    """An update of the mail as long as the lease is ours."""
    return update(OutboxMail).where(
        OutboxMail.id == lease.mail_id,
        OutboxMail.state == OutboxState.LEASED,
        OutboxMail.leased_until == lease.until,
    )
