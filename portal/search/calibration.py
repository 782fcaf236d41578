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
_OF_DENSE_UNTITLED: Final = 2.0
# With so many rare words in a question, evidence has half its weight: a name that fits says less than a sentence.
_HALF_WEIGHT_WORDS: Final = 2.0
# The best of many wrong articles looks better than the best of a few. On XQuAD with 25, 75 and 225 paragraphs one in
# ten unanswerable questions was above log odds of -1.6, -0.8 and -0.6; beyond a thousand articles nothing was measured.
_OF_CROWD: Final = -0.45
_CROWD: Final = 25.0
_LARGEST_CROWD: Final = 1_000.0
# Articles repeat fewer of a question's words where words are compounded or inflected inside, so the same bar kept fewer
# questions. On XQuAD (n = 1,190 a language), kept and wrongly suggested with a third of the articles held back, then
# with a third of the subjects: German 84 and 10 → 90 and 20, 83 and 1 → 89 and 4; Arabic 82 and 11 → 88 and 22, 80 and
# 2 → 88 and 5; Chinese (dense, before 1.4) 87 and 14 → 91 and 21, 84 and 1 → 89 and 3. English and Spanish, as they
# were, keep 94 and 93, then 92 and 91, with 16 and 18, then 3 and 3 wrong. By the weight of a sentence's words: added
# to the base, it gave mails a suggestion for "I am writing from my phone" (30 % of strangers' in German, now 10 %).
_OF_LANGUAGE_UNTITLED: Final = {"de": 1.5, "ar": 1.5}
# Where meanings were compared, they lift the margins of wrong articles, too, so the base is lower. A regression of its
# own, without titles, told answerable questions of the English help centre apart with an AUROC of 84.8, of XQuAD 94.6,
# of banking77 77.5; these chances do with 92.3, 94.9 and 76.8 (n = 190, 2,380 and 3,032, a third held back).
_WITH_MEANING: Final = -0.5
_WITH_MEANING_UNTITLED: Final = -1.8
_OF_NEARNESS_MARGIN: Final = 3.0
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
    many articles it was asked. `language`: its code, such as "de". `nearness_margin`: how far what it means is nearer
    to what the question means than the fourth nearest; None where meanings were not compared.
    """

    margin: Array
    words: Array
    rare_words: float
    is_dense: bool = False
    article_count: int = int(_CROWD)
    agreement: Array | None = None
    title: Array | None = None
    support: Array | None = None
    language: str = ""
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
    has_meaning = evidence.nearness_margin is not None
    meant = 0.0 if evidence.nearness_margin is None else _OF_NEARNESS_MARGIN * evidence.nearness_margin
    if evidence.title is not None and evidence.agreement is not None:
        seen = weight * (_OF_MARGIN * evidence.margin + _OF_RARITY)
        agreed = _OF_AGREED_TITLE * evidence.agreement * evidence.title
        further = 0.0 if evidence.support is None else _OF_SUPPORT * (evidence.support - 1)
        return _chance(_BASE + _WITH_MEANING * has_meaning + crowd + seen + agreed + further + meant)
    rarity = _OF_RARITY_UNTITLED + _OF_LANGUAGE_UNTITLED.get(evidence.language, 0.0)
    seen = weight * (_OF_MARGIN_UNTITLED * evidence.margin + _OF_WORDS_UNTITLED * evidence.words + rarity)
    base = _BASE_UNTITLED + _OF_DENSE_UNTITLED * evidence.is_dense
    return _chance(base + _WITH_MEANING_UNTITLED * has_meaning + crowd + seen + meant)


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
