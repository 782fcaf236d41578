"""What the worker learns from evidence, when, and what it must not learn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from portal import clock
from portal.database import db, write_intent, writing
from portal.jobs.queue import run_now
from portal.knowledge_base.models import ArticleChange
from portal.search.learning import decisions, refitting
from portal.search.learning.actions import REFIT_DELAY, REFIT_JOB, forget_person, mark_stale
from portal.search.learning.fit_queries import MAXIMUM_OF_ONE_GIVER, article_openings
from portal.search.learning.model import Example, LearnedModel
from portal.search.learning.models import FittedModel, LearnedWord, StaleModel, WordDecision
from portal.search.learning.queries import learned_words_of
from portal.search.learning.refitting import refit, refit_all
from tests.factories import NOW, make_agent, make_translation
from tests.search.learning.evidence import all_evidence, learn, learned_of, solve_with, words

VOUCHER = ("my voucher is gone", "voucher lost", "where is the voucher")


@pytest.fixture
def fitted_on(monkeypatch: pytest.MonkeyPatch) -> list[list[Example]]:
    """What each fit was given."""
    given: list[list[Example]] = []
    real = refitting.fit

    def fit(examples: list[Example], **options: Any) -> LearnedModel:
        given.append(list(examples))
        return real(examples, **options)

    monkeypatch.setattr(refitting, "fit", fit)
    return given


def accepted_words(translation_id: int) -> tuple[str, ...]:
    return learned_words_of(db.session.connection(), [translation_id]).get(translation_id, ())


def accept(word: str) -> None:
    decisions.decide_word(words()[word], WordDecision.ACCEPTED, agent=make_agent(), now=NOW)


def test_two_people_are_not_enough(app):
    translation = make_translation()
    learned = learn(translation, *VOUCHER[:2])
    assert db.session.get_one(FittedModel, "en").content == b""
    assert (learned.people_count, learned.evidence_count) == (2, 2)
    assert words() == {}


def test_the_same_person_three_times_is_not_enough(app):
    translation = make_translation()
    solve_with(translation, *VOUCHER)
    for evidence in all_evidence():
        evidence.giver = "person:1"
    db.session.commit()
    assert refit("en", now=NOW).example_count == 0


def test_from_three_people_on_a_model_is_fitted_and_votes_for_the_article(app):
    translation = make_translation()
    report = refit("en", now=NOW) if solve_with(translation, *VOUCHER) else None
    assert report is not None
    assert (report.example_count, report.article_count, report.people_count) == (3, 1, 3)
    row = db.session.get_one(FittedModel, "en")
    assert (row.version, row.example_count, row.article_count, row.people_count) == (1, 3, 1, 3)
    assert LearnedModel.from_bytes(row.content).votes("voucher").get(translation.article_id, 0) > 0


def test_languages_learn_apart(app):
    translation = make_translation()
    solve_with(translation, *VOUCHER[:2])
    solve_with(translation, VOUCHER[2], locale="de")
    assert [report.example_count for report in refit_all(now=NOW)] == [0, 0]


def test_what_too_few_people_wrote_does_not_reach_the_model(app, fitted_on: list[list[Example]]):
    learn(make_translation(), "my voucher is gone, Gruber", "voucher lost", "where is the voucher")
    (examples,) = fitted_on
    assert not any("Gruber" in example.text for example in examples)
    assert all("voucher" in example.text for example in examples)


def test_refused_questions_and_stopped_articles_do_not_reach_the_model(app, fitted_on: list[list[Example]]):
    kept, stopped = make_translation(), make_translation()
    solve_with(kept, *VOUCHER, "voucher wrong")
    solve_with(stopped, *VOUCHER)
    decisions.refuse_evidence(all_evidence()[3], agent=make_agent(), now=NOW)
    decisions.pause_learning(learned_of(stopped), agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    assert {example.article_id for example in fitted_on[-1]} == {kept.article_id}
    assert len(fitted_on[-1]) == 3


def test_a_refused_word_does_not_reach_the_model(app, fitted_on: list[list[Example]]):
    learn(make_translation(), *[f"{text} balance" for text in VOUCHER])
    decisions.decide_word(words()["voucher"], WordDecision.REFUSED, agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    assert not any("voucher" in example.text for example in fitted_on[-1])
    assert all("balance" in example.text for example in fitted_on[-1])


def test_words_of_the_article_itself_are_not_proposed(app):
    learn(make_translation(title="Vouchers"), *[f"{text} balance" for text in VOUCHER])
    assert set(words()) == {"balance"}


def test_an_accepted_word_stands_in_the_index_and_the_index_is_told(app):
    translation = make_translation()
    learn(translation, *VOUCHER)
    before = db.session.scalar(select(func.count()).select_from(ArticleChange))
    assert accepted_words(translation.id) == ()
    accept("voucher")
    assert accepted_words(translation.id) == ("voucher",)
    changes = db.session.scalars(select(ArticleChange.translation_id).order_by(ArticleChange.id)).all()
    assert changes[before or 0 :] == [translation.id]


def test_a_refused_or_undone_word_leaves_the_index(app):
    translation = make_translation()
    learn(translation, *VOUCHER)
    for decision in (WordDecision.REFUSED, WordDecision.PROPOSED):
        accept("voucher")
        decisions.decide_word(words()["voucher"], decision, agent=make_agent(), now=NOW)
        assert accepted_words(translation.id) == ()


def test_stopping_takes_accepted_words_out_of_the_index_and_resuming_brings_them_back(app):
    translation = make_translation()
    learned = learn(translation, *VOUCHER)
    accept("voucher")
    decisions.pause_learning(learned, agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    assert accepted_words(translation.id) == ()
    decisions.resume_learning(learned, agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    assert accepted_words(translation.id) == ("voucher",)


def test_decisions_outlive_a_fit(app):
    learn(make_translation(), *[f"{text} balance" for text in VOUCHER])
    accept("voucher")
    decisions.decide_word(words()["balance"], WordDecision.REFUSED, agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    db.session.expire_all()
    assert {word: row.decision for word, row in words().items()} == {
        "voucher": WordDecision.ACCEPTED,
        "balance": WordDecision.REFUSED,
    }


def test_erasing_a_person_unlearns_what_stood_on_them(app):
    translation = make_translation()
    people = solve_with(translation, *VOUCHER)
    refit("en", now=NOW)
    accept("voucher")
    version = db.session.get_one(FittedModel, "en").version

    forget_person(people[0], now=NOW)
    db.session.commit()
    with clock.frozen(NOW):
        run_now(REFIT_JOB)

    db.session.expire_all()
    model = db.session.get_one(FittedModel, "en")
    assert (model.content, model.version) == (b"", version + 1)
    assert words() == {}
    assert accepted_words(translation.id) == ()
    assert learned_of(translation).people_count == 2


def test_new_evidence_waits_a_few_minutes_so_that_many_are_fitted_at_once(app):
    solve_with(make_translation(), *VOUCHER)
    for minutes, fits in ((0, 0), (4, 0), (5, 1)):
        with clock.frozen(NOW + timedelta(minutes=minutes)):
            run_now(REFIT_JOB)
        assert (db.session.get(FittedModel, "en", populate_existing=True) is not None) == bool(fits)
    assert db.session.get(StaleModel, "en", populate_existing=True) is None


def test_the_worker_fits_without_keeping_anybody_from_writing_meanwhile(app, monkeypatch: pytest.MonkeyPatch):
    solve_with(make_translation(), *VOUCHER)
    intents: list[bool] = []
    real = refitting.fit

    def fit(examples: list[Example], **options: Any) -> LearnedModel:
        intents.append(write_intent.get())
        return real(examples, **options)

    monkeypatch.setattr(refitting, "fit", fit)
    with clock.frozen(NOW + REFIT_DELAY):
        app.extensions["jobs"].runners[REFIT_JOB]()
    assert intents == [False]
    assert db.session.get(FittedModel, "en") is not None


def test_later_evidence_does_not_put_a_planned_fit_off(app):
    mark_stale("en", due_at=NOW)
    mark_stale("en", due_at=NOW + REFIT_DELAY)
    row = db.session.get_one(StaleModel, "en", populate_existing=True)
    assert (row.due_at, row.change_count) == (NOW, 2)


def test_evidence_that_comes_while_a_model_is_fitted_is_not_forgotten(app, monkeypatch: pytest.MonkeyPatch):
    solve_with(make_translation(), *VOUCHER)
    real = refitting.fit

    def fit_while_others_write(examples: list[Example], **options: Any) -> LearnedModel:
        mark_stale("en", due_at=NOW + REFIT_DELAY)
        db.session.commit()
        return real(examples, **options)

    monkeypatch.setattr(refitting, "fit", fit_while_others_write)
    refit("en", now=NOW)
    assert db.session.get(StaleModel, "en", populate_existing=True) is not None


def test_a_model_that_cannot_be_fitted_does_not_hold_up_the_others(app, monkeypatch: pytest.MonkeyPatch):
    for locale in ("de", "en"):
        solve_with(make_translation(locale=locale), *VOUCHER)
    real = refitting.refit
    monkeypatch.setattr(refitting, "refit", lambda locale, now: 1 / 0 if locale == "de" else real(locale, now=now))
    with clock.frozen(NOW + REFIT_DELAY):
        run_now(REFIT_JOB)
    assert [row.locale for row in db.session.scalars(select(FittedModel))] == ["en"]
    assert db.session.get(StaleModel, "de") is not None


def test_evidence_for_an_article_without_that_language_is_learned_too(app):
    translation = make_translation(locale="en")
    solve_with(translation, *VOUCHER, locale="de")
    assert refit("de", now=NOW).article_count == 1


def test_words_below_three_people_never_stay_in_the_table(app):
    translation = make_translation()
    learn(translation, *VOUCHER)
    decisions.refuse_evidence(all_evidence()[0], agent=make_agent(), now=NOW)
    refit("en", now=NOW)
    assert db.session.scalar(select(func.count()).select_from(LearnedWord)) == 0


def test_what_people_asked_finds_the_article_before_any_author_has_looked(app, indexed):
    translation = make_translation(title="Gift cards")
    learn(translation, "my quokka is gone", "quokka lost", "where is the quokka")

    assert [hit.article_id for hit in indexed().search("quokka", "en", limit=3).hits] == [translation.article_id]


def test_search_finds_the_article_by_an_accepted_word_and_no_more_once_it_is_undone(app, indexed):
    app.extensions["search"].learned = None
    translation = make_translation(title="Gift cards")
    learn(translation, "my quokka is gone", "quokka lost", "where is the quokka")
    assert indexed().search("quokka", "en", limit=3).hits == ()
    accept("quokka")
    assert [hit.article_id for hit in indexed().search("quokka", "en", limit=3).hits] == [translation.article_id]
    decisions.decide_word(words()["quokka"], WordDecision.PROPOSED, agent=make_agent(), now=NOW)
    assert indexed().search("quokka", "en", limit=3).hits == ()


def test_articles_without_evidence_are_not_outvoted_for_what_their_own_texts_say(app):
    learned = make_translation(title="Gift cards")
    other = make_translation(title="Change your password", sections=[("", "", "How to change your password.")])
    openings = article_openings(db.session.connection(), {learned.article_id}, "en")
    assert openings[other.article_id] == ("Change your password", "A summary.\n\nHow to change your password.")
    learn(learned, "my voucher and password", "voucher password lost", "where is the voucher password")
    model = LearnedModel.from_bytes(db.session.get_one(FittedModel, "en").content)
    votes = model.votes("change your password")
    assert votes.get(learned.article_id, 0.0) < model.votes("voucher")[learned.article_id]
    assert other.article_id not in votes


def test_a_fit_that_read_evidence_removed_since_is_not_kept(app, monkeypatch: pytest.MonkeyPatch):
    people = solve_with(make_translation(), *VOUCHER, "voucher and balance")
    real, reports = refitting.fit, []

    def slow_fit(examples: list[Example], **options: Any) -> LearnedModel:
        if not reports:
            reports.append("forgotten")
            with writing():
                forget_person(people[0], now=NOW)
                db.session.commit()
            reports.append(refit("en", now=NOW))
        return real(examples, **options)

    monkeypatch.setattr(refitting, "fit", slow_fit)

    assert refit("en", now=NOW).example_count == 3

    row = db.session.get_one(FittedModel, "en", populate_existing=True)
    assert (row.version, row.example_count, row.people_count) == (2, 3, 3)
    assert db.session.scalars(select(StaleModel.locale)).all() == []


def test_what_an_author_decides_while_a_model_is_fitted_is_not_lost(app, monkeypatch: pytest.MonkeyPatch):
    translation = make_translation()
    learn(translation, *VOUCHER)
    forget_person(all_evidence()[0].person_id or 0, now=NOW)
    db.session.commit()
    real = refitting.read_only

    @contextmanager
    def accepted_afterwards(engine: Engine) -> Iterator[Connection]:
        with real(engine) as connection:
            yield connection
        monkeypatch.setattr(refitting, "read_only", real)
        with writing():
            accept("voucher")

    monkeypatch.setattr(refitting, "read_only", accepted_afterwards)
    changes = select(func.count()).select_from(ArticleChange)
    before = db.session.scalar(changes) or 0

    refit("en", now=NOW)

    # Once for the author's decision, and once because too few people are left for the word.
    assert (db.session.scalar(changes) or 0) == before + 2
    assert accepted_words(translation.id) == ()


def test_one_person_who_asks_again_and_again_has_no_more_to_say_than_others(app, fitted_on: list[list[Example]]):
    translation = make_translation()
    solve_with(translation, *VOUCHER, *["voucher stolen"] * 20)
    for evidence in all_evidence()[3:]:
        evidence.giver = "network:1"
    db.session.commit()

    report = refit("en", now=NOW)

    assert report.example_count == 3 + MAXIMUM_OF_ONE_GIVER
    assert report.people_count == 4
