"""What the portal already has of an article, as an import or export needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.database import db
from portal.knowledge_base.file_writing import written_digest
from portal.knowledge_base.import_rules import KnownRevision
from portal.knowledge_base.markdown_files import author_version, last_modified
from portal.knowledge_base.models import Article, Revision, Section, Translation
from portal.knowledge_base.section_keys import SectionShape


@dataclass(slots=True)
class KnownArticle:
    """An article's rows; `histories` are the revisions of each locale, oldest first."""

    article: Article | None = None
    translations: dict[str, Translation] = field(default_factory=dict)
    histories: dict[str, list[KnownRevision]] = field(default_factory=dict)
    shown_numbers: dict[str, int] = field(default_factory=dict)

    def seen_history(self, locale: str) -> list[KnownRevision]:
        """The revisions of a locale up to the one that readers see; all of them when they see none."""
        history = self.histories.get(locale, [])
        shown = self.shown_numbers.get(locale)
        return history if shown is None else [revision for revision in history if revision.number <= shown]


def load_known(key: str) -> KnownArticle:
    """The rows of the article `key`, fresh from the database; empty when there is none."""
    query = select(Article).where(Article.key == key).options(selectinload(Article.translations))
    article = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if article is None:
        return KnownArticle()
    known = KnownArticle(article, {translation.locale: translation for translation in article.translations})
    rows = db.session.execute(
        select(
            Revision.id,
            Revision.number,
            Revision.origin,
            Revision.file_digest,
            Revision.based_on_number,
            Revision.front_matter,
            Translation.locale,
            Translation.published_revision_id,
        )
        .join(Translation, Translation.id == Revision.translation_id)
        .where(Translation.article_id == article.id)
        .order_by(Revision.number)
    )
    for row in rows:
        known.histories.setdefault(row.locale, []).append(
            KnownRevision(
                number=row.number,
                label=revision_label(row.number, row.front_matter),
                origin=row.origin,
                digest=row.file_digest,
                based_on_number=row.based_on_number,
                modified=last_modified(row.front_matter),
            )
        )
        if row.id == row.published_revision_id:
            known.shown_numbers[row.locale] = row.number
    return known


def revision_label(number: int, front_matter: Mapping[str, object]) -> int:
    """What authors call a revision: the version in the file it came from, else its number."""
    version = author_version(dict(front_matter))
    return number if version is None else version


def latest_revision(translation_id: int) -> Revision:
    """The newest revision of a translation, whoever wrote it."""
    query = select(Revision).where(Revision.translation_id == translation_id).order_by(Revision.number.desc())
    return db.session.scalars(query.limit(1)).one()


def revision_digest(revision: Revision) -> str:
    """The digest of the file that a revision would be exported to."""
    return written_digest(
        title=revision.title,
        summary=revision.summary,
        keywords=revision.keywords,
        body=revision.body_markdown,
    )


def known_shapes(translation_id: int, number: int) -> list[SectionShape]:
    """The sections of a revision in order, without its lead."""
    return [SectionShape(key, level) for key, level, _ in _sections(translation_id, number) if key]


def known_hashes(translation_id: int, number: int) -> dict[str, str]:
    """Section key → content hash of a revision; empty when the portal has no such revision."""
    return {key: content_hash for key, _, content_hash in _sections(translation_id, number)}


def _sections(translation_id: int, number: int) -> list[tuple[str, int, str]]:
    query = (
        select(Section.key, Section.level, Section.content_hash)
        .join(Revision, Revision.id == Section.revision_id)
        .where(Revision.translation_id == translation_id, Revision.number == number)
        .order_by(Section.position)
    )
    return [(key, level, content_hash) for key, level, content_hash in db.session.execute(query)]
