"""Protection of state changes against other sites.

Two locks. Every unsafe request must come from our own pages, as the browser itself says in Sec-Fetch-Site or Origin.
Routes that are not public also want the token that only our pages know; it is bound to the session cookie and
masked anew in every page, so that compression gives nothing away. Public pages carry no token: they are the same
for everybody and may be cached.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from markupsafe import Markup
from werkzeug.exceptions import Forbidden

from portal.web.access import policy_of
from portal.web.cookies import read_cookie
from portal.web.receiving import SAFE_METHODS

FIELD = "csrf_token"
AGENT_COOKIE = "agent_session"
_LENGTH = 16


class StaleForm(Forbidden):
    """The form comes from our own pages, but not from one of the session that the browser has now."""


def requester_cookie(reference: str) -> str:
    """The cookie with the link into one request: each has its own, so that two can be open side by side."""
    return f"requester_session-{reference}"


def protect_forms(app: Flask) -> None:
    """Check every unsafe request of `app`, and give templates ``csrf_field()``."""

    @app.before_request
    def _refuse_forgeries() -> None:
        if request.method in SAFE_METHODS:
            return
        if not _is_same_origin():
            abort(403)
        if _needs_token() and not _token_is_valid(request.form.get(FIELD) or request.headers.get("X-CSRF-Token", "")):
            raise StaleForm

    app.jinja_env.globals["csrf_field"] = csrf_field
    app.jinja_env.globals["csrf_token"] = csrf_token


def csrf_token() -> str:
    """The token for this browser, masked; "" on public pages, where the origin check stands alone."""
    binding = _session_binding()
    if not binding or not _needs_token():
        return ""
    mask = secrets.token_bytes(_LENGTH)
    masked = bytes(a ^ b for a, b in zip(mask, _mac(binding), strict=True))
    return base64.urlsafe_b64encode(mask + masked).decode()


def csrf_field() -> Markup:
    """A hidden input with the token, or nothing where none is needed."""
    token = csrf_token()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token) if token else Markup("")


def _needs_token() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    # Without a session the route's own guard refuses, or asks to sign in again and keeps the text.
    return view is not None and policy_of(view) != "public" and bool(_session_binding())


def _session_binding() -> str:
    """The session that a form of this view belongs to: the requester's of this one request, or the agent's."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_request = view is not None and policy_of(view) == "requester"
    name = requester_cookie(str((request.view_args or {}).get("reference"))) if is_request else AGENT_COOKIE
    value = read_cookie(name)
    return f"{name}={value}" if value else ""


def _token_is_valid(token: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * _LENGTH:
        return False
    unmasked = bytes(a ^ b for a, b in zip(raw[:_LENGTH], raw[_LENGTH:], strict=True))
    return hmac.compare_digest(unmasked, _mac(_session_binding()))


def _mac(binding: str) -> bytes:
    key = current_app.secret_key
    secret = key if isinstance(key, bytes) else str(key).encode()
    return hmac.new(secret, b"csrf:" + binding.encode(), hashlib.sha256).digest()[:_LENGTH]


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is not None:
        return _host_of(origin) == request.host
    # Neither header: no browser of the last years. Such a client holds no cookie of ours that a site could misuse.
    return True


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
