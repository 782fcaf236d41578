"""Sending what is due in the outbox: at least once, in order, with retries and a stated end.

A crash between the mail server's 250 and our commit repeats that one mail, under the same Message-ID.
"""

from __future__ import annotations

import random
import threading
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_mail import Mail

from portal.clock import utcnow
from portal.database import db
from portal.mail.caps import breaker_is_open, hourly_limit
from portal.mail.leases import Lease, lease_next, renewed, settle
from portal.mail.models import OutboxMail, OutboxState
from portal.mail.transports import CaptureTransport, DeliveryFailed, SmtpTransport, Transport
from portal.web.templating import current_settings

logger = structlog.get_logger(__name__)

LIFETIME = timedelta(days=3)
CHANNEL_PAUSE = timedelta(minutes=5)
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
JITTER = 0.2

# One mail at a time in a process: a kill repeats no more than one, mails keep their order, and a mail server that
# hangs holds up one thread of the worker and not all. `_asked`: somebody wants what is due by now to be sent.
_busy, _asked = threading.Lock(), threading.Event()


def retry_delay(attempts: int, *, jitter: float) -> timedelta:
    """The wait after `attempts` failures; `jitter` from -1 to 1 moves it by up to 20 %."""
    delay = RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]
    return delay * (1 + JITTER * jitter)


def deliver_due_mail() -> None:
    """Send until nothing is due or the channel is stopped. Commits after each mail.

    Leaves it to the thread of this process that is at it already, if there is one: that looks once more at its end.
    """
    _asked.set()
    while _asked.is_set() and _busy.acquire(blocking=False):
        try:
            _asked.clear()
            _send_all()
        finally:
            _busy.release()


def _send_all() -> None:
    was_open = breaker_is_open(now=utcnow())
    with _open_transport() as transport:
        while (lease := lease_next(now=utcnow())) is not None:
            _deliver(lease, transport)
    if not was_open and breaker_is_open(now=utcnow()):
        logger.error("automatic mail stopped until the next hour", limit=hourly_limit())
    db.session.rollback()


def _open_transport() -> Transport:
    settings = current_settings()
    if settings.mail_transport == "capture":
        return CaptureTransport()
    return SmtpTransport(_flask_mail(), settings)


def _flask_mail() -> Mail:
    mail = Mail()
    # The connection is configured by our own subclass; only suppression has to be off, in tests too.
    mail.state = mail.init_mail({"MAIL_SUPPRESS_SEND": False})
    return mail


def _deliver(lease: Lease, transport: Transport) -> None:
    """Send one leased mail and note what came of it."""
    mail = lease.mail
    try:
        with renewed(lease):
            transport.send(mail)
    except DeliveryFailed as failure:
        outcome = _after_failure(mail, failure, now=utcnow())
    except Exception as error:
        # A mail that cannot even be composed must not hold up the others.
        db.session.rollback()
        logger.exception("mail could not be sent", mail_id=lease.mail_id)
        outcome = _after_failure(mail, DeliveryFailed(repr(error)), now=utcnow())
    else:
        sent_at = utcnow()
        outcome = {
            "state": OutboxState.SENT,
            "sent_at": sent_at,
            # By this the breaker finds what was sent of late, in the index of what is due.
            "next_attempt_at": sent_at,
            "attempts": mail.attempts + 1,
            "last_error": "",
        }
    settle(lease, **outcome)


def _after_failure(mail: OutboxMail, failure: DeliveryFailed, *, now: datetime) -> dict[str, Any]:
    """The columns of a mail that did not go out."""
    reason = str(failure)
    if failure.stops_channel:
        logger.error("mail channel stopped", reason=reason)
        # Queued with a reason: as long as this one waits, no mail is tried (leases.lease_next).
        return {"state": OutboxState.QUEUED, "next_attempt_at": now + CHANNEL_PAUSE, "last_error": reason}
    attempts = mail.attempts + 1
    next_attempt = now + retry_delay(attempts, jitter=random.uniform(-1, 1))  # noqa: S311 - spreads load only
    if failure.is_permanent or next_attempt > mail.created_at + LIFETIME:
        logger.error("mail is dead", mail_id=mail.id, reason=reason)
        return {"state": OutboxState.DEAD, "attempts": attempts, "last_error": reason}
    return {
        "state": OutboxState.RETRY,
        "next_attempt_at": next_attempt,
        "attempts": attempts,
        "last_error": reason,
    }
