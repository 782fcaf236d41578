"""One locale's index on disk. The only module that imports Whoosh.

Whoosh keeps the segments, the term dictionary, the postings and the commits; scoring is ours (`ranking.py`), so
postings are read in blocks and their weights are final. Segments never change once written: an opened snapshot
keeps answering while newer ones are committed, and readers never wait for the writer.
"""

from __future__ import annotations

import threading
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from whoosh import columns, formats
from whoosh import fields as whoosh_fields
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.matching import FilterMatcher
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.filelock import FileLock

from portal.search.documents import IndexChange, Upsert
from portal.search.fields import ARTICLE, TERM_FIELDS, documents
from portal.search.posting_cache import NO_POSTINGS, PostingCache, Postings

_NAME: Final = "MAIN"
_NUMBER: Final = "number"
_PAYLOAD: Final = "payload"
_SEGMENT_POSTINGS: Final = 4_000_000
_POSTINGS_PER_BLOCK: Final = 1024
_CACHED_FREQUENCIES: Final = 20_000
_SMALL_SEGMENT_DOCUMENTS: Final = 2_000
_MAXIMUM_SMALL_SEGMENTS: Final = 6


class IndexUnavailable(Exception):
    """There is no usable index: never built, of another format, or damaged."""


class IndexBusy(Exception):
    """Another process or thread is writing to the index."""


@contextmanager
def reading() -> Iterator[None]:
    """Whatever damaged files make of the code inside becomes one error.

    Raises:
        IndexUnavailable: something could not be read.
    """
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:  # Whoosh meets damaged files with every kind of error, plain Exception included
        raise IndexUnavailable(f"{type(error).__name__}: {error}") from error


class _Terms(whoosh_fields.FieldType):  # type: ignore[misc]  # Whoosh has no types
    """A field fed with finished terms and their weights."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None, scorable=False)

    def index(self, value: Mapping[str, float], **_kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for text, weight in value.items():
            yield text.encode("utf-8", "replace"), 1, weight, b""


def _schema() -> Any:
    schema = whoosh_fields.Schema(**{name: _Terms() for name in TERM_FIELDS})
    schema.add(_NUMBER, whoosh_fields.COLUMN(columns.NumericColumn("I")))
    schema.add(_PAYLOAD, whoosh_fields.STORED())
    return schema


class _SegmentFiles:
    """The files of one segment: immutable, so one instance serves every snapshot that contains it."""

    def __init__(self, folder: Path, reader: Any) -> None:
        self.reader = reader
        self.key = f"{folder}/{reader.segment().segment_id()}"
        # Whoosh readers share a file position, so threads take turns; a turn is one posting list.
        self.turn = threading.Lock()
        column = reader.column_reader(_NUMBER)
        self.articles = array("I", (column[document] for document in range(reader.doc_count_all())))
        self.terms: dict[str, list[str]] = {}
        self.frequencies: dict[tuple[str, str], int] = {}


class Segment:
    """One part of a locale's index, with the deletions of one moment."""

    def __init__(self, files: _SegmentFiles, deleted: frozenset[int], cache: PostingCache) -> None:
        self.files = files
        self.deleted = deleted
        self._cache = cache
        # Document → article; 0 for deleted documents.
        self.articles = array("I", files.articles)
        for document in deleted:
            self.articles[document] = 0
        # Article → its lead document: the first of its run.
        self.leads: dict[int, int] = {}
        for document, article in enumerate(self.articles):
            if article and article not in self.leads:
                self.leads[article] = document

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term stands, deleted ones included. Far cheaper than its postings."""
        known = self.files.frequencies.get((field, term))
        if known is None:
            with self.files.turn, reading():
                known = int(self.files.reader.doc_frequency(field, term.encode("utf-8", "replace")))
            if len(self.files.frequencies) >= _CACHED_FREQUENCIES:
                self.files.frequencies.clear()
            self.files.frequencies[field, term] = known
        return known

    def postings(self, field: str, term: str) -> Postings:
        """Where a term stands; deleted documents included, their `articles` entry is 0."""
        key = (self.files.key, field, term)
        found = self._cache.get(key)
        if found is None:
            with self.files.turn, reading():
                found = self._read(field, term)
            self._cache.put(key, found)
        return found

    def _read(self, field: str, term: str) -> Postings:
        try:
            matcher = self.files.reader.postings(field, term.encode("utf-8", "replace"))
        except TermNotFound:
            return NO_POSTINGS
        if isinstance(matcher, FilterMatcher):
            matcher = matcher.child
            matcher.reset()
        found, weights = array("I"), array("f")
        # Block by block: one posting at a time through the matcher's interface costs ten times as much.
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            found.extend(matcher._ids)
            weights.extend(matcher._weights)
            matcher._next_block()
        return Postings(found, weights)

    def stored(self, document: int) -> dict[str, Any]:
        """What was kept with a document for showing it."""
        with self.files.turn, reading():
            payload: dict[str, Any] = self.files.reader.stored_fields(document)[_PAYLOAD]
        return payload

    def terms(self, field: str) -> list[str]:
        """All terms of a field; read once for all snapshots."""
        with self.files.turn, reading():
            if field not in self.files.terms:
                lexicon = self.files.reader.lexicon(field)
                self.files.terms[field] = [bytes(term).decode("utf-8", "replace") for term in lexicon]
            return self.files.terms[field]


class Snapshot:
    """One locale's index as it was at one moment; threads may share it."""

    def __init__(self, locale: str, segments: list[Segment]) -> None:
        self.locale = locale
        self.segments = segments
        # Whether it is still the newest; set by whoever opened it.
        self.is_current = True
        self.article_count = sum(len(segment.leads) for segment in segments)
        self.document_count = sum(len(segment.articles) for segment in segments)

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term stands."""
        return sum(segment.frequency(field, term) for segment in self.segments)

    def articles_with(self, field: str, term: str) -> dict[int, float]:
        """The articles in which a term stands, with its weight there."""
        found: dict[int, float] = {}
        for segment in self.segments:
            postings = segment.postings(field, term)
            for document, weight in zip(postings.documents, postings.weights, strict=True):
                if segment.articles[document]:
                    found[segment.articles[document]] = weight
        return found

    def lead(self, article_id: int) -> dict[str, Any] | None:
        """What is kept with an article: title, summary, topic, popularity and its opening text."""
        for segment in self.segments:
            if article_id in segment.leads:
                return segment.stored(segment.leads[article_id])
        return None

    def sections(self, article_id: int) -> list[dict[str, Any]]:
        """The opening text and then the sections of an article: key, heading, text."""
        for segment in self.segments:
            document = segment.leads.get(article_id)
            if document is None:
                continue
            found = []
            while document < len(segment.articles) and segment.articles[document] == article_id:
                found.append(segment.stored(document))
                document += 1
            return found
        return []

    def terms(self, field: str) -> set[str]:
        """Every term of a field."""
        return {text for segment in self.segments for text in segment.terms(field)}


def open_snapshot(folder: Path, locale: str, cache: PostingCache, previous: Snapshot | None = None) -> Snapshot:
    """The newest committed state of a locale; segments that `previous` has opened already are shared.

    Raises:
        IndexUnavailable: it is missing or cannot be read.
    """
    known = {segment.files.key: segment for segment in previous.segments} if previous else {}
    with reading():
        storage, schema = FileStorage(str(folder), readonly=True), _schema()
        segments = []
        for stored in TOC.read(storage, _NAME, schema=schema).segments:
            deleted = frozenset(stored.deleted_docs() or ())
            old = known.get(f"{folder}/{stored.segment_id()}")
            if old is not None and old.deleted == deleted:
                segments.append(old)
            else:
                files = old.files if old else _SegmentFiles(folder, SegmentReader(storage, schema, stored))
                segments.append(Segment(files, deleted, cache))
        return Snapshot(locale, segments)


class _Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Large blocks, because we read whole posting lists; no field lengths, because our weights have them inside."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_POSTINGS_PER_BLOCK)


class _Pool:
    """Postings of the segment being written, in memory and packed: Whoosh's own pool takes ten times the room."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, tuple[array[int], array[float]]]] = defaultdict(dict)
        self.size = 0

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Take one posting; those of a term come with ascending document numbers."""
        field, text, document, weight, _value = posting
        known = self._fields[field].get(text)
        if known is None:
            known = self._fields[field][text] = (array("I"), array("f"))
        known[0].append(document)
        known[1].append(weight)
        self.size += 1

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All postings by field, term and document."""
        for field in sorted(self._fields):
            for text, (found, weights) in sorted(self._fields[field].items()):
                for document, weight in zip(found, weights, strict=True):
                    yield field, text, document, weight, b""

    def cleanup(self) -> None:
        self._fields.clear()


def build(folder: Path, articles: Iterable[Upsert]) -> None:
    """Write a locale's index anew, in as many segments as keep memory small. The folder is empty or new."""
    folder.mkdir(parents=True, exist_ok=True)
    index = FileIndex.create(FileStorage(str(folder)), _schema(), _NAME)
    writer = _writer(index)
    try:
        for article in articles:
            _add(writer, article)
            if writer.pool.size >= _SEGMENT_POSTINGS:
                writer.commit(merge=False)
                writer = _writer(index)
        writer.commit(merge=False)
    except BaseException:
        _cancel(writer)
        raise


def write(folder: Path, changes: Iterable[IndexChange]) -> None:
    """Commit changes to a locale's index, all or none. The caller holds the lock of :func:`one_writer`.

    Raises:
        IndexUnavailable: the index that should be changed cannot be read.
    """
    with reading():
        writer = _writer(FileIndex(FileStorage(str(folder)), _schema(), _NAME))
    try:
        for change in changes:
            with reading():
                _delete(writer, change.article_id)
            if isinstance(change, Upsert):
                _add(writer, change)
        with reading():
            writer.commit(mergetype=_merge_small)
    except BaseException:
        _cancel(writer)
        raise


def _writer(index: Any) -> Any:
    writer = index.writer(codec=_Codec())
    writer.pool = _Pool()
    return writer


def _cancel(writer: Any) -> None:
    if not writer.is_closed:
        writer.cancel()


def _add(writer: Any, change: Upsert) -> None:
    for document in documents(change.article):
        fields = {name: weights for name, weights in document.terms.items() if weights}
        writer.add_document(**fields, **{_NUMBER: change.article_id, _PAYLOAD: document.stored})


def _delete(writer: Any, article_id: int) -> None:
    term = str(article_id).encode()
    for base, stored in zip(writer._doc_offsets, writer.segments, strict=True):
        reader = SegmentReader(writer.storage, writer.schema, stored)
        try:
            matcher = reader.postings(ARTICLE, term)
            found = list(matcher.all_ids())
        except TermNotFound:
            found = []
        finally:
            reader.close()
        for document in found:
            writer.delete_document(base + document)


def _merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge small segments once there are several, and those that are mostly deleted; leave the rest alone."""
    small = [segment for segment in segments if segment.doc_count_all() < _SMALL_SEGMENT_DOCUMENTS]
    merged = [segment for segment in segments if segment.deleted_count() * 2 > segment.doc_count_all()]
    if len(small) >= _MAXIMUM_SMALL_SEGMENTS:
        merged += [segment for segment in small if segment not in merged]
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in merged]


@contextmanager
def one_writer(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the file lock at `path`: no other process or thread writes meanwhile.

    Raises:
        IndexBusy: somebody else holds it and `wait` is off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(path))
    if not lock.acquire(blocking=wait):
        raise IndexBusy(f"{path} is locked")
    try:
        yield
    finally:
        lock.release()
