"""Errors that the domains raise and the edge translates once (see ``portal/web/error_pages.py``)."""

from __future__ import annotations


class PortalError(Exception):
    """Base of every error this program raises on purpose."""


class RuleViolation(PortalError):
    """The change asked for breaks a rule of the domain; the message says which, for people. Becomes a 409."""


class NotFound(PortalError):
    """What was asked for does not exist, or not for this reader. Becomes a 404."""


class Conflict(PortalError):
    """Somebody else changed the same thing meanwhile. Becomes a 409 that shows both sides."""


class LimitExceeded(PortalError):
    """Too many attempts; becomes a 429. `retry_after_seconds` says when the next one may succeed."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ConfigurationError(PortalError):
    """The settings cannot be used; the message names every mistake."""
