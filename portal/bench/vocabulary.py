"""Words of a language by how common they are: those of the bundled articles first, then as many as one likes.

Frequencies follow Zipf's law in two regimes (Ferrer i Cancho and Solé, "Two regimes in the frequency of words",
2001): as the inverse of the rank for the first thousands of words, with its square after them. So the vocabulary grows
with the length of the texts, as in real ones: half a million words know some 25,000 forms, many of which come once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np

from portal.knowledge_base.import_plan import plan_import
from portal.knowledge_base.rendering import render_article
from portal.localization import bundled_path
from portal.search import analyzers
from portal.search.documents import IndexedArticle, IndexedSection

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Item = TypeVar("Item")
Frequencies = np.ndarray[Any, np.dtype[np.float64]]

LARGEST_RANK: Final = 400_000
_COMMON_WORDS: Final = 3_000
# Mandelbrot's correction for the very first words.
_SHIFT: Final = 2.7
# What a made word takes over from a real one: its beginning, and from another one its end.
_BEGINNINGS: Final = range(2, 7)
_ENDINGS: Final = range(2, 6)
# Lengths of made words in scripts without spaces.
_DENSE_LENGTHS: Final = (2, 2, 2, 3, 4)
# One in so many of these words is of Han characters that the bundled articles do not have: they know some 600.
_RARE_CHARACTERS: Final = 5
_HAN: Final = range(0x4E00, 0x7000)


@lru_cache(maxsize=1)
def _cumulated_frequencies() -> Frequencies:
    ranks = np.arange(1, LARGEST_RANK + 1)
    frequencies = 1.0 / (ranks + _SHIFT)
    late = frequencies[_COMMON_WORDS] * (ranks[_COMMON_WORDS:] / ranks[_COMMON_WORDS]) ** -2.0
    return np.cumsum(np.concatenate([frequencies[:_COMMON_WORDS], late]))


@lru_cache(maxsize=1)
def bundled_articles() -> tuple[IndexedArticle, ...]:
    """The sample help centre in all its languages, as the index needs it."""
    plan = plan_import(bundled_path("kb_articles"), default_locale="en")
    found = []
    for number, article in enumerate(sorted(plan.articles, key=lambda each: each.key), start=1):
        for locale, file in sorted(article.files.items()):
            sections = render_article(file.body).sections
            found.append(
                IndexedArticle(
                    article_id=number,
                    locale=locale,
                    title=file.parsed.title,
                    keywords=file.parsed.keywords,
                    summary=file.parsed.summary,
                    topic_key=file.parsed.topic,
                    error_code=file.parsed.error_code,
                    sections=tuple(IndexedSection(each.key, each.heading, each.text) for each in sections),
                )
            )
    return tuple(found)


def random_ranks(rng: np.random.Generator, count: int, *, first: int = 0, last: int = LARGEST_RANK) -> Numbers:
    """`count` ranks of words (0 is the most common) between `first` and `last`, as often as such words are used."""
    cumulated = _cumulated_frequencies()
    low = cumulated[first - 1] if first else 0.0
    drawn = rng.uniform(low, cumulated[last - 1], count)
    return np.asarray(np.searchsorted(cumulated, drawn), dtype=np.int64)


class Vocabulary:
    """The words of one language; `joiner` stands between two of them."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        texts = [text for article in bundled_articles() if article.locale == locale for text in _texts(article)]
        whole = " ".join(texts)
        self.is_dense = analyzers.is_dense(whole)
        self.joiner = "" if self.is_dense else " "
        counted = Counter(_dense_words(whole) if self.is_dense else (word.form for word in _words(whole, locale)))
        self._real = tuple(word for word, _ in counted.most_common())
        self._characters = "".join(self._real)
        self._made: dict[int, str] = {}

    @property
    def real_count(self) -> int:
        """How many words come from the bundled articles; 0 for a language they are not written in."""
        return len(self._real)

    def word(self, rank: int) -> str:
        """The word of a rank; the same one each time."""
        if rank < len(self._real):
            return self._real[rank]
        made = self._made.get(rank)
        if made is None:
            made = self._made[rank] = self._make(rank)
        return made

    def _make(self, rank: int) -> str:
        digits = _Digits(f"{self.locale} {rank}")
        if not self.is_dense:
            beginning, ending = digits.of(self._real), digits.of(self._real)
            return beginning[: digits.of(_BEGINNINGS)] + ending[-digits.of(_ENDINGS) :]
        length = digits.of(_DENSE_LENGTHS)
        if digits.below(_RARE_CHARACTERS) == 0:
            return "".join(chr(digits.of(_HAN)) for _ in range(length))
        return "".join(digits.of(self._characters) for _ in range(length))


class _Digits:
    """Choices that follow from a text alone, far cheaper than a generator of random numbers for each word."""

    def __init__(self, text: str) -> None:
        self._left = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())

    def below(self, count: int) -> int:
        self._left, digit = divmod(self._left, count)
        return digit

    def of(self, choices: Sequence[Item]) -> Item:
        return choices[self.below(len(choices))]


def _texts(article: IndexedArticle) -> list[str]:
    sections = [text for section in article.sections for text in (section.heading, section.text)]
    return [article.title, article.summary, *sections]


def _words(text: str, locale: str) -> list[analyzers.Word]:
    return [word for word in analyzers.words(text, locale) if word.form.isalpha()]


def _dense_words(text: str) -> list[str]:
    """Pieces of two characters, and single ones where a run is odd: what such scripts are looked up by."""
    found = []
    for word in analyzers.words(text, "zh"):
        if word.script is analyzers.Script.DENSE:
            found += [word.form[at : at + 2] for at in range(0, len(word.form), 2)]
    return found
