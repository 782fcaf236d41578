"""The ways to rank that there are: weights and thresholds by version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from portal.search.scoring import Worth

# Recorded with every suggestion shown, so that rankers can be compared later.
RANKER_VERSION: Final = "2026-11-d"
# Where the extra [semantic] is installed.
MEANING_RANKER_VERSION: Final = "2026-11-d-meaning"


class PartWeights(NamedTuple):
    """How much each part adds."""

    title: float
    text: float
    grams: float
    title_grams: float
    seams: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """One way to rank, recorded by its version with what it shows; old ones stay, so that they can be compared.

    `sentence_power`: a sentence of a message counts by what it says to the index, to this power. `adds_sentences`: what
    several sentences say for an article adds up (as the root of the squares' sum), else the best one counts.
    `whole_terms`: texts of up to so many different terms are ranked as one query whatever their sentences.
    What one word must score for an article to be an answer: `least_score` for somebody who searches, `least_suggested`
    while they are typing, `least_for_message`; of what remains for a message, the calibrated chance decides.
    `meaning`: how far an article of just the meaning asked for is lifted towards 1.0, where there are vectors.
    """

    version: str
    search_weights: PartWeights
    suggest_weights: PartWeights
    worth: Worth
    sentence_power: float
    adds_sentences: bool
    whole_terms: int
    least_score: float
    least_suggested: float
    least_for_message: float
    meaning: float = 0.0


# The weights of 2026-11-b: tuned on the earlier questions of banking77 (its tickets) and half of XQuAD in five
# languages, clean, misspelled, unfinished and as bare keywords; confirmed on the other halves. R@1 / R@3 on
# banking77's 3,080 questions, before → after: function words kept at 0.4 of their worth, seams between words, text
# above n-grams: 60.2 / 78.0 → 61.9 / 79.6; idf to the power of 0.85: 62.1 / 79.8; with typos 52.6 / 73.1 → 55.8 / 76.0.
_RANKERS: Final = {
    ranker.version: ranker
    for ranker in (
        Ranker(
            version="2026-11-a",
            search_weights=PartWeights(title=1.0, text=1.0, grams=2.0, title_grams=1.0),
            suggest_weights=PartWeights(title=3.0, text=0.5, grams=0.5, title_grams=1.0),
            worth=Worth(),
            sentence_power=0.5,
            adds_sentences=False,
            whole_terms=24,
            least_score=0.065,
            least_suggested=0.1,
            least_for_message=0.24,
        ),
        Ranker(
            version="2026-11-b",
            search_weights=PartWeights(title=0.7, text=1.5, grams=1.6, title_grams=1.2, seams=0.5),
            suggest_weights=PartWeights(title=3.0, text=0.5, grams=0.5, title_grams=1.0),
            worth=Worth(idf_power=0.85, function_words=0.4),
            sentence_power=0.65,
            adds_sentences=True,
            whole_terms=16,
            least_score=0.065,
            least_suggested=0.1,
            least_for_message=0.065,
        ),
    )
}
# These order as 2026-11-b. The first was shown with the chances of its time; the second takes all but the shortest
# texts by their sentences.
_PREVIOUS: Final = replace(_RANKERS["2026-11-b"], version="2026-11-c")
RANKER: Final = replace(_PREVIOUS, version=RANKER_VERSION, whole_terms=6)
MEANING_RANKER: Final = replace(RANKER, version=MEANING_RANKER_VERSION, meaning=0.35)
RANKERS: Final[Mapping[str, Ranker]] = _RANKERS | {
    ranker.version: ranker
    for ranker in (_PREVIOUS, replace(_PREVIOUS, version="2026-11-c-meaning", meaning=0.35), RANKER, MEANING_RANKER)
}
