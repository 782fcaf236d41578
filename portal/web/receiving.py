"""What happens to each request before anybody asks the database for it."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from portal.database import write_intent

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAXIMUM_REQUEST_BYTES = 60 * 1024 * 1024
MAXIMUM_FORM_BYTES = 2 * 1024 * 1024


def receive_requests(app: Flask) -> None:
    """Refuse what no database can hold, take in forms, declare who may write. Call it before other hooks are set."""
    app.config.update(MAX_CONTENT_LENGTH=MAXIMUM_REQUEST_BYTES, MAX_FORM_MEMORY_SIZE=MAXIMUM_FORM_BYTES)

    @app.before_request
    def _receive() -> None:
        # Threads serve many requests: this one begins without the right that the last one had.
        write_intent.set(False)
        _refuse_nul()
        if request.method not in SAFE_METHODS and request.url_rule is not None:
            _take_form()
            write_intent.set(True)


def _refuse_nul() -> None:
    """PostgreSQL knows no NUL, so no row has such a name and no search can be for it."""
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in name or "\x00" in value for name, value in request.args.items(multi=True)):
        abort(400)


def _take_form() -> None:
    """Read the form to its end: on SQLite whoever may write locks out all others, and must not wait for a network."""
    if request.mimetype == "application/x-www-form-urlencoded":
        # Werkzeug's limit for forms in memory is for multipart alone.
        request.max_content_length = MAXIMUM_FORM_BYTES
    try:
        _ = request.form
    except RequestEntityTooLarge:
        _discard_body()
        raise


def _discard_body() -> None:
    """Take in the rest: a browser that is cut off while it sends shows its own error page instead of ours."""
    if request.environ.get("wsgi.input_terminated") and (request.content_length or 0) <= MAXIMUM_REQUEST_BYTES:
        body, room = request.environ["wsgi.input"], MAXIMUM_REQUEST_BYTES
        while room > 0 and (chunk := body.read(64 * 1024)):
            room -= len(chunk)
