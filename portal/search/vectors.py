"""Vectors of meaning beside a segment's postings: one for each article, one for each of its passages, a byte a number.

Vectors have length one, so that a dot product is the cosine of the angle between two meanings. Packed, each is
multiplied to fill the range of a byte; its scale makes it one of length one again.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LARGEST: Final = 127
# So many packed vectors are unpacked at a time, into the same megabyte: it stays in the processor's cache.
_BLOCK: Final = 1_024
_NAMES: Final = ("dimensions", "wholes", "whole_scales", "passages", "passage_scales", "passage_starts")


class DocumentVectors(NamedTuple):
    """The vectors (passage, dimension) of a document's passages; with the lead document that of the whole article."""

    passages: Array
    whole: Array | None = None


class VectorsBuilder:
    """Collects the vectors of a segment while its documents are written."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._wholes, self._passages, self._counts = array("b"), array("b"), array("I")

    def add_document(self, vectors: DocumentVectors) -> None:
        """Take the next document's."""
        if vectors.whole is not None:
            self._wholes.frombytes(_packed(vectors.whole[None, :]).tobytes())
        self._passages.frombytes(_packed(vectors.passages).tobytes())
        self._counts.append(len(vectors.passages))

    def add_segment(self, old: SegmentVectors | None, documents: Array, rows: Array) -> None:
        """Take over those of another segment's `documents` and `rows`: masks of what is kept.

        Where it has no such vectors, what is kept is close to nothing.
        """
        if old is None or old.dimensions != self.dimensions:
            self._wholes.frombytes(bytes(int(rows.sum()) * self.dimensions))
            self._counts.extend([0] * int(documents.sum()))
            return
        counts = np.diff(old.starts)
        self._wholes.frombytes(old.wholes[rows].tobytes())
        self._passages.frombytes(old.passages[np.repeat(documents, counts)].tobytes())
        self._counts.frombytes(counts[documents].astype(np.uint32).tobytes())

    def arrays(self) -> dict[str, Array]:
        """What is written into the segment's file."""
        wholes = np.frombuffer(self._wholes, dtype=np.int8)
        passages = np.frombuffer(self._passages, dtype=np.int8)
        return {
            "dimensions": np.array([self.dimensions], dtype=np.uint16),
            "wholes": wholes,
            "whole_scales": _scales(wholes.reshape(-1, self.dimensions)),
            "passages": passages,
            "passage_scales": _scales(passages.reshape(-1, self.dimensions)),
            "passage_starts": np.cumsum([0, *self._counts]).astype(np.uint32),
        }


class SegmentVectors:
    """The vectors of one segment's file.

    Raises:
        ValueError: they do not fit each other.
    """

    def __init__(self, arrays: Mapping[str, Array], document_count: int) -> None:
        self.dimensions = int(arrays["dimensions"][0])
        self.wholes = arrays["wholes"].reshape(-1, self.dimensions)
        self.whole_scales = arrays["whole_scales"]
        self.passages = arrays["passages"].reshape(-1, self.dimensions)
        self.passage_scales = arrays["passage_scales"]
        # Document → where its passages begin.
        self.starts = arrays["passage_starts"]
        if len(self.starts) != document_count + 1 or int(self.starts[-1]) != len(self.passages):
            raise ValueError("the vectors do not fit the documents")

    @staticmethod
    def of(arrays: Mapping[str, Array], document_count: int) -> SegmentVectors | None:
        """Those among a file's arrays; None where it was written without."""
        return SegmentVectors(arrays, document_count) if all(name in arrays for name in _NAMES) else None

    def of_articles(self, vectors: Array) -> Array:
        """(query, row) → the cosine with the article as a whole; `vectors` are (query, dimension)."""
        found = np.empty((len(vectors), len(self.wholes)), dtype=np.float32)
        unpacked = np.empty((min(_BLOCK, len(self.wholes)), self.dimensions), dtype=np.float32)
        for start in range(0, len(self.wholes), _BLOCK):
            packed = self.wholes[start : start + _BLOCK]
            block = unpacked[: len(packed)]
            np.copyto(block, packed)
            found[:, start : start + len(block)] = (block @ vectors.T).T
        found *= self.whole_scales
        return found

    def of_passages(self, vector: Array, begins: Array, ends: Array) -> Array:
        """The best cosine among the passages from each of `begins` to the `ends` beside it; -1.0 where are none."""
        counts = ends.astype(np.int64) - begins
        best = np.full(len(counts), -1.0, dtype=np.float32)
        some = np.flatnonzero(counts)
        if not some.size:
            return best
        firsts = np.cumsum(counts[some]) - counts[some]
        places = np.arange(int(counts.sum())) + np.repeat(begins[some] - firsts, counts[some])
        cosines = (self.passages[places].astype(np.float32) @ vector) * self.passage_scales[places]
        best[some] = np.maximum.reduceat(cosines, firsts)
        return best


def _packed(vectors: Array) -> Array:
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    return np.rint(vectors * (_LARGEST / np.where(largest > 0, largest, 1.0))).astype(np.int8)


def _scales(packed: Array) -> Array:
    lengths = np.sqrt(np.einsum("ij,ij->i", packed, packed, dtype=np.float32))
    scales: Array = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return scales
