"""What a score means: the chance that an article answers, from what was seen of it and of people's verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from portal.search.flat_postings import Array

# Logistic regression on the first three articles for about 5,000 questions and mails in five languages with a third of
# the articles held back (banking77 and XQuAD, also against bare titles), and on the judged searches of the sample help
# centre. On each of these sets, which it was fitted on itself, the chance is on average 0.03 to 0.08 beside the share
# that is right.
_BASE: Final = -3.84
_OF_MARGIN: Final = 38.3
_OF_WORDS: Final = 4.09
# Bigrams of languages without spaces are many that nobody means, so the same evidence is worth a little more.
_OF_DENSE: Final = 0.54
# With so many rare words in a question, evidence has half its weight: a name that fits says less than a sentence.
_HALF_WEIGHT_WORDS: Final = 2.0
# The best of many wrong articles looks better than the best of a few. On XQuAD with 25, 75 and 225 paragraphs one in
# ten unanswerable questions was above log odds of -1.6, -0.8 and -0.6; beyond a thousand articles nothing was measured.
_OF_CROWD: Final = -0.45
_CROWD: Final = 25.0
_LARGEST_CROWD: Final = 1_000.0
# The same where meanings were compared, fitted on English questions and mails (banking77's tickets, half of XQuAD). On
# the other questions the AUROC of answerable ones is 74 to 75 for banking77 (72 to 74 by the constants above), 94 to 95
# for XQuAD. Fitted was a base of -4.5; half a point less keeps as many strangers' questions without suggestions.
_BASE_WITH_MEANING: Final = -5.0
_OF_MARGIN_WITH_MEANING: Final = 2.11
_OF_WORDS_WITH_MEANING: Final = 8.65
_OF_NEARNESS: Final = 1.92
_OF_NEARNESS_MARGIN: Final = 6.09
_SURE: Final = 1e-6
_STEPS: Final = 25
_EXACT_ENOUGH: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for articles as answers to one question, one number an article.

    `margin`: how far its score is ahead of the fourth best; `words`: the share of the question's words, weighted by how
    much they say, that the article has at all. `rare_words`: what the known words of the question say together, in
    words that only one article has. `is_dense`: it is in a script without spaces. `article_count`: among how many
    articles it was asked. `nearness`: that of what they mean to what the question means, from 0.0 to 1.0, and
    `nearness_margin` how far that is ahead of the fourth nearest; None where meanings were not compared.
    """

    margin: Array
    words: Array
    rare_words: float
    is_dense: bool = False
    article_count: int = int(_CROWD)
    nearness: Array | None = None
    nearness_margin: Array | None = None


class Verdict(NamedTuple):
    """A suggestion that was judged: the chance it had by the prior, and whether it answered.

    `weight` is less than 1.0 where that is only a guess.
    """

    chance: float
    is_accepted: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's scaling of the prior's log odds: `slope` and `offset` as people's verdicts have them, 1 and 0 without."""

    slope: float = 1.0
    offset: float = 0.0

    def scaled(self, chances: Array) -> Array:
        """What chances by the prior are after people's verdicts, from 0.0 to 1.0; their order stays."""
        return _chance(self.slope * _log_odds(chances) + self.offset)


PRIOR: Final = Calibration()


def prior_chances(evidence: Evidence) -> Array:
    """The chances from 0.0 to 1.0 that the articles answer, before any verdict; they rise with margin and words."""
    weight = evidence.rare_words / (evidence.rare_words + _HALF_WEIGHT_WORDS)
    crowd = _OF_CROWD * float(np.log(np.clip(evidence.article_count, _CROWD, _LARGEST_CROWD) / _CROWD))
    if evidence.nearness is None or evidence.nearness_margin is None:
        seen = weight * (_OF_MARGIN * evidence.margin + _OF_WORDS * evidence.words)
        return _chance(_BASE + _OF_DENSE * evidence.is_dense + crowd + seen)
    seen = weight * (_OF_MARGIN_WITH_MEANING * evidence.margin + _OF_WORDS_WITH_MEANING * evidence.words)
    meant = _OF_NEARNESS * evidence.nearness + _OF_NEARNESS_MARGIN * evidence.nearness_margin
    return _chance(_BASE_WITH_MEANING + crowd + seen + meant)


def fit(verdicts: Iterable[Verdict], *, prior_strength: float = 20.0) -> Calibration:
    """The calibration of a locale from its verdicts on suggestions of the prior; without any, the prior.

    `prior_strength` says how many verdicts it takes to count as much as the prior. The slope stays positive, so that
    the order of chances never changes.

    Source: Platt, "Probabilistic outputs for support vector machines" (1999), with a normal prior around slope 1 and
    offset 0, found by Newton's method.
    """
    judged = list(verdicts)
    if not judged:
        return PRIOR
    odds = _log_odds(np.array([verdict.chance for verdict in judged]))
    accepted = np.array([verdict.is_accepted for verdict in judged], dtype=np.float64)
    weights = np.array([verdict.weight for verdict in judged])
    features = np.column_stack([odds, np.ones(len(odds))])
    # A verdict at even odds weighs a quarter in the Hessian.
    precision = np.diag([prior_strength, prior_strength / 4])
    found = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chances = _chance(features @ found)
        gradient = features.T @ (weights * (accepted - chances)) - precision @ (found - np.array([1.0, 0.0]))
        hessian = (features * (weights * chances * (1 - chances))[:, None]).T @ features + precision
        step = np.linalg.solve(hessian, gradient)
        found += np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < _EXACT_ENOUGH:
            break
    return Calibration(slope=max(0.1, float(found[0])), offset=float(found[1]))


def _chance(log_odds: Array) -> Array:
    chances: Array = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return chances


def _log_odds(chances: Array) -> Array:
    kept = np.clip(chances, _SURE, 1 - _SURE)
    odds: Array = np.log(kept / (1 - kept))
    return odds
