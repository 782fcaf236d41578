from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.database import db
from portal.knowledge_base import article_import
from portal.knowledge_base.actions import article_changed
from portal.knowledge_base.freshness import is_outdated, outdated_sections
from portal.knowledge_base.import_report import ImportReport
from portal.knowledge_base.importing import import_articles
from portal.knowledge_base.models import (
    Article,
    ArticleChange,
    ArticleKind,
    ArticlePicture,
    Origin,
    Revision,
    Significance,
    SlugHistory,
    Topic,
    Translation,
    TranslationState,
)
from portal.storage import FolderBlobStore

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SVG = '<svg width="640" height="320"><path d="M0 0"/></svg>'


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def page(body: str = "The lead.\n\n## Steps {#steps}\n\nDo it.\n", **head) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in head.items())
    return f"---\n{lines}---\n{body}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    write(root, "refund/en.md", page(title="Get a refund", slug="get-a-refund", topic="pay/refunds", version=1))
    write(root, "refund/de.md", page(title="Geld zurück", slug="geld-zurueck", based_on=1))
    return root


@pytest.fixture
def run(app, folder: Path):
    def run(root: Path = folder, **options) -> ImportReport:
        values = {"blobs": app.extensions["blobs"], "default_locale": "en", "now": NOW, **options}
        return import_articles(root, **values)

    return run


def translation(locale: str = "en", key: str = "refund") -> Translation:
    return db.session.scalars(
        select(Translation).join(Article).where(Article.key == key, Translation.locale == locale)
    ).one()


def revisions(locale: str = "en") -> list[Revision]:
    db.session.expire_all()
    return list(translation(locale).revisions)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_articles_come_in_published_with_sections(run):
    report = run()

    assert report.created == [("refund", "en"), ("refund", "de")]
    english = translation()
    assert (english.state, english.slug, english.published_at) == (TranslationState.PUBLISHED, "get-a-refund", NOW)
    revision = english.published_revision
    assert revision is not None
    assert (revision.title, revision.number, revision.origin) == ("Get a refund", 1, Origin.IMPORT)
    assert [section.key for section in revision.sections] == ["", "steps"]
    assert '<h2 id="steps">Steps</h2>' in revision.body_html


def test_a_second_import_changes_nothing(run):
    run()
    before = [count(model) for model in (Revision, ArticleChange, Topic)]

    report = run()

    assert report.unchanged == [("refund", "en"), ("refund", "de")]
    assert (report.created, report.updated, report.problems) == ([], [], [])
    assert [count(model) for model in (Revision, ArticleChange, Topic)] == before


def test_what_all_languages_share_comes_from_the_source(run, folder: Path):
    head = {
        "title": "Error",
        "kind": "error",
        "error_code": "LP-1",
        "reviewed": "2026-08-01",
        "review_by": "2027-08-01",
        "related": "[refund]",
        "position": 3,
        "popular": 2,
    }
    write(folder, "error/en.md", page(**head))
    write(folder, "error/de.md", page(title="Fehler", kind="howto", position=9))
    run()

    article = translation(key="error").article
    assert (article.kind, article.error_code, article.position, article.popular_position) == (
        ArticleKind.ERROR,
        "LP-1",
        3,
        2,
    )
    assert (article.reviewed_on, article.review_due_on) == (date(2026, 8, 1), date(2027, 8, 1))
    assert article.related_keys == ["refund"]


def test_a_page_is_as_old_as_its_file_says(run, folder: Path):
    write(folder, "old/en.md", page(title="Old", lastmod="2024-05-06"))
    run()

    old = translation(key="old")
    assert (old.updated_at, old.published_at) == (datetime(2024, 5, 6, tzinfo=UTC), datetime(2024, 5, 6, tzinfo=UTC))
    assert translation().updated_at == NOW


def test_a_changed_review_date_needs_no_revision(run, folder: Path):
    run()
    path = folder / "refund/en.md"
    path.write_text(path.read_text().replace("version: 1", "version: 1\nreviewed: 2026-11-01"))
    changes = count(ArticleChange)

    report = run()

    assert set(report.updated) == {("refund", "en"), ("refund", "de")}
    assert len(revisions()) == 1
    assert translation().article.reviewed_on == date(2026, 11, 1)
    assert count(ArticleChange) == changes + 2


def test_a_changed_text_gives_a_revision_and_a_change(run, folder: Path):
    run()
    write(folder, "refund/en.md", page("Other words.", title="Get a refund", slug="get-a-refund", version=2))
    changes = count(ArticleChange)

    report = run()

    assert report.updated[0] == ("refund", "en")
    first, second = revisions()
    assert (second.number, second.significance) == (2, Significance.MAJOR)
    assert translation().published_revision_id == second.id
    assert first.body_markdown.startswith("The lead.")
    assert count(ArticleChange) > changes


def test_a_correction_without_a_new_version_is_minor(run, folder: Path):
    run()
    write(folder, "refund/en.md", page("A corrected lead.", title="Get a refund", slug="get-a-refund", version=1))
    run()

    assert [(revision.number, revision.significance) for revision in revisions()] == [
        (1, Significance.MAJOR),
        (2, Significance.MINOR),
    ]
    assert not is_outdated(revisions("de")[-1].based_on_number, majors())


def majors() -> list[int]:
    return [revision.number for revision in revisions() if revision.significance is Significance.MAJOR]


def test_a_translation_is_outdated_until_it_follows_its_source(run, folder: Path):
    run()
    write(folder, "refund/en.md", page("A new lead.\n\n## Steps {#steps}\n\nDo it.\n", title="Get a refund", version=2))
    run()
    german, english = revisions("de")[-1], revisions()[-1]

    assert is_outdated(german.based_on_number, majors())
    assert outdated_sections(german.sections, english.sections) == [""]

    write(folder, "refund/de.md", page(title="Geld zurück", slug="geld-zurueck", based_on=2))
    run()
    german = revisions("de")[-1]

    assert not is_outdated(german.based_on_number, majors())
    assert outdated_sections(german.sections, english.sections) == []


def test_a_translation_of_an_older_version_is_outdated_from_the_start(run, folder: Path):
    write(folder, "new/en.md", page(title="New", version=3))
    write(folder, "new/de.md", page(title="Neu", based_on=2))
    run()

    german = translation("de", "new").published_revision
    assert german is not None
    assert german.based_on_number == 2
    assert is_outdated(german.based_on_number, [3])
    assert {section.source_hash for section in german.sections} == {""}


def test_translations_share_the_keys_of_their_source(run, folder: Path):
    write(folder, "keys/en.md", page("## First part\n\nA\n\n## Second part\n\nB", title="Keys"))
    write(folder, "keys/ja.md", page("## 第一\n\nA\n\n## 第二\n\nB", title="鍵"))
    run()

    japanese = translation("ja", "keys").published_revision
    assert japanese is not None
    assert [section.key for section in japanese.sections] == ["first-part", "second-part"]
    assert all(section.source_hash for section in japanese.sections)


def test_a_new_slug_keeps_the_old_address(run, folder: Path):
    run()
    write(folder, "refund/en.md", page(title="Get a refund", slug="refunds", topic="pay/refunds", version=1))

    report = run()

    assert report.updated == [("refund", "en")]
    assert len(revisions()) == 1
    old = db.session.scalars(select(SlugHistory)).one()
    assert (old.locale, old.slug, old.translation_id) == ("en", "get-a-refund", translation().id)
    assert translation().slug == "refunds"


def test_a_slug_that_comes_back_is_no_old_address_any_more(run, folder: Path):
    run()
    for slug in ("refunds", "get-a-refund"):
        write(folder, "refund/en.md", page(title="Get a refund", slug=slug, topic="pay/refunds", version=1))
        run()

    assert [row.slug for row in db.session.scalars(select(SlugHistory))] == ["refunds"]


def test_a_taken_slug_gets_a_number(run, folder: Path):
    write(folder, "second/en.md", page(title="Other", slug="get-a-refund"))

    report = run()

    assert translation(key="second").slug == "get-a-refund-2"
    assert ("second/en.md", "the address “get-a-refund” belongs to another article: “get-a-refund-2” is used") in (
        report.problems
    )
    assert run().updated == []


def test_without_a_slug_the_title_gives_one_and_keeps_it(run, folder: Path):
    write(folder, "a/en.md", page(title="Über uns"))
    write(folder, "a/ja.md", page(title="会社について"))
    run()
    write(folder, "a/en.md", page(title="About us"))
    run()

    assert (translation("en", "a").slug, translation("ja", "a").slug) == ("uber-uns", "会社について")


def portal_edit(locale: str = "en", body: str = "Edited in the portal.\n") -> Revision:
    row = translation(locale)
    latest = row.revisions[-1]
    edit = Revision(
        translation=row,
        number=latest.number + 1,
        title=latest.title,
        body_markdown=body,
        body_html="<p>Edited in the portal.</p>",
        origin=Origin.PORTAL,
        created_at=NOW,
    )
    db.session.add(edit)
    db.session.flush()
    row.published_revision_id = edit.id
    db.session.commit()
    return edit


def test_an_edit_in_the_portal_and_one_in_the_file_are_a_conflict(run, folder: Path):
    run()
    edit = portal_edit()
    write(folder, "refund/en.md", page("Edited in the file.", title="Get a refund", slug="get-a-refund", version=2))

    report = run()

    assert report.conflicts == [
        (
            "refund/en.md",
            "edited in the portal as well: the portal’s text stays (--prefer-files takes the file’s)",
        )
    ]
    assert translation().published_revision_id == edit.id


def test_files_win_when_asked_to_and_the_edit_is_kept(run, folder: Path):
    run()
    edit = portal_edit()
    write(folder, "refund/en.md", page("Edited in the file.", title="Get a refund", slug="get-a-refund", version=2))

    report = run(prefer_files=True)

    assert report.conflicts == []
    assert [revision.number for revision in revisions()] == [1, 2, 3]
    assert revisions()[1].id == edit.id
    assert revisions()[-1].body_markdown == "Edited in the file.\n"


def test_an_edit_in_the_portal_stays_while_the_file_is_the_same(run):
    run()
    edit = portal_edit()

    report = run()

    assert (report.conflicts, report.updated) == ([], [])
    assert translation().published_revision_id == edit.id


def test_a_file_that_took_over_the_portals_edit_may_go_on(run, folder: Path):
    run()
    portal_edit()
    write(folder, "refund/en.md", page("Edited in the portal.", title="Get a refund", slug="get-a-refund", version=2))
    assert run().conflicts == []
    write(folder, "refund/en.md", page("And once more.", title="Get a refund", slug="get-a-refund", version=3))

    report = run()

    assert report.conflicts == []
    assert revisions()[-1].body_markdown == "And once more.\n"


def test_missing_files_are_withdrawn_only_when_asked_to(run, folder: Path):
    run()
    (folder / "refund/de.md").unlink()
    assert run().withdrawn == []
    assert translation("de").state is TranslationState.PUBLISHED

    assert run(withdraw_missing=True).withdrawn == [("refund", "de")]
    assert translation("de").state is TranslationState.WITHDRAWN


def test_a_withdrawn_page_comes_back_only_when_asked_to(run, folder: Path):
    run()
    text = (folder / "refund/de.md").read_text()
    (folder / "refund/de.md").unlink()
    run(withdraw_missing=True)
    write(folder, "refund/de.md", text)

    report = run()
    assert ("refund/de.md", "withdrawn in the portal: its text is kept, but not shown") in report.problems
    assert translation("de").state is TranslationState.WITHDRAWN

    run(withdraw_missing=True)
    assert translation("de").state is TranslationState.PUBLISHED


def test_unreadable_files_are_not_taken_for_missing(run, folder: Path):
    run()
    write(folder, "refund/de.md", "---\ntitle: [\n---\nText")

    report = run(withdraw_missing=True)

    assert [path for path, _ in report.unreadable] == ["refund/de.md"]
    assert report.withdrawn == []


def test_one_bad_file_keeps_nothing_else_out(run, folder: Path):
    (folder / "refund/fr.md").write_bytes(b"\x00\x01")
    write(folder, "other/en.md", page(title="Other"))

    report = run()

    assert report.unreadable == [("refund/fr.md", "not a text file")]
    assert {key for key, _ in report.created} == {"refund", "other"}


def test_an_article_that_cannot_be_saved_keeps_nothing_else_out(run, folder: Path, monkeypatch):
    write(folder, "aaa/en.md", page("break", title="Broken"))
    render = article_import.render_article

    def fail(markdown: str, **options):
        if markdown == "break\n":
            raise ZeroDivisionError
        return render(markdown, **options)

    monkeypatch.setattr(article_import, "render_article", fail)

    report = run()

    assert report.unreadable == [("aaa", "could not be imported: ZeroDivisionError")]
    assert [key for key, _ in report.created] == ["refund", "refund"]
    assert not db.session.scalars(select(Article).where(Article.key == "aaa")).all()


def test_drafts_are_kept_from_readers_until_the_file_says_otherwise(run, folder: Path):
    write(folder, "draft/en.md", page(title="Draft", draft="true"))
    run()
    assert translation(key="draft").state is TranslationState.DRAFT

    write(folder, "draft/en.md", page(title="Draft"))
    run()
    assert translation(key="draft").state is TranslationState.PUBLISHED
    assert len(translation(key="draft").revisions) == 1


def test_pictures_are_stored_with_their_size(app, run, folder: Path):
    write(folder, "refund/time line.svg", SVG)
    write(folder, "refund/en.md", page("![Line](<time line.svg>) ![x](bad.svg) ![y](lost.svg)", title="Refund"))
    write(folder, "refund/bad.svg", "<svg onload='x()'></svg>")

    report = run()

    picture = db.session.scalars(select(ArticlePicture)).one()
    assert (picture.name, picture.media_type, picture.width, picture.height) == (
        "time line.svg",
        "image/svg+xml",
        640,
        320,
    )
    blobs: FolderBlobStore = app.extensions["blobs"]
    assert blobs.get(picture.digest).decode() == SVG
    assert [text for path, text in report.problems if "bad.svg" in text] == [
        "picture bad.svg: the drawing holds something that could run or load: onload="
    ]


def test_topics_come_with_their_names(run, folder: Path):
    write(folder, "topics.yaml", "- key: pay\n  icon: card\n  names: {en: Payments}\n  topics:\n  - key: refunds\n")
    run()

    topic = translation().article.topic
    assert topic is not None
    assert (topic.key, topic.parent.key, topic.parent.icon) == ("refunds", "pay", "card")
    assert {name.locale: name.name for name in topic.parent.names} == {"en": "Payments"}


def test_links_to_nothing_are_reported(run, folder: Path):
    body = "[a](article:lost) [b](article:refund#steps) [c](article:refund#gone)"
    write(folder, "links/en.md", page(body, title="Links", related="[nobody]"))

    report = run()

    assert ("links/en.md", "there is no article:nobody, article:lost, article:refund#gone") in report.problems


def test_who_registered_hears_of_changes_after_the_commit(run):
    heard: list[tuple[int, int]] = []

    def hear(_sender: str, translation_ids: list[int]) -> None:
        with db.engine.connect() as connection:
            committed = connection.scalar(select(func.count()).select_from(ArticleChange)) or 0
        heard.append((len(translation_ids), committed))

    with article_changed.connected_to(hear):
        run()
        run()

    assert heard == [(2, 2)]


def test_progress_goes_from_nothing_to_all_files(run, folder: Path):
    steps: list[tuple[int, int, str]] = []
    write(folder, "other/en.md", page(title="Other"))
    run(on_progress=lambda *step: steps.append(step))

    assert steps == [(0, 3, "other"), (1, 3, "refund"), (3, 3, "")]


def test_a_source_that_arrives_later_becomes_the_source(run, folder: Path):
    write(folder, "late/de.md", page(title="Spät"))
    run()
    assert translation("de", "late").article.source_locale == "de"

    write(folder, "late/en.md", page(title="Late"))
    run()
    assert translation("de", "late").article.source_locale == "en"
