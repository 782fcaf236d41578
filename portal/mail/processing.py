"""Working on the mail that came in: read it, hand it on, note what became of it. One commit a mail.

A mail that cannot be read within its limits, or that makes the reader fail again and again, is handed on unread: it
never blocks the next one and never vanishes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.mail.bounded_reading import READER, BoundedReader
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.parsed import ParsedMail
from portal.mail.parsing import UnreadableMail
from portal.storage import BlobStore

logger = structlog.get_logger(__name__)

PROCESS_JOB = "mail.process"
# How long somebody may be at it, and when it is tried again.
LEASE = timedelta(minutes=2)
ATTEMPTS_TO_READ = 3
# Then even keeping it unread failed: only the ledger and the original have it.
ATTEMPTS_AT_ALL = 6


class InboundHandler(Protocol):
    """Whoever knows what a mail is about. Sets outcome, reason and ticket of `mail`; does not commit.

    `parsed` is None for a mail that cannot be read; `mail.detail` says why.
    """

    def __call__(self, mail: InboundMail, parsed: ParsedMail | None, *, now: datetime) -> None: ...


Preparation = Callable[[InboundMail, ParsedMail], InboundHandler]


def process_due_mail(
    blobs: BlobStore,
    handler: InboundHandler,
    *,
    reader: BoundedReader = READER,
    prepare: Preparation | None = None,
) -> int:
    """Work until nothing waits; how many mails that were. Commits after each.

    `prepare` makes the handler of one mail where that takes long: no transaction is open meanwhile.
    """
    count = 0
    while (mail := _claimed(now=utcnow())) is not None:
        _work_on(mail, blobs, handler, reader, prepare)
        count += 1
    return count


def _claimed(*, now: datetime) -> InboundMail | None:
    mail = db.session.scalar(
        select(InboundMail)
        .where(InboundMail.outcome == Outcome.RECEIVED, InboundMail.next_attempt_at <= now)
        .order_by(InboundMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if mail is not None:
        # Counted before the work: a mail that kills the process is counted as well.
        mail.attempts += 1
        mail.next_attempt_at = now + LEASE
    db.session.commit()
    return mail


def _work_on(
    mail: InboundMail, blobs: BlobStore, handler: InboundHandler, reader: BoundedReader, prepare: Preparation | None
) -> None:
    mail_id = mail.id
    try:
        parsed, problem = _read(mail.digest, mail.attempts, blobs, reader)
        if prepare is not None and parsed is not None:
            handler = prepare(mail, parsed)
        db.session.refresh(mail, with_for_update=True)
        if mail.outcome is Outcome.RECEIVED:
            now = utcnow()
            mail.detail = problem
            if mail.attempts > ATTEMPTS_AT_ALL:
                mail.outcome, mail.reason = Outcome.FAILED, "not_kept"
            else:
                handler(mail, parsed, now=now)
            mail.settled_at = now
        db.session.commit()
    except Exception:
        db.session.rollback()
        logger.exception("mail could not be worked on", mail_id=mail_id)


def _read(digest: str, attempts: int, blobs: BlobStore, reader: BoundedReader) -> tuple[ParsedMail | None, str]:
    """The mail, or None and why it cannot be read."""
    # No transaction is open meanwhile.
    db.session.commit()
    if attempts > ATTEMPTS_TO_READ:
        return None, "Reading it failed several times."
    try:
        return reader.read(blobs.get(digest)), ""
    except UnreadableMail as error:
        return None, str(error)
    except FileNotFoundError:
        return None, "The original is missing from the file store."
