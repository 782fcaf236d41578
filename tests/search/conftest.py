"""A small help centre in memory, and a search engine on it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.app import create_app
from portal.clock import utcnow
from portal.search.documents import IndexedArticle, IndexedSection, Upsert
from portal.search.engine import SearchEngine
from portal.search.following import follow
from tests.conftest import make_settings
from tests.search.judged_searches import SampleHelpCentre, index_sample_help_centre

_numbers = itertools.count(1000)


def article(title: str, *texts: str, **values: Any) -> IndexedArticle:
    """An article whose first text is its opening; each further one is a section "s1", "s2"…"""
    sections = [IndexedSection("", "", texts[0] if texts else "")]
    sections += [IndexedSection(f"s{number}", f"Part {number}", text) for number, text in enumerate(texts[1:], start=1)]
    defaults: dict[str, Any] = {"article_id": next(_numbers), "locale": "en", "sections": tuple(sections)}
    return IndexedArticle(title=title, **{**defaults, **values})


HELP_CENTRE = (
    article(
        "Get a refund",
        "You can return a game within 14 days.",
        "Open your purchases and choose Ask for a refund. The money goes to your card.",
        "Annual plans are refunded in full in the first month.",
        article_id=1,
        keywords=("money back", "return a purchase"),
        summary="How to get your money back.",
        topic_key="payments/refunds",
    ),
    article(
        "Reset your password",
        "Choose Forgot password on the sign-in page. We send you a link.",
        "The link works for 30 minutes. Then ask for another one.",
        article_id=2,
        keywords=("forgotten password",),
        topic_key="account/sign-in",
    ),
    article(
        "Error LP-1042: connection lost",
        "The device is online but cannot reach us. Restart the router.",
        article_id=3,
        error_code="LP-1042",
        topic_key="errors",
    ),
    article(
        "Connect to Wi-Fi again",
        "Turn Wi-Fi off and on. Move closer to the router.",
        article_id=4,
        topic_key="connection",
    ),
    article("Delete your account", "Deleting is final after 30 days.", article_id=5, topic_key="account/details"),
    article("Rückerstattung erhalten", "Das Geld ist in fünf Tagen auf der Karte.", article_id=1, locale="de"),
    article("Konto löschen", "Das Löschen ist nach 30 Tagen endgültig.", article_id=5, locale="de"),
    article("パスワードを再設定する", "サインインページでリンクを送信します。", article_id=2, locale="ja"),
    article("إعادة تعيين كلمة المرور", "نرسل إليك رابطًا لتعيين كلمة مرور جديدة.", article_id=2, locale="ar"),
    article("Only here in French", "Le câble réseau bleu foncé.", article_id=6, locale="fr"),
)

BuildEngine = Callable[..., SearchEngine]


@pytest.fixture
def build_engine(tmp_path: Path) -> BuildEngine:
    """Makes an engine on the articles given."""

    def build(*articles: IndexedArticle) -> SearchEngine:
        engine = SearchEngine(tmp_path / f"index-{next(_numbers)}")
        engine.rebuild((Upsert(each) for each in sorted(articles, key=lambda each: each.locale)), position=1)
        return engine

    return build


@pytest.fixture(scope="session")
def help_centre(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    """An engine on HELP_CENTRE; tests only read it."""
    engine = SearchEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild((Upsert(each) for each in sorted(HELP_CENTRE, key=lambda each: each.locale)), position=1)
    return engine


@pytest.fixture(scope="session")
def sample_help_centre(tmp_path_factory: pytest.TempPathFactory, template_database: Path) -> SampleHelpCentre:
    """The articles that come with the portal, imported and indexed; tests only read it."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(template_database, folder / "instance")
    return index_sample_help_centre(create_app(make_settings(folder / "instance")), folder / "index")


@pytest.fixture
def indexed(app: Flask) -> Callable[[], SearchEngine]:
    """Call it to have the app's index hold what is published."""

    def index() -> SearchEngine:
        engine: SearchEngine = app.extensions["search"]
        follow(engine, now=utcnow(), wait=True)
        return engine

    return index
