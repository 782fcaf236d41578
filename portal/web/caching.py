"""Public pages: the same bytes for everybody, kept by browsers and proxies, checked by ETag."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue


def public_page(body: ResponseReturnValue, *, lifetime: timedelta = timedelta(seconds=60)) -> Response:
    """`body` with ETag and Cache-Control; 304 when the reader has it already.

    The theme is rendered from a cookie and fragments differ from pages, hence Vary.
    """
    response = make_response(body)
    response.headers["Cache-Control"] = f"public, max-age={int(lifetime.total_seconds())}"
    response.vary.update(["Cookie", "HX-Request"])
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
