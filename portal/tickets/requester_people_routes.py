"""Requesters let people take part whom they wrote to in copy."""

from __future__ import annotations

from flask import Response, request, url_for

from portal.clock import utcnow
from portal.errors import NotFound, RuleViolation
from portal.tickets.access import requester_required
from portal.tickets.models import Ticket
from portal.tickets.participants import add_participant, participants_of, people_in_copy
from portal.tickets.survey_routes import blueprint
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.post("/<locale:locale>/requests/<reference>/participants")
@requester_required
def create_participant(ticket: Ticket, locale: str) -> Response:
    """Let one of them take part. Nobody else: a stolen link must not bring strangers in."""
    address, said = request.form.get("address", ""), "joined"
    participants = participants_of(ticket.id)
    if address in people_in_copy(ticket, participants):
        try:
            add_participant(ticket, address, name="", agent=None, now=utcnow())
        except RuleViolation:
            said = "not-joined"
    # A second click finds them among those who take part.
    elif address not in {each.person.email for each in participants}:
        raise NotFound
    return see_other(url_for(".show_request", reference=ticket.reference, said=said, _anchor="people"))
