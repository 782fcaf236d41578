"""The search engine: one entry for the search box, for suggestions while typing and for messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

import structlog

from portal.localization import SOURCE_LOCALE, fallback_chain
from portal.search import question, ranking
from portal.search.calibration import PRIOR, Calibration
from portal.search.constraints import find_exactly
from portal.search.documents import Hit, IndexChange, SearchResult, Upsert
from portal.search.fields import TOPIC
from portal.search.flat_postings import Array
from portal.search.hits import hits_of, title_hits_of
from portal.search.index_errors import IndexUnavailable
from portal.search.index_folder import IndexFolder, Manifest
from portal.search.learning.combining import Ballot
from portal.search.operators import ParsedQuery, finds_locale, parse
from portal.search.other_languages import OtherLanguages
from portal.search.rankers import RANKER, Ranker
from portal.search.ranking import Query, Ranking
from portal.search.related import query_with_related
from portal.search.semantic import Embedder
from portal.search.snapshot import Snapshot
from portal.search.spelling import correct
from portal.search.uses import AS_YOU_TYPE, CONTACT_FORM, SEARCH_BOX, Use

logger = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

_LEAST_SHARE_OF_BEST_SUGGESTED: Final = 0.4
_LONG_TEXT: Final = 400
_CLEAR_CHANCE: Final = 0.5
# A build is given up at most this often: if the new one fails as well, building again would not help.
_DISCARD_INTERVAL_SECONDS: Final = 600.0
_OTHER_HITS: Final = 5
_SUGGEST_OTHER_LOCALES: Final = 3


class Learned(Protocol):
    """What articles of a locale learned from the questions that they answered."""

    def ballot(self, locale: str, text: str, article_ids: Array, embedder: Embedder | None = None) -> Ballot | None:
        """The votes of articles on `text`, from 0.0 to 1.0; None where nothing is learned. Never raises.

        `embedder` tells what the text means.
        """

    def evidence_count(self, locale: str, article_id: int) -> int:
        """How many questions an article's votes stand on."""

    def calibration(self, locale: str) -> Calibration:
        """What people's verdicts say of the chances; the prior while there are too few. Never raises."""


class SearchEngine:
    """Searches this machine's index. One instance a process; threads may share it.

    Every method takes any text, which is cut to a sensible length; only `search` knows a query language.
    All raise IndexUnavailable when there is no usable index. `before_search` is called before each search: there
    the index can be brought up to date.
    """

    def __init__(
        self,
        root: Path,
        *,
        default_locale: str = SOURCE_LOCALE,
        before_search: Callable[[], None] | None = None,
        ranker: Ranker = RANKER,
        embedder: Embedder | None = None,
    ) -> None:
        self.folder = IndexFolder(root, embedder=embedder)
        self.ranker = ranker
        # What articles learned from people's questions; without it search works from their texts alone.
        self.learned: Learned | None = None
        self.default_locale = default_locale
        self.other_languages = OtherLanguages(self.folder, default_locale)
        self.before_search = before_search
        self._discarded_at = float("-inf")

    def manifest(self) -> Manifest:
        """Which locales are indexed, and the last change applied."""
        return self.folder.manifest()

    def apply(self, changes: Iterable[IndexChange], *, position: int, wait: bool = True) -> None:
        """Commit changes up to `position`. Raises IndexBusy when somebody else writes and `wait` is off."""
        self.folder.apply(changes, position=position, wait=wait)

    def rebuild(self, changes: Iterable[Upsert], *, position: int, wait: bool = True) -> int:
        """Build a new index beside the old one and swap it in; returns the number of translations in it."""
        count = self.folder.rebuild(changes, position=position, wait=wait)
        self.other_languages.learn()
        return count

    def search(
        self,
        text: str,
        locale: str,
        *,
        limit: int = SEARCH_BOX.limit,
        offset: int = 0,
        topic: str | None = None,
        is_corrected: bool = True,
    ) -> SearchResult:
        """The hits `offset` to `offset + limit` for what somebody typed, best first.

        What they typed may hold operators (see :mod:`portal.search.operators`); those are met to the letter, so
        nothing is corrected then. Without any words, all articles of `topic`.
        A sure correction of misspelled words is applied unless `is_corrected` is off; an unsure one is offered.
        `topic` keeps only articles of that topic and those below it.
        """
        typed = question.clean(text)
        if not typed and not topic:
            return SearchResult(typed, locale)
        return self._reading(lambda: self._search(typed, locale, slice(offset, offset + limit), topic, is_corrected))

    def suggest(
        self, text: str, locale: str, *, limit: int = AS_YOU_TYPE.limit, topic: str | None = None
    ) -> tuple[Hit, ...]:
        """Articles whose titles fit what is being typed, the last word perhaps unfinished.

        Their `title_html` has what is not typed yet in <b>; snippets are empty.
        """
        typed = question.clean(text)
        if not typed:
            return ()
        words = typed + (" " if text[-1:].isspace() else "")
        return self._reading(lambda: self._suggest(words, locale, limit, topic))

    def suggest_for_message(
        self, subject: str, message: str, locale: str, *, limit: int | None = None, use: Use = CONTACT_FORM
    ) -> tuple[Hit, ...]:
        """Articles that may answer a message, as many and as sure as `use` wants; nothing rather than something wrong.

        `limit` is that of `use` unless it is given.
        """
        lines = "\n".join(part for part in (question.clean(subject), question.clean_message(message)) if part)
        if not lines:
            return ()
        hits = self._reading(lambda: self._suggest_for_message(lines, locale, limit or use.limit, use))
        return tuple(hit for hit in hits if hit.score >= use.least_score)

    def _reading(self, search: Callable[[], Answer]) -> Answer:
        """What `search` gives; a build that stays unreadable is given up, so that it is built anew."""
        if self.before_search is not None:
            self.before_search()
        with self.folder.courtesy.searching():
            try:
                return search()
            except IndexUnavailable:
                # Perhaps another process has just swapped builds.
                self.folder.forget()
            try:
                return search()
            except IndexUnavailable as error:
                self._give_up_build(error)
                raise

    def _give_up_build(self, error: IndexUnavailable) -> None:
        now = time.monotonic()
        if now - self._discarded_at > _DISCARD_INTERVAL_SECONDS and self.folder.discard():
            self._discarded_at = now
            logger.error("the search index is damaged and will be built anew", error=str(error))

    def _search(self, query: str, locale: str, page: slice, topic: str | None, is_corrected: bool) -> SearchResult:
        parsed = parse(
            query,
            find_topic=lambda named: self._find_topic(named, locale),
            find_locale=finds_locale(self.folder.locales()),
        )
        locale, topic = parsed.locale or locale, parsed.topic or topic
        if not parsed.text or (parsed.is_exact and not parsed.quotes_in_passing):
            return self._search_exactly(query, parsed, locale, page, topic)
        result = self._search_words(parsed.text, locale, page, topic, is_corrected)
        return result if parsed.is_plain else replace(result, query=query)

    def _search_exactly(
        self, query: str, parsed: ParsedQuery, locale: str, page: slice, topic: str | None
    ) -> SearchResult:
        snapshot = self.folder.snapshot(locale)
        if snapshot is None or not (parsed.text or topic):
            return SearchResult(query, locale)
        found = find_exactly(snapshot, parsed, least=self.ranker.least_score, only=_of_topic(snapshot, topic))
        return SearchResult(
            query, locale, hits=hits_of(snapshot, found, page, question.query_of(parsed.text, locale)), total=len(found)
        )

    def _find_topic(self, named: str, locale: str) -> str | None:
        """The topic of that path, if articles are in it that this reader may be shown."""
        path = named.casefold()
        snapshots = (self.folder.snapshot(code) for code in fallback_chain(locale, self.default_locale))
        return path if any(snapshot and snapshot.frequency(TOPIC, path) for snapshot in snapshots) else None

    def _search_words(
        self, typed: str, locale: str, page: slice, topic: str | None, is_corrected: bool
    ) -> SearchResult:
        snapshot = self.folder.snapshot(locale)
        if snapshot is None:
            return SearchResult(typed, locale, other_language_hits=self._in_other_languages(typed, locale, topic, ()))
        correction = correct(typed, locale, snapshot)
        asked = correction.sure_text if correction and is_corrected else typed
        query = query_with_related(asked, snapshot)
        found = self._rank(snapshot, asked, query, self.ranker.least_score, _of_topic(snapshot, topic))
        if not found and asked != typed:
            asked, query = typed, query_with_related(typed, snapshot)
            found = self._rank(snapshot, typed, query, self.ranker.least_score, _of_topic(snapshot, topic))
        hits = hits_of(snapshot, found, page, query, self._calibration(locale))
        # Who has found what they seek is not asked whether they meant something else.
        is_doubtful = not hits or hits[0].confidence < _CLEAR_CHANCE
        return SearchResult(
            query=typed,
            locale=locale,
            hits=hits,
            total=len(found),
            corrected_query=asked if asked != typed else None,
            did_you_mean=correction.text if correction and correction.text != asked and is_doubtful else None,
            other_language_hits=self._in_other_languages(typed, locale, topic, hits) if not page.start else (),
        )

    def _suggest(self, typed: str, locale: str, limit: int, topic: str | None) -> tuple[Hit, ...]:
        for candidate in fallback_chain(locale, self.default_locale)[: 1 + _SUGGEST_OTHER_LOCALES]:
            snapshot = self.folder.snapshot(candidate)
            hits = self._suggest_in(snapshot, typed, limit, topic) if snapshot else ()
            if hits:
                return hits
        return self._suggest_corrected(typed, locale, limit, topic)

    def _suggest_corrected(self, typed: str, locale: str, limit: int, topic: str | None) -> tuple[Hit, ...]:
        snapshot = self.folder.snapshot(locale)
        correction = correct(typed, locale, snapshot) if snapshot else None
        if snapshot is None or correction is None or correction.sure_text == typed:
            return ()
        return self._suggest_in(snapshot, correction.sure_text, limit, topic)

    def _suggest_for_message(self, lines: str, locale: str, limit: int, use: Use) -> tuple[Hit, ...]:
        snapshot = self.folder.snapshot(locale)
        if snapshot is not None:
            correction = correct(lines, locale, snapshot)
            asked = correction.sure_text if correction else lines
            is_short = len(asked) <= _LONG_TEXT
            query = query_with_related(asked, snapshot) if is_short else question.query_of(asked, locale)
            found = self._rank(snapshot, asked, query, self.ranker.least_for_message)
            hits = hits_of(snapshot, found, slice(0, limit), query, self._calibration(locale))
            likely = tuple(hit for hit in hits if hit.confidence >= use.least_chance)
            if likely:
                return likely
        return self.other_languages.answering(lines, locale, limit=limit) if use.asks_other_languages else ()

    def _rank(self, snapshot: Snapshot, text: str, whole: Query, least: float, only: Array | None = None) -> Ranking:
        """The relevant articles: by the `whole` text when it is a query, by its sentences when it is a message."""
        sentences = question.sentences(text)
        ballot = self._ballot(snapshot, text)
        is_one_question = len(sentences) == 1 or len(set(whole.terms)) <= self.ranker.whole_terms
        if len(text) <= _LONG_TEXT and is_one_question:
            [whole] = self._with_meaning(snapshot, [(whole, text)])
            return ranking.rank(snapshot, whole, ranker=self.ranker, least=least, only=only, ballot=ballot)
        parts = self._with_meaning(
            snapshot, [(question.query_of(sentence, snapshot.locale), sentence) for sentence in sentences]
        )
        return ranking.rank_message(snapshot, parts, ranker=self.ranker, least=least, only=only, ballot=ballot)

    def _ballot(self, snapshot: Snapshot, text: str) -> Ballot | None:
        if self.learned is None:
            return None
        # Not that of the snapshot: articles learned with vectors though the index may not have them yet.
        return self.learned.ballot(snapshot.locale, text, snapshot.article_ids, self.folder.embedder)

    def _calibration(self, locale: str) -> Calibration:
        return self.learned.calibration(locale) if self.learned else PRIOR

    def _with_meaning(self, snapshot: Snapshot, asked: Sequence[tuple[Query, str]]) -> list[Query]:
        """Queries for texts, with what these mean where the ranker asks for it and the articles' vectors are there."""
        if snapshot.embedder is None or not self.ranker.meaning:
            return [query for query, _ in asked]
        vectors = snapshot.embedder.embed([text for _, text in asked])
        return [replace(query, vector=vector) for (query, _), vector in zip(asked, vectors, strict=True)]

    def _suggest_in(self, snapshot: Snapshot, typed: str, limit: int, topic: str | None) -> tuple[Hit, ...]:
        query = question.query_of(typed, snapshot.locale, is_unfinished=True)
        found = ranking.rank(
            snapshot,
            query,
            self.ranker.suggest_weights,
            ranker=self.ranker,
            least=self.ranker.least_suggested,
            least_share=_LEAST_SHARE_OF_BEST_SUGGESTED,
            only=_of_topic(snapshot, topic),
        )
        return title_hits_of(snapshot, found, limit, query)

    def _in_other_languages(self, text: str, locale: str, topic: str | None, own: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The best hits in other locales beside the reader's `own`."""
        return self.other_languages.beside(
            own, text, locale, limit=_OTHER_HITS, only=lambda snapshot: _of_topic(snapshot, topic)
        )


def _of_topic(snapshot: Snapshot, topic: str | None) -> Array | None:
    """A mask of the rows whose articles are of a topic, or of one below it."""
    return snapshot.weights_of(TOPIC, topic) > 0 if topic else None
