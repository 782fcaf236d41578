"""The addresses of a requester: one more, one less, and what to do about one that is known as somebody else's."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.people.actions import AddressTaken, remove_address
from portal.people.models import Person
from portal.tickets import queries
from portal.tickets.agent_forms import AddressForm
from portal.tickets.history import record_event
from portal.tickets.mailboxes_routes import blueprint
from portal.tickets.models import Ticket
from portal.tickets.requester_merging import add_requester_address, merge_into_requester
from portal.tickets.ticket_routes import address_of, queue_of_request, ticket_page
from portal.web.forms import row_id
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.post("/agent/tickets/<int:ticket_id>/addresses")
@agent_required()
def create_address(ticket_id: int) -> Response:
    """What comes from this address is the requester's as well."""
    ticket = queries.agent_ticket(ticket_id)
    form = AddressForm(request.form, prefix="further")
    if not form.validate():
        return ticket_page(ticket, status=422, address_form=form)
    try:
        add_requester_address(ticket, form.address.data or "", agent=signed_in_agent(), now=utcnow())
    except AddressTaken as taken:
        db.session.rollback()
        kept = queue_of_request().arguments(cursor="")
        return see_other(url_for(".show_same_person", ticket_id=ticket_id, person_id=taken.owner_id, **kept))
    except RuleViolation:
        db.session.rollback()
        notice = _("Not added: this is an address of ours.")
        ticket = queries.agent_ticket(ticket_id)
        return ticket_page(ticket, status=409, address_form=form, notice=notice, notice_kind="danger")
    db.session.commit()
    return _back_to(ticket)


@blueprint.post("/agent/tickets/<int:ticket_id>/addresses/<int:identity_id>/removal")
@agent_required()
def delete_address(ticket_id: int, identity_id: int) -> Response:
    """What comes from this address is the requester's no longer."""
    ticket = queries.agent_ticket(ticket_id)
    now = utcnow()
    address = remove_address(ticket.requester, identity_id)
    record_event(ticket, "address_left", now=now, agent=signed_in_agent(), payload={"address": address})
    db.session.commit()
    return _back_to(ticket)


@blueprint.get("/agent/tickets/<int:ticket_id>/same-person/<int:person_id>")
@agent_required()
def show_same_person(ticket_id: int, person_id: int) -> str | Response:
    """Both people beside each other, and the question whether they are one; ``?mail=`` is held until it is answered."""
    ticket = queries.agent_ticket(ticket_id)
    other = _somebody(person_id)
    if other.id == ticket.requester_id:
        return _back_to(ticket)
    return render_template(
        "tickets/same_person.html",
        ticket=ticket,
        queue=queue_of_request(),
        people=[(person, *queries.tickets_of(person)) for person in (ticket.requester, other)],
        mail_id=row_id(request.args.get("mail")),
    )


@blueprint.post("/agent/tickets/<int:ticket_id>/same-person/<int:person_id>")
@agent_required()
def create_same_person(ticket_id: int, person_id: int) -> Response:
    """Make them one person. A second click finds that done."""
    ticket = queries.agent_ticket(ticket_id)
    other = _somebody(person_id)
    if other.id != ticket.requester_id:
        merge_into_requester(ticket, other, agent=signed_in_agent(), now=utcnow())
        db.session.commit()
    return _back_to(ticket)


def _somebody(person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def _back_to(ticket: Ticket) -> Response:
    return see_other(address_of(ticket, saved="participants", _anchor="panel-requester"))
