"""The page for a missing address offers what its words name."""

from __future__ import annotations

import pytest

from portal.search import missing_page_routes
from portal.search.addresses import words_of_address
from tests import factories
from tests.search.test_routes import text_of

OFFER = "You may be looking for"


@pytest.fixture
def help_articles(app, indexed):
    factories.make_translation(slug="get-a-refund", title="Get a refund")
    factories.make_translation(slug="reset-your-password", title="Reset your password")
    factories.make_translation(locale="ja", slug="パスワードの再設定", title="パスワードを再設定する")
    engine = indexed()
    # What is looked up now and then would be counted with one page or another.
    engine.before_search = engine.learned = None
    return engine


@pytest.mark.parametrize(
    "path",
    [
        "/en/articles/reset-password",
        "/en/articles/how_to_reset_my_password.html",
        "/en/articles/reset-your-pasword",
        "/en/topics/account/reset-your-password",
        "/en/reset-your-password",
        "/hc/en-us/articles/360001234567-Reset-your-password",
        "/ja/articles/パスワード再設定",
    ],
)
def test_a_dead_link_to_an_article_leads_to_it(client, help_articles, path):
    response = client.get(path)

    assert response.status_code == 404
    assert 'articles/reset-your-password"' in text_of(response) or "/ja/articles/%E3%83%91" in text_of(response)


def test_other_articles_are_not_offered_and_neither_is_anything_for_words_that_no_article_has(client, help_articles):
    page = text_of(client.get("/en/articles/reset-password"))
    assert "get-a-refund" not in page

    assert OFFER not in text_of(client.get("/en/articles/xylophone-quartz"))


def test_an_article_in_another_language_is_marked(client, help_articles):
    page = text_of(client.get("/de/articles/reset-your-passwords"))

    assert 'href="/de/articles/reset-your-password" lang="en" dir="ltr"' in page


@pytest.mark.parametrize("locale", ["ja", "ar", "de"])
def test_an_address_in_another_language_leads_to_the_readers_own(client, app, indexed, locale):
    titles = {"ja": "パスワードを再設定する", "ar": "إعادة تعيين كلمة المرور", "de": "Kennwort zurücksetzen"}
    article = factories.make_translation(slug="reset-your-password", title="Reset your password").article
    factories.make_translation(article=article, locale=locale, slug=f"own-{locale}", title=titles[locale])
    factories.make_translation(slug="get-a-refund", title="Get a refund")
    indexed().learned = None

    page = text_of(client.get(f"/{locale}/articles/reset-my-password"))

    assert f'href="/{locale}/articles/own-{locale}"' in page
    assert titles[locale] in page
    assert "get-a-refund" not in page


def test_an_address_in_a_third_language_is_understood(client, indexed):
    article = factories.make_translation(locale="de", slug="konto-loeschen", title="Konto löschen").article
    factories.make_translation(article=article, locale="ar", slug="own-ar", title="حذف الحساب")
    indexed().learned = None

    assert "/ar/articles/own-ar" in text_of(client.get("/ar/articles/Konto-loeschen-lassen"))


@pytest.mark.parametrize(
    "path",
    [
        "/en/articles/12345",
        "/en/articles/a",
        "/wp-login.php",
        "/.env",
        "/en/reset-your-password.png",
        "/static/reset-your-password",
        "/agent/reset-your-password",
        "/media/abc/reset-your-password",
        "/en/requests/HX-RESET-PASSWORD",
    ],
)
def test_where_there_is_nothing_to_go_on_nothing_is_searched(client, help_articles, monkeypatch, path):
    asked: list[str] = []
    monkeypatch.setattr(help_articles, "suggest_for_message", lambda *words, **_more: asked.append(words[0]) or ())

    client.get(path)

    assert asked == []


def test_the_offer_costs_one_query_and_nothing_where_nothing_is_found(client, help_articles, count_queries):
    client.get("/en/articles/12345")
    with count_queries() as without:
        client.get("/en/articles/12345")
    with count_queries() as not_found:
        client.get("/en/articles/xylophone-quartz")
    with count_queries() as offered:
        client.get("/en/articles/reset-password")

    assert len(not_found) == len(without)
    assert len(offered) == len(without) + 1


@pytest.mark.parametrize("error", [RuntimeError("broken"), ValueError("strange words")])
def test_the_page_comes_whatever_search_does(client, help_articles, monkeypatch, error):
    def fail(*_words: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(help_articles, "suggest_for_message", fail)
    response = client.get("/en/articles/reset-password")

    assert response.status_code == 404
    assert "We could not find that page" in text_of(response)


def test_the_page_comes_when_what_was_found_cannot_be_read(client, help_articles, monkeypatch):
    monkeypatch.setattr(missing_page_routes, "found_articles", lambda *_hits: 1 / 0)
    response = client.get("/en/articles/reset-password")

    assert response.status_code == 404
    assert OFFER not in text_of(response)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/en/articles/get-a-refund", "get a refund"),
        ("/en/articles/get_a_refund.htm", "get a refund"),
        ("/en/articles/error-lp-1042", "error lp 1042"),
        ("/hc/de/articles/360012345-Konto-löschen/", "Konto löschen"),
        ("/ja/articles/返金", "返金"),
        ("/en/articles/42", ""),
        ("/en/articles/a-b", ""),
        ("/script.js", ""),
        ("/", ""),
        ("", ""),
        ("/" + "x" * 5000, "x" * 5000),
    ],
)
def test_the_words_of_an_address(path, words):
    assert words_of_address(path) == words
