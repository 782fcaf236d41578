"""What authors see of learning and decide about it; who may; how many queries it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.agents.models import AuditEntry, Role
from portal.database import db
from portal.search.learning.models import LearnedArticle, WordDecision
from portal.search.learning.refitting import refit
from portal.search.models import SuggestionImpression, SuggestionVerdict
from tests.factories import NOW, make_agent, make_translation, signed_in_client
from tests.search.learning.evidence import all_evidence, learn, learned_of, solve_with, words

VOUCHER = ("my voucher is gone", "voucher lost", "where is the voucher")
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def author_client(app: Flask) -> FlaskClient:
    return signed_in_client(app, make_agent(role=Role.AUTHOR))


def answer(article_id: int, *, answered: int, rejected: int, unopened: int = 0) -> None:
    """What people said of the article when it was suggested to them."""
    verdicts = [SuggestionVerdict.ANSWERED] * (answered + unopened) + [SuggestionVerdict.REJECTED] * rejected
    for number, verdict in enumerate(verdicts):
        db.session.add(
            SuggestionImpression(
                session_hash=f"session-{number}",
                ranker_version="test",
                article_id=article_id,
                locale="en",
                position=1,
                score=0.5,
                shown_at=NOW,
                opened_at=None if number < unopened else NOW,
                verdict=verdict,
            )
        )
    db.session.commit()


# The list --------------------------------------------------------------------------------------------------------


def test_the_list_shows_articles_that_three_people_gave_evidence_for(author_client: FlaskClient):
    known, waiting = make_translation(title="Gift cards"), make_translation(title="Tournaments")
    learn(known, *VOUCHER)
    learn(waiting, "when is it", "who may play")
    answer(known.article_id, answered=3, rejected=1, unopened=2)

    page = author_client.get("/agent/learning").text

    assert "Gift cards" in page
    assert "3 from 3 people" in page
    assert "3 of 4" in page
    assert "1 new" in page
    assert "Tournaments" not in page
    assert "1 more article has questions from fewer than three people" in page


def test_the_list_of_one_language_counts_only_what_waits_in_it(author_client: FlaskClient):
    learn(make_translation(title="Gift cards"), *VOUCHER)
    learn(make_translation(title="Turniere", locale="de"), "wann ist es", "wer darf mitspielen")

    assert "1 more article has questions" in author_client.get("/agent/learning").text
    assert "more article" not in author_client.get("/agent/learning?language=en").text


def test_the_list_is_empty_with_a_way_on(author_client: FlaskClient):
    page = author_client.get("/agent/learning").text
    assert "Nothing learned yet" in page
    assert 'href="/agent/tickets"' in page.split('id="learning-empty"')[1]


def test_the_list_can_be_narrowed_to_a_language(author_client: FlaskClient):
    english, german = make_translation(title="Gift cards"), make_translation(title="Gutscheine", locale="de")
    learn(english, *VOUCHER)
    learn(german, "mein Guthaben", "Guthaben weg", "kein Guthaben")
    assert "Gutscheine" not in author_client.get("/agent/learning?language=en").text
    everything = author_client.get("/agent/learning?language=klingon").text
    assert "Gutscheine" in everything
    assert "Gift cards" in everything


def test_the_list_takes_the_same_queries_however_long_it_is(author_client: FlaskClient, count_queries: Callable):
    def count() -> int:
        with count_queries() as statements:
            assert author_client.get("/agent/learning").status_code == 200
        return len(statements)

    learn(make_translation(), *VOUCHER)
    author_client.get("/agent/learning")
    few = count()
    for _number in range(5):
        solve_with(make_translation(), *VOUCHER)
    refit("en", now=NOW)
    assert count() == few == 7


def test_long_lists_page_by_key(author_client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("portal.search.learning.queries.PAGE_SIZE", 1)
    learn(make_translation(title="Gift cards"), *VOUCHER, "voucher")
    learn(make_translation(title="Tournaments"), "my password", "password gone", "new password")
    first = author_client.get("/agent/learning").text
    assert "Gift cards" in first
    assert "Tournaments" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert "Tournaments" in author_client.get(following[1].replace("&amp;", "&")).text


# The article -----------------------------------------------------------------------------------------------------


def test_the_article_page_shows_words_questions_and_where_they_came_from(author_client: FlaskClient):
    translation = make_translation(title="Gift cards", slug="gift-cards")
    learned = learn(translation, *VOUCHER)
    page = author_client.get(f"/agent/learning/{learned.id}").text
    assert ">voucher</strong>" in page
    assert "3 people" in page
    assert "my voucher is gone" in page
    assert "3 tickets were solved with it" in page
    assert 'href="/en/articles/gift-cards"' in page
    assert f'href="/agent/tickets/{all_evidence()[0].ticket_id}"' in page


def test_what_fewer_than_three_people_wrote_is_not_shown(author_client: FlaskClient):
    translation = make_translation()
    learned = learn(translation, *VOUCHER[:2])
    page = author_client.get(f"/agent/learning/{learned.id}").text
    assert "voucher" not in page
    assert "neither shown nor used until there are three" in page
    evidence = all_evidence()[0]
    response = author_client.post(f"/agent/learning/evidence/{evidence.id}/decision", data={"decision": "refused"})
    assert response.status_code == 404


def test_questions_come_newest_first_and_page_by_key(author_client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("portal.search.learning.queries.EVIDENCE_PAGE_SIZE", 2)
    translation = make_translation()
    for number, text in enumerate(VOUCHER):
        solve_with(translation, text, now=NOW + timedelta(hours=number))
    page = author_client.get(f"/agent/learning/{learned_of(translation).id}").text
    assert page.index("where is the voucher") < page.index("voucher lost")
    assert "my voucher is gone" not in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert "my voucher is gone" in author_client.get(following[1].replace("&amp;", "&")).text


def test_the_article_page_takes_the_same_queries_however_much_was_asked(
    author_client: FlaskClient, count_queries: Callable
):
    translation = make_translation()
    learned = learn(translation, *VOUCHER)

    def count() -> int:
        with count_queries() as statements:
            assert author_client.get(f"/agent/learning/{learned.id}").status_code == 200
        return len(statements)

    author_client.get(f"/agent/learning/{learned.id}")
    few = count()
    learn(translation, *[f"{text} balance" for text in VOUCHER])
    assert count() == few == 11


def test_what_people_wrote_is_text_and_never_html(author_client: FlaskClient):
    learned = learn(make_translation(), *[f"voucher <script>alert({n})</script>" for n in range(3)])
    assert "<script>alert" not in author_client.get(f"/agent/learning/{learned.id}").text


# Decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", list(WordDecision))
def test_a_word_is_decided_without_scripts_and_the_author_is_back_where_they_were(
    author_client: FlaskClient, decision: WordDecision
):
    learned = learn(make_translation(), *VOUCHER)
    word = words()["voucher"]
    response = author_client.post(f"/agent/learning/words/{word.id}/decision", data={"decision": decision.value})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/agent/learning/{learned.id}#word-{word.id}"
    db.session.expire_all()
    assert word.decision is decision


def test_with_scripts_the_answer_is_the_changed_word_with_what_happened(author_client: FlaskClient):
    learn(make_translation(), *VOUCHER)
    word = words()["voucher"]
    url = f"/agent/learning/words/{word.id}/decision"
    accepted = author_client.post(url, data={"decision": "accepted"}, headers=FRAGMENT).text
    assert accepted.strip().startswith(f'<li class="learned-item" id="word-{word.id}">')
    assert "Search finds the article by this word in a moment." in accepted
    assert 'value="proposed"' in accepted
    undone = author_client.post(url, data={"decision": "proposed"}, headers=FRAGMENT).text
    assert 'value="accepted"' in undone


def test_a_question_is_refused_and_used_again(author_client: FlaskClient):
    learned = learn(make_translation(), *VOUCHER)
    evidence = all_evidence()[0]
    url = f"/agent/learning/evidence/{evidence.id}/decision"
    response = author_client.post(url, data={"decision": "refused"})
    assert response.headers["Location"] == f"/agent/learning/{learned.id}#question-{evidence.id}"
    db.session.expire_all()
    assert evidence.refused_at is not None
    assert "fewer than three people are left" in author_client.get(f"/agent/learning/{learned.id}").text
    undone = author_client.post(url, data={"decision": "used"}, headers=FRAGMENT).text
    assert "The article learns from this question." in undone
    db.session.expire_all()
    assert evidence.refused_at is None


def test_learning_is_stopped_and_resumed(author_client: FlaskClient):
    learned = learn(make_translation(), *VOUCHER)
    url = f"/agent/learning/{learned.id}/decision"
    assert author_client.post(url, data={"decision": "paused"}).status_code == 303
    page = author_client.get(f"/agent/learning/{learned.id}").text
    assert "Learning is stopped for this article" in page
    assert 'value="learning"' in page
    assert "Learning is stopped" in author_client.get("/agent/learning").text
    author_client.post(url, data={"decision": "learning"})
    db.session.expire_all()
    assert learned.paused_at is None


def test_decisions_are_on_the_audit_trail(author_client: FlaskClient):
    learned = learn(make_translation(), *VOUCHER)
    author_client.post(f"/agent/learning/words/{words()['voucher'].id}/decision", data={"decision": "accepted"})
    author_client.post(f"/agent/learning/{learned.id}/decision", data={"decision": "paused"})
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries][-2:] == ["learning.word_accepted", "learning.paused"]
    assert entries[-1].object_id == str(learned.article_id)


# Refusals --------------------------------------------------------------------------------------------------------


def test_agents_who_are_no_authors_are_refused_and_see_no_way_there(agent_client: FlaskClient):
    learned = learn(make_translation(), *VOUCHER)
    word, evidence = words()["voucher"], all_evidence()[0]
    assert agent_client.get("/agent/learning").status_code == 403
    assert agent_client.get(f"/agent/learning/{learned.id}").status_code == 403
    for url in (f"{learned.id}", f"words/{word.id}", f"evidence/{evidence.id}"):
        response = agent_client.post(f"/agent/learning/{url}/decision", data={"decision": "refused"})
        assert response.status_code == 403
    assert "/agent/learning" not in agent_client.get("/agent/account").text


def test_authors_find_the_way_there(author_client: FlaskClient):
    assert 'href="/agent/learning"' in author_client.get("/agent/account").text


@pytest.mark.parametrize("path", ["999999", "words/999999", "evidence/999999"])
def test_what_does_not_exist_is_not_found(author_client: FlaskClient, path: str):
    assert author_client.post(f"/agent/learning/{path}/decision", data={"decision": "refused"}).status_code == 404
    assert author_client.get("/agent/learning/999999").status_code == 404


def test_a_decision_that_is_none_is_refused(author_client: FlaskClient):
    learned = learn(make_translation(), *VOUCHER)
    for url in (f"{learned.id}", f"words/{words()['voucher'].id}", f"evidence/{all_evidence()[0].id}"):
        for decision in ("", "whatever"):
            response = author_client.post(f"/agent/learning/{url}/decision", data={"decision": decision})
            assert response.status_code == 400, url


def test_an_odd_cursor_gives_the_first_page(author_client: FlaskClient):
    learned: LearnedArticle = learn(make_translation(), *VOUCHER)
    for address in ("/agent/learning", f"/agent/learning/{learned.id}"):
        assert author_client.get(f"{address}?cursor=%7B%7D").status_code == 200
