"""What feeds and sitemaps list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.database import db
from portal.knowledge_base.models import Article, Revision, Translation
from portal.knowledge_base.queries import visible_articles

FEED_LIMIT = 30


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """A translation as feeds list it."""

    article_key: str
    slug: str
    title: str
    summary: str
    published_at: datetime
    updated_at: datetime


def changed_articles(locale: str) -> list[ChangedArticle]:
    """The translations of a locale that were published or changed last, newest first, at most `FEED_LIMIT`."""
    query = (
        visible_articles(locale=locale)
        .with_only_columns(
            Article.key,
            Translation.slug,
            Translation.published_at,
            Translation.updated_at,
            Revision.title,
            Revision.summary,
        )
        .order_by(Translation.updated_at.desc(), Translation.id.desc())
        .limit(FEED_LIMIT)
    )
    return [
        ChangedArticle(
            article_key=row.key,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            published_at=row.published_at or row.updated_at,
            updated_at=row.updated_at,
        )
        for row in db.session.execute(query)
    ]


def sitemap_parts(size: int) -> list[tuple[str, int]]:
    """The sitemaps there are: locale and number, from 1. Number n holds the articles with ids up to n × `size`.

    By id and not by count, so that an article never moves from one sitemap to another.
    """
    number = (Translation.article_id - 1) // size + 1
    query = visible_articles().with_only_columns(Translation.locale, number).distinct()
    return sorted((locale, int(number)) for locale, number in db.session.execute(query))


def sitemap_entries(locale: str, number: int, size: int) -> list[tuple[str, datetime]]:
    """Slug and time of the last change of each article in one sitemap of a locale."""
    first = (number - 1) * size + 1
    query = (
        visible_articles(locale=locale)
        .where(Translation.article_id.between(first, first + size - 1))
        .with_only_columns(Translation.slug, Translation.updated_at)
        .order_by(Translation.article_id)
    )
    return [(slug, updated_at) for slug, updated_at in db.session.execute(query)]
