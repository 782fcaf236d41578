"""Every read of lists, topics and names. Readers reach articles by one door, `visible_articles`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, Subquery, case, func, select

from portal.database import db
from portal.knowledge_base.models import Article, Revision, Topic, TopicName, Translation, TranslationState
from portal.localization import SOURCE_LOCALE, fallback_chain
from portal.web.paging import Key, keyset_page

POPULAR_LIMIT = 6
RELATED_LIMIT = 4
UNSORTED_PATH = "more"

# The same as `visible_articles`, where nothing of the revision is needed.
_IS_VISIBLE = (Translation.state == TranslationState.PUBLISHED, Translation.published_revision_id.is_not(None))


@dataclass(frozen=True, slots=True)
class ReadableArticle:
    """An article as lists show it: the translation that a reader gets, which may be in another locale than theirs."""

    article_id: int
    key: str
    topic_id: int | None
    locale: str
    slug: str
    title: str
    summary: str
    reviewed_on: date | None


@dataclass(frozen=True, slots=True)
class TopicStep:
    """A topic on the way to an article. `locale` is that of the name, which may be another one than the reader's."""

    path: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic with its name for a reader. `path` stands in addresses: its key, or its parent's and its own.

    `article_count` is that of the topic and its sub-topics; `own_count` leaves the sub-topics out.
    `locale` is that of the name, which may be another one than the reader's. Articles without a topic stand
    together under one with neither id nor name.
    """

    id: int | None
    path: str
    icon: str
    name: str
    description: str
    locale: str
    own_count: int
    article_count: int
    children: tuple[TopicView, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicContents:
    """The articles of a topic page.

    `own` are some of those that lie directly in the topic, with the cursors of their neighbours (None at either
    end); `sections` are the first ones of each sub-topic, by its id.
    """

    own: list[ReadableArticle]
    next_cursor: str | None
    previous_cursor: str | None
    sections: dict[int, list[ReadableArticle]]


def visible_articles(*, locale: str | None = None) -> Select[Translation]:
    """The translations that readers may see, joined with their article and published revision."""
    query = (
        select(Translation)
        .join(Article, Article.id == Translation.article_id)
        .join(Revision, Revision.id == Translation.published_revision_id)
        .where(Translation.state == TranslationState.PUBLISHED)
    )
    return query if locale is None else query.where(Translation.locale == locale)


def reading_order(locale: str, default: str = SOURCE_LOCALE) -> list[SQLColumnExpression[Any]]:
    """How the translations of one article rank for a reader: the fallback chain, then the source, then any."""
    ranks = {candidate: rank for rank, candidate in enumerate(fallback_chain(locale, default))}
    return [
        case(ranks, value=Translation.locale, else_=len(ranks)),
        case((Translation.locale == Article.source_locale, 0), else_=1),
        Translation.locale,
    ]  # fmt: skip


def articles_to_read(*where: ColumnElement[bool], locale: str, default: str = SOURCE_LOCALE) -> list[ReadableArticle]:
    """The articles that meet `where`, each in the best translation for `locale`, in the order of their position."""
    choices = _choices(where, locale, default)
    query = _readable().join(choices, choices.c.translation_id == Translation.id).where(choices.c.choice == 1)
    return [_as_readable(row) for row in db.session.execute(query.order_by(Article.position, Article.id))]


def articles_by_id(
    article_ids: Collection[int], *, locale: str, default: str = SOURCE_LOCALE
) -> dict[int, ReadableArticle]:
    """The visible ones among `article_ids`, each in the best translation for `locale`."""
    if not article_ids:
        return {}
    articles = articles_to_read(Article.id.in_(article_ids), locale=locale, default=default)
    return {article.article_id: article for article in articles}


def articles_by_key(keys: Collection[str], *, locale: str, default: str = SOURCE_LOCALE) -> dict[str, ReadableArticle]:
    """The visible ones among the articles with these keys, each in the best translation for `locale`."""
    if not keys:
        return {}
    articles = articles_to_read(Article.key.in_(keys), locale=locale, default=default)
    return {article.key: article for article in articles}


def popular_articles(locale: str, *, default: str = SOURCE_LOCALE) -> list[ReadableArticle]:
    """The articles that editors marked as popular, in their order, at most `POPULAR_LIMIT`."""
    ranked = (
        select(Article.id)
        .where(Article.popular_position.is_not(None), _has_visible_translation())
        .order_by(Article.popular_position, Article.id)
        .limit(POPULAR_LIMIT)
    )
    ids = list(db.session.scalars(ranked))
    articles = articles_by_id(ids, locale=locale, default=default)
    return [articles[article_id] for article_id in ids]


def related_articles(
    article: Article, known: dict[str, ReadableArticle], *, locale: str, default: str = SOURCE_LOCALE
) -> list[ReadableArticle]:
    """The articles its author names (looked up in `known`), then others of its topic, at most `RELATED_LIMIT`."""
    related = [known[key] for key in article.related_keys if key in known and key != article.key][:RELATED_LIMIT]
    if len(related) == RELATED_LIMIT or article.topic_id is None:
        return related
    taken = [article.id, *(other.article_id for other in related)]
    missing = RELATED_LIMIT - len(related)
    nearest = (
        select(Article.id)
        .where(Article.topic_id == article.topic_id, Article.id.not_in(taken), _has_visible_translation())
        .order_by(func.abs(Article.position - article.position), Article.id)
        .limit(missing)
    )
    return related + articles_to_read(Article.id.in_(nearest), locale=locale, default=default)


def topic_contents(
    topic: TopicView, *, locale: str, cursor: str | None, size: int, section_size: int, default: str = SOURCE_LOCALE
) -> TopicContents:
    """One page of a topic's own articles and, on the first page, the first articles of its sub-topics."""
    of_topic = Article.topic_id.is_(None) if topic.id is None else Article.topic_id == topic.id
    page = keyset_page(
        select(Article).where(of_topic, _has_visible_translation()),
        [Key(Article.position), Key(Article.id)],
        cursor=cursor,
        size=size,
    )
    own_ids = [article.id for article in page.items]
    sections: dict[int, list[int]] = {}
    if not cursor:
        child_ids = [child.id for child in topic.children if child.id is not None and child.article_count]
        sections = _first_ids(child_ids, section_size)
    wanted = [*own_ids, *(article_id for ids in sections.values() for article_id in ids)]
    articles = articles_by_id(wanted, locale=locale, default=default)
    return TopicContents(
        own=[articles[article_id] for article_id in own_ids],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        sections={topic_id: [articles[article_id] for article_id in ids] for topic_id, ids in sections.items()},
    )


def topics(locale: str, *, default: str = SOURCE_LOCALE) -> list[TopicView]:
    """The topics of the first level, each with its sub-topics, in their order; empty ones too."""
    return _topics(locale, default, article_counts())


def browsable_topics(locale: str, *, default: str = SOURCE_LOCALE) -> list[TopicView]:
    """What readers can browse: `topics`, and last the articles without a topic, if there are any."""
    counts = article_counts()
    tops = _topics(locale, default, counts)
    unsorted_count = counts.get(None, 0)
    if unsorted_count and all(top.path != UNSORTED_PATH for top in tops):
        tops.append(TopicView(None, UNSORTED_PATH, "", "", "", locale, unsorted_count, unsorted_count))
    return tops


def topic_trail(topic: Topic | None, locale: str, *, default: str = SOURCE_LOCALE) -> list[TopicStep]:
    """The way down to a topic: its parent, if it has one, and itself."""
    if topic is None:
        return []
    trail = [topic.parent, topic] if topic.parent else [topic]
    names = _topic_names(locale, default, [step.id for step in trail])
    return [
        TopicStep(
            path="/".join(step.key for step in trail[: depth + 1]),
            name=names[step.id].name if step.id in names else _readable_key(step.key),
            locale=names[step.id].locale if step.id in names else SOURCE_LOCALE,
        )
        for depth, step in enumerate(trail)
    ]


def article_counts() -> dict[int | None, int]:
    """How many articles with at least one visible translation lie directly in each topic; None counts those in none."""
    # A list of ids and not EXISTS: all articles are counted, so one pass over the translations is quicker.
    visible = select(Translation.article_id).where(*_IS_VISIBLE)
    query = select(Article.topic_id, func.count().label("number")).where(Article.id.in_(visible))
    query = query.group_by(Article.topic_id)
    return {row.topic_id: row.number for row in db.session.execute(query)}


def published_locales() -> frozenset[str]:
    """Every locale that has a visible translation."""
    return frozenset(db.session.scalars(select(Translation.locale).where(*_IS_VISIBLE).distinct()))


def _topics(locale: str, default: str, counts: Mapping[int | None, int]) -> list[TopicView]:
    names = _topic_names(locale, default)
    rows = list(db.session.scalars(select(Topic).order_by(Topic.position, Topic.id)))

    def view(topic: Topic, parent_path: str, children: tuple[TopicView, ...]) -> TopicView:
        own_count = counts.get(topic.id, 0)
        name = names.get(topic.id)
        return TopicView(
            id=topic.id,
            path=f"{parent_path}{topic.key}",
            icon=topic.icon,
            name=name.name if name else _readable_key(topic.key),
            description=name.description if name else "",
            locale=name.locale if name else SOURCE_LOCALE,
            own_count=own_count,
            article_count=own_count + sum(child.article_count for child in children),
            children=children,
        )

    return [
        view(top, "", tuple(view(child, f"{top.key}/", ()) for child in rows if child.parent_id == top.id))
        for top in rows
        if top.parent_id is None
    ]


def _topic_names(locale: str, default: str, topic_ids: Collection[int] | None = None) -> dict[int, TopicName]:
    """The best name of each topic for a reader of `locale`; topics named in no locale of the chain are left out."""
    chain = fallback_chain(locale, default)
    query = select(TopicName).where(TopicName.locale.in_(chain))
    if topic_ids is not None:
        query = query.where(TopicName.topic_id.in_(topic_ids))
    best: dict[int, TopicName] = {}
    for name in db.session.scalars(query):
        known = best.get(name.topic_id)
        if known is None or chain.index(name.locale) < chain.index(known.locale):
            best[name.topic_id] = name
    return best


def _readable_key(key: str) -> str:
    return key.replace("-", " ").replace("_", " ").capitalize()


def _first_ids(topic_ids: Collection[int], size: int) -> dict[int, list[int]]:
    """The ids of the first `size` visible articles of each topic, in the order of their position."""
    if not topic_ids:
        return {}
    place = func.row_number().over(partition_by=Article.topic_id, order_by=(Article.position, Article.id))
    placed = (
        select(Article.id, Article.topic_id, place.label("place"))
        .where(Article.topic_id.in_(topic_ids), _has_visible_translation())
        .subquery()
    )
    first = select(placed.c.id, placed.c.topic_id).where(placed.c.place <= size).order_by(placed.c.place)
    ids: dict[int, list[int]] = {topic_id: [] for topic_id in topic_ids}
    for row in db.session.execute(first):
        ids[row.topic_id].append(row.id)
    return ids


def _has_visible_translation() -> ColumnElement[bool]:
    return select(Translation.id).where(Translation.article_id == Article.id, *_IS_VISIBLE).exists()


def _choices(where: Sequence[ColumnElement[bool]], locale: str, default: str) -> Subquery:
    """The visible translations of the articles that meet `where`, ranked within each article from 1."""
    choice = func.row_number().over(partition_by=Translation.article_id, order_by=reading_order(locale, default))
    return (
        visible_articles()
        .where(*where)
        .with_only_columns(
            Translation.id.label("translation_id"),
            choice.label("choice"),
        )
        .subquery()
    )


def _readable() -> Select[int, str, int | None, str, str, str, str, date | None]:
    return visible_articles().with_only_columns(
        Article.id,
        Article.key,
        Article.topic_id,
        Translation.locale,
        Translation.slug,
        Revision.title,
        Revision.summary,
        Article.reviewed_on,
    )


def _as_readable(row: Row[int, str, int | None, str, str, str, str, date | None]) -> ReadableArticle:
    return ReadableArticle(*row)
