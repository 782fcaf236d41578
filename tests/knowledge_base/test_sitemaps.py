"""Sitemaps and robots.txt."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from portal.knowledge_base import syndication_routes
from portal.knowledge_base.models import TranslationState
from tests.factories import make_article, make_topic, make_translation

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(answer) -> list[str]:
    """The addresses that a sitemap or an index lists."""
    return [element.text for element in ET.fromstring(answer.data).iter(f"{NAMESPACE}loc")]  # noqa: S314 - our own XML


def test_the_index_has_a_sitemap_for_each_language(client):
    make_translation(locale="cs")

    answer = client.get("/sitemap.xml")

    assert answer.mimetype == "application/xml"
    assert addresses(answer) == [
        f"http://localhost/sitemaps/{tag}-1.xml"
        for tag in ("ar", "cs", "de", "en", "es", "fr", "ja", "pt-BR", "zh-Hans")
    ]


def test_a_sitemap_lists_home_topics_and_the_articles_of_its_language(client):
    topic = make_topic(key="payments")
    make_topic(key="empty")
    article = make_article(topic_id=topic.id)
    make_translation(article, locale="pt_BR", slug="reembolso")
    make_translation(article, locale="en", slug="refund")
    make_translation(locale="pt_BR", slug="rascunho", state=TranslationState.DRAFT)

    assert addresses(client.get("/sitemaps/pt-BR-1.xml")) == [
        "http://localhost/pt-BR/",
        "http://localhost/pt-BR/topics/payments",
        "http://localhost/pt-BR/articles/reembolso",
    ]


def test_addresses_in_other_scripts_are_written_as_machines_read_them(client):
    make_translation(locale="ar", slug="استرداد")

    assert addresses(client.get("/sitemaps/ar-1.xml"))[-1].endswith(
        "/ar/articles/%D8%A7%D8%B3%D8%AA%D8%B1%D8%AF%D8%A7%D8%AF"
    )


def test_a_large_language_is_split_and_every_article_stands_in_one_part(client, monkeypatch):
    monkeypatch.setattr(syndication_routes, "SITEMAP_SIZE", 2)
    topic = make_topic(key="payments")
    slugs = [make_translation(make_article(topic_id=topic.id)).slug for _ in range(5)]

    parts = [address for address in addresses(client.get("/sitemap.xml")) if "/en-" in address]
    listed = [address for part in parts for address in addresses(client.get(part.removeprefix("http://localhost")))]

    assert len(parts) == 3
    assert sorted(listed) == sorted(
        [
            "http://localhost/en/",
            "http://localhost/en/topics/payments",
            *(f"http://localhost/en/articles/{slug}" for slug in slugs),
        ]
    )


def test_a_part_that_does_not_exist_is_a_404(client):
    assert client.get("/sitemaps/en-2.xml").status_code == 404
    assert client.get("/sitemaps/cs-1.xml").status_code == 404
    assert client.get("/sitemaps/en-0.xml").status_code == 404


def test_sitemaps_need_few_queries_and_can_be_kept(client, count_queries):
    for number in range(5):
        make_translation(make_article(topic_id=make_topic().id), locale="en", slug=f"article-{number}-of-many")

    for address in ("/sitemap.xml", "/sitemaps/en-1.xml"):
        with count_queries() as statements:
            answer = client.get(address)
        assert len(statements) <= 8
        assert "Set-Cookie" not in answer.headers
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_robots_keeps_crawlers_out_of_what_belongs_to_one_person(client):
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /agent/", "Disallow: /*/requests", "Disallow: /*/contact/"} <= set(lines)
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"
