"""Taking a further address from a requester."""

from __future__ import annotations

from flask import Response

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.people.actions import remove_address
from portal.tickets import queries
from portal.tickets.history import record_event
from portal.tickets.mailboxes_routes import blueprint
from portal.tickets.ticket_routes import address_of
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.post("/agent/tickets/<int:ticket_id>/addresses/<int:identity_id>/removal")
@agent_required()
def delete_address(ticket_id: int, identity_id: int) -> Response:
    """What comes from this address is the requester's no longer."""
    ticket = queries.agent_ticket(ticket_id)
    now = utcnow()
    address = remove_address(ticket.requester, identity_id)
    record_event(ticket, "address_left", now=now, agent=signed_in_agent(), payload={"address": address})
    db.session.commit()
    return see_other(address_of(ticket, saved="participants", _anchor="panel-requester"))
