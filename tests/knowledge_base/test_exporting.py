from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.database import db
from portal.knowledge_base.exporting import export_articles
from portal.knowledge_base.importing import import_articles
from portal.knowledge_base.markdown_files import parse_file
from portal.knowledge_base.models import Article, ArticlePicture, Origin, Revision, Translation, TranslationState
from portal.localization import bundled_path
from tests.factories import make_article, make_translation

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EN = """---
title: Get a refund
slug: get-a-refund
summary: How to get your money back.
topic: pay/refunds
kind: howto
keywords: [money back, "can't pay: why?"]
version: 2
reviewed: 2026-08-18
related: [other]
position: 1
own: [1, {a: b}]
---
The lead. ![Line](line.svg "Caption")

## Steps {#steps}

Write `{{< x >}}` and {{< note >}}.
"""
DE = """---
title: Geld zurück
slug: geld-zurueck
based_on: 1
---
Der Anfang.
"""


def read_tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def own_fields(content: bytes) -> tuple[object, ...]:
    """What belongs to one language; a translation may repeat what its source says, which is written only there."""
    parsed = parse_file(content, name="a.md")
    return (parsed.title, parsed.slug, parsed.summary, parsed.keywords, parsed.version, parsed.based_on, parsed.body)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    (root / "refund").mkdir(parents=True)
    (root / "refund/en.md").write_text(EN, encoding="utf-8")
    (root / "refund/de.md").write_text(DE, encoding="utf-8")
    (root / "refund/line.svg").write_text('<svg width="1" height="1"/>', encoding="utf-8")
    return root


@pytest.fixture
def blobs(app):
    return app.extensions["blobs"]


def load(root: Path, blobs):
    return import_articles(root, blobs=blobs, default_locale="en", now=NOW)


def test_what_was_imported_is_exported_and_changes_nothing(folder: Path, tmp_path: Path, blobs):
    load(folder, blobs)

    report = export_articles(tmp_path / "out", blobs=blobs)

    assert report.written == [("refund", "de"), ("refund", "en")]
    assert (report.picture_count, report.problems) == (1, [])
    files = read_tree(tmp_path / "out")
    assert files["refund/de.md"].decode() == DE
    assert files["refund/line.svg"] == (folder / "refund/line.svg").read_bytes()
    assert set(files) == {"topics.yaml", "refund/en.md", "refund/de.md", "refund/line.svg"}
    again = load(tmp_path / "out", blobs)
    assert (len(again.unchanged), again.created, again.updated, again.problems) == (2, [], [], [])


def test_an_export_over_an_export_writes_nothing(folder: Path, tmp_path: Path, blobs):
    load(folder, blobs)
    export_articles(tmp_path / "out", blobs=blobs)

    report = export_articles(tmp_path / "out", blobs=blobs)

    assert (report.written, report.unchanged) == ([], [("refund", "de"), ("refund", "en")])


def test_the_bundled_articles_come_out_as_they_went_in(tmp_path: Path, blobs):
    source = bundled_path("kb_articles")
    report = load(source, blobs)
    assert (report.unreadable, report.skipped, report.problems) == ([], [], [])

    export_articles(tmp_path / "out", blobs=blobs)

    assert load(tmp_path / "out", blobs).updated == []
    exported = read_tree(tmp_path / "out")
    originals = read_tree(source)
    assert exported.keys() == originals.keys() - {"README.md"}
    for name in originals.keys() & exported.keys():
        if name.endswith(".md"):
            assert own_fields(exported[name]) == own_fields(originals[name])
        elif name != "topics.yaml":
            assert exported[name] == originals[name]


def test_an_edit_in_the_portal_is_exported_and_then_known(folder: Path, tmp_path: Path, blobs):
    load(folder, blobs)
    row = db.session.scalars(select(Translation).where(Translation.locale == "en")).one()
    edit = Revision(
        translation=row,
        number=3,
        title="Get a refund",
        body_markdown="# Get a refund\n\nNew  words\n\n",
        body_html="<p>New words</p>",
        origin=Origin.PORTAL,
        created_at=NOW,
    )
    db.session.add(edit)
    db.session.flush()
    row.published_revision_id = edit.id
    db.session.commit()

    export_articles(folder, blobs=blobs)
    report = load(folder, blobs)

    assert "version: 3" in (folder / "refund/en.md").read_text(encoding="utf-8")
    assert (report.conflicts, report.updated) == ([], [])
    path = folder / "refund/en.md"
    path.write_text(path.read_text(encoding="utf-8").replace("New  words", "Newer words"), encoding="utf-8")
    assert load(folder, blobs).conflicts == []


def test_drafts_are_marked_and_withdrawn_pages_left_out(tmp_path: Path, blobs):
    make_translation(make_article(key="draft"), state=TranslationState.DRAFT, published_revision_id=None)
    make_translation(make_article(key="gone"), state=TranslationState.WITHDRAWN)

    export_articles(tmp_path / "out", blobs=blobs)

    files = read_tree(tmp_path / "out")
    assert set(files) == {"draft/en.md"}
    assert b"\ndraft: true\n" in files["draft/en.md"]


@pytest.mark.parametrize("key", ["..", "a/b"])
def test_keys_never_lead_out_of_the_folder(key: str, tmp_path: Path, blobs):
    make_translation(make_article(key=key))

    report = export_articles(tmp_path / "out", blobs=blobs)

    assert report.problems == [(key, "its key is no folder name: left out")]
    assert read_tree(tmp_path / "out") == {}


def test_a_lost_picture_is_reported(folder: Path, tmp_path: Path, blobs):
    load(folder, blobs)
    picture = db.session.scalars(select(ArticlePicture)).one()
    blobs.delete(picture.digest)

    report = export_articles(tmp_path / "out", blobs=blobs)

    assert report.problems == [("refund", "picture line.svg: its file is lost")]
    assert db.session.scalars(select(Article)).one().key == "refund"
