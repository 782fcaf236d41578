from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import event, select

from portal.database import db
from portal.search.engine import SearchEngine
from portal.search.models import SearchQuery, SearchSurface
from tests import factories

VISIT = "0123456789abcdef0123456789abcdef"


def get(client, url: str, **options):
    # The test's own transaction holds the write lock that logging needs.
    db.session.commit()
    # Buffered: what happens after the answer has happened when this returns.
    response = client.get(url, buffered=True, **options)
    # The request has read in the test's session, which would not see what was logged since.
    db.session.rollback()
    return response


def text_of(response) -> str:
    return unescape(re.sub(r"\s+", " ", response.get_data(as_text=True)))


@pytest.fixture
def help_articles(app, indexed):
    payments = factories.make_topic(key="payments", names={"en": "Payments", "de": "Zahlungen"})
    account = factories.make_topic(key="account", names={"en": "Account"})
    refund = factories.make_article(topic_id=payments.id)
    factories.make_translation(
        refund,
        slug="get-a-refund",
        title="Get a refund",
        sections=[("", "", "You can return a game."), ("cards", "Cards", "The money goes to your card & wallet.")],
    )
    factories.make_translation(refund, locale="de", slug="erstattung", title="Rückerstattung erhalten")
    factories.make_translation(
        factories.make_article(topic_id=account.id), slug="password", title="Reset your password"
    )
    return indexed()


@pytest.fixture
def many_articles(app, indexed):
    for number in range(34):
        factories.make_translation(title=f"Controller {number}", slug=f"controller-{number}")
    return indexed()


def test_results_show_title_topic_passage_and_the_way_to_the_section(client, help_articles):
    page = text_of(get(client, "/en/search?q=card+wallet"))

    assert "1 result for “card wallet”" in page
    assert 'href="/en/articles/get-a-refund#cards"' in page
    assert "Payments" in page
    assert "The money goes to your <mark>card</mark> & <mark>wallet</mark>." in page
    assert "Not what you need?" in page


def test_htmx_gets_only_the_part_below_the_field(client, help_articles):
    fragment = text_of(get(client, "/en/search?q=refund", headers={"HX-Request": "true"}))

    assert fragment.strip().startswith('<div id="results">')
    assert "<html" not in fragment


def test_the_page_needs_no_cookie_and_no_shared_cache_keeps_it(client, help_articles):
    response = get(client, "/en/search?q=refund")

    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "HX-Request" in response.headers["Vary"]


def test_a_search_takes_few_database_queries(app, client, help_articles):
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_more: statements.append(statement))
    client.get("/en/search?q=refund")
    statements.clear()

    client.get("/en/search?q=refund")

    assert len([statement for statement in statements if statement.startswith("SELECT")]) <= 5


def test_without_words_the_page_offers_topics(client, help_articles):
    page = text_of(get(client, "/en/search"))

    assert "Type what you are looking for" in page
    assert 'href="/en/topics/payments"' in page


def test_nothing_found_offers_other_words_topics_and_a_person(client, help_articles):
    page = text_of(get(client, "/en/search?q=xylophone+quartz"))

    assert "No results for “xylophone quartz”" in page
    assert "Try other words, or browse the topics." in page
    assert 'href="/en/topics/payments"' in page
    assert 'href="/en/contact?subject=xylophone+quartz"' in page
    assert "Ask us this question" in page


def test_a_sure_correction_is_applied_and_can_be_taken_back(client, help_articles):
    page = text_of(get(client, "/en/search?q=refnud"))
    assert "Showing results for “refund”." in page
    assert "1 result for “refund”" in page

    (address,) = re.findall(r'href="([^"]+exact=1)"', page)
    again = text_of(get(client, address))
    assert "Showing results for" not in again
    assert "Did you mean “refund”?" in again


def test_other_languages_are_marked_and_stay_in_the_readers_interface(client, help_articles):
    page = text_of(get(client, "/ja/search?q=refund"))

    assert 'href="/ja/articles/get-a-refund" lang="en" dir="ltr"' in page
    assert '<span lang="en">English</span>' in page


def test_results_can_be_kept_to_a_topic_and_to_a_language(client, help_articles):
    assert "get-a-refund" in text_of(get(client, "/en/search?q=refund&topic=payments"))
    elsewhere = text_of(get(client, "/en/search?q=refund&topic=account"))
    assert "No results for “refund”" in elsewhere
    assert 'href="/en/search?q=refund">Search all topics' in elsewhere
    german = text_of(get(client, "/en/search?q=erhalten&language=de"))
    assert 'lang="de"' in german
    assert "articles/erstattung" in german


def test_an_unknown_topic_or_language_is_ignored(client, help_articles):
    assert "1 result for “refund”" in text_of(get(client, "/en/search?q=refund&topic=nonsense&language=zz"))


def test_pages_are_numbered(client, many_articles):
    page = text_of(get(client, "/en/search?q=controller&page=2"))

    assert "34 results for “controller”" in page
    assert len(re.findall(r'class="result"', page)) == 10
    assert 'href="/en/search?q=controller" aria-label="Page 1"' in page
    assert re.search(r'page=2" aria-label="Page 2" aria-current="page"', page)
    assert 'href="/en/search?q=controller&page=4" aria-label="Page 4"' in page


@pytest.mark.parametrize("page", ["0", "-3", "99999", "x", "1e9"])
def test_a_page_that_is_not_there_breaks_nothing(client, many_articles, page):
    assert get(client, f"/en/search?q=controller&page={page}").status_code == 200


def test_a_withdrawn_article_is_not_shown_even_before_the_index_knows(client, help_articles):
    translation = db.session.scalars(select(factories.Translation).filter_by(slug="get-a-refund")).one()
    translation.state = factories.TranslationState.WITHDRAWN
    db.session.commit()

    assert "get-a-refund" not in text_of(get(client, "/en/search?q=refund"))


@pytest.mark.parametrize(
    "query",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "%01%1f", "a" * 20000, "%F0%9F%98%80", "%ff%fe"],
)
def test_what_is_typed_is_only_text(client, help_articles, query):
    for path in ("/en/search", "/en/search/suggestions"):
        response = get(client, f"{path}?q={query}")
        html = response.get_data(as_text=True)
        assert response.status_code == 200
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_the_language_menu_keeps_the_question(client, help_articles):
    assert 'href="/de/search?q=refund"' in text_of(get(client, f"/en/search?q=refund&visit={VISIT}"))


def test_suggestions_are_options_with_the_untyped_part_bold(client, help_articles):
    response = get(client, "/en/search/suggestions?q=reset+pass")
    html = text_of(response)

    assert 'role="option"' in html
    assert "Reset<b> your </b>pass<b>word</b>" in html
    assert "Account" in html
    assert 'href="/en/search?q=reset+pass"' in html
    assert "Search all articles for “reset pass”" in html
    assert "Set-Cookie" not in response.headers
    assert len(response.data) < 3_000


def test_five_long_suggestions_stay_small(client, indexed):
    for number in range(9):
        factories.make_translation(title=f"Controller {number} " + "and a very long title " * 5, slug=f"c-{number}")
    indexed()

    response = get(client, "/en/search/suggestions?q=controller")

    assert response.get_data(as_text=True).count('id="search-option-') == 6
    assert len(response.data) < 4_000


def test_suggestions_stay_in_the_topic_that_is_searched(client, help_articles):
    assert "get-a-refund" not in text_of(get(client, "/en/search/suggestions?q=refund&topic=account"))
    assert "get-a-refund" in text_of(get(client, "/en/search/suggestions?q=refund&topic=payments"))


def test_nothing_to_suggest_leaves_the_way_to_the_results(client, help_articles):
    html = text_of(get(client, "/en/search/suggestions?q=qzx"))

    assert html.count('role="option"') == 1
    assert "No suggestions. Press Enter to search." in html


def test_a_search_is_logged_after_the_answer(client, help_articles):
    get(client, f"/en/search?q=refund&visit={VISIT}")

    (row,) = db.session.scalars(select(SearchQuery))
    assert (row.visit, row.surface, row.locale, row.text) == (VISIT, SearchSurface.RESULTS, "en", "refund")
    assert row.result_count == 1


def test_what_is_logged_and_shown_while_typing_has_no_control_characters(client, help_articles):
    page = text_of(get(client, f"/en/search/suggestions?q=%07my++refund%1b+&visit={VISIT}"))

    assert db.session.scalars(select(SearchQuery.text)).one() == "my refund"
    assert "\x07" not in page


def test_typing_and_pressing_enter_is_one_entry(client, help_articles):
    for path in ("/suggestions?q=re", "/suggestions?q=refu", "?q=refund", "?q=refund&page=2"):
        get(client, f"/en/search{path}&visit={VISIT}")

    (row,) = db.session.scalars(select(SearchQuery))
    assert (row.surface, row.text) == (SearchSurface.RESULTS, "refund")


def test_finds_in_other_languages_are_logged_too(client, help_articles):
    get(client, "/ja/search?q=refund")

    (row,) = db.session.scalars(select(SearchQuery))
    assert (row.result_count, row.other_language_count) == (0, 1)


def test_filtering_and_turning_pages_is_no_new_search(client, help_articles):
    get(client, "/en/search?q=refund&topic=payments", headers={"HX-Request": "true"})
    get(client, "/en/search?q=refund&page=2")

    assert db.session.scalars(select(SearchQuery)).all() == []


def test_a_log_that_cannot_be_written_costs_the_reader_nothing(client, help_articles, monkeypatch):
    monkeypatch.setattr("portal.search.routes.log_search", lambda *_args, **_more: 1 / 0)

    assert get(client, "/en/search?q=refund").status_code == 200


def test_without_an_index_the_database_is_searched_and_the_page_says_so(app, client, help_articles, tmp_path):
    app.extensions["search"] = SearchEngine(tmp_path / "none")

    page = text_of(get(client, "/en/search?q=card"))
    assert "Search is being rebuilt. Results may be incomplete." in page
    assert "get-a-refund" in page
    assert "<mark>card</mark>" in page
    assert "get-a-refund" in text_of(get(client, "/en/search/suggestions?q=refund"))
    assert "No results for" in text_of(get(client, "/en/search?q=%25_"))


def test_a_missing_index_is_built_beside_the_request(app, client):
    factories.make_translation(title="Zebra", slug="zebra")
    helped: list[str] = []
    app.extensions["search"].before_search = lambda: helped.append("now")

    page = text_of(get(client, "/en/search?q=zebra"))

    assert "Search is being rebuilt." in page
    assert helped == ["now"]


def test_browsers_learn_how_to_search_here(client):
    response = get(client, "/pt-BR/opensearch.xml")

    assert response.mimetype == "application/opensearchdescription+xml"
    assert "http://localhost/pt-BR/search?q={searchTerms}" in response.get_data(as_text=True)
    assert "<Language>pt-BR</Language>" in response.get_data(as_text=True)


def test_the_results_page_is_right_to_left_in_arabic(client, help_articles):
    assert '<html lang="ar" dir="rtl"' in text_of(get(client, "/ar/search?q=refund"))
