"""Token buckets in the database, so that every process and machine counts together."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from portal.clock import utcnow
from portal.database import db, writing
from portal.errors import LimitExceeded
from portal.web.models import RateBucket

UNUSED = timedelta(days=1)


def take(key: str, *, capacity: int, refill_seconds: float, now: datetime) -> None:
    """Take one token from the bucket `key` of `capacity` tokens, one of which grows back every `refill_seconds`.

    Commits at once, so call it before the request's own changes.

    Raises:
        LimitExceeded: the bucket is empty.
    """
    with writing():
        bucket = _locked_bucket(_stored_key(key), capacity, now)
        grown = max(0.0, (now - bucket.refilled_at).total_seconds()) / refill_seconds
        bucket.tokens = min(float(capacity), bucket.tokens + grown)
        bucket.refilled_at = now
        is_empty = bucket.tokens < 1
        if not is_empty:
            bucket.tokens -= 1
        missing = 1 - bucket.tokens
        db.session.commit()
    if is_empty:
        raise LimitExceeded(
            _("Too many attempts. Wait a moment and try again."),
            retry_after_seconds=max(1, math.ceil(round(missing * refill_seconds, 3))),
        )


def _stored_key(key: str) -> str:
    """The key without what it says about a person: the kind of bucket, and a digest of the rest."""
    return f"{key.partition(':')[0]}:{hashlib.sha256(key.encode()).hexdigest()}"


def _locked_bucket(key: str, capacity: int, now: datetime) -> RateBucket:
    dialect = db.engine.dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    db.session.execute(
        insert(RateBucket).values(key=key, tokens=float(capacity), refilled_at=now).on_conflict_do_nothing()
    )
    bucket = db.session.get(RateBucket, key, with_for_update=True, populate_existing=True)
    assert bucket is not None  # noqa: S101 - inserted by the statement above
    return bucket


def forget_full_buckets() -> None:
    """Remove the buckets that nobody took from for a day: all are full again by then. Commits."""
    db.session.execute(delete(RateBucket).where(RateBucket.refilled_at < utcnow() - UNUSED))
    db.session.commit()
