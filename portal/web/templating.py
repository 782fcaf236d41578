"""Templates and addresses for code that has no request: mails, jobs, commands."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.config import Settings


def render_text(template: str, **context: Any) -> str:
    """A template rendered without the context of a request (no layout variables)."""
    return current_app.jinja_env.get_template(template).render(**context)


def external_url(endpoint: str, **values: Any) -> str:
    """A full address, always from the configured base URL and never from a Host header."""
    settings: Settings = current_app.extensions["settings"]
    adapter = current_app.url_map.bind("localhost")
    return settings.effective_base_url + str(adapter.build(endpoint, values, force_external=False))


def current_settings() -> Settings:
    """The settings of the running app."""
    settings: Settings = current_app.extensions["settings"]
    return settings
