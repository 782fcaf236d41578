"""Which fields an article has in the index, and how much a word in each place weighs (BM25F before saturation).

An article is one *lead* document (title, keywords, summary, opening text, n-grams of everything) followed by
one document for each further section, so that the place of an answer is known.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from portal.search import analyzers
from portal.search.documents import IndexedArticle, IndexedSection

# Raised whenever what is written below or by the analyzers changes: older indexes are then rebuilt.
INDEX_FORMAT: Final = 4

TITLE: Final = "title"
TEXT: Final = "text"
TITLE_GRAMS: Final = "title_grams"
GRAMS: Final = "grams"
PREFIX: Final = "prefix"
# Where one word ends and the next begins.
SEAMS: Final = "seams"
EXACT: Final = "exact"
TOPIC: Final = "topic"
POPULARITY: Final = "popularity"
# At most sixteen; their order is part of the index's format.
FIELDS: Final = (TITLE, TEXT, TITLE_GRAMS, GRAMS, PREFIX, SEAMS, EXACT, TOPIC, POPULARITY)

MAXIMUM_PREFIX_LENGTH: Final = 15
MAXIMUM_DENSE_PREFIX_LENGTH: Final = 4
_MAXIMUM_PHRASE_LENGTH: Final = 200
_INDEXED_TEXT_LIMIT: Final = 200_000
_SENTENCE_ENDS: Final = ("", ".", "!", "?", ":", "…", "¿", "¡", "“", "„", "«", "»")
_CAPITALISE_NOUNS: Final = frozenset({"de", "lb"})


class Saturation(NamedTuple):
    """BM25's k1 and b, and the field length that counts as average."""

    k1: float
    b: float
    pivot: float

    def share(self, weight: float, length: float) -> float:
        """The share of its inverse document frequency that a term scores, from 0.0 to 1.0."""
        return weight / (weight + self.k1 * (1 - self.b + self.b * length / self.pivot))


SATURATION: Final[Mapping[str, Saturation]] = {
    TITLE: Saturation(k1=1.2, b=0.5, pivot=8),
    TEXT: Saturation(k1=1.2, b=0.6, pivot=110),
    TITLE_GRAMS: Saturation(k1=1.2, b=0.5, pivot=50),
    GRAMS: Saturation(k1=1.2, b=0.6, pivot=600),
    SEAMS: Saturation(k1=1.2, b=0.6, pivot=110),
}

_TITLE_WEIGHTS = {"title": 1.0, "old_titles": 0.8, "keywords": 0.7}
# A suggestion whose title visibly goes on as typed comes before one that is right for a reason unseen.
_PREFIX_WEIGHTS = {"title": 1.0, "old_titles": 0.6, "keywords": 0.6}
_TEXT_WEIGHTS = {"title": 2.0, "keywords": 1.2, "learned_words": 1.2, "summary": 1.3, "heading": 2.0, "text": 1.0}


class IndexDocument(NamedTuple):
    """One document as the index stores it: term weights by field, and what a hit shows.

    `spellings` are its words (folded → as written) that misspelled ones can be corrected to.
    """

    terms: dict[str, dict[str, float]]
    stored: dict[str, Any]
    spellings: dict[str, str] = {}  # noqa: RUF012 - an immutable default of a tuple, never changed


class _Bag:
    """Weighted terms of one field group, with the length that normalises them."""

    def __init__(self) -> None:
        self.weights: dict[str, float] = {}
        self.length = 0.0

    def add(self, found: Iterable[str], weight: float) -> None:
        counts = Counter(found)
        for text, count in counts.items():
            self.weights[text] = self.weights.get(text, 0.0) + count * weight
        self.length += counts.total()

    def saturated(self, field: str) -> dict[str, float]:
        """Final posting weights."""
        share = SATURATION[field].share
        return {text: share(weight, self.length) for text, weight in self.weights.items()}


def documents(article: IndexedArticle) -> Iterator[IndexDocument]:
    """The lead document of an article, then one for each section below the opening text."""
    opening, sections = opening_and_sections(article)
    cut = [
        (section, _Cut.of(section.heading, article.locale), _Cut.of(section.text, article.locale))
        for section in sections
    ]
    yield _lead(article, opening, [(heading, text) for _, heading, text in cut])
    for section, heading, text in cut:
        bag = _Bag()
        bag.add(heading.terms, _TEXT_WEIGHTS["heading"])
        bag.add(text.terms, _TEXT_WEIGHTS["text"])
        yield IndexDocument(
            terms={TEXT: bag.saturated(TEXT)},
            stored={"key": section.key, "heading": section.heading, "text": section.text},
        )


def opening_and_sections(article: IndexedArticle) -> tuple[IndexedSection, tuple[IndexedSection, ...]]:
    """The text before the first heading, which belongs to the lead document, and the sections after it."""
    if article.sections and not article.sections[0].key:
        return article.sections[0], article.sections[1:]
    return IndexedSection("", "", ""), article.sections


class _Cut(NamedTuple):
    """A text cut into words and terms."""

    content: str
    words: list[analyzers.Word]
    terms: list[str]

    @staticmethod
    def of(content: str, locale: str) -> _Cut:
        content = content[:_INDEXED_TEXT_LIMIT]
        found = analyzers.words(content, locale)
        # Stop words, too: "how do I" and "how long" ask for different articles.
        whole = [term.text for word in found for term in word.terms]
        return _Cut(content, found, [*whole, *(term.text for term in analyzers.spaced_codes(found, content))])


class _Lead:
    """The terms of a lead document while its texts are taken in, the most telling first."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self.title, self.text, self.title_grams, self.grams = _Bag(), _Bag(), _Bag(), _Bag()
        self.seams = _Bag()
        self.prefixes: dict[str, float] = {}
        self.spellings: dict[str, str] = {}
        self._room = _INDEXED_TEXT_LIMIT

    def take(self, cut: _Cut, place: str, *, in_title: bool = False, in_text: bool = True) -> None:
        """Add what a text holds, if there is room; `place` weighs it."""
        if self._room <= 0:
            return
        self._room -= len(cut.content)
        grams = list(analyzers.grams(cut.words))
        if in_title:
            self.title.add(cut.terms, _TITLE_WEIGHTS[place])
            self.title_grams.add(grams, _TITLE_WEIGHTS[place])
            for prefix in (prefix for word in cut.words for prefix in _prefixes(word)):
                self.prefixes[prefix] = max(self.prefixes.get(prefix, 0.0), _PREFIX_WEIGHTS[place])
        if in_text:
            self.text.add(cut.terms, _TEXT_WEIGHTS.get(place, 1.0))
        self.grams.add(grams, _TEXT_WEIGHTS.get(place, 1.0))
        self.seams.add(seams(cut.words), _TEXT_WEIGHTS.get(place, 1.0))
        for word in cut.words:
            if _is_spellable(word):
                self.spellings[word.folded] = _written(word, cut.content, self._locale)

    def terms(self) -> dict[str, dict[str, float]]:
        """Term weights by field."""
        return {
            TITLE: self.title.saturated(TITLE),
            TEXT: self.text.saturated(TEXT),
            TITLE_GRAMS: self.title_grams.saturated(TITLE_GRAMS),
            GRAMS: self.grams.saturated(GRAMS),
            SEAMS: self.seams.saturated(SEAMS),
            PREFIX: self.prefixes,
        }


def _lead(article: IndexedArticle, opening: IndexedSection, sections: Iterable[tuple[_Cut, _Cut]]) -> IndexDocument:
    lead = _Lead(article.locale)

    def take(content: str, place: str, *, in_title: bool = False, in_text: bool = True) -> None:
        lead.take(_Cut.of(content, article.locale), place, in_title=in_title, in_text=in_text)

    take(article.title, "title", in_title=True)
    for keyword in article.keywords:
        take(keyword, "keywords", in_title=True)
    for old_title in article.old_titles:
        take(old_title, "old_titles", in_title=True, in_text=False)
    take(article.error_code, "keywords", in_title=True)
    for learned in article.learned_words:
        take(learned, "learned_words")
    take(article.summary, "summary")
    take(opening.text, "text")
    for heading, text in sections:
        lead.take(heading, "heading", in_text=False)
        lead.take(text, "text", in_text=False)
    return IndexDocument(
        terms={
            **lead.terms(),
            EXACT: _exact_phrases(article),
            TOPIC: dict.fromkeys(_topic_and_parents(article.topic_key), 1.0),
            POPULARITY: {"": article.popularity} if article.popularity > 0 else {},
        },
        spellings=lead.spellings,
        stored={
            "title": article.title,
            "summary": article.summary,
            "topic": article.topic_key,
            "key": opening.key,
            "heading": "",
            "text": opening.text,
        },
    )


def seams(found: Iterable[analyzers.Word]) -> Iterator[str]:
    """How each word ends and the next begins: words that stand side by side, whatever is wrong in their middles."""
    for left, right in pairwise(found):
        if left.script is analyzers.Script.SPACED and right.script is analyzers.Script.SPACED:
            yield f"{left.folded[-2:]}_{right.folded[:2]}"


def phrase_key(text: str, locale: str) -> str:
    """What two texts share that differ only in case, accents, punctuation and spacing; "" for no words at all."""
    return _phrase_of(analyzers.words(text[: 2 * _MAXIMUM_PHRASE_LENGTH], locale))


def _phrase_of(found: Iterable[analyzers.Word]) -> str:
    return " ".join(word.folded for word in found if word.end <= _MAXIMUM_PHRASE_LENGTH)


def code_key(code: str) -> str:
    """An error code without its separators: ERR-1042 and err 1042 are one."""
    return "".join(word.folded for word in analyzers.words(code[:_MAXIMUM_PHRASE_LENGTH], "en"))


def _exact_phrases(article: IndexedArticle) -> dict[str, float]:
    phrases: dict[str, float] = {}
    for texts, weight in ((article.keywords, 0.7), (article.old_titles, 0.9), ((article.title,), 1.0)):
        for text in texts:
            key = phrase_key(text, article.locale)
            if key:
                phrases[_short(key)] = weight
    if article.error_code:
        phrases["code:" + _short(code_key(article.error_code))] = 1.0
    return phrases


def _short(key: str) -> str:
    """Keys of long phrases as digests: index terms stay small."""
    return key if len(key) <= 60 else hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def exact_term(found: Iterable[analyzers.Word]) -> str:
    """The term of the exact field for a query that was cut into words; "" without any."""
    key = _phrase_of(found)
    return _short(key) if key else ""


def _prefixes(word: analyzers.Word) -> Iterator[str]:
    if word.script is analyzers.Script.SPACED:
        # The whole of a compound hangs on its first part: wif leads to Wi-Fi as well as fi does.
        wholes = [term.text for term in word.terms if term.end > word.end - word.start]
        for text in (word.folded, *wholes):
            yield from (text[:size] for size in range(1, min(len(text), MAXIMUM_PREFIX_LENGTH) + 1))
    else:
        # Every short stretch may be how somebody begins to look for the word.
        run, sizes = word.folded, range(1, MAXIMUM_DENSE_PREFIX_LENGTH + 1)
        yield from (run[at : at + size] for size in sizes for at in range(len(run) - size + 1))


def _is_spellable(word: analyzers.Word) -> bool:
    return word.script is analyzers.Script.SPACED and not word.is_code and 3 <= len(word.form) <= 40


def _written(word: analyzers.Word, content: str, locale: str) -> str:
    """A word as its language writes it: a capital that only begins a sentence is none, unless it may be a noun's."""
    begins_sentence = content[: word.start].rstrip()[-1:] in _SENTENCE_ENDS
    if begins_sentence and locale not in _CAPITALISE_NOUNS:
        return word.form
    return content[word.start : word.end]


def _topic_and_parents(topic_key: str) -> Iterator[str]:
    parts = topic_key.split("/") if topic_key else []
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])
