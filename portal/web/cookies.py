"""Cookies: ``__Host-`` and Secure under https, HttpOnly, SameSite=Lax."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, request

from portal.config import Settings


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def cookie_name(name: str) -> str:
    """The name as it stands in the browser."""
    return f"__Host-{name}" if _settings().is_https else name


def read_cookie(name: str) -> str:
    """The value, or "" when the browser sent none."""
    return request.cookies.get(cookie_name(name), "")


def set_cookie(response: Response, name: str, value: str, *, lifetime: timedelta | None = None) -> None:
    """Set a cookie for the whole site; without a lifetime it ends with the browser session."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=lifetime,
        secure=_settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def delete_cookie(response: Response, name: str) -> None:
    """Remove a cookie."""
    response.delete_cookie(cookie_name(name), secure=_settings().is_https, httponly=True, samesite="Lax", path="/")
