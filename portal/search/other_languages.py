"""Articles in other languages than the question's, for readers whose own language has no answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Final

import numpy as np

from portal.localization import fallback_chain
from portal.search import question, ranking
from portal.search.dictionaries import Dictionaries
from portal.search.dictionary_file import Dictionary
from portal.search.documents import Hit
from portal.search.flat_postings import Array
from portal.search.hits import hits_of
from portal.search.index_folder import IndexFolder
from portal.search.ranking import Query, Ranking
from portal.search.snapshot import Snapshot
from portal.search.translation import translated_query

_MOST_LOCALES: Final = 12
_LONG_TEXT: Final = 400
# What one word must score, as in :func:`ranking.rank`. Measured on a help centre of 24 articles asked in seven other
# languages: nine of ten titles score above 0.24, three of four questions about other things below 0.08.
_LEAST: Final = 0.08
_LEAST_FOR_MESSAGE: Final = 0.24
# Messages that nothing answers score at most 0.08 there, and 0.23 in languages that bigrams cut.
_SURE_SCORE: Final = 0.2
_GOOD_OWN_SCORE: Final = 0.5
_MOST_SENTENCES: Final = 8

RowsOf = Callable[[Snapshot], Array | None]


def _all_rows(_snapshot: Snapshot) -> None:
    return None


class OtherLanguages:
    """Searches the locales of an index folder for what was asked in another."""

    def __init__(self, folder: IndexFolder, default_locale: str) -> None:
        self._folder = folder
        self._default_locale = default_locale
        self._masks: dict[tuple[str, str], tuple[Snapshot, Snapshot, Array]] = {}
        self.dictionaries = Dictionaries(folder.root / "dictionaries", default_locale)

    def beside(
        self, own: tuple[Hit, ...], text: str, locale: str, *, limit: int, only: RowsOf = _all_rows
    ) -> tuple[Hit, ...]:
        """The hits for a search whose best hits in the reader's language are `own`.

        Where these say little, articles that only exist elsewhere may be better: those are found that score as high.
        """
        if not own:
            return self.find(text, locale, least=_LEAST, limit=limit, only=only)
        if own[0].score >= _GOOD_OWN_SCORE:
            return ()
        hits = self.find(text, locale, least=_LEAST, limit=limit, only=only, untranslated=True)
        return tuple(hit for hit in hits if hit.score >= own[0].score)

    def answering(self, message: str, locale: str, *, limit: int) -> tuple[Hit, ...]:
        """The hits that surely fit a message which nothing in the reader's own language answers."""
        hits = self.find(message, locale, least=_LEAST_FOR_MESSAGE, limit=limit, untranslated=True, is_message=True)
        return tuple(hit for hit in hits if hit.score >= _SURE_SCORE)

    def find(
        self,
        text: str,
        locale: str,
        *,
        least: float,
        limit: int,
        only: RowsOf = _all_rows,
        untranslated: bool = False,
        is_message: bool = False,
    ) -> tuple[Hit, ...]:
        """The best hits in other locales than `locale`, those first that a reader of it would try next.

        `least` is what one word must score, as in :func:`ranking.rank`; `only` gives a mask of a snapshot's rows. With
        `untranslated` only articles count that do not exist in `locale` (those that do were judged there already), in
        the locales that a reader of `locale` most likely understands.
        """
        preferred = fallback_chain(locale, self._default_locale)
        further = () if untranslated else self._folder.locales()
        others = dict.fromkeys(code for code in (*preferred, *further) if code != locale)
        hits: dict[int, Hit] = {}
        for candidate in list(others)[:_MOST_LOCALES]:
            snapshot = self._folder.snapshot(candidate)
            if snapshot is None:
                continue
            rows = only(snapshot)
            if untranslated:
                missing = self._missing(locale, snapshot)
                rows = missing if rows is None else rows & missing
            if rows is not None and not rows.any():
                continue
            learned = self.dictionaries.between(locale, candidate)
            found, query = _rank(
                snapshot, text, locale, learned, least, rows, by_sentences=is_message or len(text) > _LONG_TEXT
            )
            for hit in hits_of(snapshot, found, slice(0, limit), query):
                hits.setdefault(hit.article_id, hit)
            if len(hits) >= limit:
                break
        return tuple(hits.values())[:limit]

    def _missing(self, locale: str, snapshot: Snapshot) -> Array:
        """A mask of the rows of `snapshot` whose articles do not exist in `locale`."""
        own = self._folder.snapshot(locale)
        if own is None:
            return np.ones(snapshot.row_count, dtype=bool)
        known = self._masks.get((locale, snapshot.locale))
        if known is None or known[0] is not own or known[1] is not snapshot:
            known = (own, snapshot, ~np.isin(snapshot.article_ids, own.article_ids))
            self._masks[locale, snapshot.locale] = known
        return known[2]

    def learn(self) -> int:
        """Learn from the portal's own translations; returns from how many locales. Takes seconds a locale."""
        snapshots = {locale: self._folder.snapshot(locale) for locale in self._folder.locales()}
        return self.dictionaries.learn({locale: found for locale, found in snapshots.items() if found is not None})


def _rank(
    snapshot: Snapshot,
    text: str,
    source: str,
    learned: Dictionary,
    least: float,
    only: Array | None,
    *,
    by_sentences: bool,
) -> tuple[Ranking, Query]:
    """The relevant articles, and what was looked up for them."""
    if not by_sentences:
        query = _query(text, source, snapshot.locale, learned)
        return ranking.rank(snapshot, query, least=least, only=only), query
    parts = [
        _query(sentence, source, snapshot.locale, learned) for sentence in question.sentences(text)[:_MOST_SENTENCES]
    ]
    together = Query(
        terms=tuple(chain.from_iterable(part.terms for part in parts)),
        grams=(),
        related={term: others for part in parts for term, others in part.related.items()},
    )
    return ranking.rank_message(snapshot, parts, least=least, only=only), together


def _query(text: str, source: str, target: str, learned: Dictionary) -> Query:
    if source.split("_")[0] == target.split("_")[0]:
        return question.query_of(text, target)
    return translated_query(text, source, target, learned)
