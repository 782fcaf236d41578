"""What goes into the index and what comes out of a search: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

# From this chance on an article in another language is worth more than a guess in the reader's own.
_PROBABLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class IndexedSection:
    """A heading with the text under it; the text before the first heading has an empty key."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """One published translation as the index needs it.

    `learned_words` are those of the people it helped. `popularity` is from 0.0 to 1.0 and only breaks ties.
    """

    article_id: int
    locale: str
    title: str
    old_titles: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    learned_words: tuple[str, ...] = ()
    summary: str = ""
    topic_key: str = ""
    error_code: str = ""
    popularity: float = 0.0
    sections: tuple[IndexedSection, ...] = ()


@dataclass(frozen=True, slots=True)
class Upsert:
    """Put this article into the index of its locale, in place of what was there."""

    article: IndexedArticle

    @property
    def article_id(self) -> int:
        """The article that changes."""
        return self.article.article_id

    @property
    def locale(self) -> str:
        """The locale whose index changes."""
        return self.article.locale


@dataclass(frozen=True, slots=True)
class Delete:
    """Take this article out of the index of a locale."""

    article_id: int
    locale: str


IndexChange = Upsert | Delete


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, with the section that answers best. `score` is from 0.0 to 1.0.

    `reasons` are the words of the article, as it writes them, that say most for it; `confidence` is the chance from
    0.0 to 1.0 that it answers; `prior_chance` is that before people's verdicts on suggestions, None where these change
    nothing; `ranker_version` is "" for what no ranker ordered.
    `title_html` and `snippet` are safe HTML in which what was searched for stands in ``<mark>``.
    `section_key` is the anchor to open; "" is the top of the article.
    """

    article_id: int
    locale: str
    score: float
    title: str
    title_html: Markup
    snippet: Markup
    section_key: str = ""
    section_heading: str = ""
    topic_key: str = ""
    reasons: tuple[str, ...] = ()
    confidence: float = 0.0
    prior_chance: float | None = None
    ranker_version: str = ""

    def reasons_besides(self, *shown: str) -> tuple[str, ...]:
        """The reasons that somebody who sees the title, the snippet and the plain texts `shown` does not see there."""
        snippet = Markup(self.snippet).striptags()  # noqa: S704 - it is only read here
        seen = " ".join((self.title, snippet, *shown)).casefold()
        return tuple(reason for reason in self.reasons if reason.casefold() not in seen)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one search.

    `total` counts all hits, `hits` holds the page asked for. `corrected_query` is what was searched for instead
    of what was typed; `did_you_mean` is only an offer. `other_language_hits` are filled when `hits` say little.
    `is_incomplete`: the index could not be used and the database was searched.
    """

    query: str
    locale: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    corrected_query: str | None = None
    did_you_mean: str | None = None
    other_language_hits: tuple[Hit, ...] = field(default=())
    is_incomplete: bool = False

    @property
    def is_answered_elsewhere(self) -> bool:
        """Whether an article in another language probably answers, and more probably than those in the reader's own."""
        chances = [hits[0].confidence if hits else 0.0 for hits in (self.other_language_hits, self.hits)]
        return chances[0] >= _PROBABLE and chances[0] > chances[1]
