"""What articles learned, joined with what search says of their texts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating[Any]]

# With so many questions answered, an article's vote has half the weight that it can have.
HALF_TRUST_EXAMPLES: Final = 2.5
# How much of the best vote an article without questions of its own may claim.
_DOUBT_SHARE: Final = 0.95


class Ballot(NamedTuple):
    """Article → its vote (0.0 to 1.0) on a text, and how many questions of its own that stands on."""

    votes: Numbers
    evidence: Numbers


def combined(scores: Numbers, ballot: Ballot) -> Numbers:
    """Scores of search and votes as one score from 0.0 to 1.0; arrays over the same articles.

    Either alone may carry an article: what both leave open is multiplied. So without any votes scores stay as they
    are, and an article that search did not find at all (score 0) has its vote. Articles that had little or no
    occasion to learn have the benefit of the doubt: nearly as much as the best vote, the more the less search prefers
    others to them. Otherwise learned articles would take the questions of all that are new or seldom asked for.
    """
    best_vote, best_score = ballot.votes.max(initial=0.0), scores.max(initial=0.0)
    lifts = ballot.votes
    if best_vote and best_score:
        doubt = HALF_TRUST_EXAMPLES / (ballot.evidence + HALF_TRUST_EXAMPLES)
        lifts = np.maximum(lifts, _DOUBT_SHARE * best_vote * doubt * np.sqrt(scores / best_score))
    return np.asarray(1.0 - (1.0 - scores) * (1.0 - lifts), dtype=np.float64)
