"""Which results people opened, and whether that ended their search: weak evidence, but there is much of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.knowledge_base.models import Article
from portal.search.actions import TYPING_PAUSE, searched_text
from portal.search.learning.actions import insert_into, note_ended_search
from portal.search.learning.models import ResultOpening
from portal.search.models import SearchQuery
from portal.search.rankers import RANKER_VERSION

JUDGE_JOB: Final = "search.judge_openings"
LAST_POSITION: Final = 500
# Between batches others may write.
_BATCH: Final = 50


def record_opening(visit: str, query: str, article_id: int, *, position: int, giver: str, now: datetime) -> bool:
    """Note that a visit opened a result of what it has just searched for; False when it has not. Commits.

    A result opened twice counts as opened the second time.
    """
    search = db.session.scalars(
        select(SearchQuery)
        .where(
            SearchQuery.visit == visit,
            SearchQuery.text == searched_text(query),
            SearchQuery.updated_at > now - TYPING_PAUSE,
            SearchQuery.ticket_id.is_(None),
        )
        .order_by(SearchQuery.updated_at.desc(), SearchQuery.id.desc())
        .limit(1)
    ).first()
    if search is None or db.session.get(Article, article_id) is None:
        return False
    added = insert_into(
        ResultOpening,
        search_query_id=search.id,
        article_id=article_id,
        position=min(max(position, 1), LAST_POSITION),
        ranker_version=search.ranker_version or RANKER_VERSION,
        giver=giver,
        opened_at=now,
    )
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=[ResultOpening.search_query_id, ResultOpening.article_id],
            set_={"opened_at": now, "giver": giver, "ended_search": None},
        )
    )
    db.session.commit()
    return True


def judge_openings() -> None:
    """Decide about the openings after which there was time to search on. Commits."""
    now = utcnow()
    while True:
        waiting = db.session.scalars(
            select(ResultOpening)
            .where(ResultOpening.ended_search.is_(None), ResultOpening.opened_at <= now - TYPING_PAUSE)
            .order_by(ResultOpening.opened_at, ResultOpening.id)
            .limit(_BATCH)
        ).all()
        for opening in waiting:
            _judge(opening, now)
        db.session.commit()
        if len(waiting) < _BATCH:
            return


def _judge(opening: ResultOpening, now: datetime) -> None:
    # Whoever writes to us at this instant waits, and then takes back what is noted here.
    search = db.session.get_one(SearchQuery, opening.search_query_id, with_for_update=True, populate_existing=True)
    opening.ended_search = _ended(opening, search)
    if opening.ended_search:
        note_ended_search(
            search.id, opening.article_id, search.text, locale=search.locale, giver=opening.giver, now=now
        )
    # It has told people apart; now it says nothing that anybody needs.
    opening.giver = ""


def _ended(opening: ResultOpening, search: SearchQuery) -> bool:
    """Whether the visit neither searched nor wrote to us nor opened another result soon after."""
    if search.ticket_id is not None:
        return False
    until = opening.opened_at + TYPING_PAUSE
    searched_on = select(SearchQuery.id).where(
        SearchQuery.visit == search.visit,
        SearchQuery.updated_at > opening.opened_at,
        SearchQuery.updated_at <= until,
    )
    opened_more = (
        select(ResultOpening.id)
        .join(SearchQuery, SearchQuery.id == ResultOpening.search_query_id)
        .where(
            SearchQuery.visit == search.visit,
            ResultOpening.opened_at > opening.opened_at,
            ResultOpening.opened_at <= until,
        )
    )
    return not db.session.scalar(select(searched_on.exists() | opened_more.exists()))
