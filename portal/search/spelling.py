"""Misspelled words → the words that the articles use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.search import analyzers
from portal.search.fields import FORMS, PREFIX, TEXT
from portal.search.folding import fold
from portal.search.whoosh_index import Snapshot

_SHORTEST: Final = 4
_MAXIMUM_WORDS: Final = 12
_CANDIDATES: Final = 8
# From these lengths on a word bears one or two wrong letters and is still the same word beyond doubt.
_SURE_WITH_ONE_EDIT: Final = 6
_SURE_WITH_TWO_EDITS: Final = 9
_TWO_EDITS: Final = 6
_OTHER_FIRST_LETTER: Final = 0.6
_NEIGHBOURING_KEY: Final = -0.3
_CLEARLY_BETTER: Final = 0.5
_CLEARLY_MORE_FREQUENT: Final = 4
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")


def _neighbouring_keys() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for above, below in zip(("", *_ROWS), (*_ROWS, ""), strict=True):
        for row in (above, below):
            pairs.update(pairwise(row))
        for shift in (-1, 0):
            pairs.update((a, below[at + shift]) for at, a in enumerate(above) if 0 <= at + shift < len(below))
    return frozenset(pairs | {(b, a) for a, b in pairs})


_NEIGHBOURS: Final = _neighbouring_keys()


@dataclass(frozen=True, slots=True)
class Correction:
    """A query with its unknown words replaced: in `text` by the likeliest, in `sure_text` only those beyond doubt."""

    text: str
    sure_text: str


class Vocabulary:
    """The words of one snapshot, ready for comparing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # Folded word → the ways it is written.
        self._written: dict[str, list[str]] = defaultdict(list)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for form in snapshot.terms(FORMS):
            folded = fold(form)
            if folded not in self._written:
                self._by_length[len(folded)].append(folded)
            self._written[folded].append(form)

    def __contains__(self, folded: str) -> bool:
        return folded in self._written

    def nearest(self, folded: str) -> list[tuple[float, int, str]]:
        """Words within reach of a misspelled one: (cost, −frequency, form), best first."""
        reach = 2 if len(folded) >= _TWO_EDITS else 1
        lengths = range(len(folded) - reach, len(folded) + reach + 1)
        choices = list(chain.from_iterable(self._by_length.get(length, ()) for length in lengths))
        matches = process.extract(
            folded, choices, scorer=OSA.distance, processor=None, score_cutoff=reach, limit=_CANDIDATES
        )
        # What only goes on longer is the same word inflected, or not finished yet.
        others = [(match, distance) for match, distance, _ in matches if not match.startswith(folded)]
        found = [(_cost(folded, match, distance), *self._best_form(match)) for match, distance in others]
        return sorted((cost, -frequency, form) for cost, frequency, form in found)

    def _best_form(self, folded: str) -> tuple[int, str]:
        return max((self._snapshot.frequency(FORMS, form), form) for form in self._written[folded])


def correct(text: str, locale: str, snapshot: Snapshot, vocabulary: Vocabulary) -> Correction | None:
    """`text` with words that no article knows replaced by near ones; None when there is nothing to replace."""
    unknown = [word for word in analyzers.words(text, locale) if _is_unknown(word, snapshot, vocabulary)]
    if not unknown:
        return None
    unknown = unknown[-_MAXIMUM_WORDS:]
    corrected, sure = text, text
    # From the end, so that the offsets of earlier words stay right.
    for word in reversed(unknown):
        candidates = vocabulary.nearest(word.folded)
        if not candidates:
            continue
        form = candidates[0][2]
        corrected = corrected[: word.start] + form + corrected[word.end :]
        if _is_sure(word.folded, candidates):
            sure = sure[: word.start] + form + sure[word.end :]
    return Correction(corrected, sure) if corrected != text else None


def _is_unknown(word: analyzers.Word, snapshot: Snapshot, vocabulary: Vocabulary) -> bool:
    if word.script is not analyzers.Script.SPACED or word.is_code or word.is_stop_word:
        return False
    if len(word.folded) < _SHORTEST or not word.folded.isalpha() or word.folded in vocabulary:
        return False
    if any(snapshot.frequency(TEXT, term.text) for term in word.terms):
        return False
    return not snapshot.frequency(PREFIX, word.folded)


def _cost(typed: str, meant: str, distance: int) -> float:
    cost = float(distance)
    if typed[0] != meant[0]:
        cost += _OTHER_FIRST_LETTER
    if distance == 1 and len(typed) == len(meant) and _is_substitution(typed, meant):
        slip = next(pair for pair in zip(typed, meant, strict=True) if pair[0] != pair[1])
        cost += _NEIGHBOURING_KEY if slip in _NEIGHBOURS else 0.0
    return cost


def _is_substitution(typed: str, meant: str) -> bool:
    return sum(a != b for a, b in zip(typed, meant, strict=True)) == 1


def _is_sure(typed: str, candidates: list[tuple[float, int, str]]) -> bool:
    cost, minus_frequency, form = candidates[0]
    meant = fold(form)
    if typed[0] != meant[0]:
        return False
    edits = OSA.distance(typed, meant)
    is_swap = edits == 1 and sorted(typed) == sorted(meant)
    if not is_swap and len(typed) < (_SURE_WITH_ONE_EDIT if edits == 1 else _SURE_WITH_TWO_EDITS):
        return False
    if len(candidates) == 1:
        return True
    next_cost, next_minus_frequency, next_form = candidates[1]
    # Inflections of one word are no rivals.
    return (
        next_cost - cost >= _CLEARLY_BETTER
        or minus_frequency <= _CLEARLY_MORE_FREQUENT * next_minus_frequency
        or fold(next_form)[: len(meant) - 2] == meant[: len(meant) - 2]
    )
