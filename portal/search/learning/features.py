"""Text → the hashed features that a learned model weighs: words, pairs of words, and character n-grams.

Words are looked at with the analyzers of search, so that all of its languages are learned from. Stop words stay:
"where" and "why" tell questions about one thing apart. Words that say something are paired with those that follow in
any order as well: "refund for the annual plan" and "the plan, can you refund it" ask for one thing. A feature is a
32-bit checksum: short to store, and quick to look up.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.search import analyzers, termbase
from portal.search.analyzers import Script, Word

# Words that one text may add: a ticket's text is masked and short, a pasted log file is neither. In scripts without
# spaces a whole sentence is one word, so their terms and n-grams are limited as well.
MAXIMUM_WORDS: Final = 400
_MAXIMUM_TERMS: Final = 800
_LONGEST_DENSE_RUN: Final = 400
_LONGEST_CACHED: Final = 40
# How many words that are no stop words two of them may be apart. Cross-validation inside banking77's earlier tickets,
# with 5 an article: 70.5 → 71.5 % of questions right at once (n = 3,450), and half a point more where synonyms count as
# one word. With 110 an article a linear SVM on the same features had 90.9 → 91.6.
# Their bigrams stand for words in dense scripts: those of the next word are enough.
_PAIR_DISTANCE: Final = 6
_DENSE_PAIR_DISTANCE: Final = 3
_GRAM_SIZES: Final = (3, 4, 5)
_DENSE_GRAM_SIZES: Final = (1, 3)
_BORDER: Final = "|"
_LONGEST_GRAMMED_WORD: Final = 24

Ids = NDArray[np.uint32]
Floats = NDArray[np.float32]


class Group(NamedTuple):
    """The different features of one kind, ascending, and how often each occurs."""

    ids: Ids
    counts: Floats


class Features(NamedTuple):
    """What one text shows of itself; each kind is weighed by itself, so that many n-grams do not drown few words."""

    words: Group
    pairs: Group
    loose_pairs: Group
    grams: Group


def features(text: str, locale: str) -> Features:
    """The features of a text, in any language; all groups are empty for a text without words."""
    found = analyzers.words(text, locale)[:MAXIMUM_WORDS]
    terms = list(islice((term for word in found for term in _terms(word)), _MAXIMUM_TERMS))
    bounded = [_BORDER, *terms, _BORDER] if terms else []
    return Features(
        words=_group(_hashed("w", terms)),
        pairs=_group(_hashed("p", (f"{left} {right}" for left, right in pairwise(bounded)))),
        loose_pairs=_group(_hashed("l", _loose_pairs(found, locale))),
        grams=_group(feature for word in found for feature in _grams(word.folded, word.script)),
    )


def word_feature(term: str) -> int:
    """The feature of a word that has this term."""
    return next(_hashed("w", [term]))


def _terms(word: Word) -> Iterator[str]:
    if word.script is Script.SPACED:
        # The first is the stem, or the whole of a compound or code.
        yield word.terms[0].text if word.terms else word.folded
    else:
        yield from (term.text for term in word.terms)


def _loose_pairs(found: Sequence[Word], locale: str) -> Iterator[str]:
    """Two terms that say something and stand near each other, whichever comes first."""
    terms = list(islice(_telling_terms(found, locale), _MAXIMUM_TERMS))
    for at, (left, script) in enumerate(terms):
        distance = _PAIR_DISTANCE if script is Script.SPACED else _DENSE_PAIR_DISTANCE
        for right, _script in terms[at + 1 : at + 1 + distance]:
            if left != right:
                yield f"{min(left, right)} {max(left, right)}"


def _telling_terms(found: Sequence[Word], locale: str) -> Iterator[tuple[str, Script]]:
    """Terms without stop words; for synonyms (see `portal.search.termbase`) the usual one stands."""
    synonyms = termbase.synonyms_of(locale)
    named = {phrase.first: phrase for phrase in synonyms.find(found) if not phrase.text}
    at = 0
    while at < len(found):
        word, phrase = found[at], named.get(at)
        at = phrase.end if phrase else at + 1
        if phrase:
            usual = synonyms.forms(phrase.concepts[0]) or phrase.concepts
            yield f"={usual[0]}", word.script
        elif not word.is_stop_word:
            yield from ((term, word.script) for term in _terms(word))


def _hashed(kind: str, texts: Iterable[str]) -> Iterator[int]:
    return (zlib.crc32((kind + text).encode("utf-8", "surrogatepass")) for text in texts)


def _grams(folded: str, script: Script) -> tuple[int, ...]:
    return (_cached_grams if len(folded) <= _LONGEST_CACHED else _cut_grams)(folded, script)


def _cut_grams(folded: str, script: Script) -> tuple[int, ...]:
    if script is Script.SPACED:
        marked = f"_{folded[:_LONGEST_GRAMMED_WORD]}_"
        sizes: tuple[int, ...] = _GRAM_SIZES
    else:
        marked, sizes = folded[:_LONGEST_DENSE_RUN], _DENSE_GRAM_SIZES
    cut = (marked[at : at + size] for size in sizes for at in range(len(marked) - size + 1))
    return tuple(_hashed("g", cut))


_cached_grams = lru_cache(maxsize=30_000)(_cut_grams)


def _group(found: Iterable[int]) -> Group:
    counts = Counter(found)
    ids = np.fromiter(counts.keys(), np.uint32, len(counts))
    order = np.argsort(ids)
    return Group(ids[order], np.fromiter(counts.values(), np.float32, len(counts))[order])
