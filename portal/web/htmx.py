"""The only module that reads or writes htmx headers: one route serves the page and its fragment."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template
from htmx_flask import request


def is_fragment_request() -> bool:
    """Whether htmx wants just a fragment. Boosted links and history restores need the whole page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render(page: str, fragment: str, *, status: int = 200, **context: Any) -> Response:
    """The fragment for htmx, the page for everybody else; both from the same context."""
    template = fragment if is_fragment_request() else page
    response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response


def fragment_or_redirect(
    fragment: str, *, back_to: str, status: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> Response:
    """After a change: the changed fragment for htmx, else 303 to the page that shows it."""
    if is_fragment_request():
        response = make_response(render_template(fragment, **context), status)
        response.vary.add("HX-Request")
    else:
        response = see_other(back_to)
    response.headers.extend(headers or {})
    return response


def invalid_form(page: str, fragment: str, *, notice: str, status: int = 422, **context: Any) -> Response:
    """The form again with its errors. For htmx only the fragment, put where `notice` (a CSS selector) says."""
    response = render(page, fragment, status=status, **context)
    if is_fragment_request():
        response.headers["HX-Retarget"] = notice
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def see_other(location: str) -> Response:
    """A redirect after a POST: 303, or the htmx header that makes the browser go there."""
    if is_fragment_request():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = location
        return response
    return make_response(redirect(location, code=303))
