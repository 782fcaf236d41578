"""The agents' page of mail that came in: what became of every one, and what still waits for somebody."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import RuleViolation
from portal.jobs.queue import wake
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.parsing import UnreadableMail
from portal.mail.processing import PROCESS_JOB
from portal.mail.silence import silent_mailboxes
from portal.people.actions import AddressTaken
from portal.tickets import mailroom_actions, mailroom_queries
from portal.tickets.inbound import MailDesk
from portal.tickets.mail_files import ORIGINAL_TYPE
from portal.tickets.merging import root_of
from portal.tickets.models import Ticket
from portal.tickets.participants_routes import blueprint
from portal.web.files import file_answer
from portal.web.forms import row_id
from portal.web.htmx import see_other

__all__ = ["blueprint"]


@blueprint.get("/agent/mail")
@agent_required()
def list_mails() -> Response:
    """Every mail with its outcome, the latest first."""
    return _list_page()


@blueprint.get("/agent/mail/<int:mail_id>/original")
@agent_required()
def show_original_mail(mail_id: int) -> Response:
    """The bytes as they came, to be saved."""
    mail = mailroom_queries.inbound_mail(mail_id)
    return file_answer(mail.digest, file_name=f"mail-{mail.id}.eml", media_type=ORIGINAL_TYPE)


@blueprint.post("/agent/mail/<int:mail_id>/release")
@agent_required()
def create_mail_release(mail_id: int) -> Response:
    """Put a held mail on its ticket: its sender takes part from now on, or with ``only=this`` does not."""
    agent, joins = signed_in_agent(), request.form.get("only") != "this"
    return _changed(
        mail_id, lambda mail: mailroom_actions.release_mail(_desk(), mail, agent=agent, now=utcnow(), joins=joins)
    )


@blueprint.post("/agent/mail/<int:mail_id>/address")
@agent_required()
def create_mail_address(mail_id: int) -> Response:
    """Put a held mail on its ticket as the requester's, who writes from a second address.

    Where that is known as somebody else's, a page asks first; its answer comes back as ``same_as``.
    """
    agent, same_as = signed_in_agent(), row_id(request.form.get("same_as"))
    return _changed(
        mail_id,
        lambda mail: mailroom_actions.release_as_requester(_desk(), mail, agent=agent, now=utcnow(), same_as=same_as),
    )


@blueprint.post("/agent/mail/<int:mail_id>/ticket")
@agent_required()
def create_mail_ticket(mail_id: int) -> Response:
    """Make a mail a ticket of its own."""
    agent = signed_in_agent()
    return _changed(mail_id, lambda mail: mailroom_actions.open_from_mail(_desk(), mail, agent=agent, now=utcnow()))


@blueprint.post("/agent/mail/<int:mail_id>/spam")
@agent_required()
def create_mail_spam(mail_id: int) -> Response:
    """File a mail as spam."""
    return _changed(mail_id, lambda mail: mailroom_actions.file_as_spam(mail, now=utcnow()))


@blueprint.post("/agent/mail/<int:mail_id>/reading")
@agent_required()
def create_mail_reading(mail_id: int) -> Response:
    """Have the worker read a mail again."""
    return _changed(mail_id, lambda mail: mailroom_actions.read_again(mail, now=utcnow()))


def _changed(mail_id: int, act: Callable[[InboundMail], object]) -> Response:
    mail = mailroom_queries.inbound_mail(mail_id)
    try:
        act(mail)
    except AddressTaken as taken:
        db.session.rollback()
        ticket = root_of(db.session.get_one(Ticket, mailroom_queries.inbound_mail(mail_id).ticket_id))
        return see_other(url_for(".show_same_person", ticket_id=ticket.id, person_id=taken.owner_id, mail=mail_id))
    except RuleViolation:
        return _list_page(_("This mail was dealt with meanwhile. This is how it stands now."), status=409)
    except (UnreadableMail, FileNotFoundError):
        return _list_page(_("The original of this mail cannot be read. Save it and open it by hand."), status=409)
    wake(PROCESS_JOB)
    wake("mail.deliver")
    return see_other(url_for(".list_mails", outcome=request.args.get("outcome") or None, _anchor=f"mail-{mail_id}"))


def _list_page(notice: str = "", *, status: int = 200) -> Response:
    wanted = request.args.get("outcome", "")
    outcome = Outcome(wanted) if wanted in set(Outcome) else None
    page = mailroom_queries.mail_page(outcome, cursor=request.args.get("cursor"))
    html = render_template(
        "mailroom/list.html",
        page=page,
        outcome=outcome,
        outcomes=list(Outcome),
        counts=mailroom_queries.outcome_counts(now=utcnow()),
        references=mailroom_queries.references_of(page.items),
        troubled=mailroom_queries.troubled_mailboxes(),
        silent=silent_mailboxes(now=utcnow()),
        notice=notice,
    )
    return make_response(html, status)


def _desk() -> MailDesk:
    return MailDesk(current_app.extensions["settings"], current_app.extensions["blobs"])
