"""Every change of articles that people make in the portal. Each commits and tells who follows."""

from __future__ import annotations

from datetime import datetime

from blinker import signal

from portal.database import db
from portal.errors import RuleViolation
from portal.knowledge_base.models import Revision, Translation, TranslationState
from portal.knowledge_base.publication import change_slug, free_slug, hide_translation, note_change, show_revision

# Sent after the commit with `translation_ids`, the ids of the translations whose public state may have changed.
article_changed = signal("article-changed")
SENDER = "knowledge_base"


def publish_revision(translation: Translation, revision: Revision, *, now: datetime) -> None:
    """Make `revision` what readers see of its translation. Commits.

    Raises:
        RuleViolation: the revision belongs to another translation.
    """
    if revision.translation_id != translation.id:
        raise RuleViolation("A translation can only show its own revisions.")
    show_revision(translation, revision, now=now)
    _commit(translation)


def withdraw_translation(translation: Translation, *, now: datetime) -> None:
    """Take a published translation away from readers; its address then says that it was withdrawn. Commits.

    Raises:
        RuleViolation: readers do not see it anyway.
    """
    if translation.state is not TranslationState.PUBLISHED:
        raise RuleViolation("Only a published translation can be withdrawn.")
    hide_translation(translation, now=now)
    _commit(translation)


def rename_slug(translation: Translation, slug: str, *, now: datetime) -> None:
    """Give a translation another address; the old one redirects for good. Commits.

    Raises:
        RuleViolation: the address is empty or belongs to another article in this language.
    """
    if not slug or free_slug(slug, locale=translation.locale, translation_id=translation.id) != slug:
        raise RuleViolation("Another article has this address.")
    change_slug(translation, slug, now=now)
    note_change(translation)
    _commit(translation)


def announce_changes(translation_ids: list[int]) -> None:
    """Tell whoever registered that the public state of these translations may have changed. Call after the commit."""
    if translation_ids:
        article_changed.send(SENDER, translation_ids=translation_ids)


def _commit(translation: Translation) -> None:
    db.session.commit()
    announce_changes([translation.id])
