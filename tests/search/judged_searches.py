"""Searches of the sample help centre that people judged: which articles answer them, and which nothing answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from flask import Flask
from sqlalchemy import select

from portal.database import db, writing
from portal.knowledge_base.importing import import_articles
from portal.knowledge_base.models import Article
from portal.localization import bundled_path
from portal.search.documents import Hit
from portal.search.engine import SearchEngine
from portal.search.following import rebuild

FOLDER = Path(__file__).parent / "relevance"
LOCALES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody wrote, and the keys of the articles of which each one answers it."""

    text: str
    articles: frozenset[str]


@dataclass(frozen=True, slots=True)
class JudgedSearches:
    """All of one locale.

    `searches` go into the search box, `messages` into the contact form. `elsewhere` are searches whose article
    exists in other languages only. To `unanswered` messages no article is an answer; `nonsense` is no language.
    """

    searches: tuple[Judged, ...]
    messages: tuple[Judged, ...]
    elsewhere: tuple[Judged, ...]
    unanswered: tuple[str, ...]
    nonsense: tuple[str, ...]


def judged_searches(locale: str) -> JudgedSearches:
    """The judged searches of `locale`, as they stand in its file."""
    content = yaml.safe_load((FOLDER / f"{locale}.yaml").read_text(encoding="utf-8"))
    return JudgedSearches(
        searches=tuple(_judged(content["searches"])),
        messages=tuple(_judged(content["messages"])),
        elsewhere=tuple(_judged(content["elsewhere"])),
        unanswered=tuple(content["unanswered"]),
        nonsense=tuple(content["nonsense"]),
    )


def _judged(answers: Mapping[str, Iterable[str]]) -> Iterator[Judged]:
    for keys, texts in answers.items():
        articles = frozenset(key.strip() for key in keys.split("|"))
        yield from (Judged(text, articles) for text in texts)


@dataclass(frozen=True, slots=True)
class SampleHelpCentre:
    """A search engine on the articles that come with the portal. `keys`: article → the key of its folder."""

    engine: SearchEngine
    keys: Mapping[int, str]

    def found(self, hits: Iterable[Hit]) -> list[str]:
        """The keys of the articles found, best first."""
        return [self.keys[hit.article_id] for hit in hits]


def index_sample_help_centre(app: Flask, folder: Path) -> SampleHelpCentre:
    """Import the bundled articles into the empty database of `app` and index them in `folder`."""
    with app.app_context(), writing():
        import_articles(
            bundled_path("kb_articles"),
            blobs=app.extensions["blobs"],
            default_locale="en",
            now=datetime(2026, 11, 23, tzinfo=UTC),
        )
        engine = SearchEngine(folder)
        rebuild(engine)
        keys = {row.id: row.key for row in db.session.execute(select(Article.id, Article.key))}
        db.session.remove()
        db.engine.dispose()
    return SampleHelpCentre(engine, keys)
