from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.database import db
from portal.knowledge_base.models import Article
from portal.search.learning.models import ResultOpening
from portal.search.log_queries import logged_questions
from portal.search.models import SearchQuery, SearchSurface, SuggestionArm, SuggestionImpression, SuggestionVerdict
from tests import factories
from tests.factories import NOW

YESTERDAY = NOW - timedelta(days=1)


def make_search(text: str, **values: Any) -> SearchQuery:
    values = {"locale": "en", "result_count": 3, "created_at": NOW, "updated_at": NOW, **values}
    search = SearchQuery(text=text, **values)
    db.session.add(search)
    db.session.commit()
    return search


def make_opening(search: SearchQuery, article: Article, *, ended_search: bool | None) -> None:
    db.session.add(
        ResultOpening(
            search_query_id=search.id,
            article_id=article.id,
            position=1,
            ranker_version="r",
            giver="",
            opened_at=NOW,
            ended_search=ended_search,
        )
    )
    db.session.commit()


def make_impression(article: Article, **values: Any) -> None:
    values = {"session_hash": "s", "locale": "en", "query_text": "Where is my money?", "shown_at": NOW, **values}
    db.session.add(SuggestionImpression(article_id=article.id, ranker_version="r", position=1, score=0.5, **values))
    db.session.commit()


@pytest.fixture
def articles(app) -> list[Article]:
    return [factories.make_article() for _ in range(3)]


def found(**options: Any):
    return logged_questions(**{"since": YESTERDAY, "limit": 100, **options})


def test_searches_that_agree_are_one_question_asked_often(articles):
    for _ in range(3):
        make_search("refund")
    make_search("refund", locale="de")
    make_search("refund", surface=SearchSurface.SUGGEST)
    make_search("refund", created_at=NOW - timedelta(days=2))

    assert sorted((each.surface, each.locale, each.count, each.is_unfinished) for each in found()) == [
        ("results", "de", 1, False),
        ("results", "en", 3, False),
        ("suggest", "en", 1, True),
    ]


def test_what_ended_a_search_helped_and_what_was_looked_at_was_only_opened(articles):
    first, second, third = articles
    make_opening(make_search("refund"), first, ended_search=False)
    again = make_search("refund")
    make_opening(again, second, ended_search=True)
    make_opening(again, third, ended_search=None)

    [question] = found()

    assert question.opened == {first.id, second.id, third.id}
    assert question.helped == {second.id}


def test_suggestions_of_a_session_for_the_same_words_are_one_message(articles):
    first, second, third = articles
    make_impression(first, opened_at=NOW, verdict=SuggestionVerdict.ANSWERED)
    make_impression(second, verdict=SuggestionVerdict.ANSWERED)
    make_impression(third, query_text="Something else", opened_at=NOW, verdict=SuggestionVerdict.REJECTED)

    other, same = found()

    assert (same.text, same.surface, same.is_message) == ("Where is my money?", "contact", True)
    assert (same.opened, same.helped) == ({first.id}, {first.id})
    assert (other.opened, other.helped) == ({third.id}, set())


def test_the_only_suggestion_answered_without_being_opened(articles):
    make_impression(articles[0], verdict=SuggestionVerdict.ANSWERED)

    assert [(each.opened, each.helped) for each in found()] == [(set(), {articles[0].id})]


def test_what_was_not_shown_and_what_is_forgotten_is_no_question(articles):
    make_impression(articles[0], query_text="")
    make_impression(articles[1], arm=SuggestionArm.HELD_OUT)
    make_impression(articles[2], session_hash="old", shown_at=NOW - timedelta(days=2))
    make_search("")

    assert found() == []


def test_the_newest_questions_come_first_and_no_more_than_asked_for(articles):
    for text in ("one", "two", "three", "one"):
        make_search(text)
    for number, article in enumerate(articles):
        make_impression(article, session_hash=f"s{number}", query_text=f"message {number}")

    assert [each.text for each in found(limit=2)] == ["one", "three", "message 2", "message 1"]


def test_the_log_is_read_with_three_queries(articles, count_queries):
    for text in ("one", "two", "three"):
        make_opening(make_search(text), articles[0], ended_search=True)
    make_impression(articles[0])

    with count_queries() as statements:
        assert len(found()) == 4

    assert len(statements) == 3
