"""The page on which a ticket is merged into another one, and the way back."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import RuleViolation
from portal.people.models import Person
from portal.tickets import queries
from portal.tickets.address_routes import blueprint
from portal.tickets.agent_forms import ReferenceForm
from portal.tickets.merging import merge_ticket, require_mergeable, undo_merge
from portal.tickets.models import Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS
from portal.tickets.ticket_routes import address_of, queue_of_request
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.get("/agent/tickets/<int:ticket_id>/merge")
@agent_required()
def show_merge(ticket_id: int) -> Response:
    """The requester's other tickets and a field for a reference; with ``?reference=`` what merging them would mean."""
    ticket = queries.agent_ticket(ticket_id)
    if ticket.merged_into_id is not None:
        return see_other(address_of(ticket))
    form = ReferenceForm(request.args)
    if not form.reference.data:
        return _page(ticket, form)
    into = queries.ticket_by_reference(form.reference.data) if form.validate() else None
    if into is None:
        problem = _("There is no ticket with this reference. Check it and try again.")
        return _page(ticket, form, problem=problem, status=422)
    try:
        joining = require_mergeable(ticket, into)
    except RuleViolation:
        return _page(ticket, form, problem=_impossible(), status=422)
    return _page(ticket, form, into=into, joining=joining)


@blueprint.post("/agent/tickets/<int:ticket_id>/merge")
@agent_required()
def create_merge(ticket_id: int) -> Response:
    """Merge it; the agent goes on in the other one. A second click finds that done."""
    ticket = queries.agent_ticket(ticket_id)
    form = ReferenceForm(request.form)
    into = queries.ticket_by_reference(form.reference.data or "") if form.validate() else None
    try:
        if into is None:
            raise RuleViolation("There is no such ticket.")
        if ticket.merged_into_id != into.id:
            merge_ticket(ticket, into, agent=signed_in_agent(), now=utcnow())
    except RuleViolation:
        db.session.rollback()
        return _page(queries.agent_ticket(ticket_id), form, problem=_impossible(), status=409)
    return see_other(address_of(into, saved="merged"))


@blueprint.post("/agent/tickets/<int:ticket_id>/merge/undo")
@agent_required()
def delete_merge(ticket_id: int) -> Response:
    """Take it out again; not being merged is what was wanted as well."""
    ticket = queries.agent_ticket(ticket_id)
    if ticket.merged_into_id is not None:
        undo_merge(ticket, agent=signed_in_agent(), now=utcnow())
    return see_other(address_of(ticket, saved="merged"))


def _page(
    ticket: Ticket,
    form: ReferenceForm,
    *,
    into: Ticket | None = None,
    joining: list[Person] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    if problem:
        form.reference.errors = [*form.reference.errors, problem]
    html = render_template(
        "tickets/merge.html",
        ticket=ticket,
        queue=queue_of_request(),
        form=form,
        into=into,
        joining=joining or [],
        offered=[] if into is not None else queries.tickets_to_merge_into(ticket),
    )
    return make_response(html, status)


def _impossible() -> str:
    sentence = _(
        "These two cannot be merged: the other ticket is closed, merged already, this one itself, or would have more "
        "than %(number)s participants.",
        number=MAXIMUM_PARTICIPANTS,
    )
    return str(sentence)
