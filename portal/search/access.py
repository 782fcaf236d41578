"""The search engine of the running app, for the edge of this and later domains."""

from __future__ import annotations

from flask import current_app

from portal.search.engine import SearchEngine


def search_engine() -> SearchEngine | None:
    """The engine; None in an app that has none."""
    engine: SearchEngine | None = current_app.extensions.get("search")
    return engine
