"""What was suggested to somebody and what they said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from portal.database import db
from portal.search.documents import Hit
from portal.search.impressions import add_impressions
from portal.search.learning.actions import note_verdict
from portal.search.models import SuggestionImpression, SuggestionVerdict
from portal.search.uses import CONTACT_FORM


def record_impressions(session_hash: str, hits: Sequence[Hit], *, query_text: str, now: datetime) -> None:
    """Note which articles a contact session was offered; each counts once, as first shown. Commits."""
    add_impressions(session_hash, hits, query_text=query_text, surface=CONTACT_FORM.name, now=now)
    db.session.commit()


def mark_opened(session_hash: str, article_id: int, *, now: datetime) -> None:
    """Note that an offered article was opened; the first time stays. Commits."""
    db.session.execute(
        update(SuggestionImpression)
        .where(
            SuggestionImpression.session_hash == session_hash,
            SuggestionImpression.article_id == article_id,
            SuggestionImpression.opened_at.is_(None),
        )
        .values(opened_at=now)
    )
    db.session.commit()


def record_verdict(session_hash: str, verdict: SuggestionVerdict, *, now: datetime) -> None:
    """Note what the session says of the articles it was offered; a later word replaces an earlier one. Commits."""
    db.session.execute(
        update(SuggestionImpression)
        .where(SuggestionImpression.session_hash == session_hash)
        .values(verdict=verdict, verdict_at=now)
    )
    note_verdict(session_hash, now=now)
    db.session.commit()
