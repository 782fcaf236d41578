"""The Atom feed of new and changed articles."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

from portal.knowledge_base import syndication_queries
from portal.knowledge_base.models import TranslationState
from tests.factories import NOW, make_article, make_translation

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(answer) -> list[dict[str, str]]:
    """The entries of a feed: their texts by the name of the element."""
    feed = ET.fromstring(answer.data)  # noqa: S314 - our own XML
    return [
        {child.tag.removeprefix(ATOM): child.text or child.get("href", "") for child in entry}
        for entry in feed.iter(f"{ATOM}entry")
    ]


def test_the_feed_lists_the_articles_of_its_language_newest_first(client):
    old = make_article(key="old")
    make_translation(old, locale="de", slug="alt", title="Alt & gut", updated_at=NOW - timedelta(days=2))
    make_translation(locale="de", slug="neu", title="Neu", updated_at=NOW, published_at=NOW - timedelta(days=1))
    make_translation(locale="en", title="English")
    make_translation(locale="de", title="Entwurf", state=TranslationState.DRAFT)

    answer = client.get("/de/feed.atom")

    assert answer.mimetype == "application/atom+xml"
    assert [entry["title"] for entry in entries(answer)] == ["Neu", "Alt & gut"]
    assert entries(answer)[0] | {"id": ""} == {
        "id": "",
        "title": "Neu",
        "link": "http://localhost/de/articles/neu",
        "published": "2026-11-22T10:00:00+00:00",
        "updated": "2026-11-23T10:00:00+00:00",
        "summary": "A summary.",
    }
    assert entries(answer)[1]["id"] == "tag:localhost,2026:articles/old/de"


def test_the_feed_is_updated_when_its_newest_article_is(client):
    make_translation(updated_at=NOW)

    assert ET.fromstring(client.get("/en/feed.atom").data).findtext(f"{ATOM}updated") == "2026-11-23T10:00:00+00:00"  # noqa: S314


def test_a_feed_without_articles_is_a_feed(client):
    answer = client.get("/ja/feed.atom")

    assert answer.status_code == 200
    assert entries(answer) == []


def test_the_feed_ends_after_the_newest(client, monkeypatch):
    monkeypatch.setattr(syndication_queries, "FEED_LIMIT", 2)
    for _ in range(3):
        make_translation()

    assert len(entries(client.get("/en/feed.atom"))) == 2


def test_the_feed_can_be_kept_and_sets_no_cookie(client):
    make_translation()

    first = client.get("/en/feed.atom")
    again = client.get("/en/feed.atom", headers={"If-None-Match": first.headers["ETag"]})

    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304
