"""What the search bears: hostile texts on every surface, none of which may fail or take long."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.bench.hostile import hostile_queries
from portal.bench.quality import Surface, ask
from portal.search.engine import SearchEngine

_SHOWN_CHARACTERS: Final = 60
_KEPT: Final = 10


@dataclass(frozen=True, slots=True)
class Ordeal:
    """One text on one surface; `error` is "" unless it failed. `beginning` is the text's, made printable."""

    locale: str
    surface: str
    milliseconds: float
    length: int
    beginning: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Endurance:
    """What came of all texts: how many searches, those that failed, the slowest ones, and how many were too slow."""

    searches: int
    failed: tuple[Ordeal, ...]
    slowest: tuple[Ordeal, ...]
    too_slow: int

    @property
    def is_good(self) -> bool:
        """Whether nothing failed and nothing took too long."""
        return not self.failed and not self.too_slow


def endure(
    engine: SearchEngine,
    locales: Sequence[str],
    *,
    count: int,
    longest_ms: float,
    seed: int = 1,
    on_text: Callable[[], None] = lambda: None,
) -> Endurance:
    """Ask `count` hostile texts in each locale, on every surface."""
    ordeals: list[Ordeal] = []
    for locale in locales:
        for text in hostile_queries(locale, count, seed):
            ordeals += [_suffer(engine, surface, locale, text) for surface in Surface]
            on_text()
    ordeals.sort(key=lambda ordeal: -ordeal.milliseconds)
    return Endurance(
        searches=len(ordeals),
        failed=tuple(ordeal for ordeal in ordeals if ordeal.error),
        slowest=tuple(ordeals[:_KEPT]),
        too_slow=sum(ordeal.milliseconds > longest_ms for ordeal in ordeals),
    )


def _suffer(engine: SearchEngine, surface: Surface, locale: str, text: str) -> Ordeal:
    error = ""
    began = time.perf_counter()
    try:
        ask(engine, surface, text, locale)
    except Exception as raised:  # noqa: BLE001 - whatever it is, it is what is looked for here
        error = f"{type(raised).__name__}: {raised}"
    milliseconds = 1000 * (time.perf_counter() - began)
    beginning = ascii(text[:_SHOWN_CHARACTERS])[1:-1][:_SHOWN_CHARACTERS]
    return Ordeal(locale, str(surface), milliseconds, len(text), beginning, error)
