"""Searching without an index: slower and simpler, but always there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, not_, or_, select

from portal.database import db
from portal.knowledge_base.models import Revision, Section, Translation
from portal.knowledge_base.queries import visible_articles
from portal.search import analyzers, question
from portal.search.documents import Hit, SearchResult
from portal.search.operators import parse
from portal.search.snippets import Highlighter

_MAXIMUM_WORDS = 6
_MAXIMUM_HITS = 50


def search_database(text: str, locale: str, *, limit: int, offset: int = 0) -> SearchResult:
    """The articles in `locale` that contain every word as it is written, those with a word in the title first.

    Phrases, titles and exclusions are met; topic and language are for those who call this.
    """
    typed = question.clean(text)
    asked = parse(typed, find_topic=lambda _name: None)
    found = analyzers.words(asked.text, locale)
    kept = [word for word in found if not word.is_stop_word] or found
    # As typed, not normalised: the database compares letters, not meanings.
    needles = list(dict.fromkeys(asked.text[word.start : word.end] for word in kept))[:_MAXIMUM_WORDS]
    if not needles:
        return SearchResult(typed, locale, is_incomplete=True)
    in_title = case((or_(*(Revision.title.icontains(needle, autoescape=True) for needle in needles)), 0), else_=1)
    rows = db.session.execute(
        visible_articles(locale=locale)
        .where(*(_contains(needle) for needle in (*needles, *asked.phrases)))
        .where(*(Revision.title.icontains(title, autoescape=True) for title in asked.titles))
        .where(*(not_(_contains(needle)) for needle in asked.excluded))
        .order_by(in_title, Revision.title, Translation.id)
        .limit(_MAXIMUM_HITS)
        .with_only_columns(Translation.article_id, Revision.id, Revision.title, Revision.summary)
    ).all()
    page = rows[offset : offset + limit]
    texts = _texts([row[1] for row in page])
    highlighter = Highlighter(locale, {term.text: 1.0 for term in analyzers.terms(asked.text, locale)})
    return SearchResult(
        query=typed,
        locale=locale,
        hits=tuple(
            Hit(
                article_id=article_id,
                locale=locale,
                score=0.0,
                title=title,
                title_html=highlighter.marked(title),
                snippet=highlighter.best_passage([*texts.get(revision_id, ()), summary]),
            )
            for article_id, revision_id, title, summary in page
        ),
        total=len(rows),
        is_incomplete=True,
    )


def _contains(needle: str) -> ColumnElement[bool]:
    in_sections = select(Section.id).where(
        Section.revision_id == Revision.id,
        or_(Section.text.icontains(needle, autoescape=True), Section.heading.icontains(needle, autoescape=True)),
    )
    return or_(
        Revision.title.icontains(needle, autoescape=True),
        Revision.summary.icontains(needle, autoescape=True),
        in_sections.exists(),
    )


def _texts(revision_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(Section.revision_id, Section.text).where(Section.revision_id.in_(revision_ids))
    for revision_id, text in db.session.execute(query.order_by(Section.position)):
        found.setdefault(revision_id, []).append(text)
    return found
