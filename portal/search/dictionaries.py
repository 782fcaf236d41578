"""What a portal's own translated articles teach about words: a small file a locale, beside the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from portal.search import analyzers, bilingual, dictionary_file, termbase
from portal.search.bilingual import Segment
from portal.search.dictionary_file import EMPTY, Dictionary, Through
from portal.search.question import sentences
from portal.search.snapshot import Snapshot

# So many articles, spread evenly, teach about as much as all of them.
_MOST_ARTICLES: Final = 2_000
_READ_OF_SECTION: Final = 2_000
# Sections whose sentences do not pair up are taken whole when they are short.
_SHORT_SECTION: Final = 200


class Dictionaries:
    """The dictionaries in one folder, all between a locale and the `pivot`, the locale that most articles are in."""

    def __init__(self, folder: Path, pivot: str) -> None:
        self._folder = folder
        self._pivot = pivot
        self._read: dict[str, tuple[float, tuple[Dictionary, Dictionary]]] = {}
        termbase.keep_in(folder)

    def between(self, source: str, target: str) -> Dictionary:
        """Term of one locale → terms of another with their probabilities; empty where nothing was learned."""
        if target == self._pivot:
            return self._tables(source)[0]
        if source == self._pivot:
            return self._tables(target)[1]
        return Through(self._tables(source)[0], self._tables(target)[1])

    def learn(self, snapshots: Mapping[str, Snapshot]) -> int:
        """Learn from the articles of these locales that have a translation in the pivot; returns from how many locales.

        Takes seconds a locale.
        """
        termbase.make_ready(sorted(snapshots))
        pivot = snapshots.get(self._pivot)
        learned = 0
        for locale, snapshot in sorted(snapshots.items()):
            if pivot is None or locale == self._pivot:
                continue
            there, back = bilingual.learn(segments(snapshot, pivot))
            if there:
                dictionary_file.write(self._path(locale), there, back)
                learned += 1
        return learned

    def _path(self, locale: str) -> Path:
        return self._folder / f"{locale}.dictionary"

    def _tables(self, locale: str) -> tuple[Dictionary, Dictionary]:
        """From a locale to the pivot, and back."""
        path = self._path(locale)
        try:
            changed_at = path.stat().st_mtime
        except OSError:
            return EMPTY, EMPTY
        known = self._read.get(locale)
        if known is None or known[0] != changed_at:
            known = (changed_at, dictionary_file.read(path))
            self._read[locale] = known
        return known[1]


def segments(one: Snapshot, other: Snapshot) -> Iterator[Segment]:
    """The terms of what translates each other in two locales: titles, headings, sentences of the same sections."""
    shared = np.intersect1d(one.article_ids[one.article_ids > 0], other.article_ids)
    if len(shared) > _MOST_ARTICLES:
        shared = shared[np.linspace(0, len(shared) - 1, _MOST_ARTICLES).astype(int)]
    ids = [int(article_id) for article_id in shared]
    for row, other_row in zip(one.rows_of(ids), other.rows_of(ids), strict=True):
        sections = {str(section["key"]): section for section in other.sections(int(other_row))}
        for section in one.sections(int(row)):
            translation = sections.get(str(section["key"]))
            if translation is not None:
                yield from _terms_of(_texts(section, translation), one.locale, other.locale)


def _texts(section: Mapping[str, Any], translation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place in ("title", "summary", "heading"):
        yield str(section.get(place, "")), str(translation.get(place, ""))
    text, translated = str(section["text"])[:_READ_OF_SECTION], str(translation["text"])[:_READ_OF_SECTION]
    parts, translated_parts = sentences(text), sentences(translated)
    if len(parts) == len(translated_parts):
        yield from zip(parts, translated_parts, strict=True)
    elif max(len(text), len(translated)) <= _SHORT_SECTION:
        yield text, translated


def _terms_of(texts: Iterable[tuple[str, str]], locale: str, other_locale: str) -> Iterator[Segment]:
    for text, translated in texts:
        if text and translated:
            yield (
                [term.text for term in analyzers.terms(text, locale)],
                [term.text for term in analyzers.terms(translated, other_locale)],
            )
