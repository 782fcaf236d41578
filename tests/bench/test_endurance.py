from __future__ import annotations

import time

from portal.bench.endurance import endure
from portal.bench.hostile import hostile_queries
from portal.bench.quality import engine_on
from portal.bench.tables import endurance_table
from portal.search.documents import Hit, SearchResult
from tests.search.conftest import HELP_CENTRE


class Fragile:
    """Answers nothing; breaks on one text and thinks long about another."""

    def __init__(self, breaking: str = "", slow: str = "") -> None:
        self.breaking, self.slow = breaking, slow

    def search(self, text: str, locale: str, *, limit: int) -> SearchResult:
        if text == self.breaking:
            raise ValueError("cannot [be]")
        if text == self.slow:
            time.sleep(0.15)
        return SearchResult(text, locale)

    def suggest(self, text: str, locale: str, *, limit: int) -> tuple[Hit, ...]:
        return self.search(text, locale, limit=limit).hits

    def suggest_for_message(self, _subject: str, message: str, locale: str, *, limit: int) -> tuple[Hit, ...]:
        return self.search(message, locale, limit=limit).hits


TEXTS = list(hostile_queries("en", 12, 1))


def test_errors_are_counted_on_every_surface_and_shown():
    found = endure(Fragile(breaking=TEXTS[3]), ["en"], count=12, longest_ms=10_000)

    assert not found.is_good
    assert {ordeal.surface for ordeal in found.failed} == {"search", "message", "suggest"}
    assert found.failed[0].error == "ValueError: cannot [be]"
    assert endurance_table(found).row_count >= 3


def test_slow_answers_are_counted_and_lead_the_list():
    found = endure(Fragile(slow=TEXTS[5]), ["en"], count=12, longest_ms=100)

    assert not found.is_good
    assert found.too_slow >= 3
    assert found.slowest[0].milliseconds >= found.slowest[-1].milliseconds
    assert {ordeal.length for ordeal in found.slowest[:3]} == {len(TEXTS[5])}


def test_the_engine_bears_hostile_texts():
    with engine_on(HELP_CENTRE) as engine:
        found = endure(engine, ["en", "ar"], count=12, longest_ms=60_000)

    assert (found.failed, found.searches) == ((), 2 * 12 * 3)


def test_shown_beginnings_cannot_harm_a_terminal():
    found = endure(Fragile(), ["ar"], count=60, longest_ms=10_000)

    assert all(ordeal.beginning.isprintable() and ordeal.beginning.isascii() for ordeal in found.slowest)
