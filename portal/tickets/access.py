"""Requesters see their own requests: those that a valid link in their cookies opens, one cookie for each request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.clock import utcnow
from portal.tickets.links import LIFETIME, find_link, find_tickets
from portal.tickets.models import Ticket
from portal.web.access import states_policy
from portal.web.cookies import cookie_name, delete_cookie, read_cookie, set_cookie
from portal.web.csrf import requester_cookie
from portal.web.htmx import see_other

# Browsers and servers take only so much in one header: whoever opens more requests loses the first of them.
MAXIMUM_COOKIES = 10
P = ParamSpec("P")


def requester_ticket(reference: str) -> Ticket | None:
    """The ticket `reference` when this browser's link opens it, else None.

    A link opens its own ticket only: whoever sends the form gets one, and may have typed somebody else's address.
    """
    link = find_link(read_cookie(requester_cookie(reference)), now=utcnow())
    return link.ticket if link is not None and link.ticket.reference == reference else None


def requester_tickets() -> Sequence[Ticket]:
    """The tickets that this browser's links open, latest first."""
    return find_tickets([read_cookie(name) for name in _cookies()], now=utcnow())


def remember_link(response: Response, ticket: Ticket, token: str) -> Response:
    """`response`, with the cookie that opens `ticket` from now on."""
    own = requester_cookie(ticket.reference)
    others = [name for name in _cookies() if name != own]
    # Browsers send what they got first first.
    for name in others[: max(0, len(others) + 1 - MAXIMUM_COOKIES)]:
        delete_cookie(response, name)
    set_cookie(response, own, token, lifetime=LIFETIME)
    return response


def _cookies() -> list[str]:
    """The names, as the program knows them, of the cookies with a link."""
    prefix = cookie_name("")
    names = [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]
    return [name for name in names if name.startswith(requester_cookie(""))]


def requester_required(
    view: Callable[Concatenate[Ticket, P], ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Give the view its `ticket`; anybody else gets the page that offers a new link, whatever the reason."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        reference = str(kwargs.pop("reference"))
        ticket = requester_ticket(reference)
        if ticket is None:
            address = url_for("requests.show_link_form", expired=1)
            return make_response(redirect(address, 303)) if request.method == "GET" else see_other(address)
        return view(ticket, *args, **kwargs)

    return states_policy("requester")(guarded)
