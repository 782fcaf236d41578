"""What an article must meet beside its rank: the phrases, titles and exclusions of a parsed query.

Postings tell quickly which articles come into question; whether words stand side by side only their text tells, so
that is looked at for the best-ranked ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from portal.search import analyzers
from portal.search.analyzers import Script, Word
from portal.search.fields import POPULARITY, TEXT, TITLE
from portal.search.flat_postings import Array
from portal.search.folding import fold, normalize
from portal.search.operators import ParsedQuery
from portal.search.question import query_of
from portal.search.ranking import Ranking, rank
from portal.search.snapshot import Place, Snapshot

# How many articles, best first, are looked at; more cannot be paged through anyway.
LOOKED_AT: Final = 100
# Whoever types a long phrase has named it after so many of its words.
_NARROWING_TERMS: Final = 12
_READ_LENGTH: Final = 20_000
# How many characters of texts are cut into words for one query: some 50 ms of work.
_CUT_LENGTH: Final = 15_000
# Each further word would double the time that a hostile phrase takes; the others only have to be there.
_NEAR_PARTS: Final = 3
_BREAK: Final = "\n"


class Constraints:
    """The conditions of one query on one snapshot. `possible` says of each row whether it comes into question."""

    def __init__(self, snapshot: Snapshot, query: ParsedQuery) -> None:
        self._snapshot = snapshot
        self._cutting = _Cutting(snapshot.locale)
        words = {text: analyzers.words(text, snapshot.locale) for text in (*query.phrases, *query.excluded)}
        self._titles = [analyzers.words(text, snapshot.locale) for text in query.titles]
        self._phrases = [_Phrase(words[text]) for text in query.phrases if words[text]]
        self._excluded: list[tuple[Array, _Phrase]] = []
        self.possible = snapshot.article_ids != 0
        for text in query.phrases:
            self.possible &= _rows_with(snapshot, TEXT, words[text])
        for found in self._titles:
            self.possible &= _rows_with(snapshot, TITLE, found)
        for text in query.excluded:
            self._exclude(words[text])

    def are_met_by(self, row: int) -> bool:
        """Whether a row that comes into question meets everything; reads its text where that must be known."""
        excluded = [phrase for rows, phrase in self._excluded if rows[row]]
        if self._titles and not _has_words(str(self._snapshot.lead(row)["title"]), self._snapshot.locale, self._titles):
            return False
        if not (self._phrases or excluded):
            return True
        texts = self._texts(row)
        return all(phrase.is_in(texts) for phrase in self._phrases) and not any(
            phrase.is_in(texts) for phrase in excluded
        )

    def place_of(self, row: int) -> Place | None:
        """The section that holds a phrase; None without phrases, and where one stands in the title or summary."""
        for place in self._snapshot.places(row) if self._phrases else ():
            section = self._snapshot.stored(place)
            texts = [_Text(str(section[name]), self._cutting) for name in ("heading", "text")]
            if any(phrase.is_in(texts) for phrase in self._phrases):
                return place
        return None

    def _texts(self, row: int) -> list[_Text]:
        """Everything that stands together in an article: its title, summary, each heading and text."""
        lead = self._snapshot.lead(row)
        found = [str(lead["title"]), str(lead["summary"])]
        for section in self._snapshot.sections(row):
            found += [str(section["heading"]), str(section["text"])]
        return [_Text(text, self._cutting) for text in found if text]

    def _exclude(self, found: Sequence[Word]) -> None:
        if not found:
            return
        rows = _rows_with(self._snapshot, TEXT, found)
        only = found[0]
        if len(found) == 1 and only.script is Script.SPACED and not only.is_stop_word:
            # Its other forms are the same word: the index knows without the text.
            self.possible &= ~rows
        else:
            self._excluded.append((rows, _Phrase(found)))


def _rows_with(snapshot: Snapshot, field: str, found: Sequence[Word]) -> Array:
    """The rows that may hold all the words, as the index can tell; it has no stop words and no single signs."""
    rows: Array = snapshot.article_ids != 0
    for word in found[:_NARROWING_TERMS]:
        if word.script is not Script.SPACED:
            pairs = [term.text for term in word.terms if len(term.text) == 2]
            for pair in pairs[:_NARROWING_TERMS]:
                rows &= snapshot.weights_of(field, pair) > 0
        elif not word.is_stop_word:
            rows &= np.logical_or.reduce([snapshot.weights_of(field, term.text) > 0 for term in word.terms])
    return rows


def find_exactly(snapshot: Snapshot, query: ParsedQuery, *, least: float, only: Array | None = None) -> Ranking:
    """The articles (of the rows in the mask `only`, if given) that meet a query's conditions, best first.

    Where nothing is sought by words, all of them, the most read first. What has the phrase or the title asked for is
    right however little it scores; what only lacks a word must be an answer besides, which `least` decides.
    """
    constraints = Constraints(snapshot, query)
    possible = constraints.possible if only is None else constraints.possible & only
    if not query.text:
        found = _by_popularity(snapshot, possible)
    elif query.phrases or query.titles:
        scored = rank(snapshot, query_of(query.text, snapshot.locale), only=possible, least_share=0.0)
        found = _with_the_rest(scored, snapshot, possible)
    else:
        found = rank(snapshot, query_of(query.text, snapshot.locale), only=possible, least=least)
    if not query.is_exact:
        return found
    kept = [at for at, row in enumerate(found.rows[:LOOKED_AT].tolist()) if constraints.are_met_by(row)]
    return Ranking(found.rows[kept], found.scores[kept], lambda row: constraints.place_of(row) or found.place_of(row))


def _with_the_rest(found: Ranking, snapshot: Snapshot, possible: Array) -> Ranking:
    """A ranking, then the other rows that come into question: a phrase of stop words alone scores nothing."""
    left = possible.copy()
    left[found.rows] = False
    rest = _by_popularity(snapshot, left)
    return Ranking(np.concatenate([found.rows, rest.rows]), np.concatenate([found.scores, rest.scores]), found.place_of)


def _by_popularity(snapshot: Snapshot, possible: Array) -> Ranking:
    rows = np.flatnonzero(possible)
    rows = rows[np.lexsort((snapshot.article_ids[rows], -snapshot.weights_of(POPULARITY, "")[rows]))]
    return Ranking(rows, np.zeros(len(rows)), lambda _row: None)


class _Phrase:
    """Words that stand side by side; those of scripts without spaces also inside a run."""

    def __init__(self, found: Sequence[Word]) -> None:
        starts, ends = (word.script is Script.SPACED for word in (found[0], found[-1]))
        self._words = {word.folded for word in found}
        parts = [re.escape(word.folded) for word in found]
        # Cutting a text into words costs most; the letters alone mostly tell that it does or cannot hold the phrase.
        self._surely = re.compile(
            (r"(?<![^\W_])" if starts else "") + r"[\W_]{1,8}".join(parts) + (r"(?![^\W_])" if ends else "")
        )
        self._perhaps = re.compile(".{0,12}".join(parts[:_NEAR_PARTS]))
        self._key = (_BREAK if starts else "") + _BREAK.join(word.folded for word in found) + (_BREAK if ends else "")

    def is_in(self, texts: Iterable[_Text]) -> bool:
        return any(self._is_in(text) for text in texts)

    def _is_in(self, text: _Text) -> bool:
        if self._surely.search(text.folded):
            return True
        if not all(word in text.folded for word in self._words):
            return False
        return self._perhaps.search(text.folded) is not None and self._key in text.key


class _Cutting:
    """Cuts texts into words until that has taken long enough; then no further text is known to hold anything."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._left = _CUT_LENGTH

    def key(self, text: str) -> str:
        """The folded words of a text, with breaks around them; "" when it is too late for that."""
        if self._left <= 0:
            return ""
        self._left -= len(text)
        return _BREAK + _BREAK.join(word.folded for word in analyzers.words(text, self._locale)) + _BREAK


class _Text:
    """A text of an article, compared first as a whole and only then word by word."""

    def __init__(self, text: str, cutting: _Cutting) -> None:
        self._text, self._cutting = text[:_READ_LENGTH], cutting

    @cached_property
    def folded(self) -> str:
        return _folded(self._text)

    @cached_property
    def key(self) -> str:
        return self._cutting.key(self._text)


def _folded(text: str) -> str:
    # Word by word, because folding keeps what it has folded.
    return " ".join(fold(word) for word in normalize(text).split())


def _has_words(title: str, locale: str, wanted: Sequence[Sequence[Word]]) -> bool:
    """Whether every word stands in a title, in whatever form."""
    found = analyzers.words(title, locale)
    known = {term.text for word in found for term in word.terms}
    folded = _folded(title)
    return all(
        any(term.text in known for term in word.terms) if word.script is Script.SPACED else word.folded in folded
        for words in wanted
        for word in words
    )
