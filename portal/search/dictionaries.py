"""What a portal's own translated articles teach about words: a small file a locale, beside the index."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

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
# What was learned from which state of the index.
_LEARNED: Final = "learned.json"


class State(NamedTuple):
    """A locale's index as it was at one moment: another digest means other articles, perhaps more or fewer."""

    digest: str
    article_count: int


def state_of(snapshot: Snapshot) -> State:
    """The state of a snapshot. Costs nothing: segments never change, so their names and what is deleted tell all."""
    parts = sorted((part.files.key, sorted(part.deleted)) for part in snapshot.segments)
    return State(blake2b(repr(parts).encode(), digest_size=16).hexdigest(), snapshot.article_count)


class Dictionaries:
    """The dictionaries in one folder, all between a locale and the `pivot`, the locale that most articles are in."""

    def __init__(self, folder: Path, pivot: str) -> None:
        self._folder = folder
        self._pivot = pivot
        self._read: dict[str, tuple[tuple[int, ...], tuple[Dictionary, Dictionary]]] = {}
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

        Locales in which nothing changed since keep what they have. Takes seconds a locale.
        """
        termbase.make_ready(sorted(snapshots))
        pivot = snapshots.get(self._pivot)
        learned, before = 0, self.learned_from()
        now = {locale: state_of(snapshot) for locale, snapshot in snapshots.items()}
        pivot_is_new = before.get(self._pivot) != now.get(self._pivot)
        for locale, snapshot in sorted(snapshots.items()):
            is_new = pivot_is_new or before.get(locale) != now[locale]
            if pivot is None or locale == self._pivot or not is_new:
                continue
            there, back = bilingual.learn(segments(snapshot, pivot))
            if there:
                dictionary_file.write(self._path(locale), there, back)
                learned += 1
            else:
                self._path(locale).unlink(missing_ok=True)
        self._note(now)
        return learned

    def learned_from(self) -> dict[str, State]:
        """Locale → the state of its index that it was learned from; empty before the first time."""
        try:
            content = json.loads((self._folder / _LEARNED).read_text("utf-8"))
            return {str(locale): State(str(digest), int(count)) for locale, (digest, count) in content.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def learned_at(self) -> datetime | None:
        """When it was last learned, or found that there is nothing to learn; None before the first time."""
        try:
            return datetime.fromtimestamp((self._folder / _LEARNED).stat().st_mtime, UTC)
        except OSError:
            return None

    def _note(self, states: Mapping[str, State]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f"{_LEARNED}.{os.getpid()}-{threading.get_ident()}"
        temporary.write_text(json.dumps(states), "utf-8")
        temporary.replace(self._folder / _LEARNED)

    def _path(self, locale: str) -> Path:
        return self._folder / f"{locale}.dictionary"

    def _tables(self, locale: str) -> tuple[Dictionary, Dictionary]:
        """From a locale to the pivot, and back."""
        path = self._path(locale)
        try:
            status = path.stat()
        except OSError:
            return EMPTY, EMPTY
        known = self._read.get(locale)
        # Another process may have written it anew.
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if known is None or known[0] != seen:
            known = (seen, dictionary_file.read(path))
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
