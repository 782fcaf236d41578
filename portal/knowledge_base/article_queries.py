"""What an article page reads: where an address leads, and everything the page shows, in few queries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import aliased, contains_eager

from portal.database import db
from portal.knowledge_base import queries
from portal.knowledge_base.freshness import is_outdated
from portal.knowledge_base.models import (
    Article,
    ArticleFeedback,
    ArticlePicture,
    Revision,
    Significance,
    SlugHistory,
    Topic,
    Translation,
    TranslationState,
)
from portal.knowledge_base.queries import ReadableArticle, TopicStep
from portal.knowledge_base.references import parse_article_link
from portal.localization import SOURCE_LOCALE, fallback_chain

_ARTICLE_LINK = re.compile(r'<a href="(article:[^"]*)"')


@dataclass(frozen=True, slots=True)
class Version:
    """An article in one locale, whatever its state: enough to choose between them.

    `major_number` is that of the last major revision that readers have seen, None when they saw none.
    """

    translation_id: int
    article_id: int
    locale: str
    slug: str
    state: TranslationState
    revision_id: int | None
    major_number: int | None
    source_locale: str

    @property
    def is_visible(self) -> bool:
        """Whether readers may see it."""
        return self.state is TranslationState.PUBLISHED and self.revision_id is not None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads. `chosen` is None when all that was there has been withdrawn.

    `versions` are the visible ones, in every locale.
    """

    chosen: Version | None
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class ArticlePage:
    """An article as its page shows it: the chosen translation and what lies around it."""

    translation: Translation
    revision: Revision
    versions: tuple[Version, ...]
    trail: list[TopicStep]
    related: list[ReadableArticle]
    links: dict[str, ReadableArticle]
    pictures: dict[str, ArticlePicture]
    is_outdated: bool

    @property
    def article(self) -> Article:
        """The article itself."""
        return self.translation.article


def find_article(slug: str, *, locale: str, default: str = SOURCE_LOCALE) -> Destination | None:
    """Where ``/<locale>/articles/<slug>`` leads; None when no article has or had that slug in any locale.

    Slugs are unique in one locale only. So the reader's own locale comes first; then an article that lacks it, for
    then the address is the one that we give such an article; then old addresses; then those of other locales.
    """
    current = _destinations(Translation.slug == slug, locale, default)
    for destination in current:
        chosen = destination.chosen
        if chosen and chosen.slug == slug:
            return destination
    replaced = _replaced_addresses(slug, locale, default)
    if replaced:
        return replaced
    return next((known for known in current if known.chosen), current[0] if current else None)


def article_page(chosen: Version, versions: Sequence[Version], *, locale: str, default: str) -> ArticlePage:
    """Everything that the page of `chosen` shows to a reader of `locale`."""
    translation = db.session.scalars(
        queries.visible_articles()
        .where(Translation.id == chosen.translation_id)
        .options(
            contains_eager(Translation.article).joinedload(Article.topic).joinedload(Topic.parent),
            contains_eager(Translation.published_revision).selectinload(Revision.sections),
        )
    ).one()
    revision = translation.published_revision
    if revision is None:
        raise LookupError(f"translation {chosen.translation_id} has no published revision")
    article = translation.article
    keys = {*article.related_keys, *_linked_keys(revision.body_html)}
    links = queries.articles_by_key(keys, locale=locale, default=default)
    return ArticlePage(
        translation=translation,
        revision=revision,
        versions=tuple(versions),
        trail=queries.topic_trail(article.topic, locale, default=default),
        related=queries.related_articles(article, links, locale=locale, default=default),
        links=links,
        pictures=_pictures(article.id) if "picture:" in revision.body_html else {},
        is_outdated=_is_behind_source(chosen, revision, versions),
    )


def translation_to_read(versions: Sequence[Version], *, locale: str, default: str = SOURCE_LOCALE) -> Version | None:
    """The best visible version for a reader of `locale`, as `queries.reading_order` ranks them."""
    chain = fallback_chain(locale, default)

    def rank(version: Version) -> tuple[int, bool, str]:
        return _place_in(chain, version.locale), version.locale != version.source_locale, version.locale

    return min((version for version in versions if version.is_visible), key=rank, default=None)


def find_picture(digest: str, name: str) -> ArticlePicture | None:
    """An article's picture; None for every other blob, such as a file that somebody attached to a message."""
    query = select(ArticlePicture).where(ArticlePicture.digest == digest, ArticlePicture.name == name)
    return db.session.scalars(query.limit(1)).first()


def find_feedback(receipt: str, translation_id: int) -> ArticleFeedback | None:
    """The answer that a receipt stands for, if it was given on this translation."""
    query = select(ArticleFeedback).where(
        ArticleFeedback.receipt == receipt, ArticleFeedback.translation_id == translation_id
    )
    return db.session.scalars(query).first()


def _destinations(condition: ColumnElement[bool], locale: str, default: str) -> list[Destination]:
    """Where the articles lead that have a translation which meets `condition`, the reader's own locale first."""
    versions: dict[int, list[Version]] = {}
    matching: dict[int, list[Version]] = {}
    for version, matches in _versions(condition):
        versions.setdefault(version.article_id, []).append(version)
        # A draft has no address yet.
        if matches and version.state is not TranslationState.DRAFT:
            matching.setdefault(version.article_id, []).append(version)
    chain = fallback_chain(locale, default)

    def nearness(article_id: int) -> int:
        locales = [version.locale for version in matching[article_id]]
        return min(_place_in(chain, near) for near in locales)

    return [
        Destination(
            chosen=translation_to_read(versions[article_id], locale=locale, default=default),
            versions=tuple(version for version in versions[article_id] if version.is_visible),
        )
        for article_id in sorted(matching, key=nearness)
    ]


def _versions(condition: ColumnElement[bool]) -> Iterator[tuple[Version, bool]]:
    """All versions of the articles that have one which meets `condition`, each with whether it does."""
    article_ids = select(Translation.article_id).where(condition)
    rows = db.session.execute(
        select(
            Translation.id.label("translation_id"),
            Translation.article_id,
            Translation.locale,
            Translation.slug,
            Translation.state,
            Translation.published_revision_id.label("revision_id"),
            _last_major_number().label("major_number"),
            Article.source_locale,
            condition.label("matches"),
        )
        .join(Article)
        .where(Translation.article_id.in_(article_ids))
        .order_by(Translation.article_id, Translation.locale)
    )
    for row in rows.mappings():
        columns = dict(row)
        matches = columns.pop("matches")
        yield Version(**columns), bool(matches)


def _place_in(chain: Sequence[str], locale: str) -> int:
    """How near a locale is to a reader; behind all others when it is not in their chain."""
    return chain.index(locale) if locale in chain else len(chain)


def _replaced_addresses(slug: str, locale: str, default: str) -> Destination | None:
    rows = db.session.execute(
        select(SlugHistory.locale, SlugHistory.translation_id).where(SlugHistory.slug == slug)
    ).all()
    chain = fallback_chain(locale, default)
    for _place, translation_id in sorted((_place_in(chain, near), translation_id) for near, translation_id in rows):
        destinations = _destinations(Translation.id == translation_id, locale, default)
        if destinations:
            return destinations[0]
    return None


def _last_major_number() -> ScalarSelect[int]:
    published = aliased(Revision)
    return (
        select(func.max(Revision.number))
        .join(published, published.id == Translation.published_revision_id)
        .where(
            Revision.translation_id == Translation.id,
            Revision.significance == Significance.MAJOR,
            Revision.number <= published.number,
        )
        .correlate(Translation)
        .scalar_subquery()
    )


def _is_behind_source(chosen: Version, revision: Revision, versions: Sequence[Version]) -> bool:
    if chosen.locale == chosen.source_locale:
        return False
    source = next((version for version in versions if version.locale == chosen.source_locale), None)
    return source is not None and is_outdated(revision.based_on_number, filter(None, [source.major_number]))


def _linked_keys(body_html: str) -> set[str]:
    links = (parse_article_link(unescape(href)) for href in _ARTICLE_LINK.findall(body_html))
    return {link.key for link in links if link and link.key}


def _pictures(article_id: int) -> dict[str, ArticlePicture]:
    pictures = db.session.scalars(select(ArticlePicture).where(ArticlePicture.article_id == article_id))
    return {picture.name: picture for picture in pictures}
