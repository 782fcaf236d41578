"""The postings of one segment as flat arrays in one file: looked up and added up without a loop in Python.

A term of a field is known by a 64-bit key. The keys are sorted; beside each stands where its postings begin. A posting
is one number: a document, and in its last byte the weight of the term there as a share of 255; the documents of a term
ascend. The file is mapped into memory,
so processes share it, and what was read goes back to the system from time to time (see `mapped_memory.py`).
"""

from __future__ import annotations

import json
import mmap
import struct
import sys
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.search.fields import FIELDS
from portal.search.mapped_memory import MAPPED
from portal.search.vectors import DocumentVectors, SegmentVectors, VectorsBuilder

Array = npt.NDArray[Any]

FULL_WEIGHT: Final = 255
_MAGIC: Final = b"AWPOST01"
_ALIGNMENT: Final = 64
_FIELD_NUMBERS: Final = {field: number for number, field in enumerate(FIELDS)}
_MOST_DOCUMENTS: Final = 1 << 24
_WEIGHT_BITS: Final = 8
# Sorted at once are the postings whose keys begin with the same four bits: sorting takes thrice the room.
_SORTED_AT_ONCE_BITS: Final = 4
# Of words that can be corrected to.
_MAXIMUM_LENGTH: Final = 255


@lru_cache(maxsize=16_000)
def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def term_key(field: str, text: str) -> int:
    """The 64-bit key of a term of one of the :data:`portal.search.fields.FIELDS`.

    With a million texts, two share one with a chance of 1 in two million.
    """
    # Keys of one text follow each other, and so do its postings: what is looked for in titles and in texts is near.
    return _hash(text) & ~0xF | _FIELD_NUMBERS[field]


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
    """Collects the postings of a segment while its documents are written, packed: 12 bytes each.

    With `dimensions` it collects vectors of so many numbers, too.
    """

    def __init__(self, dimensions: int = 0) -> None:
        self._keys, self._postings = array("Q"), array("I")
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
            self._keys.extend([term_key(field, text) for text in weights])
            shares = np.rint(np.fromiter(weights.values(), dtype=np.float64) * FULL_WEIGHT)
            packed = np.clip(shares, 1, FULL_WEIGHT).astype(np.uint32) | np.uint32(document << _WEIGHT_BITS)
            self._postings.frombytes(packed.tobytes())

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
        documents = renumbered[old.postings >> _WEIGHT_BITS]
        kept = documents >= 0
        self._keys.frombytes(keys[kept].astype(np.uint64).tobytes())
        packed = documents[kept] << _WEIGHT_BITS | old.postings[kept] & FULL_WEIGHT
        self._postings.frombytes(packed.astype(np.uint32).tobytes())
        self._articles.frombytes(old.articles[renumbered >= 0].astype(np.uint32).tobytes())
        if self._vectors is not None:
            kept_documents = renumbered >= 0
            is_lead = np.append(True, old.articles[1:] != old.articles[:-1])[:count]
            self._vectors.add_segment(old.vectors, kept_documents, kept_documents[is_lead])
        for spelling in old.spellings():
            self._written[spelling.folded][spelling.written] += spelling.frequency

    def write(self, file: BinaryIO) -> None:
        """Write the segment's file.

        Raises:
            ValueError: there are more documents than a posting has room for.
        """
        if len(self._articles) > _MOST_DOCUMENTS:
            raise ValueError(f"a segment has room for {_MOST_DOCUMENTS} documents, not for {len(self._articles)}")
        keys, starts, postings = self._sorted()
        arrays: dict[str, Array] = {
            "keys": keys,
            "starts": starts,
            "postings": postings,
            "articles": np.frombuffer(self._articles, dtype=np.uint32),
            **_vocabulary_arrays(self._written),
            **(self._vectors.arrays() if self._vectors is not None else {}),
        }
        write_arrays(file, arrays)

    def _sorted(self) -> tuple[Array, Array, Array]:
        """The different keys, ascending, where the postings of each begin (and the last ones end), and the postings."""
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        unsorted, postings = np.frombuffer(self._postings, dtype=np.uint32), np.empty(len(keys), np.uint32)
        different, begins, done = [], [], 0
        for part in range(1 << _SORTED_AT_ONCE_BITS):
            found = np.flatnonzero(_first_bits(keys) == part)
            # Stable, so that documents stay in ascending order within a key.
            found = found[np.argsort(keys[found], kind="stable")]
            postings[done : done + len(found)] = unsorted[found]
            of_part, first = np.unique(keys[found], return_index=True)
            different.append(of_part)
            begins.append(first + done)
            done += len(found)
        return np.concatenate(different), np.concatenate([*begins, [done]]).astype(np.uint32), postings


def _first_bits(keys: Array) -> Array:
    """The first bits of 64-bit keys, without a copy of the keys."""
    last_byte_first = sys.byteorder == "little"
    return keys.view(np.uint8)[7 if last_byte_first else 0 :: 8] >> (8 - _SORTED_AT_ONCE_BITS)


class FlatPostings:
    """A segment's file, opened. Threads may share it.

    Raises:
        ValueError: the file is no such file, or damaged.
    """

    def __init__(self, path: Path) -> None:
        _, arrays = read_arrays(path)
        self.keys = arrays["keys"]
        self.starts = arrays["starts"]
        self.postings = arrays["postings"]
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
        if len(self.starts) != len(self.keys) + 1 or int(self.starts[-1]) != len(self.postings):
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
        starts, ends = self.starts[positions].astype(np.int64), self.starts[positions + 1].astype(np.int64)
        # Copied stretch by stretch: a number for each posting would cost ten times as much.
        stretches = zip(starts.tolist(), ends.tolist(), strict=True)
        found = np.concatenate([self.postings[:0], *(self.postings[start:end] for start, end in stretches)])
        return found >> _WEIGHT_BITS, found & FULL_WEIGHT, ends - starts

    def spellings(self) -> Iterator[Spelling]:
        """All words of the vocabulary."""
        return self._spellings(np.arange(len(self._letters)))

    def near_spellings(self, folded: str, reach: int) -> list[Spelling]:
        """The words that are `folded` with at most `reach` letters wrong, missing, too many or swapped."""
        numbers = self._perhaps_near(folded, reach)
        lines = dict(zip(self._folded(numbers), numbers.tolist(), strict=False))
        matches = process.extract(folded, list(lines), scorer=OSA.distance, score_cutoff=reach, limit=None)
        return list(self._spellings(np.array([lines[word] for word, _, _ in matches], dtype=np.int64)))

    def _perhaps_near(self, folded: str, reach: int) -> Array:
        """The numbers of words that may be as near, by their lengths, letters and pairs of letters alone."""
        shortest, longest = max(0, len(folded) - reach), min(_MAXIMUM_LENGTH, len(folded) + reach)
        near = np.flatnonzero((self._lengths >= shortest) & (self._lengths <= longest))
        letters = np.bitwise_count(self._letters[near] ^ np.uint64(letters_of(folded)))
        near, letters = near[letters <= 2 * reach], letters[letters <= 2 * reach].astype(np.int64)
        pairs = np.bitwise_count(self._pairs[near] ^ np.uint64(pairs_of(folded)))
        # A letter missing or too many changes one letter and three pairs, a wrong one two and four, and two that are
        # swapped no letters but six pairs.
        moved = np.abs(self._lengths[near].astype(np.int64) - len(folded))
        replaced = np.maximum(letters - moved + 1, 0) // 2
        rest = reach - moved - replaced
        found: Array = near[(rest >= 0) & (pairs <= 3 * moved + 4 * replaced + 6 * rest)]
        return found

    def _folded(self, numbers: Array) -> list[str]:
        return [line.partition("\t")[0] for line in self._lines(numbers)]

    def _spellings(self, numbers: Array) -> Iterator[Spelling]:
        for line, count in zip(self._lines(numbers), self._word_counts[numbers].tolist(), strict=False):
            folded, _, written = line.partition("\t")
            yield Spelling(folded, written, count)

    def _lines(self, numbers: Array) -> list[str]:
        starts = self._word_starts[numbers].astype(np.int64)
        lengths = self._word_starts[numbers + 1] - starts
        places = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        # Decoded at once: there are hundreds. Behind the last one is an empty one.
        lines: bytes = self._words[places].tobytes()
        return lines.decode("utf-8", "replace").split("\n")


def _vocabulary_arrays(written: Mapping[str, Counter[str]]) -> dict[str, Array]:
    words = sorted(folded for folded in written if len(folded) <= _MAXIMUM_LENGTH)
    lines = [f"{folded}\t{_usual(written[folded])}\n".encode("utf-8", "replace") for folded in words]
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
        file.write(np.ascontiguousarray(values).data)
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
