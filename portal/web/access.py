"""Every route states who may call it; a route that does not is refused at run time and by a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from portal.errors import PortalError

View = TypeVar("View", bound=Callable[..., Any])
POLICY_ATTRIBUTE = "access_policy"


def states_policy(policy: str) -> Callable[[View], View]:
    """Mark a view with the name of its policy ("public", "requester", "agent", …)."""

    def mark(view: View) -> View:
        setattr(view, POLICY_ATTRIBUTE, policy)
        return view

    return mark


def public(view: View) -> View:
    """Anybody may call this route."""
    return states_policy("public")(view)


def policy_of(view: Callable[..., Any]) -> str | None:
    """The stated policy of a view; None when it states none."""
    return getattr(view, POLICY_ATTRIBUTE, None)


def refuse_routes_without_policy(app: Flask) -> None:
    """Fail closed: a view that does not say who may call it answers nobody."""

    @app.before_request
    def _check_policy() -> None:
        if request.endpoint is None:
            return
        if policy_of(current_app.view_functions[request.endpoint]) is None:
            raise PortalError(f"route {request.endpoint} does not state who may call it")
