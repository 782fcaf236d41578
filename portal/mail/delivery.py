"""Sending what is due in the outbox: at least once, in order, with a lease, retries and a stated end.

A crash between the mail server's 250 and our commit repeats that one mail, under the same Message-ID.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import structlog
from flask_mail import Mail
from sqlalchemy import and_, or_, select

from portal.clock import utcnow
from portal.database import db
from portal.mail.models import OutboxMail, OutboxState
from portal.mail.transports import CaptureTransport, DeliveryFailed, SmtpTransport, Transport
from portal.web.templating import current_settings

logger = structlog.get_logger(__name__)

# Longer than the mail server's patience for one mail; a killed worker's mail waits this long for the next one.
LEASE = timedelta(seconds=60)
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


def retry_delay(attempts: int, *, jitter: float) -> timedelta:
    """The wait after `attempts` failures; `jitter` from -1 to 1 moves it by up to 20 %."""
    delay = RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]
    return delay * (1 + JITTER * jitter)


def deliver_due_mail() -> None:
    """Send until nothing is due or the channel stops. Commits after each mail."""
    with _open_transport() as transport:
        while (mail := _lease_next(now=utcnow())) is not None:
            if not _deliver(mail, transport):
                return


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


def _lease_next(*, now: datetime) -> OutboxMail | None:
    """Claim the oldest mail that is due for this process; a lease that ran out is due again. Commits."""
    is_due = or_(
        and_(OutboxMail.state.in_([OutboxState.QUEUED, OutboxState.RETRY]), OutboxMail.next_attempt_at <= now),
        and_(OutboxMail.state == OutboxState.LEASED, OutboxMail.leased_until < now),
    )
    mail = db.session.scalar(
        select(OutboxMail)
        .where(is_due)
        .order_by(OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if mail is not None:
        mail.state = OutboxState.LEASED
        mail.leased_until = now + LEASE
    db.session.commit()
    return mail


def _deliver(mail: OutboxMail, transport: Transport) -> bool:
    """Send one leased mail and note what came of it; False when the channel has stopped."""
    goes_on = True
    try:
        transport.send(mail)
    except DeliveryFailed as failure:
        now = utcnow()
        mail.last_error = str(failure)
        if failure.stops_channel:
            mail.state = OutboxState.QUEUED
            mail.next_attempt_at = now + CHANNEL_PAUSE
            goes_on = False
            logger.error("mail channel stopped", reason=str(failure))
        else:
            _plan_retry(mail, is_permanent=failure.is_permanent, now=now)
    except Exception as error:
        # A mail that cannot even be composed must not hold up the others.
        db.session.rollback()
        logger.exception("mail could not be sent", mail_id=mail.id)
        mail.last_error = repr(error)
        _plan_retry(mail, is_permanent=False, now=utcnow())
    else:
        mail.state = OutboxState.SENT
        mail.sent_at = utcnow()
        mail.attempts += 1
        mail.last_error = ""
    mail.leased_until = None
    db.session.commit()
    return goes_on


def _plan_retry(mail: OutboxMail, *, is_permanent: bool, now: datetime) -> None:
    mail.attempts += 1
    next_attempt = now + retry_delay(mail.attempts, jitter=random.uniform(-1, 1))  # noqa: S311 - spreads load only
    if is_permanent or next_attempt > mail.created_at + LIFETIME:
        mail.state = OutboxState.DEAD
        logger.error("mail is dead", mail_id=mail.id, reason=mail.last_error)
    else:
        mail.state = OutboxState.RETRY
        mail.next_attempt_at = next_attempt
