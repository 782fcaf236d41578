"""One locale's index on disk. The only module that imports Whoosh.

Whoosh keeps the segments, the commits, the deletions and what is stored with a document; scoring is ours
(`scoring.py`), so postings are written by a codec of our own as flat arrays with final weights (`flat_postings.py`).
Segments never change once written: an opened snapshot keeps answering while newer ones are committed, and readers
never wait for the writer.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import fields as whoosh_fields
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.util.filelock import FileLock
from whoosh.writing import SegmentWriter

from portal.search.documents import IndexChange, Upsert
from portal.search.fields import documents
from portal.search.flat_postings import FlatPostings, PostingsBuilder
from portal.search.index_errors import IndexBusy, reading
from portal.search.semantic import Embedder, article_vectors
from portal.search.snapshot import SegmentFiles, Snapshot

GiveWay = Callable[[], None]

_NAME: Final = "MAIN"
_PAYLOAD: Final = "payload"
_POSTINGS_EXTENSION: Final = ".postings"
# Some ten thousand articles; writing them takes 16 bytes a posting.
_SEGMENT_POSTINGS: Final = 24_000_000
# Larger segments stay as they are until they are mostly deleted.
_LARGE_SEGMENT_DOCUMENTS: Final = 20_000
# Segments up to so many times as large as what is being written are merged into it: so each is more than so many times
# as large as the next smaller one, and few are searched.
_MERGED_SIZE_RATIO: Final = 4


def open_snapshot(folder: Path, locale: str, previous: Snapshot | None = None) -> Snapshot:
    """The newest committed state of a locale; segments that `previous` has opened already are shared.

    Raises:
        IndexUnavailable: it is missing or cannot be read.
    """
    known = {segment.files.key: segment.files for segment in previous.segments} if previous else {}
    with reading():
        storage, schema = FileStorage(str(folder), readonly=True), _schema()
        parts = []
        for stored in TOC.read(storage, _NAME, schema=schema).segments:
            key = f"{folder}/{stored.segment_id()}"
            files = known.get(key) or _open(key, SegmentReader(storage, schema, stored))
            parts.append((files, frozenset(stored.deleted_docs() or ())))
        return Snapshot(locale, parts)


def _open(key: str, reader: Any) -> SegmentFiles:
    def read_stored(document: int) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = reader.stored_fields(document)[_PAYLOAD]
        return payload

    files = SegmentFiles(key, _postings_of(reader), read_stored)
    # Opens the file: a later commit may remove it while the snapshot is in use.
    if len(files.rows):
        files.stored(0)
    # Snapshots share it; the last that goes closes it.
    weakref.finalize(files, reader.close)
    return files


def _postings_of(reader: Any) -> FlatPostings:
    postings: FlatPostings = reader._terms.postings
    return postings


def build(folder: Path, articles: Iterable[Upsert], give_way: GiveWay, embedder: Embedder | None = None) -> None:
    """Write a locale's index anew, in as many segments as keep memory small. The folder is empty or new.

    `give_way` is called after each small piece of work, and vectors are those of `embedder`, here and in :func:`write`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = FileIndex.create(FileStorage(str(folder)), _schema(), _NAME)
    writer = _Writer(index, give_way, embedder)
    try:
        for article in articles:
            writer.add_article(article)
            if writer.pool.size >= _SEGMENT_POSTINGS:
                writer.commit(merge=False)
                writer = _Writer(index, give_way, embedder)
        writer.commit(merge=False)
    except BaseException:
        _cancel(writer)
        raise


def write(folder: Path, changes: Iterable[IndexChange], give_way: GiveWay, embedder: Embedder | None = None) -> None:
    """Commit changes to a locale's index, all or none. The caller holds the lock of :func:`one_writer`.

    Raises:
        IndexUnavailable: the index that should be changed cannot be read.
    """
    with reading():
        writer = _Writer(FileIndex(FileStorage(str(folder)), _schema(), _NAME), give_way, embedder)
    try:
        changed = list(changes)
        with reading():
            writer.delete_articles({change.article_id for change in changed})
        for change in changed:
            if isinstance(change, Upsert):
                writer.add_article(change)
        with reading():
            writer.commit(mergetype=_merge_small)
    except BaseException:
        _cancel(writer)
        raise


def _cancel(writer: Any) -> None:
    if not writer.is_closed:
        writer.cancel()


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


def _schema() -> Any:
    return whoosh_fields.Schema(**{_PAYLOAD: whoosh_fields.STORED()})


class _Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own codec with postings written and read as :class:`FlatPostings`."""

    # The weights have the lengths of fields inside.
    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _PostingsWriter:
        return _PostingsWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> _PostingsReader:
        return _PostingsReader(Path(storage.folder) / segment.make_filename(_POSTINGS_EXTENSION))


class _PostingsWriter(base.FieldWriter):  # type: ignore[misc]
    """Writes what a :class:`PostingsBuilder` has collected."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._name = storage, segment.make_filename(_POSTINGS_EXTENSION)
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: PostingsBuilder) -> None:
        with self._storage.create_file(self._name, mode="wb") as file:
            items.write(file)

    def close(self) -> None:
        self.is_closed = True


class _PostingsReader(base.TermsReader):  # type: ignore[misc]
    """Gives a segment's postings to who knows them; Whoosh itself asks nothing of it."""

    def __init__(self, path: Path) -> None:
        self.postings = FlatPostings(path)

    def indexed_field_names(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """The file stays mapped as long as anybody reads in it."""


class _Pool(PostingsBuilder):
    """The postings of the segment being written, as Whoosh's writer asks for them."""

    def add(self, posting: Any) -> None:
        """Whoosh's writer wants it, but none of its fields has postings."""
        raise TypeError(f"no field has postings of this kind: {posting}")

    def iter_postings(self) -> PostingsBuilder:
        return self

    def cleanup(self) -> None:
        """Nothing is left on disk."""


class _PoliteReader(SegmentReader):  # type: ignore[misc]
    """Gives way while its documents are copied one by one."""

    give_way: GiveWay

    def iter_docs(self) -> Iterator[Any]:
        for document in super().iter_docs():
            self.give_way()
            yield document


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Writes a new segment, and deletes in older ones."""

    def __init__(self, index: Any, give_way: GiveWay, embedder: Embedder | None) -> None:
        super().__init__(index, codec=_Codec(), compound=False)
        self.pool = _Pool(embedder.dimensions if embedder else 0)
        self._give_way = give_way
        self._embedder = embedder
        self.added = 0

    def add_article(self, change: Upsert) -> None:
        """Add the documents of an article."""
        vectors = article_vectors(change.article, self._embedder) if self._embedder else []
        for number, document in enumerate(documents(change.article)):
            self.pool.add_document(change.article_id, document.terms)
            self.pool.add_spellings(document.spellings)
            if vectors:
                self.pool.add_vectors(vectors[number])
            self.add_document(**{_PAYLOAD: document.stored})
            self.added += 1
            self._give_way()

    def delete_articles(self, article_ids: set[int]) -> None:
        """Delete all documents of articles in the segments there are."""
        wanted = np.array(sorted(article_ids), dtype=np.int64)
        for base_document, stored in zip(self._doc_offsets, self.segments, strict=True):
            reader = SegmentReader(self.storage, self.schema, stored)
            for document in np.flatnonzero(np.isin(_postings_of(reader).articles, wanted)):
                self.delete_document(base_document + int(document))
            reader.close()

    def merge_segment(self, stored: Any) -> None:
        """Take over an older segment."""
        reader = _PoliteReader(self.storage, self.schema, stored)
        reader.give_way = self._give_way
        self.add_reader(reader)
        reader.close()

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: Mapping[int, int] | None) -> None:
        """Take over the postings of a segment that is merged; its documents have been copied."""
        self.pool.add_segment(_postings_of(reader), docmap)


def _merge_small(writer: _Writer, segments: list[Any]) -> list[Any]:
    """Merge what is mostly deleted, and segments not much larger than what is written; leave the rest alone."""
    merged = [segment for segment in segments if segment.deleted_count() * 2 > segment.doc_count_all()]
    size = writer.added + sum(segment.doc_count() for segment in merged)
    for segment in sorted(segments, key=lambda segment: segment.doc_count_all()):
        documents = segment.doc_count_all()
        if segment not in merged and documents < min(_LARGE_SEGMENT_DOCUMENTS, _MERGED_SIZE_RATIO * size + 1):
            merged.append(segment)
            size += documents
    for segment in merged:
        writer.merge_segment(segment)
    return [segment for segment in segments if segment not in merged]
