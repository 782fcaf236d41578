"""How near the meaning of queries is to that of articles: cosines of vectors, from 0.0 for strangers to 1.0.

All articles are compared as a whole, which costs little; only of those that may be found, the passages, too.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from portal.search.flat_postings import Array
from portal.search.mapped_memory import MAPPED
from portal.search.snapshot import Segment, Snapshot

# Cosines of an article and a question about something else stay under it in two of three cases, and of random
# letters in nine of ten; right answers have 0.3 to 0.8.
_STRANGERS: Final = 0.2
_SHORTLIST: Final = 128


def nearness(snapshot: Snapshot, vectors: Array, scores: Array, weight: float) -> Array:
    """(query, row) → how near an article's best passage is, from 0.0 to 1.0; 0.0 everywhere without vectors.

    `vectors` are (query, dimension), of length 1.0. `scores` (query, row), by words, decide with the nearness of the
    whole article, times `weight`, whose passages are looked at.
    """
    found = np.zeros(scores.shape, dtype=np.float32)
    for segment in snapshot.segments:
        own = segment.files.postings.vectors
        if own is not None and own.dimensions == vectors.shape[1]:
            found[:, segment.base : segment.base + segment.row_count] = _above_strangers(own.of_articles(vectors))
    promising = scores + weight * found
    for number, vector in enumerate(vectors):
        rows = np.argpartition(promising[number], -_SHORTLIST)[-_SHORTLIST:] if scores.shape[1] > _SHORTLIST else None
        for segment in snapshot.segments:
            _look_closer(segment, vector, found[number], np.arange(scores.shape[1]) if rows is None else rows)
    for segment in snapshot.segments:
        found[:, segment.dead_rows + segment.base] = 0.0
    return found


def _look_closer(segment: Segment, vector: Array, found: Array, rows: Array) -> None:
    """Set `found` for those of the rows that are in the segment to what their best passage is worth."""
    own, leads = segment.files.postings.vectors, segment.files.leads
    local = rows[(rows >= segment.base) & (rows < segment.base + segment.row_count)] - segment.base
    if own is None or own.dimensions != len(vector) or not local.size:
        return
    # The passages of an article's documents follow each other, up to those of the next article.
    ends = np.append(leads[1:], segment.document_count)[local]
    best = own.of_passages(vector, own.starts[leads[local]], own.starts[ends])
    MAPPED.note_use()
    found[local + segment.base] = _above_strangers(best)


def _above_strangers(cosines: Array) -> Array:
    above: Array = np.clip((cosines - _STRANGERS) / (1 - _STRANGERS), 0.0, 1.0)
    return above
