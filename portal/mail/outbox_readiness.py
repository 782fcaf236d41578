"""How the mails that go out fare."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, not_, select

from portal.clock import utcnow
from portal.database import db
from portal.mail.caps import breaker_is_open, hour_of, is_capped
from portal.mail.models import OutboxMail, OutboxState

RECENT = timedelta(days=1)


def outbox_readiness() -> dict[str, Any]:
    """What waits, and since when; what stopped, and what died of late. None of it keeps pages from being served.

    `automatic_mail_resumes_at` is set while the breaker holds automatic mail up.
    """
    now = utcnow()
    waiting = OutboxMail.state.in_([OutboxState.QUEUED, OutboxState.RETRY, OutboxState.LEASED])
    oldest = db.session.scalar(select(func.min(OutboxMail.created_at)).where(waiting))
    stopped = db.session.scalar(
        select(OutboxMail.last_error)
        .where(OutboxMail.state == OutboxState.QUEUED, OutboxMail.last_error != "")
        .limit(1)
    )
    died = OutboxMail.state == OutboxState.DEAD, OutboxMail.created_at > now - RECENT
    is_open = breaker_is_open(now=now)
    return {
        "waiting": _count(waiting),
        "oldest_waiting_seconds": round((now - oldest).total_seconds()) if oldest else None,
        "channel_stopped": stopped or "",
        "automatic_mail_resumes_at": (hour_of(now) + timedelta(hours=1)).isoformat() if is_open else None,
        "undelivered_in_24_h": _count(*died, not_(is_capped())),
        "over_a_cap_in_24_h": _count(is_capped(), OutboxMail.created_at > now - RECENT),
    }


def _count(*conditions: Any) -> int:
    return db.session.scalar(select(func.count(OutboxMail.id)).where(*conditions)) or 0
