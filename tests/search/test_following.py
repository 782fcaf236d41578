from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.clock import utcnow
from portal.database import db
from portal.database.schema import upgrade_schema
from portal.jobs.queue import run_now
from portal.knowledge_base import actions as knowledge_base
from portal.knowledge_base.models import ArticleChange, Revision, Topic, Translation, TranslationState
from portal.knowledge_base.publication import show_revision
from portal.search import published
from portal.search.following import FOLLOW_JOB, IndexWatch, follow, index_readiness, is_behind, rebuild
from portal.search.index_errors import IndexUnavailable
from tests import factories
from tests.conftest import make_settings


def found(engine, text: str, locale: str = "en") -> list[int]:
    return [hit.article_id for hit in engine.search(text, locale, limit=10).hits]


def revise(translation, **values) -> Revision:
    last = translation.published_revision
    revision = Revision(
        **{
            "translation_id": translation.id,
            "number": last.number + 1,
            "title": last.title,
            "body_markdown": "",
            "body_html": "",
            "created_at": utcnow(),
            **values,
        }
    )
    db.session.add(revision)
    db.session.commit()
    return revision


def test_the_first_time_everything_published_is_indexed(indexed):
    topic = factories.make_topic(key="payments")
    below = factories.make_topic(key="refunds", parent_id=topic.id)
    article = factories.make_article(topic_id=below.id, error_code="LP-77", popular_position=1)
    factories.make_translation(article, title="Get a refund", keywords=["money back"], summary="Your money.")
    factories.make_translation(article, locale="pt_BR", title="Receba um reembolso")

    engine = indexed()

    assert found(engine, "money back") == found(engine, "lp 77") == [article.id]
    assert found(engine, "reembolsos", "pt_BR") == [article.id]
    assert engine.search("refund", "en", limit=1, topic="payments").hits[0].topic_key == "payments/refunds"
    assert db.session.get(Topic, below.id) is not None


def test_drafts_and_withdrawn_articles_are_not_indexed(indexed):
    factories.make_translation(title="Zebra draft", state="draft")
    factories.make_translation(title="Zebra gone", state="withdrawn")

    assert indexed().search("zebra", "en", limit=5).total == 0


def test_what_is_published_later_is_applied_with_its_old_title(app, indexed):
    translation = factories.make_translation(title="Change your address")
    engine = indexed()
    revision = revise(translation, title="Move house")

    knowledge_base.publish_revision(translation, revision, now=utcnow())
    assert is_behind(engine)
    run_now(FOLLOW_JOB)

    assert not is_behind(engine)
    assert found(engine, "move house") == [translation.article_id]
    assert found(engine, "change your address") == [translation.article_id]


def test_what_is_withdrawn_disappears(indexed):
    translation = factories.make_translation(title="Zebra")
    engine = indexed()

    knowledge_base.withdraw_translation(translation, now=utcnow())

    assert follow(engine, now=utcnow()) == 1
    assert found(engine, "zebra") == []


def test_following_twice_changes_nothing_more(indexed):
    translation = factories.make_translation(title="Zebra")
    engine = indexed()
    knowledge_base.withdraw_translation(translation, now=utcnow())

    # On PostgreSQL young changes are applied once more, for they may have been committed out of order.
    again = 1 if db.engine.dialect.name == "postgresql" else 0
    assert [follow(engine, now=utcnow()) for _ in range(2)] == [1, again]
    assert found(engine, "zebra") == []


def test_a_change_is_as_old_as_its_row_however_long_ago_its_import_began(app):
    translation = factories.make_translation()
    began = utcnow() - timedelta(minutes=5)

    knowledge_base.withdraw_translation(translation, now=began)

    # To the second, for SQLite counts no finer.
    age = utcnow() - db.session.scalars(select(ArticleChange.changed_at)).one()
    assert timedelta(seconds=-1) < age < timedelta(seconds=60)


def test_a_change_of_a_long_import_that_is_committed_out_of_order_is_applied(instance_dir, postgres_url):
    app = create_app(make_settings(instance_dir, database_url=postgres_url))
    with app.app_context():
        upgrade_schema()
        early, late = (factories.make_translation(title=f"Zebra {name}", state="draft") for name in ("A", "B"))
        engine = app.extensions["search"]
        engine.before_search = None
        rebuild(engine)

        # The row has its number, yet the commit is still to come when a later row is applied.
        show_revision(early, early.revisions[0], now=utcnow() - timedelta(minutes=5))
        db.session.flush()
        with Session(db.engine) as other:
            translation = other.get_one(Translation, late.id)
            translation.state = TranslationState.PUBLISHED
            other.add(ArticleChange(translation_id=late.id))
            other.commit()
        assert follow(engine, now=utcnow()) == 1
        db.session.commit()
        follow(engine, now=utcnow())

        assert sorted(found(engine, "zebra")) == sorted([early.article_id, late.article_id])
        db.session.remove()
        db.engine.dispose()


def test_a_garbled_index_is_mended_by_the_job(indexed):
    factories.make_translation(title="Zebra")
    engine = indexed()
    for path in (engine.folder.root / "build-1" / "en").iterdir():
        path.unlink()

    run_now(FOLLOW_JOB)

    assert len(found(engine, "zebra")) == 1


def test_readiness_tells_how_far_the_index_is(app):
    engine = app.extensions["search"]
    assert index_readiness(engine) == {"current": False, "applied": None, "newest": 0}

    translation = factories.make_translation(title="Zebra")
    rebuild(engine)
    assert index_readiness(engine) == {"current": True, "applied": 0, "newest": 0}

    knowledge_base.withdraw_translation(translation, now=utcnow())
    assert index_readiness(engine) == {"current": False, "applied": 0, "newest": 1}
    assert app.test_client().get("/readyz").json["checks"]["search"]["newest"] == 1


def test_a_rebuild_counts_what_it_does(app):
    for _ in range(3):
        factories.make_translation()
    ticks: list[int] = []

    assert rebuild(app.extensions["search"], on_article=lambda: ticks.append(1)) == 3
    assert len(ticks) == 3


def test_the_index_is_looked_at_once_a_second_and_helped_when_behind(app):
    helped: list[int] = []
    watch = IndexWatch(lambda: is_behind(app.extensions["search"]), lambda: helped.append(1))

    watch()
    watch()

    assert helped == [1]


def test_a_watch_that_fails_stops_no_search(app):
    watch = IndexWatch(lambda: True, lambda: 1 / 0)

    watch()


def test_all_articles_come_locale_by_locale(app):
    for locale in ("en", "de", "en", "ar", "de"):
        factories.make_translation(locale=locale)

    locales = [change.locale for change in published.all_articles(db.engine)]

    assert locales == sorted(locales)
    assert len(locales) == 5


def test_the_change_job_is_woken_by_publishing(app, monkeypatch):
    woken: list[str] = []
    monkeypatch.setattr("portal.app.jobs.wake", woken.append)

    knowledge_base.withdraw_translation(factories.make_translation(), now=utcnow() + timedelta(seconds=1))

    assert woken == [FOLLOW_JOB]


def test_without_an_index_the_engine_says_so(app):
    with pytest.raises(IndexUnavailable):
        app.extensions["search"].manifest()
