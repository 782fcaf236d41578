"""Ranked rows of a snapshot → the hits that people see."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from markupsafe import Markup

from portal.search.calibration import Calibration
from portal.search.documents import Hit
from portal.search.fields import TEXT
from portal.search.ranking import Query, Ranking
from portal.search.scoring import idf
from portal.search.snapshot import Snapshot
from portal.search.snippets import Highlighter

# Words of a related phrase say too little alone to be marked.
_LEAST_SHARE_MARKED: Final = 0.3
# Of a message the words that say most: the more are looked for, the longer it takes and the less each says.
_MOST_MARKED: Final = 24
_MOST_UNKNOWN: Final = 8


def hits_of(
    snapshot: Snapshot, found: Ranking, page: slice, query: Query, calibration: Calibration | None = None
) -> tuple[Hit, ...]:
    """The hits of a page of a ranking for `query`, each with the passage of its best section.

    `calibration` makes their confidence of their chances, which are taken as they are without.
    """
    rows, scores = found.rows[page], found.scores[page]
    if not len(rows):
        return ()
    highlighter, chances = _highlighter(snapshot, query), found.chances_of(rows)
    hits = tuple(
        _hit(snapshot, int(row), float(score), float(chance), found, highlighter)
        for row, score, chance in zip(rows, scores, chances, strict=True)
    )
    if calibration is None:
        return hits
    return tuple(
        replace(hit, confidence=float(confidence), prior_chance=hit.confidence)
        for hit, confidence in zip(hits, calibration.scaled(chances), strict=True)
    )


def title_hits_of(snapshot: Snapshot, found: Ranking, limit: int, query: Query) -> tuple[Hit, ...]:
    """The first hits while `query` is being typed: `title_html` has what is not typed yet in <b>, no passages."""
    if not len(found):
        return ()
    highlighter = _highlighter(snapshot, query)
    hits = []
    for row, score in zip(found.rows[:limit], found.scores[:limit], strict=True):
        lead = snapshot.lead(int(row))
        title = str(lead["title"])
        hits.append(
            Hit(
                article_id=int(snapshot.article_ids[row]),
                locale=snapshot.locale,
                score=min(1.0, float(score)),
                title=title,
                title_html=highlighter.completed(title),
                snippet=Markup(),
                topic_key=str(lead["topic"]),
                ranker_version=found.version,
            )
        )
    return tuple(hits)


def _highlighter(snapshot: Snapshot, query: Query) -> Highlighter:
    shares = dict.fromkeys((*query.terms, *query.unfinished_terms), 1.0)
    for related in query.related.values():
        for other, share in related:
            if share >= _LEAST_SHARE_MARKED:
                shares.setdefault(other, share)
    terms = list(shares)
    frequencies = np.asarray(snapshot.look_up([(TEXT, text) for text in terms]).frequencies)
    weights = idf(snapshot.document_count, frequencies) * np.fromiter(shares.values(), dtype=float)
    known = [terms[number] for number in np.argsort(-weights, kind="stable") if frequencies[number]]
    asked = set(query.terms)
    unknown = [term for term, found in zip(terms, frequencies, strict=True) if not found and term in asked]
    weight_of = dict(zip(terms, map(float, weights), strict=True))
    marked = {term: weight_of[term] for term in (*known[:_MOST_MARKED], *unknown[:_MOST_UNKNOWN])}
    return Highlighter(snapshot.locale, marked, query.prefix, unknown[:_MOST_UNKNOWN])


def _hit(snapshot: Snapshot, row: int, score: float, chance: float, found: Ranking, highlighter: Highlighter) -> Hit:
    """The hit with its best section's passage; the summary or the first section stands in where that has no text."""
    lead, place = snapshot.lead(row), found.place_of(row)
    section = lead if place is None else snapshot.stored(place)
    title, heading = str(lead["title"]), str(section["heading"])
    snippet = highlighter.best_passage([str(section["text"]), str(lead["summary"])]) or highlighter.best_passage(
        str(other["text"]) for other in snapshot.sections(row)
    )
    return Hit(
        article_id=int(snapshot.article_ids[row]),
        locale=snapshot.locale,
        score=min(1.0, score),
        title=title,
        title_html=highlighter.marked(title),
        snippet=snippet,
        section_key=str(section["key"]),
        section_heading=heading,
        topic_key=str(lead["topic"]),
        reasons=highlighter.reasons([title, heading, snippet.striptags()]),
        confidence=chance,
        ranker_version=found.version,
    )
