"""What people searched for and wrote, with the articles that helped them: for comparing rankers on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.database import db
from portal.search.comparing import LoggedQuestion
from portal.search.learning.models import ResultOpening
from portal.search.models import SearchQuery, SearchSurface, SuggestionArm, SuggestionImpression, SuggestionVerdict

# (surface, locale, text): searches that agree in these are the same question.
_Asked = tuple[SearchSurface, str, str]


def logged_questions(*, since: datetime, limit: int) -> list[LoggedQuestion]:
    """The questions asked since then, newest first; at most `limit` different searches and as many messages."""
    return [*_searches(since, limit), *_messages(since, limit)]


def _searches(since: datetime, limit: int) -> list[LoggedQuestion]:
    asked = (SearchQuery.surface, SearchQuery.locale, SearchQuery.text)
    rows = db.session.execute(
        select(*asked, func.count())
        .where(SearchQuery.created_at >= since, SearchQuery.text != "")
        .group_by(*asked)
        .order_by(func.max(SearchQuery.id).desc())
        .limit(limit)
    ).all()
    opened, helped = _opened_results(since)
    return [
        LoggedQuestion(
            surface=str(surface),
            locale=locale,
            text=text,
            count=count,
            opened=frozenset(opened[surface, locale, text]),
            helped=frozenset(helped[surface, locale, text]),
        )
        for surface, locale, text, count in rows
    ]


def _opened_results(since: datetime) -> tuple[dict[_Asked, set[int]], dict[_Asked, set[int]]]:
    """For each search the articles opened from its results, and those of them that ended the search."""
    rows = db.session.execute(
        select(
            SearchQuery.surface,
            SearchQuery.locale,
            SearchQuery.text,
            ResultOpening.article_id,
            ResultOpening.ended_search,
        )
        .join(SearchQuery, SearchQuery.id == ResultOpening.search_query_id)
        .where(SearchQuery.created_at >= since)
    )
    opened: dict[_Asked, set[int]] = defaultdict(set)
    helped: dict[_Asked, set[int]] = defaultdict(set)
    for surface, locale, text, article_id, ended_search in rows:
        opened[surface, locale, text].add(article_id)
        if ended_search:
            helped[surface, locale, text].add(article_id)
    return opened, helped


def _messages(since: datetime, limit: int) -> list[LoggedQuestion]:
    """What was suggested to one session for one text is one question; none is left where its words are forgotten."""
    rows = db.session.execute(
        select(SuggestionImpression)
        .with_only_columns(
            SuggestionImpression.session_hash,
            SuggestionImpression.surface,
            SuggestionImpression.query_text,
            SuggestionImpression.locale,
            SuggestionImpression.article_id,
            SuggestionImpression.opened_at,
            SuggestionImpression.verdict,
        )
        .where(
            SuggestionImpression.shown_at >= since,
            SuggestionImpression.query_text != "",
            SuggestionImpression.arm == SuggestionArm.SHOWN,
        )
        .order_by(SuggestionImpression.id.desc())
    )
    sessions: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in rows:
        key = (row.session_hash, row.surface, row.query_text)
        if key in sessions or len(sessions) < limit:
            sessions[key].append(row)
    return [_message(surface, text, offered) for (_session, surface, text), offered in sessions.items()]


def _message(surface: str, text: str, offered: list[Any]) -> LoggedQuestion:
    # The verdict is on all that was offered: it answered what was opened, or the only one that could be read in place.
    read = [row for row in offered if row.opened_at is not None or len(offered) == 1]
    return LoggedQuestion(
        surface=surface,
        locale=Counter(row.locale for row in offered).most_common(1)[0][0],
        text=text,
        opened=frozenset(row.article_id for row in offered if row.opened_at is not None),
        helped=frozenset(row.article_id for row in read if row.verdict is SuggestionVerdict.ANSWERED),
        is_message=True,
    )
