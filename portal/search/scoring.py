"""How well the rows of a snapshot match sets of terms: BM25F as a flat OR, divided by the best that is reachable.

Everything is done for many parts at once (the fields of a query, the sentences of a message): a part is a set of
terms with their shares of its best score, and scores are arrays of one number from 0.0 to 1.0 for each part and row.
A posting's weight is a term's saturated share already, so a score is a sum over terms of share × weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from portal.search.flat_postings import FULL_WEIGHT, Array
from portal.search.snapshot import Place, Segment, Snapshot

_ALWAYS_TERMS: Final = 3
# An article scores by its best section and, less, by what its sections have together.
_BEST_SECTION_SHARE: Final = 0.6


class Effort(NamedTuple):
    """How much is looked up for one part of a query: the rarest terms say most, the rest of a long text is left out.

    `postings` bounds the work in large indexes.
    """

    terms: int
    postings: int


class Worth(NamedTuple):
    """How much a term adds: its inverse document frequency to the power of `idf_power`, and of a function word a share.

    Below 1 the power takes some of the lead from rare words: in small collections rarity is half chance.
    """

    idf_power: float = 1.0
    function_words: float = 0.0


_PLAIN_WORTH: Final = Worth()


@dataclass(frozen=True, slots=True)
class Part:
    """Terms (field, text) that are scored together, among `document_count` documents.

    `related` are other texts for a term's, with how much less they say.
    """

    terms: Sequence[tuple[str, str]]
    effort: Effort
    document_count: int
    related: Mapping[str, Sequence[tuple[str, float]]]
    worth: Worth = _PLAIN_WORTH
    function_words: frozenset[str] = frozenset()


class Chosen(NamedTuple):
    """The terms of a part that are looked up: where they stand in each segment, and their shares of the best score.

    `needs` numbers the things asked for: a term and its related ones have the same number, and the best of them counts.
    `is_single`: no term has related ones.
    """

    positions: tuple[Array, ...]
    shares: Array
    needs: Array
    is_single: bool


def choose(snapshot: Snapshot, parts: Sequence[Part]) -> list[Chosen]:
    """For each part the terms that say most, with their shares."""
    asked = [_asked(part) for part in parts]
    found = snapshot.look_up(
        [term for terms, _, others in asked for term in (*terms, *(term for _, term, _ in others))]
    )
    chosen, start = [], 0
    for part, (terms, repeats, others) in zip(parts, asked, strict=True):
        end = start + len(terms) + len(others)
        shares = _shares(part, terms, repeats, others, found.frequencies[start:end])
        used = np.flatnonzero((shares > 0) & (found.frequencies[start:end] > 0))
        needs = np.array([*range(len(terms)), *(number for number, _, _ in others)], dtype=np.int64)[used]
        places = tuple(positions[start:end][used] for positions in found.positions)
        chosen.append(Chosen(places, shares[used], needs, is_single=not others))
        start = end
    return chosen


def _asked(part: Part) -> tuple[list[tuple[str, str]], list[int], list[tuple[int, tuple[str, str], float]]]:
    """The different terms of a part, how often each is repeated, and other words: (for which term, term, share)."""
    repeats = Counter(part.terms)
    others = [
        (number, (field, other), share)
        for number, (field, text) in enumerate(repeats)
        for other, share in part.related.get(text, ())
    ]
    return list(repeats), list(repeats.values()), others


def _shares(
    part: Part,
    terms: Sequence[tuple[str, str]],
    repeats: Sequence[int],
    others: Sequence[tuple[int, tuple[str, str], float]],
    found: Array,
) -> Array:
    """What each term adds to the best reachable score, those that say most first until the effort is spent.

    Terms that no article has take their share too: a question of unknown words is not answered by its one known
    word. Other words for a term and the term itself are one thing asked for: they reach no further than the term.
    """
    count = len(repeats)
    needs = np.array([number for number, _, _ in others], dtype=np.int64)
    frequencies = found[:count].copy()
    # A thing asked for is as common as the commonest word for it.
    np.maximum.at(frequencies, needs, found[count:])
    worth = idf(part.document_count, frequencies) ** part.worth.idf_power
    worth *= 1 + np.log(np.array(repeats, dtype=np.float64))
    if part.function_words:
        is_function_word = np.array([text in part.function_words for _, text in terms], dtype=bool)
        worth[is_function_word] *= part.worth.function_words
    order = np.argsort(-worth, kind="stable")
    # Known and unknown terms have room of their own: a long sentence has more unknown ones than it has room for.
    is_known = frequencies[order] > 0
    ranks = np.where(is_known, np.cumsum(is_known), np.cumsum(~is_known)) - 1
    is_paid = (np.cumsum(frequencies[order]) <= part.effort.postings) | (ranks < _ALWAYS_TERMS)
    kept = order[(ranks < part.effort.terms) & is_paid]
    shares = np.zeros(count + len(others))
    shares[kept] = worth[kept] / (worth[kept].sum() or 1.0)
    shares[count:] = shares[needs] * np.array([share for _, _, share in others])
    return shares


def idf(document_count: int, frequencies: Array) -> Array:
    """BM25's inverse document frequency, never negative."""
    counts = np.maximum(document_count, frequencies)
    return np.log(1 + (counts - frequencies + 0.5) / (frequencies + 0.5))


class Weighed(NamedTuple):
    """A part of the query of that number, and how much its score counts there."""

    chosen: Chosen
    query: int
    weight: float = 1.0


def lead_scores(snapshot: Snapshot, parts: Sequence[Weighed], query_count: int) -> Array:
    """(query, row) → the sum of the weighed scores of its parts by terms in lead documents."""
    scores = np.zeros((query_count, snapshot.row_count))
    for number, segment in enumerate(snapshot.segments):
        found = _postings(segment, number, parts)
        if found.documents.size:
            cells = found.queries() * segment.row_count + segment.files.rows[found.documents]
            sums = np.bincount(cells, found.values(), minlength=query_count * segment.row_count)
            scores[:, segment.base : segment.base + segment.row_count] = sums.reshape(query_count, -1)
    return _without_dead(snapshot, scores)


class TextScores:
    """The scores by terms in all documents of an article (query, row), and which of them matches best."""

    def __init__(self, snapshot: Snapshot, parts: Sequence[Chosen]) -> None:
        self._snapshot = snapshot
        self._by_document: list[Array | None] = []
        self.scores = np.zeros((len(parts), snapshot.row_count))
        for number, segment in enumerate(snapshot.segments):
            found = _postings(segment, number, [Weighed(part, query) for query, part in enumerate(parts)])
            if not found.documents.size:
                self._by_document.append(None)
                continue
            queries, rows = found.queries(), segment.files.rows[found.documents]
            cells = queries * segment.document_count + found.documents
            by_document = np.bincount(cells, found.values(), minlength=len(parts) * segment.document_count)
            self._by_document.append(by_document.reshape(len(parts), -1))
            best = np.zeros((len(parts), segment.row_count))
            np.maximum.at(best, (queries, rows), by_document[cells])
            self.scores[:, segment.base : segment.base + segment.row_count] = _BEST_SECTION_SHARE * best + (
                1 - _BEST_SECTION_SHARE
            ) * _together(segment, found, len(parts))
        _without_dead(snapshot, self.scores)

    def best_place(self, query: int, row: int) -> Place | None:
        """The document of an article that matches a query best; None where none does."""
        places = self._snapshot.places(row)
        by_document = self._by_document[places[0].segment]
        if by_document is None or not self.scores[query, row]:
            return None
        return max(places, key=lambda place: (by_document[query, place.document], -place.document))


@dataclass(slots=True)
class _Postings:
    """What was asked for in one segment, document by document of each term.

    `counts` are those of the terms' documents, `shares` their shares of a weight, `needs` (over all queries) and
    `owners` (their queries) stand beside them.
    """

    documents: Array
    weights: Array
    counts: Array
    shares: Array
    needs: Array
    owners: Array

    def values(self) -> Array:
        """What each posting adds to a score."""
        values: Array = self.weights * np.repeat(self.shares, self.counts)
        return values

    def queries(self) -> Array:
        """The query of each posting."""
        return np.repeat(self.owners, self.counts)


def _postings(segment: Segment, number: int, parts: Sequence[Weighed]) -> _Postings:
    positions = np.concatenate([part.chosen.positions[number] for part in parts])
    known = np.flatnonzero(positions >= 0)
    documents, weights, counts = segment.gather(positions[known])
    shares = np.concatenate([part.chosen.shares * (part.weight / FULL_WEIGHT) for part in parts])[known]
    sizes = [len(part.chosen.shares) for part in parts]
    owners = np.repeat(np.array([part.query for part in parts]), sizes)[known]
    # Different parts' needs are different ones.
    width = max((int(part.chosen.needs.max()) for part in parts if part.chosen.needs.size), default=0) + 1
    needs = np.concatenate([part.chosen.needs for part in parts])
    needs = (needs + np.repeat(np.arange(len(parts)) * width, sizes))[known]
    found = _Postings(documents, weights, counts, shares, needs, owners)
    return found if all(part.chosen.is_single for part in parts) else _best_of_needs(found)


def _best_of_needs(found: _Postings) -> _Postings:
    """Of several words for one thing the best in each document."""
    several = np.bincount(found.needs)[found.needs] > 1
    if not several.any():
        return found
    is_one = np.repeat(several, found.counts)
    documents, values = found.documents[is_one], found.values()[is_one]
    terms = np.repeat(np.flatnonzero(several), found.counts[several])
    needs = found.needs[terms]
    order = np.lexsort((documents, needs))
    documents, needs = documents[order], needs[order]
    starts = np.flatnonzero(_changes(documents) | _changes(needs))
    best = np.maximum.reduceat(values[order], starts)
    # What is left of those terms is one posting each, of a weight and share of their own.
    rest, ones = ~several, np.ones(len(starts), dtype=np.int64)
    return _Postings(
        np.concatenate([found.documents[~is_one], documents[starts]]),
        np.concatenate([found.weights[~is_one], ones]),
        np.concatenate([found.counts[rest], ones]),
        np.concatenate([found.shares[rest], best]),
        np.concatenate([found.needs[rest], needs[starts]]),
        np.concatenate([found.owners[rest], found.owners[terms[order][starts]]]),
    )


def _changes(values: Array) -> Array:
    """Where values differ from those before them; the first does."""
    changed = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def _together(segment: Segment, found: _Postings, query_count: int) -> Array:
    """(query, row) → what an article's documents have together: of each term the best document."""
    rows = segment.files.rows[found.documents]
    # The documents of a need ascend and those of an article follow each other, so what belongs together is a run.
    starts = np.flatnonzero(_changes(rows) | _changes(np.repeat(found.needs, found.counts)))
    cells = found.queries()[starts] * segment.row_count + rows[starts]
    best = np.maximum.reduceat(found.values(), starts)
    return np.bincount(cells, best, minlength=query_count * segment.row_count).reshape(query_count, -1)


def coverage(snapshot: Snapshot, part: Chosen, rows: Array) -> Array:
    """The share, from 0.0 to 1.0, of what a part asks for that each of these rows has at all, however often."""
    order = np.argsort(rows, kind="stable")
    wanted = rows[order]
    has = np.zeros((int(part.needs.max(initial=-1)) + 1, len(rows)))
    for number, segment in enumerate(snapshot.segments):
        known = np.flatnonzero(part.positions[number] >= 0)
        documents, _, counts = segment.gather(part.positions[number][known])
        found = segment.files.rows[documents] + segment.base
        at = np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)
        asked = wanted[at] == found
        terms = np.repeat(known, counts)[asked]
        np.maximum.at(has, (part.needs[terms], order[at[asked]]), part.shares[terms])
    covered: Array = has.sum(axis=0)
    return covered


def _without_dead(snapshot: Snapshot, scores: Array) -> Array:
    for segment in snapshot.segments:
        if segment.dead_rows.size:
            scores[:, segment.dead_rows + segment.base] = 0.0
    return scores


def information(snapshot: Snapshot, sentences: Iterable[Sequence[tuple[str, str]]]) -> list[float]:
    """What each set of terms says to this index: the summed inverse document frequency of those it knows."""
    asked = [list(dict.fromkeys(terms)) for terms in sentences]
    frequencies = snapshot.look_up([term for terms in asked for term in terms]).frequencies
    worth = np.where(frequencies > 0, idf(snapshot.document_count, frequencies), 0.0)
    ends = np.cumsum([len(terms) for terms in asked])
    return [float(part.sum()) for part in np.split(worth, ends[:-1])] if asked else []
