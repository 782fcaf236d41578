"""When the worker learns its dictionaries anew: nightly, and soon after many articles came or went."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from portal.search.dictionaries import State, state_of
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexUnavailable

logger = structlog.get_logger(__name__)

LEARN_JOB: Final = "search.learn_dictionaries"
# When few people write and fewer ask.
_HOUR: Final = time(3)
_LEAST_PAUSE: Final = timedelta(minutes=15)
# So many articles more or fewer, or such a share of all, are an import rather than a day's work.
_MANY_ARTICLES: Final = 50
_MANY_SHARE: Final = 0.1


def learn_due(engine: SearchEngine, *, now: datetime, zone: ZoneInfo) -> int:
    """Learn anew what the articles translate if it is time and the index has changed; returns from how many locales.

    `zone` is where it is night. Reads the index and writes files beside it: the database is not asked, searches go on
    with the old files, and every process on this machine finds the new ones with its next search.
    """
    try:
        states = {
            locale: state_of(snapshot)
            for locale in engine.manifest().locales
            if (snapshot := engine.folder.snapshot(locale))
        }
        dictionaries = engine.other_languages.dictionaries
        known, learned_at = dictionaries.learned_from(), dictionaries.learned_at()
        if not _is_time(known, states, learned_at, now, zone):
            return 0
        # Where nothing has changed nothing is learned, only the time is noted.
        count = engine.other_languages.learn()
    except IndexUnavailable:
        # Whoever builds it learns, too.
        return 0
    if count:
        logger.info("the dictionaries were learned", locales=count)
    return count


def _is_time(
    known: dict[str, State], states: dict[str, State], learned_at: datetime | None, now: datetime, zone: ZoneInfo
) -> bool:
    if learned_at is None or learned_at < _last_night(now, zone):
        return True
    before, after = (sum(state.article_count for state in each.values()) for each in (known, states))
    many = abs(after - before) >= max(_MANY_ARTICLES, _MANY_SHARE * before)
    return many and now - learned_at >= _LEAST_PAUSE


def _last_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which learning was due."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), _HOUR, zone)
    return night if night <= local else datetime.combine(local.date() - timedelta(days=1), _HOUR, zone)
