"""The changes that imports and actions are made of. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from portal.database import db
from portal.knowledge_base.models import (
    ArticleChange,
    Origin,
    Revision,
    Section,
    Significance,
    SlugHistory,
    Translation,
    TranslationState,
)
from portal.knowledge_base.rendering import RenderedArticle

SLUG_LENGTH = 200


@dataclass(frozen=True, slots=True)
class RevisionText:
    """What an author writes."""

    title: str
    body_markdown: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    front_matter: dict[str, Any] = field(default_factory=dict)


def add_revision(
    translation: Translation,
    text: RevisionText,
    rendered: RenderedArticle,
    *,
    number: int,
    based_on_number: int | None,
    significance: Significance,
    origin: Origin,
    now: datetime,
    file_digest: str = "",
    source_hashes: Mapping[str, str] | None = None,
    author_id: int | None = None,
) -> Revision:
    """A new revision with its sections. `source_hashes`: section key → content hash of the source it was made from."""
    revision = Revision(
        translation=translation,
        number=number,
        title=text.title,
        summary=text.summary,
        keywords=list(text.keywords),
        body_markdown=text.body_markdown,
        body_html=rendered.html,
        based_on_number=based_on_number,
        significance=significance,
        origin=origin,
        file_digest=file_digest,
        front_matter=text.front_matter,
        author_id=author_id,
        created_at=now,
    )
    revision.sections = [
        Section(
            key=section.key,
            position=section.position,
            level=section.level,
            heading=section.heading,
            text=section.text,
            content_hash=section.content_hash,
            source_hash=(source_hashes or {}).get(section.key, ""),
        )
        for section in rendered.sections
    ]
    db.session.add(revision)
    return revision


def show_revision(translation: Translation, revision: Revision, *, now: datetime) -> None:
    """Make `revision` what readers see. Both must have been flushed."""
    translation.published_revision_id = revision.id
    translation.state = TranslationState.PUBLISHED
    translation.published_at = translation.published_at or now
    translation.updated_at = now
    note_change(translation)


def hide_translation(translation: Translation, *, now: datetime) -> None:
    """Take a translation away from readers; its text and its address are kept."""
    translation.state = TranslationState.WITHDRAWN
    translation.updated_at = now
    note_change(translation)


def note_change(translation: Translation) -> None:
    """Tell everything that follows the change sequence (search indexes) to look at `translation` again."""
    db.session.add(ArticleChange(translation_id=translation.id))


def change_slug(translation: Translation, slug: str, *, now: datetime) -> None:
    """Give a translation another address; the old one keeps leading to it. `slug` must be free in its locale."""
    if slug == translation.slug:
        return
    # What is an address now is no old address any more, whoever had it.
    db.session.execute(
        delete(SlugHistory).where(
            SlugHistory.locale == translation.locale, SlugHistory.slug.in_([slug, translation.slug])
        )
    )
    db.session.add(
        SlugHistory(locale=translation.locale, slug=translation.slug, translation_id=translation.id, replaced_at=now)
    )
    translation.slug = slug
    translation.updated_at = now


def free_slug(wanted: str, *, locale: str, translation_id: int | None) -> str:
    """`wanted`, or with a number behind it if another translation in the same locale has that address."""
    wanted = wanted[:SLUG_LENGTH]
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        slug = f"{wanted[: SLUG_LENGTH - len(suffix)]}{suffix}"
        holder = db.session.scalar(select(Translation.id).where(Translation.locale == locale, Translation.slug == slug))
        if holder is None or holder == translation_id:
            return slug
        number += 1
