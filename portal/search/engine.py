"""The search engine: one entry for the search box, for suggestions while typing and for messages."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from markupsafe import Markup

from portal.localization import SOURCE_LOCALE, fallback_chain
from portal.search import question, ranking
from portal.search.documents import Hit, IndexChange, SearchResult, Upsert
from portal.search.fields import TEXT, TOPIC
from portal.search.index_folder import IndexFolder, Manifest
from portal.search.ranking import Query, Scored
from portal.search.snippets import Highlighter
from portal.search.spelling import Correction, Vocabulary, correct
from portal.search.whoosh_index import IndexUnavailable, Snapshot

logger = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

# What one word must score for an article to be an answer (see ranking.relevant). Measured on two public sets:
# random letters stay under 0.06 in nine of ten cases; questions about other things under 0.2, answerable ones above.
_LEAST_SCORE: Final = 0.065
_LEAST_SUGGESTED: Final = 0.1
_LEAST_SHARE_OF_BEST_SUGGESTED: Final = 0.4
_LEAST_FOR_MESSAGE: Final = 0.24
_LEAST_IN_OTHER_LANGUAGE: Final = 0.2
_POPULARITY: Final = 0.015
_POPULARITY_DEPTH: Final = 20
_MANY_TERMS: Final = 24
_LONG_TEXT: Final = 400
# A build is given up at most this often: if the new one fails as well, building again would not help.
_DISCARD_INTERVAL_SECONDS: Final = 600.0
_OTHER_LOCALES: Final = 12
_OTHER_HITS: Final = 5
_SUGGEST_OTHER_LOCALES: Final = 3


class SearchEngine:
    """Searches this machine's index. One instance a process; threads may share it.

    Every method takes any text: it is cut to a sensible length and never interpreted as a query language.
    All raise IndexUnavailable when there is no usable index. `before_search` is called before each search: there
    the index can be brought up to date.
    """

    def __init__(
        self, root: Path, *, default_locale: str = SOURCE_LOCALE, before_search: Callable[[], None] | None = None
    ) -> None:
        self.folder = IndexFolder(root)
        self.default_locale = default_locale
        self.before_search = before_search
        self._vocabularies: dict[str, tuple[Snapshot, Vocabulary]] = {}
        self._lock = threading.Lock()
        self._discarded_at = float("-inf")

    def manifest(self) -> Manifest:
        """Which locales are indexed, and the last change applied."""
        return self.folder.manifest()

    def apply(self, changes: Iterable[IndexChange], *, position: int, wait: bool = True) -> None:
        """Commit changes up to `position`. Raises IndexBusy when somebody else writes and `wait` is off."""
        self.folder.apply(changes, position=position, wait=wait)

    def rebuild(self, changes: Iterable[Upsert], *, position: int, wait: bool = True) -> int:
        """Build a new index beside the old one and swap it in; returns the number of translations in it."""
        return self.folder.rebuild(changes, position=position, wait=wait)

    def search(
        self,
        text: str,
        locale: str,
        *,
        limit: int,
        offset: int = 0,
        topic: str | None = None,
        is_corrected: bool = True,
    ) -> SearchResult:
        """The hits `offset` to `offset + limit` for what somebody typed, best first.

        A sure correction of misspelled words is applied unless `is_corrected` is off; an unsure one is offered.
        `topic` keeps only articles of that topic and those below it.
        """
        typed = question.clean(text)
        if not typed:
            return SearchResult(typed, locale)
        return self._reading(lambda: self._search(typed, locale, slice(offset, offset + limit), topic, is_corrected))

    def suggest(self, text: str, locale: str, *, limit: int = 5, topic: str | None = None) -> tuple[Hit, ...]:
        """Articles whose titles fit what is being typed, the last word perhaps unfinished.

        Their `title_html` has what is not typed yet in <b>; snippets are empty.
        """
        typed = question.clean(text)
        if not typed:
            return ()
        words = typed + (" " if text[-1:].isspace() else "")
        return self._reading(lambda: self._suggest(words, locale, limit, topic))

    def suggest_for_message(self, subject: str, message: str, locale: str, *, limit: int = 3) -> tuple[Hit, ...]:
        """Articles that may answer a message; nothing rather than something wrong."""
        lines = "\n".join(part for part in (question.clean(subject), question.clean_message(message)) if part)
        if not lines:
            return ()
        return self._reading(lambda: self._suggest_for_message(lines, locale, limit))

    def _reading(self, search: Callable[[], Answer]) -> Answer:
        """What `search` gives; a build that stays unreadable is given up, so that it is built anew."""
        if self.before_search is not None:
            self.before_search()
        try:
            return search()
        except IndexUnavailable:
            # Perhaps another process has just swapped builds.
            self.folder.forget()
        try:
            return search()
        except IndexUnavailable as error:
            now = time.monotonic()
            if now - self._discarded_at > _DISCARD_INTERVAL_SECONDS and self.folder.discard():
                self._discarded_at = now
                logger.error("the search index is damaged and will be built anew", error=str(error))
            raise

    def _search(self, typed: str, locale: str, page: slice, topic: str | None, is_corrected: bool) -> SearchResult:
        snapshot = self.folder.snapshot(locale)
        if snapshot is None:
            return SearchResult(typed, locale, other_language_hits=self._in_other_languages(typed, locale, topic))
        correction = self._correction(typed, snapshot)
        asked = correction.sure_text if correction and is_corrected else typed
        found = self._find(snapshot, asked, topic)
        if not found and asked != typed:
            asked = typed
            found = self._find(snapshot, typed, topic)
        return SearchResult(
            query=typed,
            locale=locale,
            hits=self._hits(snapshot, found[page], asked),
            total=len(found),
            corrected_query=asked if asked != typed else None,
            did_you_mean=correction.text if correction and correction.text != asked else None,
            other_language_hits=() if found else self._in_other_languages(typed, locale, topic),
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
        correction = self._correction(typed, snapshot) if snapshot else None
        if snapshot is None or correction is None or correction.sure_text == typed:
            return ()
        return self._suggest_in(snapshot, correction.sure_text, limit, topic)

    def _suggest_for_message(self, lines: str, locale: str, limit: int) -> tuple[Hit, ...]:
        snapshot = self.folder.snapshot(locale)
        if snapshot is not None:
            correction = self._correction(lines, snapshot)
            asked = correction.sure_text if correction else lines
            found = self._rank(snapshot, asked, _LEAST_FOR_MESSAGE)
            if found:
                return self._hits(snapshot, self._by_popularity(snapshot, found)[:limit], asked)
        return self._in_other_languages(lines, locale)[:limit]

    def _rank(self, snapshot: Snapshot, text: str, least: float, only: Container[int] | None = None) -> list[Scored]:
        """The relevant articles: by the whole text when it is a query, by its sentences when it is a message."""
        if len(text) <= _LONG_TEXT:
            whole = question.query_of(text, snapshot.locale)
            if len(whole.terms) <= _MANY_TERMS:
                return ranking.rank(snapshot, whole, least=least, only=only)
        parts = [question.query_of(sentence, snapshot.locale) for sentence in question.sentences(text)]
        return ranking.rank_message(snapshot, parts, least=least, only=only)

    def _find(self, snapshot: Snapshot, text: str, topic: str | None) -> list[Scored]:
        return self._by_popularity(snapshot, self._rank(snapshot, text, _LEAST_SCORE, _of_topic(snapshot, topic)))

    def _suggest_in(self, snapshot: Snapshot, typed: str, limit: int, topic: str | None) -> tuple[Hit, ...]:
        query = question.query_of(typed, snapshot.locale, is_unfinished=True)
        ranked = ranking.rank(
            snapshot,
            query,
            ranking.SUGGEST_WEIGHTS,
            least=_LEAST_SUGGESTED,
            least_share=_LEAST_SHARE_OF_BEST_SUGGESTED,
            only=_of_topic(snapshot, topic),
        )
        highlighter = _highlighter(snapshot, query)
        return tuple(
            _title_hit(snapshot, scored, lead, highlighter)
            for scored in self._by_popularity(snapshot, ranked)[:limit]
            if (lead := snapshot.lead(scored.article_id)) is not None
        )

    def _by_popularity(self, snapshot: Snapshot, ranked: list[Scored]) -> list[Scored]:
        """The same list; near ties at its top ordered by how much the articles are read."""

        def worth(scored: Scored) -> float:
            lead = snapshot.lead(scored.article_id) or {}
            return scored.score + _POPULARITY * float(lead.get("popularity", 0.0))

        top = sorted(ranked[:_POPULARITY_DEPTH], key=worth, reverse=True)
        return top + ranked[_POPULARITY_DEPTH:]

    def _hits(self, snapshot: Snapshot, ranked: Sequence[Scored], text: str) -> tuple[Hit, ...]:
        highlighter = _highlighter(snapshot, question.query_of(text, snapshot.locale))
        return tuple(hit for scored in ranked if (hit := _hit(snapshot, scored, highlighter)))

    def _in_other_languages(self, text: str, locale: str, topic: str | None = None) -> tuple[Hit, ...]:
        """The best hits in other locales, those first that a reader of `locale` would try next."""
        chain = [code for code in fallback_chain(locale, self.default_locale) if code != locale]
        others = [code for code in self.folder.locales() if code != locale and code not in chain]
        hits: list[Hit] = []
        seen: set[int] = set()
        for candidate in [*chain, *others][:_OTHER_LOCALES]:
            snapshot = self.folder.snapshot(candidate)
            if snapshot is None:
                continue
            found = self._rank(snapshot, text, _LEAST_IN_OTHER_LANGUAGE, _of_topic(snapshot, topic))
            fresh = [scored for scored in found if scored.article_id not in seen]
            seen.update(scored.article_id for scored in fresh)
            hits += self._hits(snapshot, fresh[: _OTHER_HITS - len(hits)], text)
            if len(hits) >= _OTHER_HITS:
                break
        return tuple(hits)

    def _correction(self, text: str, snapshot: Snapshot) -> Correction | None:
        with self._lock:
            known = self._vocabularies.get(snapshot.locale)
            if known is None or known[0] is not snapshot:
                known = (snapshot, Vocabulary(snapshot))
                self._vocabularies[snapshot.locale] = known
        return correct(text, snapshot.locale, snapshot, known[1])


def _of_topic(snapshot: Snapshot, topic: str | None) -> dict[int, float] | None:
    return snapshot.articles_with(TOPIC, topic) if topic else None


def _highlighter(snapshot: Snapshot, query: Query) -> Highlighter:
    count = snapshot.document_count
    weights = {
        term: math.log(1 + count / (1 + snapshot.frequency(TEXT, term)))
        for term in (*query.terms, *query.unfinished_terms)
    }
    return Highlighter(snapshot.locale, weights, query.prefix)


def _hit(snapshot: Snapshot, scored: Scored, highlighter: Highlighter) -> Hit | None:
    """The hit with its best section's passage; the summary or the first section stands in where that has no text."""
    lead = snapshot.lead(scored.article_id)
    if lead is None:
        return None
    section = lead
    if scored.document is not None:
        segment, document = scored.document
        section = snapshot.segments[segment].stored(document)
    return Hit(
        article_id=scored.article_id,
        locale=snapshot.locale,
        score=min(1.0, scored.score),
        title=str(lead["title"]),
        title_html=highlighter.marked(str(lead["title"])),
        snippet=highlighter.best_passage([str(section["text"]), str(lead["summary"])])
        or highlighter.best_passage(str(other["text"]) for other in snapshot.sections(scored.article_id)),
        section_key=str(section["key"]),
        section_heading=str(section["heading"]),
        topic_key=str(lead["topic"]),
    )


def _title_hit(snapshot: Snapshot, scored: Scored, lead: dict[str, Any], highlighter: Highlighter) -> Hit:
    title = str(lead["title"])
    return Hit(
        article_id=scored.article_id,
        locale=snapshot.locale,
        score=min(1.0, scored.score),
        title=title,
        title_html=highlighter.completed(title),
        snippet=Markup(),
        topic_key=str(lead["topic"]),
    )
