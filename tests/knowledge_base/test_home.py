"""The home page."""

from __future__ import annotations

from portal.knowledge_base.models import TranslationState
from tests.factories import make_article, make_topic, make_translation


def test_home_offers_search_popular_articles_topics_and_a_person(client):
    topic = make_topic(key="payments", icon="receipt", names={"en": "Payments"})
    make_translation(make_article(topic_id=topic.id, popular_position=1), title="Get a refund", slug="get-a-refund")

    page = client.get("/en/").get_data(as_text=True)

    assert "How can we help?" in page
    assert 'href="/en/topics/payments"' in page
    assert "1 article<" in page
    assert 'href="/en/articles/get-a-refund"' in page
    assert "Still stuck?" in page


def test_home_without_articles_says_so(client):
    page = client.get("/en/")

    assert page.status_code == 200
    assert "No articles here yet." in page.get_data(as_text=True)


def test_topics_without_articles_are_left_out(client):
    make_topic(key="payments")

    assert "/en/topics/payments" not in client.get("/en/").get_data(as_text=True)


def test_home_speaks_the_language_of_the_address(client):
    page = client.get("/ar/").get_data(as_text=True)

    assert '<html lang="ar" dir="rtl"' in page


def test_a_popular_article_in_another_language_says_which(client):
    make_translation(make_article(popular_position=1), title="Get a refund", slug="get-a-refund")

    page = client.get("/de/").get_data(as_text=True)

    assert '<span lang="en" dir="ltr">Get a refund</span>' in page
    assert "(Englisch)" in page
    assert 'href="/de/articles/get-a-refund"' in page


def test_home_sets_no_cookie_and_can_be_kept(client):
    first = client.get("/en/")
    again = client.get("/en/", headers={"If-None-Match": first.headers["ETag"]})

    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public")
    assert (again.status_code, again.data) == (304, b"")


def test_a_compressed_page_is_checked_by_its_etag_too(client):
    first = client.get("/en/", headers={"Accept-Encoding": "br"})
    again = client.get("/en/", headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Encoding"] == "br"
    assert again.status_code == 304


def test_home_needs_few_queries_whatever_it_shows(client, count_queries):
    for number in range(4):
        topic = make_topic(names={"en": f"Topic {number}", "de": f"Thema {number}"})
        for _ in range(3):
            article = make_article(topic_id=topic.id, popular_position=number)
            make_translation(article, locale="en")
            make_translation(article, locale="de")

    with count_queries() as statements:
        client.get("/de/")

    assert len(statements) <= 8


def test_a_language_that_is_not_shipped_has_a_home_once_an_article_is_published_in_it(client):
    assert client.get("/cs/").status_code == 404


def test_the_home_of_a_content_language_is_offered_in_the_menu(client):
    article = make_article()
    make_translation(article, locale="cs")
    make_translation(article, locale="fa", state=TranslationState.DRAFT)

    page = client.get("/cs/")

    assert page.status_code == 200
    assert 'href="/cs/" lang="cs"' in page.get_data(as_text=True)
    assert 'href="/fa/"' not in page.get_data(as_text=True)


def test_home_names_its_other_languages_for_search_engines(client):
    page = client.get("/pt-BR/").get_data(as_text=True)

    assert '<link rel="canonical" href="http://localhost/pt-BR/">' in page
    assert '<link rel="alternate" hreflang="zh-Hans" href="http://localhost/zh-Hans/">' in page
    assert '<link rel="alternate" hreflang="x-default" href="http://localhost/">' in page
    assert 'type="application/atom+xml"' in page


def test_a_topic_whose_picture_we_lack_gets_a_book(client):
    make_translation(make_article(topic_id=make_topic(icon="no-such-picture").id))

    page = client.get("/en/").get_data(as_text=True)

    assert "#book-open" in page
    assert "no-such-picture" not in page
