"""Whether a worker is alive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from portal.clock import utcnow
from portal.database import db
from portal.jobs.models import WorkerHeartbeat

# Two missed beats and some seconds.
SILENCE_LIMIT = timedelta(seconds=150)


def worker_readiness() -> dict[str, Any]:
    """The age of the last sign of life. Serving pages needs no worker, so its silence is told, not fatal."""
    seen_at = db.session.scalar(select(func.max(WorkerHeartbeat.seen_at)))
    if seen_at is None:
        return {"alive": False, "last_seen_seconds_ago": None}
    age = utcnow() - seen_at
    return {"alive": age < SILENCE_LIMIT, "last_seen_seconds_ago": round(age.total_seconds())}
