"""Adding and removing those who take part in a ticket."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import RuleViolation
from portal.tickets import queries
from portal.tickets.agent_forms import ParticipantForm
from portal.tickets.participants import MAXIMUM_PARTICIPANTS, add_participant, remove_participant
from portal.tickets.thanks_routes import blueprint
from portal.tickets.ticket_routes import address_of, ticket_page
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.post("/agent/tickets/<int:ticket_id>/participants")
@agent_required()
def create_participant(ticket_id: int) -> Response:
    """Let somebody take part."""
    ticket = queries.agent_ticket(ticket_id)
    form = ParticipantForm(request.form, prefix="participant")
    if not form.validate():
        return ticket_page(ticket, status=422, participant_form=form)
    try:
        add_participant(
            ticket, form.address.data or "", name=form.name.data or "", agent=signed_in_agent(), now=utcnow()
        )
    except RuleViolation:
        db.session.rollback()
        notice = _(
            "Not added: the ticket is closed, the address is one of ours, or %(number)s people take part already.",
            number=MAXIMUM_PARTICIPANTS,
        )
        ticket = queries.agent_ticket(ticket_id)
        return ticket_page(ticket, status=409, participant_form=form, notice=notice, notice_kind="danger")
    return see_other(address_of(ticket, saved="participants", _anchor="panel-people"))


@blueprint.post("/agent/tickets/<int:ticket_id>/participants/<int:person_id>/removal")
@agent_required()
def delete_participant(ticket_id: int, person_id: int) -> Response:
    """End somebody's part."""
    ticket = queries.agent_ticket(ticket_id)
    remove_participant(ticket, person_id, agent=signed_in_agent(), now=utcnow())
    return see_other(address_of(ticket, saved="participants", _anchor="panel-people"))
