"""The same small help centre in every language we know: what customers type finds the article it means."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.search import analyzers, snippets
from portal.search.documents import IndexedArticle, IndexedSection, Upsert
from portal.search.engine import SearchEngine
from portal.search.snippets import Highlighter

FOLDER = Path(__file__).parent / "languages"
LOCALES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
MARKED = re.compile(r"<mark>(.*?)</mark>")


@cache
def help_centre_in(locale: str) -> dict[str, Any]:
    """`articles`: name → title, text. `searches`: kind → what is typed, the article meant, a word that it marks."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{locale}.yaml").read_text("utf-8"))
    return content


def searches() -> list[Any]:
    return [
        pytest.param(locale, kind, *search, *[None][len(search) - 2 :], id=f"{locale}-{kind.replace(' ', '_')}")
        for locale in LOCALES
        for kind, search in help_centre_in(locale)["searches"].items()
    ]


def upserts(locale: str) -> list[Upsert]:
    return [
        Upsert(IndexedArticle(number, locale, title, sections=(IndexedSection("", "", text),)))
        for number, (title, text) in enumerate(help_centre_in(locale)["articles"].values(), start=1)
    ]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    engine = SearchEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild((upsert for locale in LOCALES for upsert in upserts(locale)), position=1)
    return engine


@pytest.mark.parametrize(("locale", "kind", "typed", "meant", "marked"), searches())
def test_what_customers_type_finds_the_article(engine, locale, kind, typed, meant, marked):
    names = list(help_centre_in(locale)["articles"])
    hits = engine.suggest(typed, locale) if kind == "prefix" else engine.search(typed, locale, limit=3).hits

    assert [names[hit.article_id - 1] for hit in hits][:1] == [meant]
    assert hits[0].locale == locale
    if marked:
        spans = " ".join(MARKED.findall(f"{hits[0].title_html} {hits[0].snippet}"))
        assert all(word in spans for word in marked.split())


def test_more_than_thirty_languages_are_covered():
    assert len({locale.split("_")[0] for locale in LOCALES}) > 30


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_told_at_a_glance_is_what_a_closer_look_finds(monkeypatch, locale):
    text = "\n".join(part for article in help_centre_in(locale)["articles"].values() for part in article)
    words = [word for word in analyzers.words(text, locale) if word.terms]
    asked = [
        (word.terms[0].text, word.folded[:2], word.folded[:-1] + "q") for word in words[:: max(1, len(words) // 40)]
    ]

    def marked() -> list[str]:
        return [Highlighter(locale, {term: 1.0, slip: 1.0}, begun, [slip]).marked(text) for term, begun, slip in asked]

    at_a_glance = marked()
    monkeypatch.setattr("portal.search.snippets._Glance.may_hold", lambda _self, _chunk: True)
    monkeypatch.setattr(snippets, "_HAN_AND_KANA", re.compile(r"(?!)"))

    assert at_a_glance == marked()
