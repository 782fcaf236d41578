"""One locale's index as it was at one moment, for reading: articles in rows, terms looked up many at a time.

An article is a run of documents in one segment: its lead and its further sections. Its *row* numbers it within the
snapshot; scores are arrays with one number a row. Rows of deleted articles stay, are never found, and have no id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from portal.search.flat_postings import Array, FlatPostings, Spelling, keys_of
from portal.search.index_errors import IndexUnavailable, reading
from portal.search.mapped_memory import MAPPED
from portal.search.semantic import Embedder


class SegmentFiles:
    """The files of one segment: immutable, so one instance serves every snapshot that contains it.

    `read_stored` gives what is stored with a document; it is called by one thread at a time.
    """

    def __init__(self, key: str, postings: FlatPostings, read_stored: Callable[[int], Mapping[str, Any]]) -> None:
        self.key = key
        self.postings = postings
        self._read_stored = read_stored
        self._turn = threading.Lock()
        articles = postings.articles
        starts_run = np.ones(len(articles), dtype=bool)
        starts_run[1:] = articles[1:] != articles[:-1]
        # Row → its lead document; document → row.
        self.leads = np.flatnonzero(starts_run)
        self.rows = (np.cumsum(starts_run) - 1).astype(np.int32)
        self.article_ids = articles[self.leads].astype(np.int64)

    def stored(self, document: int) -> Mapping[str, Any]:
        """What was kept with a document for showing it."""
        # Whoosh's readers share a file position.
        with self._turn, reading():
            return self._read_stored(document)


class Segment:
    """One part of a locale's index, with the deletions of one moment. `base` is its first row in the snapshot."""

    def __init__(self, files: SegmentFiles, deleted: frozenset[int], base: int) -> None:
        self.files = files
        self.deleted = deleted
        self.base = base
        self.document_count = len(files.rows)
        self.row_count = len(files.leads)
        # Articles are deleted as a whole.
        self.dead_rows = np.unique(files.rows[sorted(deleted)]) if deleted else np.zeros(0, dtype=np.int32)
        self.article_ids = files.article_ids.copy()
        self.article_ids[self.dead_rows] = 0

    def gather(self, positions: Array) -> tuple[Array, Array, Array]:
        """All postings of the terms at `positions` (none -1): documents, weights (of 255), how many of each term."""
        documents, weights, counts = self.files.postings.gather(positions)
        if documents.size and int(documents.max()) >= self.document_count:
            raise IndexUnavailable("a posting names a document that does not exist")
        MAPPED.note_use()
        return documents, weights, counts


class Lookup(NamedTuple):
    """Terms found in a snapshot: in how many documents each stands, and where, by segment (-1: nowhere)."""

    frequencies: Array
    positions: tuple[Array, ...]


class Place(NamedTuple):
    """A document of a snapshot."""

    segment: int
    document: int


class Snapshot:
    """One locale's index as it was at one moment; threads may share it."""

    def __init__(self, locale: str, segments: Sequence[tuple[SegmentFiles, frozenset[int]]]) -> None:
        self.locale = locale
        self.segments: list[Segment] = []
        base = 0
        for files, deleted in segments:
            self.segments.append(Segment(files, deleted, base))
            base += len(files.leads)
        # Whether it is still the newest, and whose vectors its articles have; set by whoever opened it.
        self.is_current = True
        self.embedder: Embedder | None = None
        self.row_count = base
        # Row → article; 0 where it was deleted.
        self.article_ids = np.concatenate([np.zeros(0, dtype=np.int64), *(part.article_ids for part in self.segments)])
        self.article_count = int(np.count_nonzero(self.article_ids))
        self.document_count = sum(part.document_count - len(part.deleted) for part in self.segments)

    def look_up(self, terms: Sequence[tuple[str, str]]) -> Lookup:
        """Find terms (field, text). Frequencies count deleted documents, too."""
        keys = keys_of(terms)
        positions = tuple(part.files.postings.find(keys) for part in self.segments)
        frequencies = np.zeros(len(keys), dtype=np.int64)
        for part, found in zip(self.segments, positions, strict=True):
            frequencies += part.files.postings.counts(found)
        MAPPED.note_use()
        return Lookup(frequencies, positions)

    def frequency(self, field: str, text: str) -> int:
        """In how many documents a term stands."""
        return int(self.look_up([(field, text)]).frequencies[0])

    def weights_of(self, field: str, text: str) -> Array:
        """Row → the weight of a term in the article's lead document, from 0.0 to 1.0."""
        found = np.zeros(self.row_count, dtype=np.float32)
        for part, positions in zip(self.segments, self.look_up([(field, text)]).positions, strict=True):
            if positions[0] >= 0:
                documents, weights, _ = part.gather(positions)
                found[part.files.rows[documents] + part.base] = weights / np.float32(255)
        found[self.article_ids == 0] = 0
        return found

    @cached_property
    def _order(self) -> Array:
        return np.argsort(self.article_ids, kind="stable")

    def rows_of(self, article_ids: Iterable[int]) -> Array:
        """The rows of articles; -1 for those that are not here."""
        wanted = np.fromiter(article_ids, dtype=np.int64)
        if not self.row_count or not wanted.size:
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.searchsorted(self.article_ids, wanted, sorter=self._order)
        rows = self._order[np.minimum(at, self.row_count - 1)]
        return np.where((self.article_ids[rows] == wanted) & (wanted > 0), rows, -1)

    def lead(self, row: int) -> Mapping[str, Any]:
        """What is kept with an article: title, summary, topic, popularity and its opening text."""
        number, part = self._segment_of(row)
        return self.stored(Place(number, int(part.files.leads[row - part.base])))

    def stored(self, place: Place) -> Mapping[str, Any]:
        """What is kept with a document."""
        return self.segments[place.segment].files.stored(place.document)

    def places(self, row: int) -> list[Place]:
        """The documents of an article: its lead, then its sections."""
        number, part = self._segment_of(row)
        leads, local = part.files.leads, row - part.base
        end = int(leads[local + 1]) if local + 1 < part.row_count else part.document_count
        return [Place(number, document) for document in range(int(leads[local]), end)]

    def sections(self, row: int) -> list[Mapping[str, Any]]:
        """The opening text and then the sections of an article: key, heading, text."""
        return [self.stored(place) for place in self.places(row)]

    def near_spellings(self, folded: str, reach: int) -> list[Spelling]:
        """The words of the articles that are `folded` with at most `reach` letters wrong; the same may come twice."""
        return [found for part in self.segments for found in part.files.postings.near_spellings(folded, reach)]

    def _segment_of(self, row: int) -> tuple[int, Segment]:
        for number, part in enumerate(self.segments):
            if row < part.base + part.row_count:
                return number, part
        raise IndexError(f"no article has row {row}")
