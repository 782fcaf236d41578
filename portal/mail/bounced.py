"""What delivery reports say about mails of the outbox."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from portal.database import db
from portal.mail.bounces import DeliveryReport
from portal.mail.models import OutboxMail, OutboxState

logger = structlog.get_logger(__name__)

# How the reasons begin: one was refused by a server further on, the other one is still on its way there.
BOUNCED = "bounced: "
DELAYED = "delayed: "


def note_bounce(report: DeliveryReport, *, mail_id: int | None, original_message_id: str) -> OutboxMail | None:
    """Put down on the mail that a report is about what became of it; None when it is none of ours.

    `mail_id` is that of the signed address that the report came to; else the Message-ID in it decides. A mail that
    failed is dead and says why. One that is in the queue stays there: the report is about an earlier try, perhaps at
    another address. The caller commits.
    """
    mail = _reported_mail(mail_id, original_message_id)
    if mail is None or mail.state in {OutboxState.QUEUED, OutboxState.DEAD}:
        return mail
    reason = " ".join(f"{report.status} {report.reason}".split()) or "no reason given"
    if report.kind == "failed":
        logger.warning("mail bounced", mail_id=mail.id, status=report.status)
        mail.state, mail.last_error = OutboxState.DEAD, BOUNCED + reason
        mail.leased_until = None
    elif mail.state is OutboxState.SENT:
        mail.last_error = DELAYED + reason if report.kind == "delayed" else ""
    return mail


def _reported_mail(mail_id: int | None, original_message_id: str) -> OutboxMail | None:
    is_it = OutboxMail.id == mail_id if mail_id is not None else OutboxMail.message_id == original_message_id
    if mail_id is None and not original_message_id:
        return None
    found: OutboxMail | None = db.session.scalar(
        select(OutboxMail).where(is_it).with_for_update().execution_options(populate_existing=True)
    )
    return found
