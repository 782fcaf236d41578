"""The results page for those who know the query language, and the tips for those who want to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask_babel import force_locale, gettext

from portal.database import db
from portal.localization import INTERFACE_LOCALES
from portal.search.documents import SearchResult
from portal.search.engine import SearchEngine
from portal.search.models import SearchQuery
from portal.search.operators import finds_locale, parse
from portal.search.uses import SEARCH_BOX
from tests.search import test_routes as routes_of_tests
from tests.search.test_routes import VISIT, get, text_of

help_articles = routes_of_tests.help_articles


def field_of(page: str) -> str:
    """What stands in the search field."""
    found = re.search(r'name="q" value="([^"]*)"', page)
    assert found
    return found.group(1)


def selected(page: str, name: str) -> str:
    """What a filter is set to."""
    found = re.search(rf'name="{name}".*?<option value="([^"]*)"[^>]* selected', page)
    return found.group(1) if found else ""


@pytest.mark.parametrize("topic", ["topic:payments", "topic:Payments", 'topic:"payments"', "TOPIC:payments"])
def test_topic_and_language_move_from_the_query_into_the_filters(client, help_articles, topic):
    page = text_of(get(client, f"/en/search?q=erhalten+{topic}+lang:de"))

    assert field_of(page) == "erhalten"
    assert (selected(page, "topic"), selected(page, "language")) == ("payments", "de")
    assert "articles/erstattung" in page
    assert "1 result for “erhalten”" in page


def test_a_topic_is_known_by_its_name_in_the_readers_language(client, help_articles):
    page = text_of(get(client, "/de/search?q=erhalten+thema:Zahlungen"))

    assert selected(page, "topic") == "payments"
    assert "articles/erstattung" in page


def test_a_topic_alone_lists_its_articles(client, help_articles):
    for address in ("/en/search?q=topic:payments", "/en/search?topic=payments", "/en/search?q=&topic=payments"):
        page = text_of(get(client, address))

        assert "1 article in this topic" in page
        assert "get-a-refund" in page
        assert "articles/password" not in page


def test_a_phrase_that_no_article_has_can_be_asked_as_words(client, help_articles):
    page = text_of(get(client, '/en/search?q="refund+wallet"+-x&topic=payments'))

    assert 'No results for “"refund wallet" -x”' in page
    assert 'href="/en/search?q=refund+wallet&topic=payments">Search for the words “refund wallet” instead' in page


def test_a_question_that_quotes_a_name_is_answered_even_if_nobody_writes_the_name_so(client, help_articles):
    assert "get-a-refund" in text_of(get(client, '/en/search?q=how+do+I+get+my+"refund+wallet"+back'))


def test_what_is_excluded_is_not_shown(client, help_articles):
    assert "get-a-refund" in text_of(get(client, "/en/search?q=refund"))
    assert "get-a-refund" not in text_of(get(client, "/en/search?q=refund+-card"))


def test_the_log_has_the_query_as_it_was_searched(client, help_articles):
    get(client, f'/en/search?q="get+a+refund"+topic:payments&visit={VISIT}')

    assert db.session.query(SearchQuery.text).scalar() == '"get a refund"'


def test_without_an_index_operators_are_met_by_the_database(app, client, help_articles, tmp_path):
    app.extensions["search"] = SearchEngine(tmp_path / "none")

    assert "get-a-refund" in text_of(get(client, '/en/search?q="your+card"'))
    assert "get-a-refund" not in text_of(get(client, '/en/search?q="card+your"'))
    assert "get-a-refund" not in text_of(get(client, "/en/search?q=refund+-card"))
    assert "get-a-refund" in text_of(get(client, "/en/search?q=title:refund"))
    assert "get-a-refund" not in text_of(get(client, "/en/search?q=title:card"))


@pytest.mark.parametrize("query", ["refund", "xylophone quartz"])
def test_tips_are_folded_below_results_and_below_none(client, help_articles, query):
    page = text_of(get(client, f"/en/search?q={query}"))

    assert '<details class="search-tips">' in page
    assert ">topic:payments</code>" in page
    assert ">lang:de</code>" in page


@pytest.mark.parametrize("locale", INTERFACE_LOCALES)
def test_the_examples_of_every_language_are_operators(app, locale):
    with force_locale(locale):
        # fmt: off
        examples = [gettext('"annual plan"'), gettext("refund -card"), gettext("title:refund"),
                    gettext("topic:%(topic)s", topic="payments"), gettext("lang:%(language)s", language="de")]
        # fmt: on
    phrase, excluded, title, topic, language = (parse(each, find_locale=finds_locale(["de"])) for each in examples)

    assert len(phrase.phrases[0].split()) == 2 or locale in {"ja", "zh_Hans"}
    assert (len(excluded.excluded), len(title.titles), topic.topic, language.locale) == (1, 1, "payments", "de")


def test_an_article_says_why_it_is_there_where_its_line_does_not_show_it(app, client, help_articles, monkeypatch):
    engine = app.extensions["search"]
    search = engine.search

    def with_reasons(*words: str, **options: object):
        result = search(*words, **options)
        return replace(result, hits=tuple(replace(hit, reasons=("refund", "money", "<b>card")) for hit in result.hits))

    monkeypatch.setattr(engine, "search", with_reasons)
    response = get(client, "/en/search?q=refund")

    page = response.get_data(as_text=True)
    assert "<mark>refund</mark>" in page
    assert "Matches: <bdi>money · &lt;b&gt;card</bdi>" in page


def test_the_words_of_a_foreign_article_are_marked_as_such(app, client, help_articles, monkeypatch):
    engine = app.extensions["search"]
    (hit,) = engine.search("erhalten", "de", limit=SEARCH_BOX.limit).hits
    monkeypatch.setattr(
        engine, "search", lambda text, locale, **_more: _result(text, locale, replace(hit, reasons=("Geld",)))
    )

    page = text_of(get(client, "/en/search?q=get"))

    assert '<p class="result-meta" lang="en" dir="ltr">Matches: <bdi lang="de">Geld</bdi></p>' in page


def test_a_result_names_the_section_that_it_opens(app, client, help_articles, monkeypatch):
    engine = app.extensions["search"]
    (hit,) = engine.search("refund", "en", limit=1).hits
    inside = replace(hit, section_key="charged", section_heading="When you were charged", reasons=("charged",))
    monkeypatch.setattr(engine, "search", lambda text, locale, **_more: _result(text, locale, inside))

    page = text_of(get(client, "/en/search?q=refund"))

    assert "articles/get-a-refund#charged" in page
    assert '<b class="result-section">When you were charged</b>' in page
    assert "Matches:" not in page


def _result(text, locale, hit):
    return SearchResult(text, locale, hits=(hit,), total=1)


def test_what_other_languages_know_better_is_announced_above_the_results_and_listed_below(
    app, client, help_articles, monkeypatch
):
    engine = app.extensions["search"]
    page = _beside_german(engine, client, monkeypatch, own=0.6, german=0.5)

    announced, own_at = (
        page.index('<a href="#elsewhere">In other languages (1)</a>'),
        page.index("articles/get-a-refund"),
    )
    assert (
        announced < own_at < page.index('<h3 class="results-group" id="elsewhere">') < page.index("articles/erstattung")
    )


def test_an_article_in_another_language_that_answers_more_probably_comes_first(app, client, help_articles, monkeypatch):
    page = _beside_german(app.extensions["search"], client, monkeypatch, own=0.4, german=0.8)

    elsewhere = page.index('<h3 class="results-group" id="elsewhere">In other languages (1)</h3>')
    own_heading = page.index('<h3 class="results-group" lang="en">English</h3>')
    assert elsewhere < page.index("articles/erstattung") < own_heading < page.index("articles/get-a-refund")
    assert page.count('id="elsewhere"') == 1
    assert 'href="#elsewhere"' not in page


def test_a_guess_in_another_language_stays_below_one_in_the_readers_own(app, client, help_articles, monkeypatch):
    page = _beside_german(app.extensions["search"], client, monkeypatch, own=0.1, german=0.4)

    assert page.index("articles/get-a-refund") < page.index('<h3 class="results-group" id="elsewhere">')


def _beside_german(engine, client, monkeypatch, *, own: float, german: float) -> str:
    """The results page for hits with these chances."""
    (english_hit,) = engine.search("refund", "en", limit=1).hits
    (german_hit,) = engine.search("erhalten", "de", limit=1).hits
    found = SearchResult(
        "refund",
        "en",
        hits=(replace(english_hit, confidence=own),),
        total=1,
        other_language_hits=(replace(german_hit, confidence=german),),
    )
    monkeypatch.setattr(engine, "search", lambda *_words, **_more: found)
    return text_of(get(client, "/en/search?q=refund"))


def test_a_search_with_operators_takes_no_more_database_queries(client, help_articles, count_queries):
    get(client, "/en/search?q=refund")
    with count_queries() as plain:
        client.get("/en/search?q=refund")
    with count_queries() as asked:
        client.get('/en/search?q="refund"+topic:payments+lang:en+-x')

    assert len(asked) == len(plain)
