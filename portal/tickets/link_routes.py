"""How a browser gets to see a request: by a magic link, or by asking for a new one.

No GET here changes anything: mail scanners follow links.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.clock import utcnow
from portal.errors import LimitExceeded
from portal.localization import INTERFACE_LOCALES
from portal.tickets.access import remember_link, requester_tickets
from portal.tickets.link_requests import request_links
from portal.tickets.links import find_link
from portal.tickets.models import Ticket
from portal.tickets.requester_forms import ANSWERS, LinkForm
from portal.web import rate_limit
from portal.web.access import public
from portal.web.htmx import is_fragment_request, see_other
from portal.web.locale_urls import offer_page_locales

blueprint = Blueprint("requests", __name__)


@blueprint.get("/<locale:locale>/requests")
@public
def show_link_form(locale: str) -> Response:
    """Where somebody asks for a link to their requests; also what every link that does not work leads to."""
    is_expired = "expired" in request.args
    known = [] if is_expired else requester_tickets()
    return _link_page(LinkForm(), is_expired=is_expired, is_sent="sent" in request.args, known=known)


@blueprint.post("/<locale:locale>/requests")
@public
def create_link(locale: str) -> Response:
    """Take an address; the answer is the same whether we know it or not."""
    form = LinkForm(request.form)
    if not form.validate():
        return _link_page(form, status=422)
    now = utcnow()
    try:
        rate_limit.take(f"requests.link:ip:{request.remote_addr}", capacity=10, refill_seconds=60, now=now)
    except LimitExceeded as limit:
        notice = _("You asked several times. Wait a few minutes, then try again.")
        response = _link_page(form, status=429, notice=notice)
        response.headers["Retry-After"] = str(limit.retry_after_seconds)
        return response
    try:
        rate_limit.take(f"requests.link:{form.email.data}", capacity=3, refill_seconds=600, now=now)
    except LimitExceeded:
        # Links were mailed a moment ago, if at all. Saying so would say that the address is known.
        pass
    else:
        request_links(form.email.data, locale=locale, now=now)
    return see_other(url_for(".show_link_form", sent=1))


@blueprint.get("/<locale:locale>/requests/link/<token>")
@public
def open_link(locale: str, token: str) -> Response:
    """Move the token from the address into a cookie, and go to the request."""
    link = find_link(token, now=utcnow())
    if link is None:
        return make_response(redirect(url_for(".show_link_form", expired=1), 303))
    answer = request.args.get("answer") if request.args.get("answer") in ANSWERS else None
    address = url_for(
        ".show_request", reference=link.ticket.reference, answer=answer, _anchor="solve" if answer else None
    )
    return remember_link(make_response(redirect(address, 303)), link.ticket, token)


def expired_page(*, unsent: str) -> Response:
    """The page that offers a new link, with what could not be sent."""
    if not unsent.strip():
        return see_other(url_for(".show_link_form", expired=1))
    if not is_fragment_request():
        return _link_page(LinkForm(), status=403, is_expired=True, unsent=unsent)
    # A conflict, because scripts leave the page as it is after a refusal.
    response = _link_page(LinkForm(), status=409, is_expired=True, unsent=unsent)
    response.headers.update({"HX-Retarget": "main", "HX-Reselect": "main", "HX-Reswap": "outerHTML"})
    return response


def _link_page(
    form: LinkForm,
    *,
    status: int = 200,
    is_expired: bool = False,
    is_sent: bool = False,
    known: Sequence[Ticket] = (),
    notice: str = "",
    unsent: str = "",
) -> Response:
    offer_page_locales({code: url_for(".show_link_form", locale=code) for code in INTERFACE_LOCALES})
    body = render_template(
        "requests/link.html",
        form=form,
        is_expired=is_expired,
        is_sent=is_sent,
        known=known,
        notice=notice,
        unsent=unsent,
    )
    return make_response(body, status)
