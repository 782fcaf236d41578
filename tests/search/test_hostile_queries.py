"""Whatever is sent to the search, it answers: no error, no markup of the sender's, nothing that cannot be shown."""

from __future__ import annotations

import re
import time

import pytest
from markupsafe import Markup

from portal.bench.hostile import KINDS, hostile_queries
from portal.search.documents import Hit
from portal.search.question import MAXIMUM_QUERY_LENGTH
from tests.search.judged_searches import LOCALES, SampleHelpCentre

SEED = 3
QUERIES = 60
# The bench measures how fast answers are; here only what grows faster than its input is caught.
FAR_TOO_LONG_SECONDS = 5.0
_ALLOWED = re.compile(r"</?(?:mark|b)>")


def assert_is_safe(html: Markup) -> None:
    """That it is markup with nothing but <mark> and <b> in it, closed as they were opened, and can be sent."""
    assert isinstance(html, Markup)
    assert not re.search(r"[<>\"]", _ALLOWED.sub("", html))
    assert re.fullmatch(r"(?:<mark></mark>|<b></b>)*", "".join(_ALLOWED.findall(html)))
    html.encode()


def assert_is_shown_safely(hits: tuple[Hit, ...]) -> None:
    """That no hit carries markup of anybody but ours."""
    for hit in hits:
        assert_is_safe(hit.title_html)
        assert_is_safe(hit.snippet)
        assert 0 <= hit.score <= 1


@pytest.mark.parametrize("locale", LOCALES)
def test_no_query_breaks_the_search_or_what_it_shows(sample_help_centre: SampleHelpCentre, locale: str):
    engine = sample_help_centre.engine
    for query in hostile_queries(locale, QUERIES, SEED):
        began = time.perf_counter()

        result = engine.search(query, locale, limit=10)
        suggested = engine.suggest(query, locale)
        for_message = engine.suggest_for_message(query, query, locale)

        assert time.perf_counter() - began < FAR_TOO_LONG_SECONDS, f"slow: {query[:80]!r}…"
        assert_is_shown_safely((*result.hits, *result.other_language_hits, *suggested, *for_message))
        for shown in (result.query, result.corrected_query or "", result.did_you_mean or ""):
            assert len(shown) <= 2 * MAXIMUM_QUERY_LENGTH
            assert "\x00" not in shown
            shown.encode()


def test_hostile_queries_are_the_same_for_the_same_seed_and_of_every_kind():
    queries = list(hostile_queries("en", len(KINDS), SEED))

    assert queries == list(hostile_queries("en", len(KINDS), SEED))
    assert queries != list(hostile_queries("en", len(KINDS), SEED + 1))
    assert queries != list(hostile_queries("ja", len(KINDS), SEED))
    assert max(map(len, queries)) == 1_000_000
    assert any("\x00" in query for query in queries)
