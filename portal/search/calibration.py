"""What a score means: the chance that an article answers, from what was seen of it and of people's verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from portal.search.flat_postings import Array

# Two logistic regressions on the first three articles for about 30,000 questions and mails; in each set a third of the
# articles is held back, and answerable questions weigh twice what the others do. Before, one regression on margin and
# words served both kinds.
# Where titles have anything of the question: judged searches, messages and mails of the sample help centre in eight
# languages, banking77, and questions of each set that were asked of another. At the contact form's threshold, before →
# now: of the help centre's searches 90.6 → 90.8 % keep a suggestion and 47 → 27 % of those held back get one, of mails
# 86.4 → 87.2 % and 49 → 29 %; mails about something quite different 33 → 11 %; banking77 61 and 40 → 77 and 49 %.
_BASE: Final = -5.0
_OF_MARGIN: Final = 18.3
_OF_RARITY: Final = 3.3
_OF_AGREED_TITLE: Final = 5.3
_OF_SUPPORT: Final = 1.0
# Where only texts have: XQuAD in five languages, whose articles have no titles, 24 to 160 of them. The base is 0.45
# below the fitted one, so that one threshold serves both kinds: questions kept and wrongly answered 88.3 and 16.8 % →
# 88.2 and 15.1 %, mails 83.4 and 11.7 → 84.2 and 10.8 %. Bigrams of languages without spaces are many that nobody
# means, so the same evidence is worth more.
_BASE_UNTITLED: Final = -3.55
_OF_MARGIN_UNTITLED: Final = 48.3
_OF_WORDS_UNTITLED: Final = 8.2
_OF_RARITY_UNTITLED: Final = -3.2
_OF_DENSE_UNTITLED: Final = 1.4
# With so many rare words in a question, evidence has half its weight: a name that fits says less than a sentence.
_HALF_WEIGHT_WORDS: Final = 2.0
# The best of many wrong articles looks better than the best of a few. On XQuAD with 25, 75 and 225 paragraphs one in
# ten unanswerable questions was above log odds of -1.6, -0.8 and -0.6; beyond a thousand articles nothing was measured.
_OF_CROWD: Final = -0.45
_CROWD: Final = 25.0
_LARGEST_CROWD: Final = 1_000.0
# The same where meanings were compared, fitted on English questions and mails (banking77's tickets, half of XQuAD). On
# the other questions the AUROC of answerable ones is 74 to 75 for banking77 (72 to 74 without meanings then), 94 to 95
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
    words that only one article has. `agreement`: how many of title, words of the text and letters (n-grams, seams)
    prefer the article to all others, from 0.0 to 3.0. `title`: its score by title alone, from 0.0 to 1.0; None where no
    title has anything of the question. `support`: what all sentences of a message say for it, in what the best one
    says, from 1.0; None for a single question. `is_dense`: it is in a script without spaces. `article_count`: among how
    many articles it was asked. `nearness`: that of what they mean to what the question means, from 0.0 to 1.0, and
    `nearness_margin` how far that is ahead of the fourth nearest; None where meanings were not compared.
    """

    margin: Array
    words: Array
    rare_words: float
    is_dense: bool = False
    article_count: int = int(_CROWD)
    agreement: Array | None = None
    title: Array | None = None
    support: Array | None = None
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
    """The chances from 0.0 to 1.0 that the articles answer, before any verdict; they rise with all that speaks for one.

    Evidence without `agreement` is that of texts alone.
    """
    weight = evidence.rare_words / (evidence.rare_words + _HALF_WEIGHT_WORDS)
    crowd = _OF_CROWD * float(np.log(np.clip(evidence.article_count, _CROWD, _LARGEST_CROWD) / _CROWD))
    if evidence.nearness is not None and evidence.nearness_margin is not None:
        seen = weight * (_OF_MARGIN_WITH_MEANING * evidence.margin + _OF_WORDS_WITH_MEANING * evidence.words)
        meant = _OF_NEARNESS * evidence.nearness + _OF_NEARNESS_MARGIN * evidence.nearness_margin
        return _chance(_BASE_WITH_MEANING + crowd + seen + meant)
    if evidence.title is not None and evidence.agreement is not None:
        seen = weight * (_OF_MARGIN * evidence.margin + _OF_RARITY)
        agreed = _OF_AGREED_TITLE * evidence.agreement * evidence.title
        further = 0.0 if evidence.support is None else _OF_SUPPORT * (evidence.support - 1)
        return _chance(_BASE + crowd + seen + agreed + further)
    seen = weight * (_OF_MARGIN_UNTITLED * evidence.margin + _OF_WORDS_UNTITLED * evidence.words + _OF_RARITY_UNTITLED)
    return _chance(_BASE_UNTITLED + _OF_DENSE_UNTITLED * evidence.is_dense + crowd + seen)


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
