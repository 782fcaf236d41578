"""What was offered to somebody: one row an article and session, whatever the place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.database import db
from portal.search.documents import Hit
from portal.search.models import SuggestionImpression
from portal.search.rankers import RANKER_VERSION


def add_impressions(
    session_hash: str,
    hits: Sequence[Hit],
    *,
    query_text: str,
    surface: str,
    now: datetime,
    ticket_id: int | None = None,
) -> None:
    """Note which articles somebody was offered at a place; each counts once a session. The caller commits."""
    if not hits:
        return
    known = set(
        db.session.scalars(
            select(SuggestionImpression.article_id).where(SuggestionImpression.session_hash == session_hash)
        )
    )
    for position, hit in enumerate(hits, start=1):
        if hit.article_id in known:
            continue
        impression = SuggestionImpression(
            session_hash=session_hash,
            surface=surface,
            ranker_version=hit.ranker_version or RANKER_VERSION,
            article_id=hit.article_id,
            locale=hit.locale,
            position=position,
            score=hit.score,
            chance=hit.prior_chance,
            query_text=query_text,
            shown_at=now,
            ticket_id=ticket_id,
        )
        # The same session may ask twice at once; the database keeps one.
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.add(impression)
