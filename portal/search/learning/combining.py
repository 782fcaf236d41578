"""What articles learned, joined with what search says of their texts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating[Any]]

# With so many questions answered, an article has half the benefit of the doubt.
_HALF_DOUBT_EXAMPLES: Final = 4.0
# How much of the best vote an article without questions of its own may claim, before its own text is asked.
_DOUBT_SHARE: Final = 0.97
# What its own text adds to that. It grows with the questions that the best vote stands on, half of it being reached at
# that many: so many votes take much from those without, a few do not.
_TEXT_WORTH: Final = 1.0
_HALF_TEXT_EXAMPLES: Final = 40.0
# A vote that stands on few questions counts the less the more search prefers another article: to the power of 1.0 of
# its share of the best score without any questions, of 0.3 with five, of next to nothing with a hundred.
_TEXT_POWER_EXAMPLES: Final = 10.0
_TEXT_POWER_FALL: Final = 3
# An article that says it in other words still has its vote.
_LEAST_SHARE: Final = 0.1
# R@1 in per cent, without and with these three (1,500 of banking77's questions, which they were chosen on, and half of
# XQuAD's, 2 or 3 others a paragraph being learned): banking77 with 5 tickets an article 73.8 → 73.7, with all 92.3 →
# 92.3; with all for half of the articles and none for the other, learned ones 95.3 → 94.0, the others 44.5 → 56.0 (by
# their texts alone 62.3); XQuAD de 90.3 → 91.3 (92.4 by texts alone), en 93.4 → 94.6 (94.6).


class Ballot(NamedTuple):
    """Article → its vote (0.0 to 1.0) on a text, and how many questions of its own that stands on.

    `margins` say, where they are known, how well the text fits what the model knows of an article, with or without
    questions: 1.0 is sure, 0.0 or less is nothing.
    """

    votes: Numbers
    evidence: Numbers
    margins: Numbers | None = None


def combined(scores: Numbers, ballot: Ballot) -> Numbers:
    """Scores of search and votes as one score from 0.0 to 1.0; arrays over the same articles.

    Either alone may carry an article: what both leave open is multiplied. So without any votes scores stay as they
    are, and an article that search did not find at all (score 0) has its vote. Articles that had little or no
    occasion to learn have the benefit of the doubt: nearly as much as the best vote, the more the less search prefers
    others to them, and more still where the model knows their texts to fit. Otherwise learned articles would take the
    questions of all that are new or seldom asked for.
    """
    best_score = scores.max(initial=0.0)
    lifts = ballot.votes
    if best_score and ballot.votes.max(initial=0.0):
        shares = scores / best_score
        known = ballot.evidence / _TEXT_POWER_EXAMPLES
        lifts = lifts * np.maximum(shares, _LEAST_SHARE) ** (1 / (1 + known)) ** _TEXT_POWER_FALL
        doubt = _HALF_DOUBT_EXAMPLES / (ballot.evidence + _HALF_DOUBT_EXAMPLES)
        lifts = np.maximum(lifts, _claims(lifts, ballot) * doubt * np.sqrt(shares))
    return np.asarray(1.0 - (1.0 - scores) * (1.0 - lifts), dtype=np.float64)


def _claims(lifts: Numbers, ballot: Ballot) -> Numbers:
    """Article → how much it may claim of what votes give, were it the best by its text and without questions."""
    best = int(lifts.argmax())
    claim = _DOUBT_SHARE * lifts[best]
    if ballot.margins is None:
        return np.full(len(ballot.votes), claim)
    worth = _TEXT_WORTH * ballot.evidence[best] / (ballot.evidence[best] + _HALF_TEXT_EXAMPLES)
    claims: Numbers = 1 - (1 - claim) * np.exp(-worth * np.maximum(ballot.margins, 0.0))
    return claims
