"""Articles that may answer a message, as forms and mails show them. Search may fail; they never do because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from markupsafe import Markup

from portal.database import db, write_intent
from portal.knowledge_base.models import Revision, Section, Translation
from portal.knowledge_base.queries import visible_articles
from portal.search.documents import Hit
from portal.search.uses import CONTACT_FORM, Use

_EXCERPT_LENGTH = 700
logger = structlog.get_logger(__name__)


class MessageSearch(Protocol):
    """What is asked of the search engine here."""

    def suggest_for_message(self, subject: str, message: str, locale: str, *, use: Use) -> tuple[Hit, ...]:
        """Articles that may answer a message, best first."""


@dataclass(frozen=True)
class Passage:
    """A heading ("" at an article's beginning) and the lines under it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """An article offered to somebody who writes to us, with the part that answers best."""

    article_id: int
    locale: str
    title: str
    snippet: Markup
    slug: str
    section_key: str
    passages: tuple[Passage, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestions:
    """What was found: hits as search ranks them (to be recorded), and what is shown of those readers may see."""

    hits: tuple[Hit, ...] = ()
    shown: tuple[Suggestion, ...] = ()

    def only(self, article_ids: Set[int]) -> Suggestions:
        """Those of some articles."""
        return Suggestions(
            tuple(hit for hit in self.hits if hit.article_id in article_ids),
            tuple(each for each in self.shown if each.article_id in article_ids),
        )


NO_SUGGESTIONS: Final = Suggestions()


def find_suggestions(
    search: MessageSearch | None, subject: str, message: str, locale: str, use: Use = CONTACT_FORM
) -> Suggestions:
    """At most as many articles as `use` shows; none when search does not work."""
    if search is None or not (subject.strip() or message.strip()):
        return Suggestions()
    try:
        with _only_reading():
            hits = search.suggest_for_message(subject, message, locale, use=use)
            shown = _described(hits)
    except Exception:
        logger.exception("no suggestions: search failed", locale=locale)
        return Suggestions()
    return Suggestions(hits, shown).only({suggestion.article_id for suggestion in shown})


@contextmanager
def _only_reading() -> Iterator[None]:
    # A search takes its time: it must not hold the database's one write lock, which a POST takes at BEGIN.
    db.session.commit()
    intent = write_intent.set(False)
    try:
        yield
    finally:
        db.session.commit()
        write_intent.reset(intent)


def _described(hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
    found = _sections(hits)
    suggestions = []
    for hit in hits:
        slug, sections = found.get((hit.article_id, hit.locale), ("", []))
        if slug:
            suggestions.append(
                Suggestion(
                    article_id=hit.article_id,
                    locale=hit.locale,
                    title=hit.title,
                    snippet=hit.snippet,
                    slug=slug,
                    section_key=hit.section_key,
                    passages=_passages(sections, hit.section_key),
                    reasons=hit.reasons_besides(),
                )
            )
    return tuple(suggestions)


def _sections(hits: Sequence[Hit]) -> dict[tuple[int, str], tuple[str, list[tuple[str, str, str]]]]:
    """(article, locale) → slug and its sections in order: key, heading, text."""
    if not hits:
        return {}
    rows = db.session.execute(
        visible_articles()
        .join(Section, Section.revision_id == Revision.id)
        .where(
            Translation.article_id.in_({hit.article_id for hit in hits}),
            Translation.locale.in_({hit.locale for hit in hits}),
        )
        .with_only_columns(
            Translation.article_id, Translation.locale, Translation.slug, Section.key, Section.heading, Section.text
        )
        .order_by(Translation.id, Section.position)
    )
    found: dict[tuple[int, str], tuple[str, list[tuple[str, str, str]]]] = {}
    for article_id, locale, slug, key, heading, text in rows:
        found.setdefault((article_id, locale), (slug, []))[1].append((key, heading, text))
    return found


def _passages(sections: Sequence[tuple[str, str, str]], key: str) -> tuple[Passage, ...]:
    """The section `key` and those after it, until there is enough to read in place."""
    start = next((number for number, section in enumerate(sections) if section[0] == key), 0)
    passages: list[Passage] = []
    length = 0
    for _key, heading, text in sections[start:]:
        lines = []
        for line in filter(None, map(str.strip, text.splitlines())):
            if length > _EXCERPT_LENGTH:
                break
            lines.append(line)
            length += len(line)
        if lines:
            passages.append(Passage(heading, tuple(lines)))
        if length > _EXCERPT_LENGTH:
            break
    return tuple(passages)
