"""The one door to articles, fallback and counts."""

from __future__ import annotations

import pytest

from portal.knowledge_base import queries
from portal.knowledge_base.models import TranslationState
from tests.factories import make_article, make_topic, make_translation

pytestmark = pytest.mark.usefixtures("app")


def test_drafts_and_withdrawn_translations_are_not_visible():
    from portal.database import db

    shown = make_translation(title="Shown")
    make_translation(state=TranslationState.DRAFT)
    make_translation(state=TranslationState.WITHDRAWN)

    assert list(db.session.scalars(queries.visible_articles())) == [shown]


def test_each_article_is_listed_once_in_the_readers_language_else_in_the_next_of_the_chain():
    article = make_article()
    make_translation(article, locale="en", title="Refund")
    make_translation(article, locale="de", title="Erstattung")
    make_translation(article, locale="fr", title="Remboursement")

    titles = {
        locale: [found.title for found in queries.articles_to_read(locale=locale)] for locale in ("de", "fr", "ja")
    }

    assert titles == {"de": ["Erstattung"], "fr": ["Remboursement"], "ja": ["Refund"]}


def test_an_article_that_exists_in_no_language_of_the_chain_is_listed_in_its_source_language():
    article = make_article(source_locale="ja")
    make_translation(article, locale="ar", title="استرداد")
    make_translation(article, locale="ja", title="返金")

    assert [found.title for found in queries.articles_to_read(locale="de")] == ["返金"]


def test_a_draft_in_the_readers_language_does_not_hide_the_article():
    article = make_article()
    make_translation(article, locale="en", title="Refund")
    make_translation(article, locale="de", title="Entwurf", state=TranslationState.DRAFT)

    assert [found.title for found in queries.articles_to_read(locale="de")] == ["Refund"]


def test_topics_count_articles_and_not_their_translations():
    topic = make_topic(key="payments")
    sub = make_topic(key="refunds", parent_id=topic.id)
    article = make_article(topic_id=sub.id)
    make_translation(article, locale="en")
    make_translation(article, locale="de")
    make_translation(make_article(topic_id=topic.id))
    make_translation(make_article(topic_id=topic.id), state=TranslationState.DRAFT)

    found = queries.topics("de")[0]

    assert (found.path, found.own_count, found.article_count) == ("payments", 1, 2)
    assert [(child.path, child.article_count) for child in found.children] == [("payments/refunds", 1)]


def test_articles_without_a_topic_are_no_topic_but_can_be_browsed():
    make_translation(make_article(topic_id=None))

    assert queries.topics("en") == []
    assert [(topic.id, topic.article_count) for topic in queries.browsable_topics("en")] == [(None, 1)]


def test_topic_names_follow_the_fallback_chain_down_to_the_key():
    make_topic(key="a", names={"en": "Payments", "de": "Zahlungen"})
    make_topic(key="b", names={"en": "Devices"})
    make_topic(key="sign-in", names={})

    names = {topic.path: topic.name for topic in queries.topics("de")}

    assert names == {"a": "Zahlungen", "b": "Devices", "sign-in": "Sign in"}


def test_popular_articles_keep_the_editors_order():
    for position, title in ((2, "Second"), (1, "First"), (None, "Other")):
        make_translation(make_article(popular_position=position), title=title)

    assert [article.title for article in queries.popular_articles("en")] == ["First", "Second"]


def test_related_are_the_named_articles_and_then_neighbours_of_the_same_topic():
    topic = make_topic()
    named = make_article(key="named")
    make_translation(named, title="Named")
    make_translation(make_article(topic_id=topic.id), title="Neighbour")
    make_translation(make_article(topic_id=topic.id), state=TranslationState.DRAFT)
    article = make_article(topic_id=topic.id, related_keys=["named", "gone"])
    make_translation(article)

    known = queries.articles_by_key(article.related_keys, locale="en")

    assert [found.title for found in queries.related_articles(article, known, locale="en")] == ["Named", "Neighbour"]


def contents_of(path: str, *, locale: str = "en", cursor: str | None = None, size: int = 3, section_size: int = 2):
    """What the page of a top topic shows."""
    topic = next(found for found in queries.topics(locale) if found.path == path)
    return queries.topic_contents(topic, locale=locale, cursor=cursor, size=size, section_size=section_size)


def test_a_topic_is_paged_without_losing_or_repeating_an_article():
    topic = make_topic(key="payments")
    titles = [f"Article {number:02}" for number in range(7)]
    for title in titles:
        make_translation(make_article(topic_id=topic.id), title=title)

    seen, cursor = [], None
    while True:
        page = contents_of("payments", cursor=cursor)
        seen.extend(article.title for article in page.own)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == titles


def test_the_first_articles_of_each_sub_topic_come_in_order():
    topic = make_topic(key="payments")
    children = [make_topic(parent_id=topic.id), make_topic(parent_id=topic.id)]
    for child in children:
        for position in (3, 1, 2):
            article = make_article(topic_id=child.id, position=position)
            make_translation(article, locale="en", title=f"Place {position}")
            make_translation(article, locale="de", title=f"Platz {position}")

    found = contents_of("payments", locale="de").sections

    assert {key: [article.title for article in articles] for key, articles in found.items()} == {
        child.id: ["Platz 1", "Platz 2"] for child in children
    }


def test_the_locales_of_the_site_are_those_with_visible_translations():
    article = make_article()
    make_translation(article, locale="cs")
    make_translation(article, locale="fa", state=TranslationState.DRAFT)

    assert queries.published_locales() == {"cs"}
