"""Misspelled words → the words that the articles use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from portal.search import analyzers
from portal.search.fields import PREFIX, TEXT
from portal.search.flat_postings import Spelling
from portal.search.snapshot import Snapshot

_SHORTEST: Final = 4
# Of a long message the last ones.
_MAXIMUM_WORDS: Final = 6
_CANDIDATES: Final = 8
# From these lengths on a word bears one or two wrong letters and is still the same word beyond doubt.
_SURE_WITH_ONE_EDIT: Final = 6
_SURE_WITH_TWO_EDITS: Final = 9
_TWO_EDITS: Final = 6
# Hebrew and Arabic script leave vowels out, and glue "my" and "your" to a word: one letter makes another word.
_WITHOUT_VOWELS: Final = ("\u0590", "\u07bf")
_MORE_WITHOUT_VOWELS: Final = 2
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


class _Candidate(NamedTuple):
    """A word that may have been meant; the lower, the likelier."""

    cost: float
    minus_frequency: int
    folded: str
    written: str


def correct(text: str, locale: str, snapshot: Snapshot) -> Correction | None:
    """`text` with words that no article knows replaced by near ones; None when there is nothing to replace."""
    unknown = _unknown_words(text, locale, snapshot)[-_MAXIMUM_WORDS:]
    corrected, sure = text, text
    # From the end, so that the offsets of earlier words stay right.
    for word in reversed(unknown):
        candidates = _nearest(word.folded, snapshot)
        if not candidates:
            continue
        form = _as_typed(candidates[0].written, text[word.start : word.end])
        corrected = corrected[: word.start] + form + corrected[word.end :]
        if _is_sure(word.folded, candidates):
            sure = sure[: word.start] + form + sure[word.end :]
    return Correction(corrected, sure) if corrected != text else None


def _unknown_words(text: str, locale: str, snapshot: Snapshot) -> list[analyzers.Word]:
    """The words that stand nowhere, and that no title's word begins with."""
    found = [word for word in analyzers.words(text, locale) if _is_spellable(word)]
    asked = [[(PREFIX, word.folded), *((TEXT, term.text) for term in word.terms)] for word in found]
    # All at once: looking up one costs nearly as much as looking up many.
    frequencies = iter(snapshot.look_up([term for terms in asked for term in terms]).frequencies)
    return [word for word, terms in zip(found, asked, strict=True) if not sum(next(frequencies) for _ in terms)]


def _is_spellable(word: analyzers.Word) -> bool:
    if word.script is not analyzers.Script.SPACED or word.is_code or word.is_stop_word:
        return False
    return len(word.folded) >= _SHORTEST and word.folded.isalpha()


def _nearest(folded: str, snapshot: Snapshot) -> list[_Candidate]:
    """Words within reach of a misspelled one, best first; none when the articles have the word itself."""
    reach = 2 if len(folded) >= _TWO_EDITS else 1
    known: dict[str, Spelling] = {}
    for spelling in snapshot.near_spellings(folded, reach):
        other = known.get(spelling.folded)
        if other is None or spelling.frequency > other.frequency:
            known[spelling.folded] = spelling
    if folded in known:
        return []
    # What only goes on longer is the same word inflected, or not finished yet.
    found = [
        _Candidate(_cost(folded, word, OSA.distance(folded, word)), -spelling.frequency, word, spelling.written)
        for word, spelling in known.items()
        if not word.startswith(folded)
    ]
    return sorted(found)[:_CANDIDATES]


def _as_typed(written: str, typed: str) -> str:
    """A word of the articles in the place of one that was typed in capitals, or with a capital."""
    if typed.isupper():
        return written.upper()
    return written[:1].upper() + written[1:] if typed[:1].isupper() else written


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


def _is_sure(typed: str, candidates: list[_Candidate]) -> bool:
    cost, minus_frequency, meant, _ = candidates[0]
    if typed[0] != meant[0]:
        return False
    edits = OSA.distance(typed, meant)
    is_swap = edits == 1 and sorted(typed) == sorted(meant)
    needed = _SURE_WITH_ONE_EDIT if edits == 1 else _SURE_WITH_TWO_EDITS
    if _WITHOUT_VOWELS[0] <= typed[0] <= _WITHOUT_VOWELS[1]:
        needed += _MORE_WITHOUT_VOWELS
    if not is_swap and len(typed) < needed:
        return False
    if len(candidates) == 1:
        return True
    next_cost, next_minus_frequency, next_meant, _ = candidates[1]
    # Inflections of one word are no rivals.
    return (
        next_cost - cost >= _CLEARLY_BETTER
        or minus_frequency <= _CLEARLY_MORE_FREQUENT * next_minus_frequency
        or next_meant[: len(meant) - 2] == meant[: len(meant) - 2]
    )
