"""Requesters see their own requests: those that a valid link in their cookie opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.clock import utcnow
from portal.tickets.links import find_link
from portal.tickets.models import Ticket
from portal.web.access import states_policy
from portal.web.cookies import read_cookie
from portal.web.htmx import see_other

COOKIE = "requester_session"
P = ParamSpec("P")


def requester_ticket(reference: str) -> Ticket | None:
    """The ticket `reference` when this browser's link opens it, else None.

    A link opens its own ticket only: whoever sends the form gets one, and may have typed somebody else's address.
    """
    link = find_link(read_cookie(COOKIE), now=utcnow())
    return link.ticket if link is not None and link.ticket.reference == reference else None


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
