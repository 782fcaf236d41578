"""Mails of a ticket that were not delivered: try again, or write to another address."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import RuleViolation
from portal.mail.models import OutboxMail
from portal.tickets import queries
from portal.tickets.agent_forms import AddressForm
from portal.tickets.composer_routes import blueprint
from portal.tickets.mail_actions import mail_of, send_mail_again
from portal.tickets.models import Ticket
from portal.tickets.ticket_routes import address_of, fragment, queue_of_request, ticket_page
from portal.web.htmx import is_fragment_request, see_other

__all__ = ["blueprint"]


@blueprint.post("/agent/tickets/<int:ticket_id>/mails/<int:mail_id>/attempts")
@agent_required()
def create_mail_attempt(ticket_id: int, mail_id: int) -> Response:
    """Try a mail that was not delivered again."""
    ticket = queries.agent_ticket(ticket_id)
    return _sent_again(ticket, mail_of(ticket, mail_id))


@blueprint.post("/agent/tickets/<int:ticket_id>/mails/<int:mail_id>/address")
@agent_required()
def update_mail_address(ticket_id: int, mail_id: int) -> Response:
    """Send a mail that was not delivered to another address."""
    ticket = queries.agent_ticket(ticket_id)
    mail = mail_of(ticket, mail_id)
    form = AddressForm(request.form)
    if not form.validate():
        error = str(form.address.errors[0])
        return _refused(ticket, mail, error, status=422, address=form.address.data or "")
    return _sent_again(ticket, mail, to=form.address.data or "")


def _sent_again(ticket: Ticket, mail: OutboxMail, *, to: str = "") -> Response:
    try:
        send_mail_again(ticket, mail, agent=signed_in_agent(), now=utcnow(), to=to)
    except RuleViolation:
        db.session.rollback()
        # Of two clicks the other one has sent it; or the address is our own.
        error = _("This email cannot be sent like that. Look at its state and the address.")
        return _refused(ticket, mail, error, status=409, address=to)
    return _state(ticket, mail) if is_fragment_request() else see_other(address_of(ticket))


def _refused(ticket: Ticket, mail: OutboxMail, error: str, *, status: int, address: str) -> Response:
    if is_fragment_request():
        return _state(ticket, mail, status=status, mail_error=error, mail_address=address)
    return ticket_page(ticket, status=status, notice=error, notice_kind="danger")


def _state(
    ticket: Ticket, mail: OutboxMail, *, status: int = 200, mail_error: str = "", mail_address: str = ""
) -> Response:
    return fragment(
        "tickets/_mail_state.html",
        status=status,
        ticket=ticket,
        queue=queue_of_request(),
        mail=mail,
        mail_error=mail_error,
        mail_address=mail_address,
    )
