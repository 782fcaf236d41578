"""What people say of suggestions changes how sure suggestions must be, and only after enough people said it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.database import db
from portal.jobs.queue import run_now
from portal.search.calibration import PRIOR, Verdict
from portal.search.engine import SearchEngine
from portal.search.learning import fit_queries
from portal.search.learning.actions import CALIBRATION_DELAY, REFIT_JOB
from portal.search.learning.fit_queries import VERDICTS_COUNT_FOR
from portal.search.learning.models import FittedCalibration, StaleModel
from portal.search.learning.refitting import refit, refit_all
from portal.search.learning.verdicts import LEAST_VERDICTS, PASSED_BY_WEIGHT, Offer, calibration_of, verdicts_of_session
from portal.search.learning.votes import LearnedVotes
from portal.search.models import SuggestionArm, SuggestionImpression, SuggestionVerdict
from portal.search.uses import CONTACT_FORM
from tests.factories import NOW, make_translation
from tests.search.learning.evidence import judge_suggestion

ANSWERED, REJECTED = SuggestionVerdict.ANSWERED, SuggestionVerdict.REJECTED
EARLIER, LATER = NOW, NOW + timedelta(minutes=1)
FRAGMENT = {"HX-Request": "true"}
QUESTION = {"subject": "Order", "message": "Where is the bill for my order?", "visit": "0123456789abcdef"}


@pytest.fixture
def frozen() -> Iterator[None]:
    clock.freeze(NOW)
    yield
    clock.freeze(None)


@pytest.fixture
def engine(app: Flask, frozen: None, indexed: Callable[[], SearchEngine]) -> SearchEngine:
    """A search that suggests one article for `QUESTION`."""
    make_translation(title="Find your invoice", sections=[("", "", "Your order bill is in the mail.")])
    for title in ("Get a refund", "Reset your password", "Delete your account", "Connect to Wi-Fi", "Change your name"):
        make_translation(title=title, sections=[("", "", f"{title} in the settings.")])
    return indexed()


def ask(app: Flask, number: int, verdict: SuggestionVerdict, *, opens: bool = True) -> None:
    """A contact session of its own: what is suggested is read and judged."""
    clock.freeze(NOW + timedelta(seconds=10 * number))
    browser = app.test_client()
    browser.post("/en/contact/suggestions", data=QUESTION, headers=FRAGMENT)
    shown = db.session.scalars(select(SuggestionImpression).order_by(SuggestionImpression.id.desc())).first()
    if opens and shown:
        browser.post(f"/en/contact/suggestions/{shown.article_id}/opening", headers=FRAGMENT)
    browser.post("/en/contact/answered" if verdict is ANSWERED else "/en/contact/unanswered", data=QUESTION)


def learn_as_the_worker_does(engine: SearchEngine) -> None:
    clock.freeze(NOW + CALIBRATION_DELAY + timedelta(minutes=30))
    run_now(REFIT_JOB)
    # A process that has just started.
    engine.learned = LearnedVotes(db.engine)


def suggestions(engine: SearchEngine) -> tuple[float, ...]:
    hits = engine.suggest_for_message(QUESTION["subject"], QUESTION["message"], "en", use=CONTACT_FORM)
    return tuple(hit.confidence for hit in hits)


@pytest.fixture
def article_id(app: Flask) -> int:
    return make_translation().article_id


def verdicts() -> list[Verdict]:
    return fit_queries.verdicts(db.session.connection(), "en", now=NOW)


# One session ------------------------------------------------------------------------------------------------------


def test_the_article_opened_last_answered_and_those_opened_before_did_not():
    session = [Offer(0.6, EARLIER, ANSWERED), Offer(0.5, LATER, ANSWERED), Offer(0.4, None, ANSWERED)]

    assert list(verdicts_of_session(session)) == [Verdict(0.6, is_accepted=False), Verdict(0.5, is_accepted=True)]


def test_the_only_article_shown_answered_unopened():
    assert list(verdicts_of_session([Offer(0.6, None, ANSWERED)])) == [Verdict(0.6, is_accepted=True)]


def test_which_of_several_unopened_articles_answered_is_not_known():
    assert list(verdicts_of_session([Offer(0.6, None, ANSWERED), Offer(0.5, None, ANSWERED)])) == []


def test_who_passes_articles_by_says_less_against_them_than_who_reads_them():
    session = [Offer(0.6, EARLIER, REJECTED), Offer(0.5, None, REJECTED)]

    assert list(verdicts_of_session(session)) == [
        Verdict(0.6, is_accepted=False),
        Verdict(0.5, is_accepted=False, weight=PASSED_BY_WEIGHT),
    ]


def test_without_a_word_or_without_a_chance_there_is_no_verdict():
    assert list(verdicts_of_session([Offer(0.6, EARLIER, None), Offer(None, EARLIER, REJECTED)])) == []


def test_an_answer_without_a_chance_of_its_own_is_not_another_articles():
    session = [Offer(0.6, EARLIER, ANSWERED), Offer(None, LATER, ANSWERED)]

    assert list(verdicts_of_session(session)) == [Verdict(0.6, is_accepted=False)]


@pytest.mark.parametrize(("count", "is_prior"), [(LEAST_VERDICTS - 1, True), (LEAST_VERDICTS, False)])
def test_the_prior_holds_until_there_are_enough_verdicts(count: int, is_prior: bool):
    assert (calibration_of([Verdict(0.6, is_accepted=False)] * count) == PRIOR) is is_prior


# Which impressions count ------------------------------------------------------------------------------------------


def test_the_verdicts_of_a_locale_are_read_session_by_session(app):
    for opened_at in (EARLIER, LATER):
        judge_suggestion(1, ANSWERED, article_id=make_translation().article_id, chance=0.7, opened_at=opened_at)
    judge_suggestion(2, REJECTED, article_id=make_translation().article_id, chance=0.3)

    assert sorted(verdicts()) == [
        Verdict(0.3, is_accepted=False),
        Verdict(0.7, is_accepted=False),
        Verdict(0.7, is_accepted=True),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"locale": "de"},
        {"arm": SuggestionArm.HELD_OUT},
        {"ranker_version": "2001-01-a"},
        {"chance": None},
        {"verdict": None},
        {"shown_at": NOW - VERDICTS_COUNT_FOR - timedelta(days=1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_says_nothing_of_this_locales_chances_by_this_ranker_does_not_count(
    article_id: int, other: dict[str, object]
):
    judge_suggestion(1, article_id=article_id)
    judge_suggestion(2, **other, article_id=article_id)

    assert verdicts() == [Verdict(0.5, is_accepted=False)]


def test_only_the_newest_sessions_count(article_id: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fit_queries, "MAXIMUM_JUDGED_SESSIONS", 2)
    for number, chance in enumerate((0.2, 0.4, 0.6)):
        judge_suggestion(number, chance=chance, article_id=article_id)

    assert [verdict.chance for verdict in verdicts()] == [0.6, 0.4]


# Fitting and serving ----------------------------------------------------------------------------------------------


def test_each_language_is_calibrated_on_its_own_verdicts(article_id: int):
    for number in range(LEAST_VERDICTS):
        judge_suggestion(number, article_id=article_id)
    judge_suggestion(LEAST_VERDICTS, locale="de", article_id=article_id)

    german, english = refit_all(now=NOW)

    assert (german.verdict_count, german.calibration) == (1, PRIOR)
    assert (english.verdict_count, english.calibration.offset < -0.5) == (LEAST_VERDICTS, True)
    learned = LearnedVotes(db.engine)
    assert learned.calibration("en") == english.calibration
    assert learned.calibration("de") == learned.calibration("ja") == PRIOR


def test_a_newer_calibration_is_taken_up_within_seconds(article_id: int):
    seconds = 0.0
    learned = LearnedVotes(db.engine, clock=lambda: seconds)
    assert learned.calibration("en") == PRIOR
    for number in range(LEAST_VERDICTS):
        judge_suggestion(number, article_id=article_id)
    fitted = refit("en", now=NOW).calibration
    assert learned.calibration("en") == PRIOR
    seconds += 6
    assert learned.calibration("en") == fitted != PRIOR


def test_when_verdicts_no_longer_count_the_prior_holds_again(article_id: int):
    for number in range(LEAST_VERDICTS):
        judge_suggestion(number, article_id=article_id)
    refit("en", now=NOW)
    assert db.session.scalars(select(FittedCalibration.verdict_count)).all() == [LEAST_VERDICTS]

    refit("en", now=NOW + 2 * VERDICTS_COUNT_FOR)

    assert db.session.scalars(select(FittedCalibration.locale)).all() == []
    assert LearnedVotes(db.engine).calibration("en") == PRIOR


# From the contact form to its next suggestions --------------------------------------------------------------------


def test_what_people_always_reject_is_suggested_no_more(app: Flask, engine: SearchEngine):
    (before,) = suggestions(engine)
    assert before >= CONTACT_FORM.least_chance

    for number in range(40):
        ask(app, number, REJECTED)
    learn_as_the_worker_does(engine)

    assert suggestions(engine) == ()


def test_what_people_accept_is_suggested_more_surely(app: Flask, engine: SearchEngine):
    (before,) = suggestions(engine)

    for number in range(LEAST_VERDICTS):
        ask(app, number, ANSWERED)
    learn_as_the_worker_does(engine)

    assert suggestions(engine)[0] > before


def test_a_few_verdicts_change_no_chance(app: Flask, engine: SearchEngine):
    before = suggestions(engine)

    for number in range(5):
        ask(app, number, REJECTED)
    learn_as_the_worker_does(engine)

    assert suggestions(engine) == before
    assert db.session.scalars(select(StaleModel.locale)).all() == []


def test_impressions_keep_the_prior_chance_whatever_was_learned_before(app: Flask, engine: SearchEngine):
    ask(app, 0, REJECTED)
    db.session.execute(update(SuggestionImpression).values(session_hash="done"))
    db.session.add(FittedCalibration(locale="en", slope=1.0, offset=0.5, verdict_count=20, fitted_at=NOW))
    db.session.commit()
    engine.learned = LearnedVotes(db.engine)

    ask(app, 1, REJECTED)

    first, second = db.session.scalars(select(SuggestionImpression.chance).order_by(SuggestionImpression.id))
    assert first == pytest.approx(second)
    assert suggestions(engine)[0] > first


def test_a_verdict_has_the_locale_calibrated_within_the_hour(app: Flask, engine: SearchEngine):
    ask(app, 0, REJECTED)

    assert db.session.scalars(select(StaleModel.due_at)).all() == [NOW + CALIBRATION_DELAY]
