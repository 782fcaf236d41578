"""Each request of a test starts with an empty ``g``, as it does outside of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from flask.globals import app_ctx


@pytest.fixture(autouse=True)
def fresh_requests(app: Flask) -> None:
    """Flask reuses the app context that the test stands in, and with it what earlier requests left in ``g``."""
    inner = app.wsgi_app

    def with_fresh_g(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        app_ctx.g = app.app_ctx_globals_class()
        return inner(environ, start_response)

    app.wsgi_app = with_fresh_g  # type: ignore[method-assign]
