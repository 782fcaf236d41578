"""The postings of one segment as flat arrays in one file: looked up and added up without a loop in Python.

A term of a field is known by a 64-bit key. The keys are sorted; beside each stands where its postings begin: the
documents in ascending order, and the weight of the term in each as a share of 255. The file is mapped into memory,
so processes share it, and what was read goes back to the system from time to time (see `mapped_memory.py`).
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from portal.search.mapped_memory import MAPPED
from portal.search.vectors import DocumentVectors, SegmentVectors, VectorsBuilder

Array = npt.NDArray[Any]

FULL_WEIGHT: Final = 255
_MAGIC: Final = b"AWPOST01"
_ALIGNMENT: Final = 64
_SMALL_DOCUMENTS: Final = 1 << 16
# Of words that can be corrected to.
_MAXIMUM_LENGTH: Final = 255


@lru_cache(maxsize=12_000)
def term_key(field: str, text: str) -> int:
    """The 64-bit key of a term. With a million terms, two share one with a chance of 1 in 37 million."""
    digest = blake2b(f"{field}\0{text}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def letters_of(folded: str) -> int:
    """Which letters a word has, as bits. One wrong letter changes at most two of them."""
    bits = 0
    for char in folded:
        bits |= 1 << (ord(char) & 63)
    return bits


def pairs_of(folded: str) -> int:
    """Which pairs of letters a word has, as bits. One wrong letter changes four at most, two swapped ones six."""
    bits = 0
    for first, second in pairwise(f"_{folded}_"):
        bits |= 1 << ((31 * ord(first) + ord(second)) & 63)
    return bits


class Spelling(NamedTuple):
    """A word of the vocabulary: how it is compared, how it is mostly written, in how many documents it stands."""

    folded: str
    written: str
    frequency: int


class PostingsBuilder:
    """Collects the postings of a segment while its documents are written, packed: about 11 bytes each.

    With `dimensions` it collects vectors of so many numbers, too.
    """

    def __init__(self, dimensions: int = 0) -> None:
        self._keys, self._documents, self._weights = array("Q"), array("I"), array("B")
        self._articles = array("I")
        self._written: dict[str, Counter[str]] = defaultdict(Counter)
        self._vectors = VectorsBuilder(dimensions) if dimensions else None

    @property
    def size(self) -> int:
        """How many postings there are."""
        return len(self._keys)

    def add_document(self, article_id: int, terms: Mapping[str, Mapping[str, float]]) -> None:
        """Take the next document: the weights (0.0 to 1.0) of its terms by field."""
        document = len(self._articles)
        self._articles.append(article_id)
        for field, weights in terms.items():
            self._keys.extend(map(partial(term_key, field), weights))
            self._documents.extend([document] * len(weights))
            shares = np.rint(np.fromiter(weights.values(), dtype=np.float64) * FULL_WEIGHT)
            self._weights.frombytes(np.clip(shares, 1, FULL_WEIGHT).astype(np.uint8).tobytes())

    def add_vectors(self, vectors: DocumentVectors) -> None:
        """Take what the last document means."""
        if self._vectors is not None:
            self._vectors.add_document(vectors)

    def add_spellings(self, spellings: Mapping[str, str]) -> None:
        """Note how words (folded → written) are spelled in the last document."""
        for folded, written in spellings.items():
            self._written[folded][written] += 1

    def add_segment(self, old: FlatPostings, document_map: Mapping[int, int] | None) -> None:
        """Take over what another segment holds; of its documents only those in `document_map` (None: all)."""
        base, count = len(self._articles), len(old.articles)
        renumbered = np.full(count, -1, dtype=np.int64)
        if document_map is None:
            renumbered[:] = np.arange(base, base + count)
        else:
            renumbered[list(document_map)] = list(document_map.values())
        keys = np.repeat(old.keys, np.diff(old.starts))
        documents = renumbered[old.documents]
        kept = documents >= 0
        self._keys.frombytes(keys[kept].astype(np.uint64).tobytes())
        self._documents.frombytes(documents[kept].astype(np.uint32).tobytes())
        self._weights.frombytes(old.weights[kept].tobytes())
        self._articles.frombytes(old.articles[renumbered >= 0].astype(np.uint32).tobytes())
        if self._vectors is not None:
            kept_documents = renumbered >= 0
            is_lead = np.append(True, old.articles[1:] != old.articles[:-1])[:count]
            self._vectors.add_segment(old.vectors, kept_documents, kept_documents[is_lead])
        for spelling in old.spellings():
            self._written[spelling.folded][spelling.written] += spelling.frequency

    def write(self, file: BinaryIO) -> None:
        """Write the segment's file."""
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        # Stable, so that documents stay in ascending order within a key.
        order = np.argsort(keys, kind="stable")
        different, first = np.unique(keys[order], return_index=True)
        is_small = len(self._articles) <= _SMALL_DOCUMENTS
        arrays: dict[str, Array] = {
            "keys": different,
            "starts": np.append(first, len(keys)).astype(np.uint32),
            "documents": np.frombuffer(self._documents, dtype=np.uint32)[order].astype(
                np.uint16 if is_small else np.uint32
            ),
            "weights": np.frombuffer(self._weights, dtype=np.uint8)[order],
            "articles": np.frombuffer(self._articles, dtype=np.uint32),
            **_vocabulary_arrays(self._written),
            **(self._vectors.arrays() if self._vectors is not None else {}),
        }
        write_arrays(file, arrays)


class FlatPostings:
    """A segment's file, opened. Threads may share it.

    Raises:
        ValueError: the file is no such file, or damaged.
    """

    def __init__(self, path: Path) -> None:
        _, arrays = read_arrays(path)
        self.keys = arrays["keys"]
        self.starts = arrays["starts"]
        self.documents = arrays["documents"]
        self.weights = arrays["weights"]
        # Document → article.
        self.articles = arrays["articles"]
        self._letters, self._pairs, self._lengths = arrays["letters"], arrays["pairs"], arrays["lengths"]
        self._word_starts, self._word_counts, self._words = (
            arrays["word_starts"],
            arrays["word_counts"],
            arrays["words"],
        )
        # None in an index written without.
        self.vectors = SegmentVectors.of(arrays, len(self.articles))
        if len(self.starts) != len(self.keys) + 1 or int(self.starts[-1]) != len(self.documents):
            raise ValueError("the arrays of the postings do not fit each other")

    def find(self, keys: Array) -> Array:
        """The positions of term keys; -1 for those that no document has."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        return np.where(self.keys[at] == keys, at, -1)

    def counts(self, positions: Array) -> Array:
        """In how many documents the terms at `positions` stand; 0 at -1."""
        counts = self.starts[positions + 1].astype(np.int64) - self.starts[positions]
        return np.where(positions >= 0, counts, 0)

    def gather(self, positions: Array) -> tuple[Array, Array, Array]:
        """All postings of the terms at `positions` (none -1): documents, weights (of 255), how many of each term."""
        starts = self.starts[positions].astype(np.int64)
        counts = self.starts[positions + 1] - starts
        ends = np.cumsum(counts)
        # For each posting where it stands: its number among all, moved by where its term's begin.
        places = np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(starts - (ends - counts), counts)
        return self.documents[places], self.weights[places], counts

    def spellings(self) -> Iterator[Spelling]:
        """All words of the vocabulary."""
        return self._spellings(np.arange(len(self._letters)))

    def similar_spellings(self, folded: str, reach: int) -> list[Spelling]:
        """The words that may be `folded` with at most `reach` letters wrong, and some that are not."""
        if len(folded) > _MAXIMUM_LENGTH:
            return []
        shorter, longer = max(0, len(folded) - reach), min(_MAXIMUM_LENGTH, len(folded) + reach)
        near = np.flatnonzero((self._lengths >= shorter) & (self._lengths <= longer))
        letters = np.bitwise_count(self._letters[near] ^ np.uint64(letters_of(folded)))
        pairs = np.bitwise_count(self._pairs[near] ^ np.uint64(pairs_of(folded)))
        # A swap leaves the letters as they are, and may change six pairs; any other slip may change two and four.
        swaps = reach - (letters.astype(np.int64) + 1) // 2
        return list(self._spellings(near[(swaps >= 0) & (pairs <= 4 * reach + 2 * swaps)]))

    def _spellings(self, numbers: Array) -> Iterator[Spelling]:
        words = memoryview(self._words.data)
        starts, ends = self._word_starts[numbers].tolist(), self._word_starts[numbers + 1].tolist()
        for start, end, count in zip(starts, ends, self._word_counts[numbers].tolist(), strict=True):
            folded, _, written = str(words[start:end], "utf-8", "replace").partition("\t")
            yield Spelling(folded, written, count)


def _vocabulary_arrays(written: Mapping[str, Counter[str]]) -> dict[str, Array]:
    words = sorted(folded for folded in written if len(folded) <= _MAXIMUM_LENGTH)
    lines = [f"{folded}\t{_usual(written[folded])}".encode("utf-8", "replace") for folded in words]
    return {
        "letters": np.array([letters_of(folded) for folded in words], dtype=np.uint64),
        "pairs": np.array([pairs_of(folded) for folded in words], dtype=np.uint64),
        "lengths": np.array([len(folded) for folded in words], dtype=np.uint8),
        "word_starts": np.cumsum([0, *map(len, lines)]).astype(np.uint32),
        "word_counts": np.array([written[folded].total() for folded in words], dtype=np.uint32),
        "words": np.frombuffer(b"".join(lines), dtype=np.uint8),
    }


def _usual(written: Counter[str]) -> str:
    """The way a word is written most; of equally many the one in small letters."""
    return max(written, key=lambda form: (written[form], form))


def write_arrays(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Write named arrays one behind the other, after a directory that says where they are."""
    directory, at = {}, 0
    for name, values in arrays.items():
        directory[name] = (values.dtype.str, at, len(values))
        at += -(-values.nbytes // _ALIGNMENT) * _ALIGNMENT
    head = json.dumps(directory).encode()
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % _ALIGNMENT)
    file.write(_MAGIC + struct.pack("<II", len(head), zlib.crc32(head)) + head)
    for values in arrays.values():
        file.write(values.tobytes())
        file.write(b"\0" * (-values.nbytes % _ALIGNMENT))


def read_arrays(path: Path) -> tuple[mmap.mmap, dict[str, Array]]:
    """The arrays that :func:`write_arrays` wrote, mapped into memory.

    Raises:
        ValueError: the file is none of those, or has lost its end.
    """
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapped.madvise(mmap.MADV_RANDOM)
    MAPPED.add(mapped)
    start = len(_MAGIC) + 8
    size, checksum = struct.unpack("<II", mapped[len(_MAGIC) : start])
    head = mapped[start : start + size]
    if mapped[: len(_MAGIC)] != _MAGIC or zlib.crc32(head) != checksum:
        raise ValueError(f"{path.name} is not a file of postings")
    arrays = {
        name: np.frombuffer(mapped, dtype=np.dtype(kind), count=count, offset=start + size + at)
        for name, (kind, at, count) in json.loads(head).items()
    }
    return mapped, arrays


def keys_of(terms: Iterable[tuple[str, str]]) -> Array:
    """The keys of terms (field, text)."""
    return np.array([term_key(field, text) for field, text in terms], dtype=np.uint64)
