"""Articles in the portal → files: one folder for each article, one file for each language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.database import db
from portal.knowledge_base.file_writing import ArticleFacts, write_file
from portal.knowledge_base.import_report import Note, Page
from portal.knowledge_base.known_articles import KnownArticle, latest_revision, load_known
from portal.knowledge_base.layouts import TOPICS_FILE
from portal.knowledge_base.models import Article, ArticlePicture, Revision, Topic, Translation, TranslationState
from portal.knowledge_base.topic_files import PlannedTopic, write_topics
from portal.storage import BlobStore

Progress = Callable[[int, int, str], None]
_SAFE_PART = re.compile(r"^(?!\.+$)[^/\\\x00]+$")


@dataclass(slots=True)
class ExportReport:
    """What was written: pages whose file is new or other than before, those that were right already, pictures."""

    written: list[Page] = field(default_factory=list)
    unchanged: list[Page] = field(default_factory=list)
    picture_count: int = 0
    problems: list[Note] = field(default_factory=list)


def export_articles(folder: Path, *, blobs: BlobStore, on_progress: Progress | None = None) -> ExportReport:
    """Write all topics, articles that are not withdrawn, and pictures to `folder`; what else lies there stays.

    Importing the folder again changes nothing. Drafts are written with ``draft: true``.
    """
    report = ExportReport()
    folder.mkdir(parents=True, exist_ok=True)
    topics = _export_topics(folder)
    keys = list(db.session.scalars(select(Article.key).order_by(Article.key)))
    for done, key in enumerate(keys):
        if on_progress:
            on_progress(done, len(keys), key)
        if not _SAFE_PART.match(key):
            report.problems.append((key, "its key is no folder name: left out"))
            continue
        known = load_known(key)
        if known.article is not None:
            _export_article(folder / key, known, topics, report)
            _export_pictures(folder / key, known.article, blobs, report)
        # A command's transactions may write, so on SQLite an open one would keep everybody else from writing.
        db.session.commit()
        db.session.expunge_all()
    if on_progress:
        on_progress(len(keys), len(keys), "")
    return report


def _export_topics(folder: Path) -> dict[int, str]:
    """Write topics.yaml; the path of every topic by its id."""
    rows = db.session.scalars(
        select(Topic).options(selectinload(Topic.names), joinedload(Topic.parent)).order_by(Topic.position, Topic.id)
    ).all()
    planned, paths = [], {}
    for row in sorted(rows, key=lambda row: row.parent_id is not None):
        path = (row.parent.key, row.key) if row.parent else (row.key,)
        paths[row.id] = "/".join(path)
        names = {name.locale: name.name for name in row.names}
        descriptions = {name.locale: name.description for name in row.names if name.description}
        planned.append(PlannedTopic(path, icon=row.icon, names=names, descriptions=descriptions))
    if planned:
        _write(folder / TOPICS_FILE, write_topics(planned).encode())
    return paths


def _export_article(folder: Path, known: KnownArticle, topics: dict[int, str], report: ExportReport) -> None:
    for locale, translation in sorted(known.translations.items()):
        revision = _revision_to_write(translation, known)
        if revision is None:
            continue
        text = _file_text(translation, revision, known, topics)
        folder.mkdir(exist_ok=True)
        is_new = _write(folder / f"{locale}.md", text.encode())
        (report.written if is_new else report.unchanged).append((folder.name, locale))


def _revision_to_write(translation: Translation, known: KnownArticle) -> Revision | None:
    """What readers see; for a draft its latest text; None for a withdrawn page or one without any text."""
    if translation.state is TranslationState.PUBLISHED and translation.published_revision_id is not None:
        return db.session.get(Revision, translation.published_revision_id)
    if translation.state is TranslationState.DRAFT and known.histories.get(translation.locale):
        return latest_revision(translation.id)
    return None


def _file_text(translation: Translation, revision: Revision, known: KnownArticle, topics: dict[int, str]) -> str:
    article = translation.article
    is_source = translation.locale == article.source_locale
    labels = {item.number: item.label for item in known.histories.get(translation.locale, [])}
    source_labels = {item.number: item.label for item in known.histories.get(article.source_locale, [])}
    based_on = revision.based_on_number
    return write_file(
        title=revision.title,
        slug=translation.slug,
        summary=revision.summary,
        keywords=revision.keywords,
        body=revision.body_markdown,
        version=labels[revision.number] if is_source or "version" in revision.front_matter else None,
        based_on=None if is_source or based_on is None else source_labels.get(based_on, based_on),
        is_draft=translation.state is TranslationState.DRAFT,
        facts=_facts(article, topics) if is_source else None,
        others=revision.front_matter,
    )


def _facts(article: Article, topics: dict[int, str]) -> ArticleFacts:
    return ArticleFacts(
        topic=topics.get(article.topic_id or 0, ""),
        kind=article.kind.value,
        error_code=article.error_code,
        reviewed=article.reviewed_on,
        review_by=article.review_due_on,
        related=tuple(article.related_keys),
        position=article.position,
        popular=article.popular_position,
    )


def _export_pictures(folder: Path, article: Article, blobs: BlobStore, report: ExportReport) -> None:
    pictures = db.session.scalars(select(ArticlePicture).where(ArticlePicture.article_id == article.id))
    for picture in pictures:
        if not all(_SAFE_PART.match(part) for part in picture.name.split("/")):
            report.problems.append((article.key, f"picture {picture.name}: its name is no file name: left out"))
            continue
        try:
            content = blobs.get(picture.digest)
        except FileNotFoundError:
            report.problems.append((article.key, f"picture {picture.name}: its file is lost"))
            continue
        path = folder.joinpath(*picture.name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        report.picture_count += 1


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it has this content already; whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True
