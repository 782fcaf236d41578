"""Which term of one language stands for which of another, learned from a portal's own translated articles.

Titles, headings and sentences that translate each other are the examples. IBM model 1 (Brown et al. 1993, "The
mathematics of statistical machine translation") is fitted in both directions; a pair of terms counts as much as both
directions agree on (their geometric mean, as in alignment by agreement, Liang et al. 2006).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from portal.search.flat_postings import Array

Segment = tuple[Sequence[str], Sequence[str]]
Translations = Mapping[str, Sequence[tuple[str, float]]]

_ROUNDS: Final = 5
# Of a long segment only so many terms, and of many segments only so many pairs of terms are looked at.
_MOST_TERMS: Final = 30
_MOST_PAIRS: Final = 1_000_000
MOST_TRANSLATIONS: Final = 3
_LEAST_AGREEMENT: Final = 0.2
_LEAST_EXAMPLES: Final = 2


def learn(segments: Iterable[Segment]) -> tuple[Translations, Translations]:
    """Term → its translations with their probabilities (0.0 to 1.0), likeliest first: there, and back.

    Each segment holds the terms of a text and those of its translation. Terms seen together less than twice, and
    those on which both directions do not agree, are left out.
    """
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    rows: list[tuple[int, Array, Array]] = []
    pairs = 0
    for segment_number, segment in enumerate(segments):
        sides = [_numbered(terms, known) for terms, known in zip(segment, numbers, strict=True)]
        pairs += len(sides[0]) * len(sides[1])
        if pairs > _MOST_PAIRS:
            break
        rows.append((segment_number, sides[0], sides[1]))
    if not rows:
        return {}, {}
    sources = np.concatenate([np.repeat(one, len(other)) for _, one, other in rows])
    targets = np.concatenate([np.tile(other, len(one)) for _, one, other in rows])
    places = np.concatenate([np.full(len(one) * len(other), number, dtype=np.int64) for number, one, other in rows])
    if not len(sources):
        return {}, {}
    # One entry for each pair of terms; `of` leads from each example to its pair.
    width = len(numbers[1])
    pair_keys, of, examples = np.unique(sources * width + targets, return_inverse=True, return_counts=True)
    there = _fit(of, pair_keys // width, places * width + targets)
    back = _fit(of, pair_keys % width, places * len(numbers[0]) + sources)
    agreed = np.sqrt(there * back)
    good = np.flatnonzero((agreed >= _LEAST_AGREEMENT) & (examples >= _LEAST_EXAMPLES))
    good = good[np.argsort(-agreed[good], kind="stable")]
    names = [list(known) for known in numbers]
    forward: dict[str, list[tuple[str, float]]] = defaultdict(list)
    backward: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for pair in good:
        source, target = names[0][pair_keys[pair] // width], names[1][pair_keys[pair] % width]
        share = round(float(agreed[pair]), 3)
        for table, term, other in ((forward, source, target), (backward, target, source)):
            if len(table[term]) < MOST_TRANSLATIONS:
                table[term].append((other, share))
    return dict(forward), dict(backward)


def _numbered(terms: Sequence[str], known: dict[str, int]) -> Array:
    wanted = list(dict.fromkeys(terms))[:_MOST_TERMS]
    return np.array([known.setdefault(term, len(known)) for term in wanted], dtype=np.int64)


def _fit(of: Array, given_terms: Array, explained: Array) -> Array:
    """Pair → how likely its first term is translated by the second.

    `of`: example → pair. `explained`: example → the occurrence of a second term that the first terms of its segment
    share among them. `given_terms`: pair → first term.
    """
    _, places = np.unique(explained, return_inverse=True)
    likely = np.ones(len(given_terms))
    for _ in range(_ROUNDS):
        weights = likely[of]
        weights /= np.bincount(places, weights)[places]
        counts = np.bincount(of, weights, minlength=len(given_terms))
        likely = counts / np.bincount(given_terms, counts)[given_terms]
    return likely
