"""What is published, as the index needs it: read from the database in a connection of its own.

Nothing here touches the session of the request or job: a search may be asked for in the middle of either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from portal.database import write_intent
from portal.knowledge_base.models import Article, ArticleChange, Revision, Section, Topic, Translation
from portal.knowledge_base.queries import visible_articles
from portal.search.documents import Delete, IndexChange, IndexedArticle, IndexedSection, Upsert
from portal.search.learning.queries import learned_words_of

_BATCH = 200


@contextmanager
def read_only(engine: Engine) -> Iterator[Connection]:
    """A connection whose transaction reads, even inside a request that writes."""
    token = write_intent.set(False)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        write_intent.reset(token)


def newest_change(connection: Connection) -> int:
    """The id of the last change there is; 0 before the first."""
    return connection.scalar(select(func.max(ArticleChange.id))) or 0


def published_count(connection: Connection) -> int:
    """How many translations readers may see."""
    return connection.scalar(select(func.count()).select_from(visible_articles().subquery())) or 0


def all_articles(engine: Engine) -> Iterator[Upsert]:
    """Every visible translation, locale by locale; read in batches, so that no transaction lasts long."""
    with read_only(engine) as connection:
        ids = list(
            connection.scalars(
                visible_articles()
                .with_only_columns(Translation.id)
                .order_by(Translation.locale, Translation.article_id)
            )
        )
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        with read_only(engine) as connection:
            found = _articles(connection, batch)
        yield from (Upsert(found[translation_id]) for translation_id in batch if translation_id in found)


def changes_of(connection: Connection, translation_ids: Collection[int]) -> Iterator[IndexChange]:
    """What the index has to do so that these translations are in it as readers may see them now."""
    ids = sorted(translation_ids)
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found = _articles(connection, batch)
        places = select(Translation.id, Translation.article_id, Translation.locale).where(Translation.id.in_(batch))
        for translation_id, article_id, locale in connection.execute(places):
            yield Upsert(found[translation_id]) if translation_id in found else Delete(article_id, locale)


def _articles(connection: Connection, translation_ids: Sequence[int]) -> dict[int, IndexedArticle]:
    rows = connection.execute(
        visible_articles()
        .where(Translation.id.in_(translation_ids))
        .with_only_columns(
            Translation.id,
            Translation.article_id,
            Translation.locale,
            Revision.id.label("revision_id"),
            Revision.number,
            Revision.title,
            Revision.summary,
            Revision.keywords,
            Article.topic_id,
            Article.error_code,
            Article.popular_position,
        )
    ).all()
    topics = _topic_paths(connection)
    sections = _sections(connection, [row.revision_id for row in rows])
    old_titles = _old_titles(connection, translation_ids)
    learned = learned_words_of(connection, translation_ids)
    return {
        row.id: _article(row, topics, sections[row.revision_id], old_titles[row.id], learned.get(row.id, ()))
        for row in rows
    }


def _article(
    row: Any,
    topics: dict[int, str],
    sections: Sequence[IndexedSection],
    titles: Sequence[tuple[int, str]],
    learned_words: tuple[str, ...],
) -> IndexedArticle:
    earlier = (title for number, title in titles if number < row.number and title != row.title)
    position = row.popular_position
    return IndexedArticle(
        article_id=row.article_id,
        locale=row.locale,
        title=row.title,
        old_titles=tuple(dict.fromkeys(earlier)),
        keywords=tuple(str(keyword) for keyword in row.keywords),
        learned_words=learned_words,
        summary=row.summary,
        topic_key=topics.get(row.topic_id, ""),
        error_code=row.error_code,
        popularity=0.0 if position is None else 1 / (1 + max(0, position)),
        sections=tuple(sections),
    )


def _topic_paths(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(Topic.id, Topic.key, Topic.parent_id)).all()
    keys = {row.id: row.key for row in rows}
    return {row.id: f"{keys[row.parent_id]}/{row.key}" if row.parent_id else row.key for row in rows}


def _sections(connection: Connection, revision_ids: Sequence[int]) -> dict[int, list[IndexedSection]]:
    found: dict[int, list[IndexedSection]] = defaultdict(list)
    query = (
        select(Section.revision_id, Section.key, Section.heading, Section.text)
        .where(Section.revision_id.in_(revision_ids))
        .order_by(Section.revision_id, Section.position)
    )
    for revision_id, key, heading, text in connection.execute(query):
        found[revision_id].append(IndexedSection(key, heading, text))
    return found


def _old_titles(connection: Connection, translation_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    query = (
        select(Revision.translation_id, Revision.number, Revision.title)
        .where(Revision.translation_id.in_(translation_ids))
        .order_by(Revision.translation_id, Revision.number.desc())
    )
    for translation_id, number, title in connection.execute(query):
        found[translation_id].append((number, title))
    return found
