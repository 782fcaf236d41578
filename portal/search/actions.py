"""The log of what people searched for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.database import db
from portal.search.models import SearchQuery, SearchSurface
from portal.search.rankers import RANKER_VERSION

TYPING_PAUSE: Final = timedelta(minutes=10)
_VISIT = re.compile(r"[0-9a-f]{8,32}")
_MAXIMUM_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class LoggedSearch:
    """One search as it was asked and answered. `visit` is the token of a browser tab, or "" without one."""

    visit: str
    surface: SearchSurface
    locale: str
    text: str
    result_count: int
    other_language_count: int = 0
    ranker_version: str = RANKER_VERSION


def valid_visit(token: str) -> str:
    """A visit's token as a browser tab makes it; "" for anything else."""
    return token if _VISIT.fullmatch(token) else ""


def searched_text(text: str) -> str:
    """The words of a search as the log keeps them."""
    return text.strip()[:_MAXIMUM_LENGTH]


def log_search(search: LoggedSearch, *, now: datetime) -> None:
    """Record one search; nothing is recorded without words. Commits.

    Within a visit, typing on is the same entry, and so is pressing Enter after it or asking the same again.
    """
    text = searched_text(search.text)
    if not text:
        return
    entry = _entry_to_go_on(search, text, now) if search.visit else None
    if entry is None:
        entry = SearchQuery(visit=search.visit, locale=search.locale, text="", created_at=now)
        db.session.add(entry)
    entry.updated_at = now
    # Deleting letters while typing: the longest text says what was meant.
    if search.surface is SearchSurface.RESULTS or len(text) >= len(entry.text):
        entry.surface = search.surface
        entry.text = text
        entry.result_count = search.result_count
        entry.ranker_version = search.ranker_version
        entry.other_language_count = search.other_language_count
    db.session.commit()


def _entry_to_go_on(search: LoggedSearch, text: str, now: datetime) -> SearchQuery | None:
    """The last entry of the visit if this search only goes on with it."""
    last = db.session.scalars(
        select(SearchQuery)
        .where(
            SearchQuery.visit == search.visit,
            SearchQuery.locale == search.locale,
            SearchQuery.updated_at > now - TYPING_PAUSE,
            SearchQuery.ticket_id.is_(None),
        )
        .order_by(SearchQuery.updated_at.desc(), SearchQuery.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    if last.surface is SearchSurface.SUGGEST:
        return last if _is_typing_on(last.text, text) else None
    return last if last.surface is search.surface and last.text == text else None


def _is_typing_on(before: str, after: str) -> bool:
    a, b = before.casefold(), after.casefold()
    return a.startswith(b) or b.startswith(a)
