from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.database import db
from portal.search.actions import LoggedSearch, log_search, valid_visit
from portal.search.models import SearchQuery, SearchSurface
from tests.factories import NOW

VISIT = "0123456789abcdef0123456789abcdef"
SUGGEST, RESULTS = SearchSurface.SUGGEST, SearchSurface.RESULTS

pytestmark = pytest.mark.usefixtures("app")


def search(
    text: str, surface: SearchSurface = SUGGEST, *, seconds: int = 0, visit: str = VISIT, locale: str = "en", count=1
):
    entry = LoggedSearch(visit=visit, surface=surface, locale=locale, text=text, result_count=count)
    log_search(entry, now=NOW + timedelta(seconds=seconds))


def logged() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(SearchQuery).order_by(SearchQuery.id))
    return [(row.surface.value, row.text) for row in rows]


def test_typing_on_is_one_entry_with_the_last_count():
    for at, text in enumerate(["re", "refu", "refund"]):
        search(text, seconds=at, count=at)

    (row,) = db.session.scalars(select(SearchQuery))
    assert (row.text, row.result_count) == ("refund", 2)
    assert row.updated_at - row.created_at == timedelta(seconds=2)


def test_deleting_letters_keeps_the_longest_text():
    for text in ("refund", "ref", "re"):
        search(text)

    assert logged() == [("suggest", "refund")]


def test_enter_after_typing_is_the_same_entry():
    search("refun")
    search("refund", RESULTS, seconds=3)

    assert logged() == [("results", "refund")]


def test_another_word_is_another_entry():
    search("refund")
    search("password")

    assert logged() == [("suggest", "refund"), ("suggest", "password")]


def test_after_a_pause_the_same_words_are_a_new_search():
    search("refund")
    search("refund", seconds=601)

    assert len(logged()) == 2


def test_asking_the_same_again_is_not_counted_twice():
    search("refund", RESULTS)
    search("refund", RESULTS, seconds=5)
    search("refunds", RESULTS, seconds=9)

    assert logged() == [("results", "refund"), ("results", "refunds")]


@pytest.mark.parametrize("other", [{"visit": "fedcba9876543210"}, {"locale": "de"}, {"visit": ""}])
def test_others_do_not_continue_it(other):
    search("ref")
    search("refund", **other)

    assert len(logged()) == 2


def test_without_a_visit_every_search_counts():
    search("refund", RESULTS, visit="")
    search("refund", RESULTS, visit="")

    assert len(logged()) == 2


def test_nothing_is_logged_without_words_and_long_texts_are_cut():
    search("   ")
    search("x" * 900)

    assert [len(text) for _, text in logged()] == [500]


def test_only_what_a_browser_tab_makes_is_a_visit():
    assert valid_visit(VISIT) == VISIT
    assert valid_visit("<b>") == valid_visit("") == valid_visit(VISIT * 2) == ""
