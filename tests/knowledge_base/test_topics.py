"""Topic pages."""

from __future__ import annotations

from portal.knowledge_base import reader_routes
from tests.factories import make_article, make_topic, make_translation


def test_a_topic_shows_its_sub_topics_with_their_articles(client):
    topic = make_topic(key="payments", names={"en": "Payments"})
    sub = make_topic(key="refunds", parent_id=topic.id, names={"en": "Refunds"})
    make_topic(key="empty", parent_id=topic.id, names={"en": "Nothing in it"})
    make_translation(make_article(topic_id=sub.id), title="Get a refund", slug="get-a-refund")
    make_translation(make_article(topic_id=topic.id), title="Pay by card", slug="pay-by-card")

    page = client.get("/en/topics/payments").get_data(as_text=True)

    assert "<h1>Payments</h1>" in page
    assert 'href="/en/articles/pay-by-card"' in page
    assert "<summary><h2>Refunds</h2></summary>" in page
    assert 'href="/en/articles/get-a-refund"' in page
    assert "Nothing in it" not in page
    assert "Search in Payments" in page


def test_a_sub_topic_has_its_own_page_with_breadcrumbs(client):
    topic = make_topic(key="payments", names={"en": "Payments"})
    sub = make_topic(key="refunds", parent_id=topic.id, names={"en": "Refunds"})
    make_translation(make_article(topic_id=sub.id), title="Get a refund")

    page = client.get("/en/topics/payments/refunds").get_data(as_text=True)

    assert "<h1>Refunds</h1>" in page
    assert 'href="/en/topics/payments"><span itemprop="name">Payments</span>' in page


def test_an_empty_topic_says_so_and_offers_a_person(client):
    make_topic(key="payments")

    page = client.get("/en/topics/payments")

    assert page.status_code == 200
    assert "No articles here yet." in page.get_data(as_text=True)
    assert '<meta name="robots" content="noindex">' in page.get_data(as_text=True)


def test_articles_in_another_language_are_marked(client):
    topic = make_topic(key="payments")
    make_translation(make_article(topic_id=topic.id), title="Get a refund", slug="get-a-refund")

    page = client.get("/ja/topics/payments").get_data(as_text=True)

    assert '<span lang="en" dir="ltr">Get a refund</span> <span class="muted">(英語)</span>' in page


def test_a_topic_name_that_is_not_translated_says_its_language(client):
    topic = make_topic(key="payments", names={"en": "Payments"})
    make_translation(make_article(topic_id=topic.id))

    page = client.get("/ar/topics/payments").get_data(as_text=True)

    assert '<div class="page-head" lang="en" dir="ltr">' in page


def test_an_unknown_topic_is_a_404_in_the_language_of_the_address(client):
    make_topic(key="payments")

    assert client.get("/en/topics/refunds").status_code == 404
    assert client.get("/en/topics/payments/refunds").status_code == 404


def test_a_long_topic_is_paged(client, monkeypatch):
    monkeypatch.setattr(reader_routes, "TOPIC_PAGE_SIZE", 2)
    topic = make_topic(key="payments")
    for number in range(3):
        make_translation(make_article(topic_id=topic.id), title=f"Article number {number}")

    first = client.get("/en/topics/payments").get_data(as_text=True)
    address = first.split('rel="next" href="')[1].split('"')[0]
    second = client.get(address).get_data(as_text=True)

    assert "Article number 1" in first
    assert "Article number 2" not in first
    assert "Article number 2" in second
    assert '<meta name="robots" content="noindex">' in second


def test_a_long_sub_topic_leads_to_its_own_page(client, monkeypatch):
    monkeypatch.setattr(reader_routes, "SECTION_SIZE", 1)
    topic = make_topic(key="payments", names={"en": "Payments"})
    sub = make_topic(key="refunds", parent_id=topic.id, names={"en": "Refunds"})
    for _ in range(2):
        make_translation(make_article(topic_id=sub.id))

    assert "See all 2 articles in Refunds" in client.get("/en/topics/payments").get_data(as_text=True)


def test_a_topic_needs_few_queries_and_sets_no_cookie(client, count_queries):
    topic = make_topic(key="payments", names={"en": "Payments", "de": "Zahlungen"})
    for _ in range(4):
        sub = make_topic(parent_id=topic.id)
        for _ in range(4):
            article = make_article(topic_id=sub.id)
            make_translation(article, locale="en")
            make_translation(article, locale="de")
        make_translation(make_article(topic_id=topic.id))

    with count_queries() as statements:
        page = client.get("/de/topics/payments")

    assert len(statements) <= 8
    assert "Set-Cookie" not in page.headers
    assert client.get("/de/topics/payments", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_articles_without_a_topic_can_be_browsed_too(client):
    make_translation(make_article(topic_id=None), title="About us", slug="about-us")

    home = client.get("/en/").get_data(as_text=True)
    page = client.get("/en/topics/more").get_data(as_text=True)

    assert 'href="/en/topics/more">More articles</a>' in home
    assert 'href="/en/articles/about-us">About us</a>' in page
    assert 'name="topic"' not in page
    assert "http://localhost/en/topics/more" in client.get("/sitemaps/en-1.xml").get_data(as_text=True)


def test_a_topic_called_more_keeps_its_address(client):
    make_translation(make_article(topic_id=make_topic(key="more", names={"en": "More games"}).id))
    make_translation(make_article(topic_id=None))

    assert "<h1>More games</h1>" in client.get("/en/topics/more").get_data(as_text=True)
