"""Which articles answer a query, and how well: pure scoring over one locale's snapshot.

Five parts are scored by BM25F as a flat OR of terms: words of the title, words of the text, n-grams of everything,
n-grams of the title, and the seams between words. Each is divided by what the query could reach at best, so that
parts can be added with fixed weights and a threshold means something.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from portal.search.analyzers import is_dense
from portal.search.calibration import Evidence, prior_chances
from portal.search.fields import EXACT, GRAMS, POPULARITY, PREFIX, SEAMS, TEXT, TITLE, TITLE_GRAMS
from portal.search.flat_postings import Array
from portal.search.learning.combining import Ballot, combined
from portal.search.meaning import nearness
from portal.search.rankers import RANKER, PartWeights, Ranker
from portal.search.scoring import (
    Effort,
    Part,
    TextScores,
    Weighed,
    Worth,
    choose,
    coverage,
    idf,
    information,
    lead_scores,
)
from portal.search.snapshot import Place, Snapshot

_WORDS: Final = Effort(terms=24, postings=20_000)
_GRAMS: Final = Effort(terms=128, postings=20_000)
_SENTENCE_WORDS: Final = Effort(terms=16, postings=8_000)
_SENTENCE_GRAMS: Final = Effort(terms=96, postings=8_000)
# Of mails asked of banking77 and XQuAD in German and Chinese 57.4 / 74.9, 90.4 / 95.1 and 91.4 / 96.1 with six, 57.3 /
# 74.8 and the same with five; with four 56.1 / 73.8 (R@1 / R@3, 800 each).
_MOST_SENTENCES: Final = 5
# How sure an answer is shows in how far it is ahead of the fourth best: few questions have more right articles.
_RIVALS: Final = 4
# Where a query's parts about titles stand among those about lead documents: see _parts.
_TITLE_PLACES: Final = (1, 3)
_TINY: Final = 1e-9
# How far an exact match lifts an article towards 1.0.
_EXACT_LIFT: Final = 0.9
_LEAST_VOTE_ALONE: Final = 0.15
# Of questions about other things (XQuAD asked of banking77, n = 397) 95 in 100 get no vote above this, even with 130
# questions learned an article; of the questions that were learned for, 95 in 100 get one of 0.89 or more.
_VOTE_OF_STRANGERS: Final = 0.67
_POPULARITY: Final = 0.015
_POPULARITY_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked up: terms and n-grams; for exact matches the whole phrase and the codes in it.

    While the last word is being typed, `prefix` is its beginning, looked for in titles, and its terms so far are
    apart from the others: they may be no word yet. `function_words` are the terms of words like "how" and "not",
    `seams` the ends and beginnings of neighbouring words. `related` are other terms for a term, with how much less
    they say. `vector` is what the text means, of length 1.0, where the snapshot's articles have such vectors.
    """

    terms: tuple[str, ...]
    grams: tuple[str, ...]
    function_words: tuple[str, ...] = ()
    seams: tuple[str, ...] = ()
    phrase: str = ""
    codes: tuple[str, ...] = ()
    prefix: str = ""
    unfinished_terms: tuple[str, ...] = ()
    related: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    vector: Array | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows of a snapshot, best first, with their scores.

    `place_of` gives the document of a row that matches best, `chances_of` the chances that rows answer,
    before people's verdicts on suggestions (see :mod:`portal.search.calibration`). `version` is the ranker's.
    """

    rows: Array
    scores: Array
    place_of: Callable[[int], Place | None]
    chances_of: Callable[[Array], Array] = lambda rows: np.zeros(len(rows))
    version: str = RANKER.version

    def __len__(self) -> int:
        return len(self.rows)


def _no_place(_row: int) -> Place | None:
    return None


NOTHING: Final = Ranking(np.zeros(0, dtype=np.int64), np.zeros(0), _no_place)


def rank(
    snapshot: Snapshot,
    query: Query,
    weights: PartWeights | None = None,
    *,
    ranker: Ranker = RANKER,
    least: float = 0.0,
    only: Array | None = None,
    least_share: float = 0.25,
    ballot: Ballot | None = None,
) -> Ranking:
    """The articles (of the rows in the mask `only`, if given) that are answers and no noise, best first.

    `weights` are the ranker's for searching unless given. `least` is what one word must score. The more words a query
    has, the less of them an article is expected to have, and the less chance has; so the bar falls with their square
    root. Articles with less than `least_share` of the best one's score are noise, too. `ballot` is what earlier
    questions say for the articles, by row.
    """
    if not snapshot.article_count:
        return NOTHING
    scored = _Scored(
        snapshot,
        [query],
        weights or ranker.search_weights,
        ranker,
        words=_WORDS,
        grams=_GRAMS,
        only=only,
    )
    scores = _with_ballot(scored.scores[0], ballot, only)
    found = _above(scores, query, least, least_share)
    return _ranking(
        snapshot,
        found,
        lambda row: scored.texts.best_place(0, row),
        lambda rows: _with_votes(scored.chances(0, rows, scored.scores[0]), ballot, rows),
        ranker.version,
    )


def rank_message(
    snapshot: Snapshot,
    sentences: Sequence[Query],
    *,
    ranker: Ranker = RANKER,
    least: float = 0.0,
    only: Array | None = None,
    least_share: float = 0.25,
    ballot: Ballot | None = None,
) -> Ranking:
    """The articles that are relevant to any sentence of a message, best first; further arguments as for one query.

    What sentences say for an article adds up, but the best one says most; sentences that say little (greetings,
    thanks) count less, and only those that say most are looked up in full.
    """
    said = _most_telling(snapshot, sentences)
    if not said:
        return NOTHING
    kept = [sentence for sentence, _ in said]
    scored = _Scored(
        snapshot,
        kept,
        ranker.search_weights,
        ranker,
        words=_SENTENCE_WORDS,
        grams=_SENTENCE_GRAMS,
        only=only,
    )
    found = np.array(
        [
            _above(of_sentence, sentence, least, least_share) * share**ranker.sentence_power
            for of_sentence, (sentence, share) in zip(scored.scores, said, strict=True)
        ]
    )
    best = found.argmax(axis=0)
    together = np.sqrt((found**2).sum(axis=0)) if ranker.adds_sentences else found.max(axis=0)
    of_texts = np.minimum(together, 1.0)
    together = _with_ballot(of_texts, ballot, only)
    together[together < least_share * together.max(initial=0.0)] = 0.0
    return _ranking(
        snapshot,
        together,
        lambda row: scored.texts.best_place(int(best[row]), row),
        lambda rows: _with_votes(_chances_of_sentences(scored, found, rows, of_texts), ballot, rows),
        ranker.version,
    )


def _chances_of_sentences(scored: _Scored, found: Array, rows: Array, scores: Array) -> Array:
    """The chances that rows answer, each by the sentence that says most for it; `found` is (sentence, row)."""
    said = found[:, rows]
    best, chances = said.argmax(axis=0), np.zeros(len(rows))
    support = np.sqrt((said**2).sum(axis=0)) / np.maximum(said.max(axis=0), _TINY)
    for number in np.unique(best):
        of_sentence = best == number
        chances[of_sentence] = scored.chances(int(number), rows[of_sentence], scores, support[of_sentence])
    return chances


def _most_telling(snapshot: Snapshot, sentences: Sequence[Query]) -> list[tuple[Query, float]]:
    """The sentences that say most to this index, the best first, each with its share of what the best one says."""
    amounts = information(snapshot, [[(TEXT, text) for text in sentence.terms] for sentence in sentences])
    said = sorted(((amount, number) for number, amount in enumerate(amounts) if amount), reverse=True)
    return [(sentences[number], amount / said[0][0]) for amount, number in said[:_MOST_SENTENCES]]


def _with_ballot(scores: Array, ballot: Ballot | None, only: Array | None) -> Array:
    """Scores of texts with what articles learned. Where no word speaks for an article, a whisper is not enough."""
    if ballot is None:
        return scores
    is_heard = (scores > 0) | (ballot.votes >= _LEAST_VOTE_ALONE)
    lifted = np.where(is_heard, combined(scores, ballot), 0.0)
    return lifted if only is None else lifted * only


def _with_votes(chances: Array, ballot: Ballot | None, rows: Array) -> Array:
    """Chances by texts, or by votes where these are more than strangers' questions get."""
    if ballot is None:
        return chances
    votes = np.clip((ballot.votes[rows] - _VOTE_OF_STRANGERS) / (1 - _VOTE_OF_STRANGERS), 0.0, 1.0)
    either: Array = 1 - (1 - chances) * (1 - votes)
    return either


def exact_matches(snapshot: Snapshot, query: Query) -> Array | None:
    """Row → how much it counts that title (1.0), old title, keyword or error code is just what was asked; None: no."""
    asked = ([query.phrase] if query.phrase else []) + [f"code:{code}" for code in query.codes]
    if not asked:
        return None
    frequencies = snapshot.look_up([(EXACT, text) for text in asked]).frequencies
    known = [text for text, frequency in zip(asked, frequencies, strict=True) if frequency]
    return np.max([snapshot.weights_of(EXACT, text) for text in known], axis=0) if known else None


class _Scored:
    """The scores of queries, (query, row) → before any threshold, and what they are made of."""

    def __init__(
        self,
        snapshot: Snapshot,
        queries: Sequence[Query],
        weights: PartWeights,
        ranker: Ranker,
        *,
        words: Effort,
        grams: Effort,
        only: Array | None,
    ) -> None:
        self._snapshot = snapshot
        self._queries = queries
        parts = [_parts(snapshot, query, weights, ranker.worth, words, grams) for query in queries]
        chosen = choose(snapshot, [part for of_query in parts for part in of_query])
        self._words = chosen[0::5]
        self.texts = TextScores(snapshot, self._words)
        worth = (weights.title, weights.grams, weights.title_grams, weights.seams)
        # Titles apart from letters: whether both prefer the same article is what a chance asks.
        leads = [
            Weighed(chosen[5 * query + place], query + len(queries) * (place not in _TITLE_PLACES), weight)
            for query in range(len(queries))
            for place, weight in enumerate(worth, start=1)
        ]
        of_leads = lead_scores(snapshot, leads, 2 * len(queries))
        self._titles, self._letters = of_leads[: len(queries)], of_leads[len(queries) :]
        self._title_weight = weights.title + weights.title_grams
        self.scores: Array = (weights.text * self.texts.scores + self._titles + self._letters) / sum(weights)
        self._near: dict[int, Array] = {}
        if ranker.meaning:
            self._lift_by_meaning(ranker.meaning)
        for number, query in enumerate(queries):
            exact = exact_matches(snapshot, query)
            if exact is not None:
                self.scores[number] = 1 - (1 - self.scores[number]) * (1 - _EXACT_LIFT * exact)
        if only is not None:
            self.scores *= only

    def _lift_by_meaning(self, most: float) -> None:
        """Lift articles towards 1.0 the more their meaning is that of a query; strangers keep their score."""
        asked = {number: query.vector for number, query in enumerate(self._queries) if query.vector is not None}
        if asked:
            numbers = list(asked)
            near = nearness(self._snapshot, np.array(list(asked.values())), self.scores[numbers], most)
            self.scores[numbers] = 1 - (1 - self.scores[numbers]) * (1 - most * near)
            self._near = dict(zip(numbers, near, strict=True))

    def chances(self, number: int, rows: Array, scores: Array, support: Array | None = None) -> Array:
        """The chances that rows answer, by the words of the query of that number and the final scores of all rows.

        `support` is what further queries add, as :class:`Evidence` has it.
        """
        amount = information(self._snapshot, [[(TEXT, text) for text in self._queries[number].terms]])[0]
        near = self._near.get(number)
        titles, parts = self._titles[number], (self._titles[number], self.texts.scores[number], self._letters[number])
        return prior_chances(
            Evidence(
                margin=_margins(scores, rows),
                # Where no title has a word or n-gram of the question, titles say nothing, for or against.
                title=titles[rows] / self._title_weight if titles.any() else None,
                agreement=np.sum([_is_best(part, rows) for part in parts], axis=0),
                support=np.ones(len(rows)) if support is None else support,
                words=coverage(self._snapshot, self._words[number], rows),
                is_dense=is_dense("".join(self._queries[number].terms)),
                rare_words=amount / float(idf(self._snapshot.document_count, np.ones(1))[0]),
                article_count=self._snapshot.article_count,
                language=self._snapshot.locale.split("_")[0],
                nearness_margin=None if near is None else _margins(near, rows),
            )
        )


def _is_best(scores: Array, rows: Array) -> Array:
    """1.0 for the rows that score anything and nobody more, else 0.0."""
    best = float(scores.max(initial=0.0))
    is_best: Array = np.where((scores[rows] >= best) & (best > 0), 1.0, 0.0)
    return is_best


def _margins(scores: Array, rows: Array) -> Array:
    """How far rows are ahead of the best that are too many to be all right."""
    rival = float(np.partition(scores, -_RIVALS)[-_RIVALS]) if len(scores) >= _RIVALS else 0.0
    margins: Array = scores[rows] - rival
    return margins


def _parts(
    snapshot: Snapshot, query: Query, weights: PartWeights, worth: Worth, words: Effort, grams: Effort
) -> list[Part]:
    """The parts of a query: words of the text, of the title, n-grams, those of the title, seams."""
    articles, documents = snapshot.article_count, snapshot.document_count
    function_words = query.function_words if worth.function_words else ()
    terms = (*query.terms, *_known(snapshot, query.unfinished_terms), *function_words)
    quiet = frozenset(function_words)

    def of_words(field: str, count: int, *more: tuple[str, str]) -> Part:
        return Part([*((field, text) for text in terms), *more], words, count, query.related, worth, quiet)

    def of_letters(field: str, texts: Sequence[str]) -> Part:
        return Part([(field, text) for text in texts], grams, articles, {}, worth)

    return [
        of_words(TEXT, documents),
        of_words(TITLE, articles, *([(PREFIX, query.prefix)] if query.prefix else [])),
        of_letters(GRAMS, query.grams),
        of_letters(TITLE_GRAMS, query.grams),
        of_letters(SEAMS, query.seams if weights.seams else ()),
    ]


def _known(snapshot: Snapshot, texts: Sequence[str]) -> list[str]:
    """Those that stand anywhere: the others may be no words yet."""
    if not texts:
        return []
    frequencies = snapshot.look_up([(TEXT, text) for text in texts]).frequencies
    return [text for text, frequency in zip(texts, frequencies, strict=True) if frequency]


def _above(scores: Array, query: Query, least: float, least_share: float) -> Array:
    """The scores with noise set to 0."""
    top = float(scores.max(initial=0.0))
    floor = max(least / math.sqrt(len(set(query.terms)) or 1), least_share * top)
    return np.where(scores >= floor, scores, 0.0)


def _ranking(
    snapshot: Snapshot,
    scores: Array,
    place_of: Callable[[int], Place | None],
    chances_of: Callable[[Array], Array],
    version: str,
) -> Ranking:
    """What scores anything, best first; near ties at the top ordered by how much the articles are read."""
    rows = np.flatnonzero(scores)
    rows = rows[np.lexsort((snapshot.article_ids[rows], -scores[rows]))]
    top = rows[:_POPULARITY_DEPTH]
    if snapshot.frequency(POPULARITY, ""):
        worth = scores[top] + _POPULARITY * snapshot.weights_of(POPULARITY, "")[top]
        rows[:_POPULARITY_DEPTH] = top[np.argsort(-worth, kind="stable")]
    return Ranking(rows, scores[rows], place_of, chances_of, version)
