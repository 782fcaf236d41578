"""Pages that belong to no domain: the first redirect, the theme switch, health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, request, url_for

from portal.database import give_up_transaction
from portal.localization import lang_tag
from portal.web.access import public
from portal.web.cookies import delete_cookie, read_cookie, set_cookie
from portal.web.htmx import see_other
from portal.web.locale_urls import preferred_locale

logger = structlog.get_logger(__name__)

blueprint = Blueprint("web", __name__)
THEMES = ("light", "dark")


@blueprint.get("/")
@public
def show_start() -> Response:
    """To the home page in the browser's language."""
    locale = preferred_locale(current_app.extensions["settings"].default_locale)
    response = make_response(redirect(f"/{lang_tag(locale)}/", code=302))
    response.vary.add("Accept-Language")
    return response


@blueprint.post("/theme")
@public
def update_theme() -> Response:
    """Keep the reader's choice of light or dark in a cookie, or forget it."""
    theme = request.form.get("theme", "")
    response = see_other(local_path(request.form.get("next", "")) or url_for("web.show_start"))
    if theme in THEMES:
        set_cookie(response, "theme", theme, lifetime=timedelta(days=365))
    else:
        delete_cookie(response, "theme")
    return response


@blueprint.get("/healthz")
@public
def show_health() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def show_readiness() -> Response:
    """What every part says about itself; 503 while one that serving needs is not ready."""
    checks = {name: _outcome(name, check) for name, check in current_app.extensions["readiness"].items()}
    is_ready = all(check.get("ready", True) for check in checks.values())
    response = jsonify(status="ready" if is_ready else "not ready", checks=checks)
    response.status_code = 200 if is_ready else 503
    return response


def _outcome(name: str, check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `check` says; one that fails is not ready, and whoever asks still gets an answer."""
    try:
        return check()
    except Exception as error:
        give_up_transaction()
        logger.exception("a readiness check failed", check=name)
        return {"ready": False, "error": type(error).__name__}


def local_path(target: str) -> str:
    """`target` when it is a path of this site, else "": a redirect never leaves us."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_local and all(ord(character) > 31 for character in target) else ""


def chosen_theme() -> str | None:
    """The reader's theme from the cookie; None means that the system decides."""
    theme = read_cookie("theme")
    return theme if theme in THEMES else None
