"""Keeping this machine's index in step with the database.

Publishing writes a row into the change sequence (`ArticleChange`). The worker applies what is new as soon as it is
woken; web processes look before a search and do the same beside their requests, for a machine may have no worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, select

from portal.database import db
from portal.knowledge_base.models import ArticleChange
from portal.search import published
from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexBusy, IndexUnavailable

logger = structlog.get_logger(__name__)

FOLLOW_JOB: Final = "search.follow"
_LOOK_EVERY_SECONDS: Final = 1.0
# On PostgreSQL a transaction may commit after one with a higher id, so what is this young is applied once more.
_OVERLAP: Final = timedelta(minutes=2)
_OVERLAPPING_CHANGES: Final = 500


def newest_change() -> int:
    """The id of the last change there is; 0 before the first."""
    with published.read_only(db.engine) as connection:
        return published.newest_change(connection)


def count_visible() -> int:
    """How many translations readers may see: what a complete index holds."""
    with published.read_only(db.engine) as connection:
        return published.published_count(connection)


def is_behind(engine: SearchEngine) -> bool:
    """Whether the index lacks something published, or vectors of meaning that are wanted; True without an index."""
    try:
        return engine.folder.lacks_vectors() or engine.manifest().position < newest_change()
    except IndexUnavailable:
        return True


def index_readiness(engine: SearchEngine) -> dict[str, Any]:
    """For ``/readyz``: how far the index is. One that is behind or missing is told, but not fatal."""
    newest = newest_change()
    try:
        applied = engine.manifest().position
    except IndexUnavailable:
        return {"current": False, "applied": None, "newest": newest}
    return {"current": applied >= newest, "applied": applied, "newest": newest}


def follow(engine: SearchEngine, *, now: datetime, wait: bool = False) -> int:
    """Apply all changes not yet in the index, or build it where there is none; returns how many there were.

    Does nothing while another process or thread is at it, unless `wait` is on.
    """
    try:
        return _catch_up(engine, now, wait=wait)
    except IndexBusy:
        return 0


def rebuild(engine: SearchEngine, *, wait: bool = True, on_article: Callable[[], None] | None = None) -> int:
    """Build the index anew beside the old one; returns the number of translations in it.

    Raises:
        IndexBusy: another process is writing to the index and `wait` is off.
    """
    database = db.engine
    with published.read_only(database) as connection:
        position = published.newest_change(connection)

    def articles() -> Iterator[Upsert]:
        for article in published.all_articles(database):
            yield article
            if on_article:
                on_article()

    count = engine.rebuild(articles(), position=position, wait=wait)
    logger.info("the search index was built", articles=count, position=position)
    return count


class IndexWatch:
    """Called before each search: looks now and then whether the index is behind, and then calls `help_it`."""

    def __init__(
        self,
        is_behind: Callable[[], bool],
        help_it: Callable[[], None],
        *,
        every_seconds: float = _LOOK_EVERY_SECONDS,
    ) -> None:
        self._is_behind = is_behind
        self._help_it = help_it
        self._every_seconds = every_seconds
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def __call__(self) -> None:
        now = time.monotonic()
        with self._lock:
            if now - self._looked_at < self._every_seconds:
                return
            self._looked_at = now
        try:
            if self._is_behind():
                self._help_it()
        except Exception:
            # A search in an older index is better than none.
            logger.exception("could not look whether the search index is behind")


def _catch_up(engine: SearchEngine, now: datetime, *, wait: bool) -> int:
    try:
        applied = engine.manifest().position
        if engine.folder.lacks_vectors():
            logger.info("the search index has no vectors of meaning yet and is built anew")
            return rebuild(engine, wait=wait)
        for locale in engine.folder.locales():
            engine.folder.snapshot(locale)
        with published.read_only(db.engine) as connection:
            pending = _pending(connection, applied, now)
            if not pending:
                return 0
            changes = list(published.changes_of(connection, set(pending.values())))
        engine.apply(changes, position=max(pending), wait=wait)
    except IndexUnavailable as error:
        logger.warning("the search index cannot be used and is built anew", reason=str(error))
        return rebuild(engine, wait=wait)
    return len(pending)


def _pending(connection: Connection, applied: int, now: datetime) -> dict[int, int]:
    """Change → translation, for all changes not yet applied."""
    query = select(ArticleChange.id, ArticleChange.translation_id).order_by(ArticleChange.id)
    pending = {row.id: row.translation_id for row in connection.execute(query.where(ArticleChange.id > applied))}
    if connection.dialect.name == "postgresql":
        young = query.where(
            ArticleChange.id.between(applied - _OVERLAPPING_CHANGES, applied), ArticleChange.changed_at > now - _OVERLAP
        )
        pending.update((row.id, row.translation_id) for row in connection.execute(young))
    return pending
