"""Articles in files → articles in the portal: idempotent, article by article, never over an edit made in the portal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.database import db, writing
from portal.knowledge_base.actions import announce_changes
from portal.knowledge_base.article_import import ArticleImport, ImportOptions
from portal.knowledge_base.import_plan import ImportPlan, plan_import, topic_path
from portal.knowledge_base.import_report import ImportReport
from portal.knowledge_base.models import (
    Article,
    Origin,
    Revision,
    Section,
    Topic,
    TopicName,
    Translation,
    TranslationState,
)
from portal.knowledge_base.publication import hide_translation
from portal.knowledge_base.references import ArticleLink
from portal.knowledge_base.topic_files import PlannedTopic, readable_name
from portal.storage import BlobStore

logger = structlog.get_logger(__name__)

# (files done, files in all, key of the article that comes next)
Progress = Callable[[int, int, str], None]


def import_articles(
    folder: Path,
    *,
    blobs: BlobStore,
    default_locale: str,
    now: datetime,
    on_progress: Progress | None = None,
    withdraw_missing: bool = False,
    prefer_files: bool = False,
) -> ImportReport:
    """Bring the articles in `folder` into the portal and publish them. One transaction for each article.

    Importing the same files again changes nothing. With `withdraw_missing` the folder decides what readers see:
    imported pages whose file is gone are withdrawn, withdrawn ones whose file is there are shown again. With
    `prefer_files` a file wins over an edit that was made in the portal; the edit stays as an older revision.

    Raises:
        UnreadableFolder: it does not exist or holds no article.
    """
    options = ImportOptions(blobs, default_locale, now, withdraw_missing, prefer_files)
    plan = plan_import(folder, default_locale=default_locale)
    report = ImportReport(skipped=plan.skipped, unreadable=plan.unreadable, problems=plan.problems)
    with writing():
        topics = _save_topics(plan.topics)
        links = _import_all(plan, topics, options, report, on_progress)
        if withdraw_missing:
            _withdraw_missing(plan, report, now=now)
        report.problems.extend(_lost_links(links))
        db.session.commit()
    return report


def _import_all(
    plan: ImportPlan,
    topics: dict[tuple[str, ...], int],
    options: ImportOptions,
    report: ImportReport,
    on_progress: Progress | None,
) -> list[tuple[str, ArticleLink]]:
    links: list[tuple[str, ArticleLink]] = []
    total = sum(len(article.files) for article in plan.articles)
    done = 0
    for article in plan.articles:
        if on_progress:
            on_progress(done, total, article.key)
        work = ArticleImport(article, topics.get(topic_path(article)), options)
        try:
            work.run()
        except SQLAlchemyError as error:
            db.session.rollback()
            report.unreadable.append((article.key, f"could not be saved: {_reason(error)}"))
        except Exception as error:
            # One article that finds a mistake in this program must not keep the others out.
            db.session.rollback()
            logger.exception("article could not be imported", article=article.key)
            report.unreadable.append((article.key, f"could not be imported: {type(error).__name__}"))
        else:
            _merge(report, work.report)
            links.extend(work.links)
            announce_changes(sorted(set(work.changed_ids)))
        # Texts of hundreds of articles need not stay in memory.
        db.session.expunge_all()
        done += len(article.files)
    if on_progress:
        on_progress(done, total, "")
    return links


def _merge(report: ImportReport, part: ImportReport) -> None:
    for name in ("created", "updated", "unchanged", "conflicts", "problems"):
        getattr(report, name).extend(getattr(part, name))


def _reason(error: SQLAlchemyError) -> str:
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__


def _save_topics(planned: Iterable[PlannedTopic]) -> dict[tuple[str, ...], int]:
    """Add and update topics, parents first; those that no file names stay. Commits. Every topic's id by its path."""
    rows = list(db.session.scalars(select(Topic)))
    parents = {row.id: row.key for row in rows if row.parent_id is None}
    known: dict[tuple[str, ...], Topic] = {
        (row.key,) if row.parent_id is None else (parents[row.parent_id], row.key): row for row in rows
    }
    for topic in planned:
        row = known.get(topic.path)
        if row is None:
            parent = known[topic.path[:-1]] if len(topic.path) > 1 else None
            row = Topic(key=topic.path[-1], parent_id=parent.id if parent else None, position=topic.position or 0)
            db.session.add(row)
            db.session.flush()
            known[topic.path] = row
        row.icon = topic.icon or row.icon
        row.position = row.position if topic.position is None else topic.position
        _name_topic(row, topic)
    db.session.commit()
    return {path: row.id for path, row in known.items()}


def _name_topic(row: Topic, topic: PlannedTopic) -> None:
    names = {name.locale: name for name in row.names}
    for locale in {*topic.names, *topic.descriptions}:
        name = names.get(locale)
        if name is None:
            name = TopicName(locale=locale, name=readable_name(row.key), description="")
            row.names.append(name)
        name.name = topic.names.get(locale, name.name)
        name.description = topic.descriptions.get(locale, name.description)


def _withdraw_missing(plan: ImportPlan, report: ImportReport, *, now: datetime) -> None:
    """Withdraw what was imported once and has no file any more; what was written in the portal stays. Commits."""
    query = (
        select(Article.key, Translation)
        .join(Translation, Translation.article_id == Article.id)
        .join(Revision, Revision.id == Translation.published_revision_id)
        .where(Translation.state == TranslationState.PUBLISHED, Revision.origin == Origin.IMPORT)
        .order_by(Article.key, Translation.locale)
    )
    withdrawn = []
    for key, translation in db.session.execute(query).all():
        if (key, translation.locale) not in plan.present:
            hide_translation(translation, now=now)
            withdrawn.append(translation.id)
            report.withdrawn.append((key, translation.locale))
    db.session.commit()
    announce_changes(withdrawn)


def _lost_links(links: Iterable[tuple[str, ArticleLink]]) -> list[tuple[str, str]]:
    """One note for each file that links to articles or sections that the portal does not have."""
    by_file: dict[str, dict[str, None]] = {}
    keys = set(db.session.scalars(select(Article.key)))
    wanted = {(link.key, link.section) for _, link in links if link.section}
    sections = _known_sections({key for key, _ in wanted}) if wanted else set()
    for path, link in links:
        if link.key not in keys or (link.section and (link.key, link.section) not in sections):
            by_file.setdefault(path, {})[f"article:{link.key}#{link.section}".rstrip("#")] = None
    return [(path, f"there is no {', '.join(targets)}") for path, targets in by_file.items()]


def _known_sections(keys: set[str]) -> set[tuple[str, str]]:
    query = (
        select(Article.key, Section.key)
        .join(Translation, Translation.article_id == Article.id)
        .join(Section, Section.revision_id == Translation.published_revision_id)
        .where(Article.key.in_(keys))
        .distinct()
    )
    return {(article, section) for article, section in db.session.execute(query)}
