"""Brings one article's files into the database: rendered first, then written in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from portal.database import db
from portal.knowledge_base.import_plan import PlannedArticle, PlannedFile
from portal.knowledge_base.import_report import ImportReport
from portal.knowledge_base.import_rules import KnownRevision, Verdict, judge, made_from, next_number, significance_of
from portal.knowledge_base.known_articles import (
    KnownArticle,
    known_hashes,
    known_shapes,
    latest_revision,
    load_known,
    revision_digest,
)
from portal.knowledge_base.markdown_files import content_digest
from portal.knowledge_base.models import (
    Article,
    ArticlePicture,
    Origin,
    Revision,
    Significance,
    Translation,
    TranslationState,
)
from portal.knowledge_base.pictures import PictureFacts, UnusablePicture, describe_picture
from portal.knowledge_base.publication import (
    RevisionText,
    add_revision,
    change_slug,
    free_slug,
    hide_translation,
    note_change,
    show_revision,
)
from portal.knowledge_base.references import ArticleLink
from portal.knowledge_base.rendering import RenderedArticle, render_article
from portal.knowledge_base.section_keys import SectionShape
from portal.knowledge_base.slugs import ascii_slug, unicode_slug
from portal.storage import BlobStore

_PLAIN_SLUG = re.compile(r"^[\w~-][\w.~-]*$")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller chose."""

    blobs: BlobStore
    default_locale: str
    now: datetime
    withdraw_missing: bool = False
    prefer_files: bool = False


class Decision(NamedTuple):
    """What becomes of a file; the numbers count when it gives a new revision."""

    locale: str
    file: PlannedFile
    digest: str
    verdict: Verdict
    number: int
    based_on_number: int | None
    significance: Significance


class StoredPicture(NamedTuple):
    """A picture whose content is in the blob store."""

    digest: str
    facts: PictureFacts


@dataclass(slots=True)
class ArticleImport:
    """One article on its way into the portal. `links` are those that the new texts contain, by file."""

    planned: PlannedArticle
    topic_id: int | None
    options: ImportOptions
    report: ImportReport = field(default_factory=ImportReport)
    links: list[tuple[str, ArticleLink]] = field(default_factory=list)
    changed_ids: list[int] = field(default_factory=list)
    _rendered: dict[str, RenderedArticle] = field(default_factory=dict)

    def run(self) -> None:
        """Render what changed, then write it. Commits; `report` then says what came of it."""
        known = load_known(self.planned.key)
        decisions = self._decide(known)
        shapes = self._source_shapes(known, decisions)
        # Rendering takes its time, and nobody else can write meanwhile on SQLite: so first the end of this transaction.
        db.session.commit()
        for decision in decisions:
            if decision.verdict in {Verdict.CREATED, Verdict.UPDATED}:
                self._render(decision, shapes)
        pictures = self._store_pictures()
        known = load_known(self.planned.key)
        decisions = self._decide(known)
        article = self._save_article(known)
        self._save_pictures(article, pictures)
        for decision in decisions:
            self._save_file(decision, article, known, self._source_shapes(known, decisions))
        db.session.commit()

    # What is to be done

    def _decide(self, known: KnownArticle) -> list[Decision]:
        """The source's file first: what the others were made from depends on it."""
        source_locale = self._source_locale(known)
        source_history = known.seen_history(source_locale)
        decisions: list[Decision] = []
        for locale in sorted(self.planned.files, key=lambda locale: (locale != source_locale, locale)):
            decision = self._decide_file(locale, known, source_history, is_source=locale == source_locale)
            decisions.append(decision)
            if locale == source_locale and decision.verdict in {Verdict.CREATED, Verdict.UPDATED}:
                parsed = decision.file.parsed
                label = decision.number if parsed.version is None else parsed.version
                source_history = [
                    *source_history,
                    KnownRevision(decision.number, label, Origin.IMPORT, decision.digest, None, parsed.modified),
                ]
        return decisions

    def _decide_file(
        self, locale: str, known: KnownArticle, source_history: list[KnownRevision], *, is_source: bool
    ) -> Decision:
        file = self.planned.files[locale]
        parsed = file.parsed
        digest = content_digest(title=parsed.title, summary=parsed.summary, keywords=parsed.keywords, body=file.body)
        history = known.histories.get(locale, [])
        latest = history[-1] if history else None
        source_file = self.planned.files.get(self._source_locale(known))
        based_on_number = None
        if not is_source:
            based_on_number = made_from(
                parsed.based_on,
                modified=parsed.modified,
                source_modified=source_file.parsed.modified if source_file else None,
                previous=latest,
                source=source_history,
                is_text_new=latest is None or digest != latest.digest,
            )
        verdict = judge(
            digest,
            version=parsed.version,
            based_on_number=based_on_number,
            history=history,
            latest_content_digest=lambda: revision_digest(latest_revision(known.translations[locale].id)),
            prefer_file=self.options.prefer_files,
        )
        return Decision(
            locale,
            file,
            digest,
            verdict,
            next_number(parsed.version, latest),
            based_on_number,
            significance_of(parsed.significance, version=parsed.version, latest=latest),
        )

    def _source_locale(self, known: KnownArticle) -> str:
        """The article's own, unless the default language joins it: then that is what the others translate."""
        if known.article is None or self.planned.source_locale == self.options.default_locale:
            return self.planned.source_locale
        return known.article.source_locale

    def _source_shapes(self, known: KnownArticle, decisions: list[Decision]) -> tuple[SectionShape, ...]:
        source_locale = self._source_locale(known)
        first = decisions[0]
        if first.locale == source_locale and first.verdict in {Verdict.CREATED, Verdict.UPDATED}:
            return self._render(first, ()).shapes
        history = known.seen_history(source_locale)
        if not history:
            return ()
        return tuple(known_shapes(known.translations[source_locale].id, history[-1].number))

    def _render(self, decision: Decision, shapes: tuple[SectionShape, ...]) -> RenderedArticle:
        if decision.locale not in self._rendered:
            self._rendered[decision.locale] = render_article(decision.file.body, source=shapes)
        return self._rendered[decision.locale]

    # Pictures

    def _store_pictures(self) -> dict[str, StoredPicture]:
        stored: dict[str, StoredPicture] = {}
        for file in self.planned.files.values():
            for name, path in file.pictures.items():
                if name in stored:
                    continue
                try:
                    content = path.read_bytes()
                    facts = describe_picture(content)
                except (UnusablePicture, OSError) as error:
                    self.report.problems.append((file.found.relative, f"picture {name}: {error}"))
                    continue
                stored[name] = StoredPicture(self.options.blobs.put(content), facts)
        return stored

    def _save_pictures(self, article: Article, pictures: Mapping[str, StoredPicture]) -> None:
        for name, picture in pictures.items():
            row = db.session.get(ArticlePicture, (article.id, name))
            if row is None:
                row = ArticlePicture(article_id=article.id, name=name)
                db.session.add(row)
            row.digest = picture.digest
            row.media_type, row.width, row.height = picture.facts

    # The article and its translations

    def _save_article(self, known: KnownArticle) -> Article:
        article = known.article
        source_locale = self._source_locale(known)
        if article is None:
            article = Article(key=self.planned.key, source_locale=source_locale, created_at=self.options.now)
            db.session.add(article)
        article.source_locale = source_locale
        source = self.planned.files.get(source_locale)
        if source:
            parsed = source.parsed
            article.topic_id = self.topic_id
            article.kind = parsed.kind
            article.error_code = parsed.error_code
            article.position = parsed.position or 0
            article.popular_position = parsed.popular
            article.related_keys = list(parsed.related)
            article.reviewed_on = parsed.reviewed
            article.review_due_on = parsed.review_by
        is_changed = db.session.is_modified(article)
        db.session.flush()
        if is_changed and source:
            self.links.extend((source.found.relative, ArticleLink(key, "")) for key in article.related_keys)
        if is_changed:
            for translation in known.translations.values():
                self._note_change(translation)
        return article

    def _save_file(
        self, decision: Decision, article: Article, known: KnownArticle, shapes: tuple[SectionShape, ...]
    ) -> None:
        page = (article.key, decision.locale)
        if decision.verdict is Verdict.CONFLICT:
            reason = "edited in the portal as well: the portal’s text stays (--prefer-files takes the file’s)"
            self.report.conflicts.append((decision.file.found.relative, reason))
            return
        translation = known.translations.get(decision.locale)
        if translation is None:
            translation = self._new_translation(decision, article)
            known.translations[decision.locale] = translation
        else:
            self._save_slug(decision, translation)
        revision = None
        if decision.verdict in {Verdict.CREATED, Verdict.UPDATED}:
            revision = self._save_revision(decision, translation, known, shapes)
        elif decision.verdict is Verdict.CAUGHT_UP:
            latest_revision(translation.id).file_digest = decision.digest
        self._save_state(decision, translation, revision)
        self._file_result(decision, page, translation)

    def _new_translation(self, decision: Decision, article: Article) -> Translation:
        parsed = decision.file.parsed
        wanted = _usable_slug(parsed.slug) or ascii_slug(parsed.title) or unicode_slug(parsed.title) or article.key
        slug = free_slug(wanted, locale=decision.locale, translation_id=None)
        self._note_taken_slug(decision, wanted, slug)
        translation = Translation(
            article=article,
            locale=decision.locale,
            slug=slug,
            state=TranslationState.DRAFT,
            updated_at=self.options.now,
        )
        db.session.add(translation)
        db.session.flush()
        return translation

    def _save_slug(self, decision: Decision, translation: Translation) -> None:
        wanted = _usable_slug(decision.file.parsed.slug)
        if not wanted or wanted == translation.slug:
            return
        slug = free_slug(wanted, locale=translation.locale, translation_id=translation.id)
        self._note_taken_slug(decision, wanted, slug)
        if slug != translation.slug:
            change_slug(translation, slug, now=self.options.now)
            self._note_change(translation)

    def _note_taken_slug(self, decision: Decision, wanted: str, slug: str) -> None:
        if slug != wanted:
            text = f"the address “{wanted}” belongs to another article: “{slug}” is used"
            self.report.problems.append((decision.file.found.relative, text))

    def _save_revision(
        self, decision: Decision, translation: Translation, known: KnownArticle, shapes: tuple[SectionShape, ...]
    ) -> Revision:
        file, parsed = decision.file, decision.file.parsed
        rendered = self._render(decision, shapes)
        revision = add_revision(
            translation,
            RevisionText(parsed.title, file.body, parsed.summary, parsed.keywords, parsed.front_matter or {}),
            rendered,
            number=decision.number,
            based_on_number=decision.based_on_number,
            significance=decision.significance,
            origin=Origin.IMPORT,
            now=self.options.now,
            file_digest=decision.digest,
            source_hashes=self._source_hashes(decision, known),
        )
        db.session.flush()
        notes = [*file.problems, *rendered.problems]
        self.report.problems.extend((file.found.relative, note) for note in notes)
        self.links.extend((file.found.relative, link) for link in rendered.links)
        return revision

    def _source_hashes(self, decision: Decision, known: KnownArticle) -> dict[str, str]:
        source = known.translations.get(self._source_locale(known))
        if decision.based_on_number is None or source is None:
            return {}
        return known_hashes(source.id, decision.based_on_number)

    def _save_state(self, decision: Decision, translation: Translation, revision: Revision | None) -> None:
        """Publish, withdraw or leave alone, as the file says. A withdrawn page comes back only when asked for."""
        now = self.options.now
        if decision.file.parsed.is_draft:
            if translation.state is TranslationState.PUBLISHED:
                hide_translation(translation, now=now)
                self.changed_ids.append(translation.id)
            return
        if translation.state is TranslationState.WITHDRAWN and not self.options.withdraw_missing:
            note = "withdrawn in the portal: its text is kept, but not shown"
            self.report.problems.append((decision.file.found.relative, note))
            return
        if revision is not None or translation.state is not TranslationState.PUBLISHED:
            is_first_time = translation.published_at is None
            show_revision(translation, revision or latest_revision(translation.id), now=now)
            modified = decision.file.parsed.modified
            if modified and modified < now.date():
                # Readers are told when the text changed, not when it came into the portal.
                translation.updated_at = datetime(modified.year, modified.month, modified.day, tzinfo=UTC)
                translation.published_at = translation.updated_at if is_first_time else translation.published_at
            self.changed_ids.append(translation.id)

    def _file_result(self, decision: Decision, page: tuple[str, str], translation: Translation) -> None:
        if decision.verdict is Verdict.CREATED:
            self.report.created.append(page)
        elif decision.verdict is Verdict.UPDATED or translation.id in self.changed_ids:
            self.report.updated.append(page)
        else:
            self.report.unchanged.append(page)

    def _note_change(self, translation: Translation) -> None:
        if translation.state is TranslationState.PUBLISHED:
            note_change(translation)
        self.changed_ids.append(translation.id)


def _usable_slug(written: str) -> str:
    return written if not written or _PLAIN_SLUG.match(written) else unicode_slug(written)
