"""What the pages of a search show besides the hits themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.database import db
from portal.knowledge_base.models import Article, Translation
from portal.knowledge_base.queries import TopicView, visible_articles
from portal.search.documents import Hit
from portal.search.fields import phrase_key


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic to filter by."""

    path: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A hit that readers may open, with what its line shows. `topic` is None for articles without one."""

    hit: Hit
    slug: str
    topic: TopicChoice | None
    reviewed_on: date | None

    @property
    def unseen_reasons(self) -> tuple[str, ...]:
        """The reasons that neither title, passage nor the section's heading show."""
        return self.hit.reasons_besides(self.hit.section_heading)


def topic_choices(topics: Sequence[TopicView]) -> list[TopicChoice]:
    """The topics that have articles, each followed by its sub-topics."""
    return [
        TopicChoice(topic.path, topic.name, topic.locale)
        for top in topics
        for topic in (top, *top.children)
        if topic.id is not None and topic.article_count
    ]


def find_topic(choices: Sequence[TopicChoice], named: str, locale: str) -> str | None:
    """The path of the topic that somebody means by its path, its key, or its name in their language; None for none."""
    asked = named.casefold()
    for choice in choices:
        path = choice.path.casefold()
        if asked in {path, path.rpartition("/")[2]}:
            return choice.path
    asked = phrase_key(named, locale)
    return next((choice.path for choice in choices if phrase_key(choice.name, locale) == asked), None)


def found_articles(hits: Sequence[Hit], choices: Sequence[TopicChoice]) -> list[FoundArticle]:
    """The hits that readers may see now, in their order: the index may be a moment behind."""
    if not hits:
        return []
    names = {choice.path: choice for choice in choices}
    rows = db.session.execute(
        visible_articles()
        .where(
            Translation.article_id.in_({hit.article_id for hit in hits}),
            Translation.locale.in_({hit.locale for hit in hits}),
        )
        .with_only_columns(Translation.article_id, Translation.locale, Translation.slug, Article.reviewed_on)
    )
    known = {(article_id, locale): (slug, reviewed_on) for article_id, locale, slug, reviewed_on in rows}
    found = []
    for hit in hits:
        if (hit.article_id, hit.locale) not in known:
            continue
        slug, reviewed_on = known[hit.article_id, hit.locale]
        found.append(FoundArticle(hit, slug, names.get(hit.topic_key), reviewed_on))
    return found
