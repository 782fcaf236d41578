"""One click says whether a mail was only a thank-you."""

from __future__ import annotations

from flask import Response, redirect, request
from flask.helpers import make_response
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.tickets import queries
from portal.tickets.mail_actions_routes import blueprint
from portal.tickets.thanks_verdict import decide
from portal.tickets.ticket_routes import address_of, ticket_page

__all__ = ["blueprint"]

_ANSWERS = {"yes": True, "no": False}


@blueprint.post("/agent/tickets/<int:ticket_id>/events/<int:event_id>/thanks")
@agent_required()
def update_thanks(ticket_id: int, event_id: int) -> Response:
    """Say whether the mail of an event was only a thank-you."""
    ticket = queries.agent_ticket(ticket_id)
    is_thanks = _ANSWERS.get(request.form.get("is_thanks", ""))
    if is_thanks is None:
        raise NotFound
    try:
        decide(ticket, event_id, is_thanks=is_thanks, agent=signed_in_agent(), now=utcnow())
    except RuleViolation:
        db.session.rollback()
        notice = _("Not saved: something else has happened since. Look at the ticket and choose its status.")
        return ticket_page(queries.agent_ticket(ticket_id), status=409, notice=notice, notice_kind="danger")
    return make_response(redirect(address_of(ticket, saved="status"), 303))
