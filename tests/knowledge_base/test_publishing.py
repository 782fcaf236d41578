from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.database import db
from portal.errors import RuleViolation
from portal.knowledge_base.actions import article_changed, publish_revision, rename_slug, withdraw_translation
from portal.knowledge_base.cli import group
from portal.knowledge_base.models import ArticleChange, Revision, SlugHistory, TranslationState
from tests.factories import make_translation

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def heard(app):
    ids: list[int] = []

    def hear(_sender: str, translation_ids: list[int]) -> None:
        ids.extend(translation_ids)

    with article_changed.connected_to(hear):
        yield ids


def changes() -> list[int]:
    return list(db.session.scalars(select(ArticleChange.translation_id)))


def add_draft(translation) -> Revision:
    revision = Revision(
        translation_id=translation.id, number=2, title="New", body_markdown="x", body_html="<p>x</p>", created_at=NOW
    )
    db.session.add(revision)
    db.session.commit()
    return revision


def test_publishing_shows_a_revision_and_tells_the_index(heard):
    translation = make_translation(state=TranslationState.DRAFT, published_revision_id=None, published_at=None)
    revision = add_draft(translation)

    publish_revision(translation, revision, now=NOW)

    assert translation.published_revision_id == revision.id
    assert (translation.state, translation.published_at) == (TranslationState.PUBLISHED, NOW)
    assert changes() == heard == [translation.id]


def test_a_translation_shows_only_its_own_revisions(app):
    first, second = make_translation(), make_translation()
    revision = add_draft(second)

    with pytest.raises(RuleViolation):
        publish_revision(first, revision, now=NOW)


def test_withdrawing_hides_a_translation_and_tells_the_index(heard):
    translation = make_translation()

    withdraw_translation(translation, now=NOW)

    assert translation.state is TranslationState.WITHDRAWN
    assert changes() == heard == [translation.id]
    with pytest.raises(RuleViolation):
        withdraw_translation(translation, now=NOW)


def test_renaming_keeps_the_old_address(heard):
    translation = make_translation(slug="old")

    rename_slug(translation, "new", now=NOW)

    assert translation.slug == "new"
    history = db.session.scalars(select(SlugHistory)).one()
    assert (history.slug, history.translation_id) == ("old", translation.id)
    assert heard == [translation.id]


def test_an_address_belongs_to_one_article_in_a_language(app):
    make_translation(slug="taken")
    german = make_translation(slug="deutsch", locale="de")
    other = make_translation(slug="other")

    rename_slug(german, "taken", now=NOW)
    with pytest.raises(RuleViolation):
        rename_slug(other, "taken", now=NOW)
    with pytest.raises(RuleViolation):
        rename_slug(other, "", now=NOW)


def test_a_new_address_takes_the_place_of_an_old_one(app):
    first, second = make_translation(slug="one"), make_translation(slug="two")
    rename_slug(first, "uno", now=NOW)

    rename_slug(second, "one", now=NOW)

    assert [(row.slug, row.translation_id) for row in db.session.scalars(select(SlugHistory))] == [("two", second.id)]


@pytest.fixture
def run(app):
    def run(*arguments: str):
        # A command has a session of its own, and there is one writer at a time.
        db.session.remove()
        return CliRunner().invoke(group, list(arguments), obj=lambda: app)

    return run


def test_the_import_command_lists_languages_and_what_it_could_not_read(run, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/en.md").write_text("---\ntitle: A\n---\nText [x](/lost)\n")
    (tmp_path / "a/de.md").write_text("---\ntitle: [\n---\nText\n")

    result = run("import", str(tmp_path))

    assert result.exit_code == 0, result.output
    assert "Could not be read:\n  a/de.md: the front matter is not YAML: line 3:" in result.stderr
    assert "Good to know:\n  a/en.md: links that lead nowhere became text: /lost\n" in result.stderr
    assert "English (en)" in result.stdout
    assert "Pages: 1, languages: 1. Could not be read: 1, conflicts: 0, notes: 1, skipped: 0." in result.stdout


def test_the_import_command_fails_when_nothing_can_be_read(run, tmp_path):
    (tmp_path / "a.md").write_bytes(b"\x00")

    assert run("import", str(tmp_path)).exit_code == 1
    missing = run("import", str(tmp_path / "lost"))
    assert missing.exit_code == 1
    assert "there is no such folder" in missing.stderr


def test_the_export_command_says_what_it_wrote(run, tmp_path):
    make_translation()

    result = run("export", str(tmp_path / "out"))

    assert result.exit_code == 0, result.output
    assert f"Pages written to {tmp_path / 'out'}: 1. Already up to date: 0, pictures: 0." in result.stdout
