"""Errors become pages once, here: what happened, then what to do. Typed text stays in the reader's form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.database import give_up_transaction
from portal.errors import Conflict, LimitExceeded, NotFound, RuleViolation
from portal.web.htmx import is_fragment_request

logger = structlog.get_logger(__name__)

# Lazy, because an agent's language stands in the database: asking for it may fail, and then only inside `_answer`.
Text: TypeAlias = str | LazyString
Context: TypeAlias = Callable[[], dict[str, Any]]


def init_error_pages(app: Flask, not_found_context: Context) -> None:
    """Register the handlers. `not_found_context` gives the 404 page what it offers instead (topics)."""

    @app.errorhandler(404)
    @app.errorhandler(NotFound)
    def _not_found(_error: Exception) -> Response:
        return _answer(404, _("We could not find that page"), "", not_found_context)

    @app.errorhandler(RuleViolation)
    @app.errorhandler(Conflict)
    def _conflict(error: Exception) -> Response:
        give_up_transaction()
        return _answer(409, _("That is not possible now"), str(error))

    @app.errorhandler(StaleDataError)
    def _stale(_error: Exception) -> Response:
        give_up_transaction()
        text = _("Somebody else changed this at the same moment. Go back, reload the page and try again.")
        return _answer(409, _("That is not possible now"), text)

    @app.errorhandler(LimitExceeded)
    def _limited(error: LimitExceeded) -> Response:
        response = _answer(429, _("Too many attempts"), str(error))
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    @app.errorhandler(SecurityError)
    def _unknown_host(_error: SecurityError) -> Response:
        # No page: without a trusted host there are no addresses to put into one.
        return make_response("This host is not served here.\n", 400, {"Content-Type": "text/plain; charset=utf-8"})

    @app.errorhandler(HTTPException)
    def _http_error(error: HTTPException) -> Response:
        code = error.code or 500
        if code < 400:
            return make_response(error.get_response())
        response = _answer(code, *_wording(code))
        # Some errors say more there: which methods are allowed, when to try again.
        response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
        return response

    @app.errorhandler(Exception)
    def _failure(error: Exception) -> Response:
        # The page must not ask the database who is signed in: the database may be what failed.
        _leave_database()
        logger.exception("request failed", path=_logged_path(), method=request.method)
        return _answer(500, *_wording(500))


def _wording(code: int) -> tuple[LazyString, LazyString]:
    if code == 403:
        return _("You cannot do that here"), _(
            "The page may be too old. Go back, reload it and try again. Your text is kept."
        )
    if code == 413:
        return _("That is too large"), _("Send less text or smaller files. The limits stand next to the form.")
    if code < 500:
        return _("That did not work"), _("Go back and check what you entered.")
    return _("Something went wrong on our side"), _("Your text is safe. Try again in a few minutes.")


def _answer(status: int, title: Text, text: Text, context: Context | None = None) -> Response:
    try:
        return _page(status, title, text, context)
    except SQLAlchemyError:
        _leave_database()
        logger.exception("an error page goes without the database", path=_logged_path(), status=status)
        return _page(status, title, text)


def _leave_database() -> None:
    """From here on this request asks nothing of the database, not even who is signed in."""
    g.agent_session = None
    give_up_transaction()


def _logged_path() -> str:
    """The path without the token of a magic link: whoever reads the log must not be let in by it."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "[token]") if token else request.path


def _page(status: int, title: Text, text: Text, context: Context | None = None) -> Response:
    template = "errors/_notice.html" if is_fragment_request() else "errors/error.html"
    extra = context() if context and not is_fragment_request() else {}
    response = make_response(render_template(template, status=status, title=title, text=text, **extra), status)
    response.headers["Cache-Control"] = "no-store"
    return response
