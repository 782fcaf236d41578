"""A visitor who walks the contact form as a browser without scripts does, and a search that says what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal import clock
from portal.agents.models import Team
from portal.database import db
from portal.search.documents import Hit
from portal.search.uses import Use
from tests import factories

# A Monday, 11:00 in Berlin.
MONDAY = factories.NOW


class FakeSearch:
    """Stands in for the engine: gives `hits`, or raises `error`."""

    def __init__(self) -> None:
        self.hits: tuple[Hit, ...] = ()
        self.error: Exception | None = None
        self.asked: list[tuple[str, str, str]] = []

    def suggest_for_message(self, subject: str, message: str, locale: str, *, use: Use) -> tuple[Hit, ...]:
        self.asked.append((subject, message, locale))
        if self.error:
            raise self.error
        return self.hits[: use.limit]

    def offer(self, *titles: str, locale: str = "en") -> None:
        """Make articles with these titles and find them for everything."""
        self.hits = tuple(_hit(title, locale) for title in titles)


def _hit(title: str, locale: str) -> Hit:
    sections = [("", "", "Some words first."), ("steps", "Steps", "Open the shop.\nPress Refund.")]
    translation = factories.make_translation(title=title, locale=locale, sections=sections)
    return Hit(
        article_id=translation.article_id,
        locale=locale,
        score=0.5,
        title=title,
        title_html=Markup.escape(title),
        snippet=Markup("Press <mark>Refund</mark>."),
        section_key="steps",
        section_heading="Steps",
    )


class Visitor:
    """One browser on the contact form; `page` is the last answer."""

    def __init__(self, client: FlaskClient, locale: str = "en") -> None:
        self.client = client
        self.locale = locale
        self.now: datetime = MONDAY
        self.page: TestResponse | None = None

    @property
    def text(self) -> str:
        assert self.page is not None
        return unescape(self.page.get_data(as_text=True))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        clock.freeze(self.now)

    def url(self, path: str = "") -> str:
        return f"/{self.locale.replace('_', '-')}/contact{path}"

    def get(self, path: str = "") -> TestResponse:
        self.page = self.client.get(self.url(path))
        return self.page

    def post(self, path: str = "", data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        self.page = self.client.post(self.url(path), data=data or {}, **options)
        # The test client leaves its copy of a large body open.
        self.page.request.environ["wsgi.input"].close()
        return self.page

    def ask(
        self, subject: str = "Refund for order", message: str = "I want my money back.", **more: Any
    ) -> TestResponse:
        return self.post(data={"subject": subject, "message": message, **more})

    def shown_at(self) -> str:
        found = re.search(r'name="shown_at"[^>]*value="([^"]+)"', self.text)
        assert found, self.text
        return found.group(1)

    def send(self, email: str = "noor@example.org", *, seconds: float = 5, **more: Any) -> TestResponse:
        """Open the details, take some time, send."""
        self.get("/details")
        stamp = self.shown_at()
        self.wait(seconds)
        data = {"email": email, "name": "Noor", "reply_locale": self.locale, "shown_at": stamp, **more}
        return self.post("/details", data)


@pytest.fixture
def search(app: Flask) -> FakeSearch:
    engine = FakeSearch()
    app.extensions["search"] = engine
    return engine


@pytest.fixture
def team(app: Flask) -> Team:
    return factories.make_team(business_opens="09:00", business_closes="18:00")


@pytest.fixture
def visitor(client: FlaskClient, search: FakeSearch, team: Team) -> Iterator[Visitor]:
    clock.freeze(MONDAY)
    yield Visitor(client)
    clock.freeze(None)


class QueryCount:
    """How many statements ran."""

    count = 0


@pytest.fixture
def count_queries(app: Flask) -> Any:
    @contextmanager
    def counting() -> Iterator[QueryCount]:
        counted = QueryCount()

        def note(*_arguments: Any) -> None:
            counted.count += 1

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
