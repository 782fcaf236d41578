"""Which articles answer a query, and how well: pure scoring over one locale's snapshot.

Four parts are scored by BM25F as a flat OR of terms: words of the title, words of the text, n-grams of
everything, n-grams of the title. Each is divided by what the query could reach at best, so that parts can be
added with fixed weights and a threshold means something.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from portal.search.fields import EXACT, GRAMS, PREFIX, TEXT, TITLE, TITLE_GRAMS
from portal.search.whoosh_index import Snapshot

# Recorded with every suggestion shown, so that rankers can be compared later.
RANKER_VERSION: Final = "2026-11-a"


class Effort(NamedTuple):
    """How much is looked up for one part of a query: the rarest terms say most, the rest of a long text is left out.

    `postings` bounds the work in large indexes.
    """

    words: int
    grams: int
    postings: int


_QUERY_EFFORT: Final = Effort(words=16, grams=64, postings=10_000)
_SENTENCE_EFFORT: Final = Effort(words=12, grams=64, postings=4_000)
_ALWAYS_TERMS: Final = 3
_MOST_SENTENCES: Final = 6
# An article scores by its best section and, less, by what its sections have together.
_BEST_SECTION_SHARE: Final = 0.6
# How far an exact match lifts an article towards 1.0.
_EXACT_LIFT: Final = 0.9


class PartWeights(NamedTuple):
    """How much each part adds."""

    title: float
    text: float
    grams: float
    title_grams: float


SEARCH_WEIGHTS: Final = PartWeights(title=1.0, text=1.0, grams=2.0, title_grams=1.0)
SUGGEST_WEIGHTS: Final = PartWeights(title=3.0, text=0.5, grams=0.5, title_grams=1.0)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked up: terms and n-grams; for exact matches the whole phrase and the codes in it.

    While the last word is being typed, `prefix` is its beginning, looked for in titles, and its terms so far are
    apart from the others: they may be no word yet.
    """

    terms: tuple[str, ...]
    grams: tuple[str, ...]
    phrase: str = ""
    codes: tuple[str, ...] = ()
    prefix: str = ""
    unfinished_terms: tuple[str, ...] = ()


class Scored(NamedTuple):
    """An article's score from 0.0 to 1.0, and its best document (segment, number) where its text matches."""

    article_id: int
    score: float
    document: tuple[int, int] | None


class _Lookup(NamedTuple):
    """A term in a field, with the share of the best reachable score that it is worth."""

    field: str
    text: str
    share: float


def rank(
    snapshot: Snapshot,
    query: Query,
    weights: PartWeights = SEARCH_WEIGHTS,
    *,
    least: float = 0.0,
    only: Container[int] | None = None,
    least_share: float = 0.25,
    effort: Effort = _QUERY_EFFORT,
) -> list[Scored]:
    """The articles (of `only`, if given) that are answers and no noise, best first.

    `least` is what one word must score. The more words a query has, the less of them an article is expected to
    have, and the less chance has; so the bar falls with their square root. Articles with less than `least_share` of
    the best one's score are noise, too.
    """
    if not snapshot.article_count:
        return []
    scores, best = _scores(snapshot, query, weights, effort)
    if only is not None:
        scores = {article: score for article, score in scores.items() if article in only}
    top = max(scores.values(), default=0.0)
    floor = max(least / math.sqrt(len(set(query.terms)) or 1), least_share * top)
    found = [Scored(article, score, best.get(article)) for article, score in scores.items() if score >= floor]
    return _best_first(found)


def _scores(
    snapshot: Snapshot, query: Query, weights: PartWeights, effort: Effort
) -> tuple[dict[int, float], dict[int, tuple[int, int]]]:
    total = sum(weights)
    terms = query.terms + tuple(text for text in query.unfinished_terms if snapshot.frequency(TEXT, text))
    titles = [(TITLE, text) for text in terms]
    if query.prefix:
        titles.append((PREFIX, query.prefix))
    texts, best = text_part(snapshot, terms, effort)
    scores: dict[int, float] = {}
    for part, weight in (
        (lead_part(snapshot, titles, effort), weights.title),
        (texts, weights.text),
        (lead_part(snapshot, [(GRAMS, gram) for gram in query.grams], effort), weights.grams),
        (lead_part(snapshot, [(TITLE_GRAMS, gram) for gram in query.grams], effort), weights.title_grams),
    ):
        share = weight / total
        for article, value in part.items():
            scores[article] = scores.get(article, 0.0) + value * share
    for article, lift in exact_matches(snapshot, query).items():
        scores[article] = 1 - (1 - scores.get(article, 0.0)) * (1 - _EXACT_LIFT * lift)
    return scores, best


def rank_message(
    snapshot: Snapshot, sentences: Sequence[Query], *, least: float, only: Container[int] | None = None
) -> list[Scored]:
    """The articles that are relevant to any sentence of a message, best first; `least` and `only` as for one query.

    An article has the score of its best sentence; sentences that say little (greetings, thanks) count less, and
    only those that say most are looked up in full.
    """
    said = [(information(snapshot, sentence), number) for number, sentence in enumerate(sentences)]
    said = sorted((entry for entry in said if entry[0]), reverse=True)[:_MOST_SENTENCES]
    best: dict[int, Scored] = {}
    for amount, number in said:
        sentence = sentences[number]
        share = math.sqrt(amount / said[0][0])
        for scored in rank(snapshot, sentence, least=least, only=only, effort=_SENTENCE_EFFORT):
            value = scored.score * share
            known = best.get(scored.article_id)
            if known is None or value > known.score:
                best[scored.article_id] = Scored(scored.article_id, value, scored.document)
    return _best_first(best.values())


def information(snapshot: Snapshot, query: Query) -> float:
    """How much a sentence says to this index: the summed inverse document frequency of the words it knows."""
    frequencies = (snapshot.frequency(TEXT, text) for text in set(query.terms))
    return sum(_idf(snapshot.document_count, frequency) for frequency in frequencies if frequency)


def exact_matches(snapshot: Snapshot, query: Query) -> dict[int, float]:
    """Articles whose title (1.0), old title, keyword or error code is just what was asked, with how much it counts."""
    found: dict[int, float] = {}
    if query.phrase:
        found.update(snapshot.articles_with(EXACT, query.phrase))
    for code in query.codes:
        for article, weight in snapshot.articles_with(EXACT, f"code:{code}").items():
            found[article] = max(found.get(article, 0.0), weight)
    return found


def lead_part(snapshot: Snapshot, terms: Iterable[tuple[str, str]], effort: Effort = _QUERY_EFFORT) -> dict[int, float]:
    """A score from 0.0 to 1.0 for every article with one of the (field, term) in its lead document."""
    scores: dict[int, float] = {}
    get = scores.get
    for field, text, share in _lookups(snapshot, terms, snapshot.article_count, effort):
        for segment in snapshot.segments:
            articles = segment.articles
            postings = segment.postings(field, text)
            for document, weight in zip(postings.documents, postings.weights, strict=True):
                article = articles[document]
                scores[article] = get(article, 0.0) + share * weight
    scores.pop(0, None)
    return scores


def text_part(
    snapshot: Snapshot, terms: Iterable[str], effort: Effort = _QUERY_EFFORT
) -> tuple[dict[int, float], dict[int, tuple[int, int]]]:
    """As :func:`lead_part` for the text of all sections; also the best document (segment, number) of each article."""
    lookups = _lookups(snapshot, [(TEXT, text) for text in terms], snapshot.document_count, effort)
    together: dict[int, float] = {}
    best: dict[int, tuple[float, int, int]] = {}
    for number, segment in enumerate(snapshot.segments):
        articles = segment.articles
        by_document: dict[int, float] = {}
        get = by_document.get
        for field, text, share in lookups:
            last_article, last_value = -1, 0.0
            postings = segment.postings(field, text)
            for document, weight in zip(postings.documents, postings.weights, strict=True):
                value = share * weight
                by_document[document] = get(document, 0.0) + value
                # The documents of an article follow each other, so the best of them is known in passing.
                article = articles[document]
                if article != last_article:
                    together[article] = together.get(article, 0.0) + value
                    last_article, last_value = article, value
                elif value > last_value:
                    together[article] += value - last_value
                    last_value = value
        for document, value in by_document.items():
            article = articles[document]
            if article not in best or value > best[article][0]:
                best[article] = (value, number, document)
    best.pop(0, None)
    return (
        {
            article: _BEST_SECTION_SHARE * value + (1 - _BEST_SECTION_SHARE) * together[article]
            for article, (value, _, _) in best.items()
        },
        {article: (number, document) for article, (_, number, document) in best.items()},
    )


def _lookups(snapshot: Snapshot, terms: Iterable[tuple[str, str]], count: int, effort: Effort) -> list[_Lookup]:
    """The terms that say most, rarest first, with their shares.

    Terms that no article has take their share too: a question of unknown words is not answered by its one known word.
    """
    repeats = Counter(terms)
    frequencies = sorted((snapshot.frequency(*term), term) for term in repeats)
    chosen: list[_Lookup] = []
    reach, spent = 0.0, 0
    for frequency, (field, text) in frequencies:
        spent += frequency
        known = len(chosen)
        most = effort.grams if field in {GRAMS, TITLE_GRAMS} else effort.words
        if known >= most or (spent > effort.postings and known >= _ALWAYS_TERMS):
            break
        worth = _idf(count, frequency) * (1 + math.log(repeats[field, text]))
        reach += worth
        if frequency:
            chosen.append(_Lookup(field, text, worth))
    return [_Lookup(field, text, worth / reach) for field, text, worth in chosen]


def _idf(count: int, frequency: int) -> float:
    return math.log(1 + (max(count, frequency) - frequency + 0.5) / (frequency + 0.5))


def _best_first(found: Iterable[Scored]) -> list[Scored]:
    return sorted(found, key=lambda scored: (-scored.score, scored.article_id))
