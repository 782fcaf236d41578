"""What searching processes do while they are timed: questions in all languages, and articles that change meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, zip_longest
from pathlib import Path
from typing import Final, Protocol

from portal.bench.made_help_centre import MadeHelpCentre
from portal.bench.memory import Memory, memory_in_use
from portal.bench.noise import seeded
from portal.garbage import spare_what_is_loaded
from portal.search.documents import Upsert
from portal.search.engine import SearchEngine

_WARM_UP_SEED: Final = 2
_WARM_UP_SHARE: Final = 5
_TYPED_SHARE: Final = 4
_MESSAGE_SHARE: Final = 2
_PATIENCE_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.01


class Kind(StrEnum):
    """How somebody asks: two to four words, such words that no article has, each beginning of a query, a letter."""

    SHORT = "short"
    UNKNOWN = "unknown"
    TYPING = "typing"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    kind: Kind
    locale: str
    text: str


@dataclass(frozen=True, slots=True)
class Workload:
    """A made help centre in some languages with `queries` short queries in each, and the changes to its articles."""

    locales: tuple[str, ...]
    articles: int
    queries: int
    seed: int = 1

    def centres(self) -> Mapping[str, MadeHelpCentre]:
        """The help centre of each language."""
        return {locale: MadeHelpCentre(locale, self.articles, seed=self.seed) for locale in self.locales}

    def questions(self) -> list[Asked]:
        """What is asked and timed, all languages in turn."""
        return self._questions(self.queries, seed=1)

    def warm_up(self) -> list[Asked]:
        """Other questions, asked before."""
        return self._questions(max(1, self.queries // _WARM_UP_SHARE), seed=_WARM_UP_SEED)

    def _questions(self, count: int, *, seed: int) -> list[Asked]:
        by_locale = [list(_asked_in(centre, count, seed)) for centre in self.centres().values()]
        return [asked for asked in chain.from_iterable(zip_longest(*by_locale)) if asked is not None]


@dataclass(slots=True)
class Timings:
    """Durations in seconds of one process. `first` are those of the first questions of each kind in each language."""

    first: list[float] = field(default_factory=list)
    by_kind: dict[Kind, list[float]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    updates: list[float] = field(default_factory=list)
    memory_before: Memory | None = None
    memory_after: Memory | None = None


def _asked_in(centre: MadeHelpCentre, count: int, seed: int) -> Iterator[Asked]:
    locale = centre.locale
    queries = centre.queries(count, seed=seed)
    for query in queries:
        yield Asked(Kind.SHORT, locale, query)
    some = queries[: max(1, count // _TYPED_SHARE)]
    for query in some:
        # Read backwards they are as long, and words of no language: every other language is asked for them.
        yield Asked(Kind.UNKNOWN, locale, query[::-1])
    for query in some:
        for end in range(1, len(query) + 1):
            yield Asked(Kind.TYPING, locale, query[:end])
    for message in centre.messages(max(1, count // _MESSAGE_SHARE), seed=seed):
        yield Asked(Kind.MESSAGE, locale, message)


def search_timed(
    root: Path,
    warm_up: Sequence[Asked],
    questions: Sequence[Asked],
    *,
    on_warm: Callable[[SearchEngine], None] = lambda _engine: None,
) -> Timings:
    """Open the index, warm up, call `on_warm` with the engine, then ask everything."""
    timings = Timings(memory_before=memory_in_use())
    engine = SearchEngine(root)
    # As web processes do.
    spare_what_is_loaded()
    seen: set[tuple[str, Kind]] = set()
    for asked in warm_up:
        seconds = _seconds(engine, asked)
        if (asked.locale, asked.kind) not in seen:
            seen.add((asked.locale, asked.kind))
            timings.first.append(seconds)
    on_warm(engine)
    for asked in questions:
        timings.by_kind[asked.kind].append(_seconds(engine, asked))
    timings.memory_after = memory_in_use()
    return timings


def _seconds(engine: SearchEngine, asked: Asked) -> float:
    began = time.perf_counter()
    if asked.kind in {Kind.SHORT, Kind.UNKNOWN}:
        engine.search(asked.text, asked.locale, limit=10)
    elif asked.kind is Kind.TYPING:
        engine.suggest(asked.text, asked.locale)
    else:
        engine.suggest_for_message("", asked.text, asked.locale)
    return time.perf_counter() - began


class Waitable(Protocol):
    """An event of threads or of processes."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most so many seconds; whether the event is set."""


class Author:
    """Changes one article after the other and looks each time how soon a search finds the new text."""

    def __init__(self, engine: SearchEngine, workload: Workload, *, per_second: float = 0.0) -> None:
        self._engine = engine
        self._centres = list(workload.centres().values())
        self._pause = 1 / per_second if per_second else 0.0
        self._rng = seeded("author", workload.seed)
        self._position = engine.manifest().position

    def work(self, is_enough: Waitable, on_first: Callable[[], None]) -> list[float]:
        """Seconds from each change to the search that finds it, until `is_enough`; calls `on_first` after the first."""
        try:
            found = [self.change_one()]
        finally:
            on_first()
        while not is_enough.wait(self._pause):
            found.append(self.change_one())
        return found

    def change_one(self) -> float:
        """Seconds until a changed article is found by what is new in it.

        Raises:
            TimeoutError: it is not found for ten seconds.
        """
        centre = self._rng.choice(self._centres)
        self._position += 1
        marker = f"xq{self._position}z{self._rng.randrange(10**6)}"
        changed = centre.article(self._rng.randint(1, centre.count), addition=marker)
        began = time.perf_counter()
        self._engine.apply([Upsert(changed)], position=self._position)
        while not self._finds(marker, changed.locale, changed.article_id):
            if time.perf_counter() - began > _PATIENCE_SECONDS:
                raise TimeoutError(f"a changed article was not found for {_PATIENCE_SECONDS:.0f} seconds")
            time.sleep(_PAUSE_SECONDS)
        return time.perf_counter() - began

    def _finds(self, marker: str, locale: str, article_id: int) -> bool:
        hits = self._engine.search(marker, locale, limit=3, is_corrected=False).hits
        return any(hit.article_id == article_id for hit in hits)
