from __future__ import annotations

import numpy as np
import pytest

from portal.search import question, ranking
from portal.search.calibration import PRIOR, Calibration, Evidence, Verdict, fit, prior_chances
from portal.search.rankers import RANKER
from portal.search.ranking import Ranking, rank, rank_message
from tests.search.conftest import article


def chance(*, margin: float = 0.1, words: float = 0.5, rare_words: float = 4.0, is_dense: bool = False) -> float:
    evidence = Evidence(np.array([margin]), np.array([words]), rare_words, is_dense)
    return float(prior_chances(evidence)[0])


def chances_of(snapshot, text: str) -> list[float]:
    found = rank(snapshot, question.query_of(text, "en"))
    return found.chances_of(found.rows).tolist()


def test_a_chance_rises_with_everything_that_speaks_for_an_article():
    assert chance(margin=0.2) > chance()
    assert chance(words=0.9) > chance()
    assert chance(rare_words=9.0) > chance()
    assert chance(is_dense=True) > chance()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_same_evidence_says_more_where_articles_repeat_fewer_of_the_words(language):
    evidence = Evidence(np.array([0.1]), np.array([0.5]), 4.0, language=language)

    assert prior_chances(evidence)[0] > chance()


def chance_with_meaning(nearness_margin: float) -> float:
    evidence = Evidence(np.array([0.1]), np.array([0.5]), 4.0, nearness_margin=np.array([nearness_margin]))
    return float(prior_chances(evidence)[0])


def test_meaning_speaks_for_the_nearest_and_makes_other_margins_say_less():
    assert chance_with_meaning(0.0) < chance()
    assert chance_with_meaning(0.0) < chance_with_meaning(0.5)


def chance_with_title(*, agreement: float = 2.0, title: float = 0.2, support: float = 1.0) -> float:
    evidence = Evidence(
        np.array([0.1]),
        np.array([0.5]),
        4.0,
        agreement=np.array([agreement]),
        title=np.array([title]),
        support=np.array([support]),
    )
    return float(prior_chances(evidence)[0])


def test_a_chance_rises_with_title_and_text_that_agree_and_with_further_sentences():
    assert chance_with_title(agreement=3.0) > chance_with_title()
    assert chance_with_title(title=0.5) > chance_with_title()
    assert chance_with_title(support=1.5) > chance_with_title()


def evidence_of(monkeypatch: pytest.MonkeyPatch, found: Ranking) -> Evidence:
    """What a ranking's first chance is made of."""
    seen: list[Evidence] = []

    def remember(evidence: Evidence) -> np.ndarray:
        seen.append(evidence)
        return prior_chances(evidence)

    monkeypatch.setattr(ranking, "prior_chances", remember)
    found.chances_of(found.rows[:1])
    return seen[0]


def test_titles_texts_and_letters_are_asked_whether_they_agree(help_centre, monkeypatch):
    snapshot = help_centre.folder.snapshot("en")

    evidence = evidence_of(monkeypatch, rank(snapshot, question.query_of("reset password", "en")))

    assert evidence.agreement == pytest.approx([3.0])
    assert evidence.title is not None
    assert evidence.title[0] > 0.3


def test_where_no_title_has_anything_of_the_question_texts_alone_decide(build_engine):
    texts = ("The moon orbits the Earth every 27 days.", "Rivers carry sand to the sea.", "Iron rusts in wet air.")
    untitled = [article("", text, article_id=number) for number, text in enumerate(texts, start=1)]

    assert chances_of(build_engine(*untitled).folder.snapshot("en"), "how often does the moon orbit the Earth")[0] > 0.3


def test_without_evidence_an_answer_is_unlikely():
    assert chance(margin=0.0, words=0.0, rare_words=0.0) < 0.05


@pytest.mark.parametrize("margin", [-5.0, 0.0, 5.0])
def test_a_chance_is_between_none_and_certainty(margin):
    assert 0.0 < chance(margin=margin, rare_words=1e6) < 1.0


def test_without_verdicts_the_prior_holds():
    assert fit([]) == PRIOR


def test_a_few_verdicts_change_little():
    few = fit([Verdict(0.4, is_accepted=False)] * 2)

    assert few.scaled(np.array([0.4]))[0] == pytest.approx(0.4, abs=0.1)


def test_guesses_count_less_than_verdicts():
    sure = fit([Verdict(0.4, is_accepted=False)] * 100)
    guessed = fit([Verdict(0.4, is_accepted=False, weight=0.2)] * 100)

    assert guessed.offset == pytest.approx(fit([Verdict(0.4, is_accepted=False)] * 20).offset)
    assert sure.scaled(np.array([0.4]))[0] < guessed.scaled(np.array([0.4]))[0] < 0.4


def test_the_prior_changes_no_chance():
    chances = np.array([0.001, 0.3, 0.999])

    assert PRIOR.scaled(chances) == pytest.approx(chances)


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_many_verdicts_outweigh_the_prior(share):
    judged = 2_000
    verdicts = [Verdict(0.5, is_accepted=number < share * judged) for number in range(judged)]

    found = fit(verdicts)

    # Even odds by the prior: all that is left is the offset.
    assert 1 / (1 + np.exp(-found.offset)) == pytest.approx(share, abs=0.02)


def test_contradicting_verdicts_never_turn_the_order_round():
    verdicts = [Verdict(0.9, is_accepted=False)] * 500 + [Verdict(0.1, is_accepted=True)] * 500

    assert fit(verdicts).slope > 0


def test_a_sure_verdict_is_no_infinity():
    found = fit([Verdict(1.0, is_accepted=False), Verdict(0.0, is_accepted=True)])

    assert np.isfinite([found.slope, found.offset]).all()


def test_the_right_article_is_likelier_than_the_best_for_another_question(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    assert chances_of(snapshot, "how do I reset my password")[0] > 0.5
    assert max(chances_of(snapshot, "which planets have a ring that can be seen"), default=0.0) < 0.1


def test_the_only_article_may_be_the_answer(build_engine):
    snapshot = build_engine(article("Get a refund", "Choose Ask for a refund.", article_id=1)).folder.snapshot("en")

    assert chances_of(snapshot, "how to get a refund")[0] > 0.3


def test_chances_of_a_message_are_those_of_its_question(help_centre):
    snapshot = help_centre.folder.snapshot("en")
    sentences = [question.query_of(text, "en") for text in ("Dear team", "I want to reset my password", "Cheers")]

    found = rank_message(snapshot, sentences, ranker=RANKER)

    assert found.chances_of(found.rows[:1])[0] > 0.3
    assert found.chances_of(found.rows[:0]).shape == (0,)


class OnlyVerdicts:
    """What is learned where people only judged suggestions."""

    def __init__(self, **calibrations: Calibration) -> None:
        self._calibrations = calibrations

    def ballot(self, *_asked: object) -> None:
        return None

    def evidence_count(self, *_asked: object) -> int:
        return 0

    def calibration(self, locale: str) -> Calibration:
        return self._calibrations.get(locale, PRIOR)


def test_hits_carry_their_chance_and_verdicts_of_a_locale_change_it(help_centre, monkeypatch):
    (before, *_) = help_centre.search("reset password", "en", limit=1).hits
    (german,) = help_centre.search("Konto löschen", "de", limit=1).hits

    monkeypatch.setattr(help_centre, "learned", OnlyVerdicts(en=fit([Verdict(0.9, is_accepted=False)] * 500)))
    (after, *_) = help_centre.search("reset password", "en", limit=1).hits

    assert 0 < after.confidence < before.confidence < 1
    assert help_centre.search("Konto löschen", "de", limit=1).hits == (german,)


def test_verdicts_leave_the_prior_chance_of_a_hit_as_it_was(help_centre, monkeypatch):
    (before, *_) = help_centre.suggest_for_message("", "I want to reset my password", "en")

    monkeypatch.setattr(help_centre, "learned", OnlyVerdicts(en=Calibration(slope=0.9, offset=-0.5)))
    (after, *_) = help_centre.suggest_for_message("", "I want to reset my password", "en")

    assert before.prior_chance == pytest.approx(before.confidence)
    assert after.prior_chance == before.prior_chance
    assert after.confidence < before.confidence


@pytest.mark.parametrize(
    ("second", "most"), [("the sign-in page sends no link", 1.5), ("my neighbour grows tall tomatoes", 1.0)]
)
def test_sentences_that_speak_for_the_same_article_support_it(help_centre, monkeypatch, second, most):
    snapshot = help_centre.folder.snapshot("en")
    sentences = [question.query_of(text, "en") for text in ("I forgot the password", second)]

    evidence = evidence_of(monkeypatch, rank_message(snapshot, sentences))

    assert evidence.support is not None
    (support,) = evidence.support
    assert support == pytest.approx(most) if most == 1.0 else 1.05 < support < most
