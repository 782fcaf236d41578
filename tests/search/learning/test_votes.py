"""Serving processes load what was learned, follow newer versions, and never fail because of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import create_engine, update

from portal.database import db
from portal.search.learning.models import FittedModel
from portal.search.learning.refitting import refit
from portal.search.learning.votes import LearnedVotes
from tests.factories import NOW, make_translation
from tests.search.learning.evidence import learn, solve_with

VOUCHER = ("my voucher is gone", "voucher lost", "where is the voucher")


class Clock:
    """Seconds that a test turns on."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def votes(app, clock: Clock) -> LearnedVotes:
    return LearnedVotes(db.engine, clock=clock)


def voted(learned: LearnedVotes, locale: str = "en") -> set[int]:
    """The articles that get votes on a question about vouchers."""
    article_ids = np.arange(1, 100)
    ballot = learned.ballot(locale, "voucher", article_ids)
    return set(article_ids[ballot.votes > 0].tolist()) if ballot else set()


def test_before_anything_is_learned_there_are_no_votes(votes: LearnedVotes):
    assert voted(votes) == set()
    assert votes.evidence_count("en", 1) == 0


def test_what_was_learned_votes_in_its_own_language(votes: LearnedVotes):
    translation = make_translation()
    learn(translation, *VOUCHER)
    assert voted(votes) == {translation.article_id}
    assert voted(votes, "de") == set()


def test_a_newer_model_is_taken_up_within_seconds_and_not_with_each_search(
    votes: LearnedVotes, clock: Clock, count_queries: Callable
):
    translation = make_translation()
    learn(translation, *VOUCHER)
    assert votes.evidence_count("en", translation.article_id) == 3
    solve_with(translation, "voucher again")
    refit("en", now=NOW)
    clock.seconds += 4
    with count_queries() as statements:
        assert votes.evidence_count("en", translation.article_id) == 3
    assert statements == []
    clock.seconds += 2
    assert votes.evidence_count("en", translation.article_id) == 4


def test_an_erased_model_votes_no_more(votes: LearnedVotes, clock: Clock):
    learn(make_translation(), *VOUCHER)
    assert voted(votes)
    db.session.execute(update(FittedModel).values(content=b"", version=FittedModel.version + 1))
    db.session.commit()
    clock.seconds += 6
    assert voted(votes) == set()


def test_a_damaged_model_is_no_error(votes: LearnedVotes, clock: Clock):
    learn(make_translation(), *VOUCHER)
    db.session.execute(update(FittedModel).values(content=b"no model", version=7))
    db.session.commit()
    assert voted(votes) == set()
    # It is mended by the next fit.
    refit("en", now=NOW)
    clock.seconds += 6
    assert voted(votes)


def test_a_database_that_is_gone_is_no_error(tmp_path):
    gone = LearnedVotes(create_engine(f"sqlite:///{tmp_path}/no/such/folder.db"))
    assert voted(gone) == set()
    assert gone.evidence_count("en", 1) == 0


def test_threads_share_one_instance(votes: LearnedVotes, clock: Clock):
    learn(make_translation(), *VOUCHER)
    voted(votes)
    answers: list[dict[int, float]] = []

    def ask() -> None:
        for _round in range(50):
            clock.seconds += 1
            answers.append(voted(votes))

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 200
    assert all(answers)
