"""A documentation tree as its authors keep it: 31 languages, shortcodes, HTML, links to pages that are not there."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.database import db
from portal.knowledge_base.freshness import is_outdated
from portal.knowledge_base.importing import import_articles
from portal.knowledge_base.models import Article, Revision, Topic, Translation

TREE = Path(__file__).parents[3] / "shared" / "data" / "letsencrypt"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not TREE.is_dir(), reason=f"the sample documentation tree is not at {TREE}")


@pytest.fixture
def imported(app):
    def run():
        return import_articles(TREE, blobs=app.extensions["blobs"], default_locale="en", now=NOW)

    return run


def published(key: str, locale: str) -> Revision:
    return db.session.scalars(
        select(Revision)
        .join(Translation, Translation.published_revision_id == Revision.id)
        .join(Article)
        .where(Article.key == key, Translation.locale == locale)
    ).one()


def test_the_whole_tree_comes_in_and_a_second_time_nothing(imported):
    started = time.perf_counter()
    report = imported()
    seconds = time.perf_counter() - started

    assert (len(report.created), len(report.skipped), report.unreadable) == (403, 466, [])
    pages = {locale: counts["created"] for locale, counts in report.pages_by_locale().items()}
    assert len(pages) == 30
    assert (pages["en"], pages["de"], pages["zh_Hans"], pages["zh_Hant"], pages["pt_BR"]) == (29, 22, 28, 17, 9)
    assert seconds < 60

    again = imported()
    assert (len(again.unchanged), again.created, again.updated, again.problems) == (403, [], [], [])

    _the_texts_are_whole()
    _translations_older_than_their_source_are_outdated()


def _the_texts_are_whole():
    glossary = published("docs-glossary", "en")
    assert '<h2 id="def-AIA">Authority Information Access (AIA)</h2>' in glossary.body_html
    assert '<a href="#def-extension">extension</a>' in glossary.body_html
    assert '<a href="article:docs-caa">honors CAA records</a>' in glossary.body_html
    assert "{{" not in glossary.body_html
    faq = published("docs-faq", "de")
    assert '<h2 id="general">Allgemeine Fragen</h2>' in faq.body_html
    logs = published("docs-ct-logs", "en")
    assert '<h2 id="log-operations">Log Operations</h2>' in logs.body_html
    topic = db.session.scalars(select(Topic)).one()
    assert {name.locale: name.name for name in topic.names}["de"] == "Dokumentation"
    anything_active = select(func.count()).where(
        Revision.body_html.contains("<script") | Revision.body_html.contains("style=")
    )
    assert db.session.scalar(anything_active) == 0


def _translations_older_than_their_source_are_outdated():
    assert is_outdated(published("docs-glossary", "de").based_on_number, [1])
    current = select(func.count()).select_from(Revision).where(Revision.based_on_number == 1)
    behind = select(func.count()).select_from(Revision).where(Revision.based_on_number == 0)
    assert (db.session.scalar(current), db.session.scalar(behind)) == (219, 155)
