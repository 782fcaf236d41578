"""What agents write on a ticket: replies, internal notes, their drafts, and what is inserted into them."""

from __future__ import annotations

from datetime import datetime

from flask import Response, make_response, redirect, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import Conflict, NotFound, RuleViolation
from portal.tickets import actions, queries
from portal.tickets.agent_forms import NoteForm, ReplyForm, new_idempotency_key
from portal.tickets.canned import fill_for
from portal.tickets.models import ComposerTab, Message, Note, Ticket
from portal.tickets.panels import PANELS, article_pick, panel_context
from portal.tickets.requester_forms import clean_text
from portal.tickets.ticket_page import Composer, composer_of, conversation_of
from portal.tickets.ticket_routes import (
    address_of,
    blueprint,
    changed_parts,
    fragment,
    panel_search,
    queue_of_request,
    ticket_page,
)
from portal.web.forms import row_id, without_nul
from portal.web.htmx import is_fragment_request

__all__ = ["blueprint"]
MAXIMUM_DRAFT = 60_000


@blueprint.post("/agent/tickets/<int:ticket_id>/replies")
@agent_required()
def create_reply(ticket_id: int) -> Response:
    """Send a reply, unless a variable is still empty in it (422) or something new arrived (409)."""
    ticket = queries.agent_ticket(ticket_id)
    now = utcnow()
    form = ReplyForm(request.form, prefix=ComposerTab.REPLY.value)
    if not form.validate():
        return _refused(ticket, reply=form)
    key = _own_key(form.idempotency_key.data)
    try:
        message = actions.send_reply(
            ticket,
            agent=signed_in_agent(),
            body=form.body.data or "",
            status_after=form.status_after.data,
            last_seen_message_id=form.last_seen_message_id.data or 0,
            idempotency_key=key,
            now=now,
        )
    except (RuleViolation, Conflict, StaleDataError, IntegrityError) as refusal:
        db.session.rollback()
        ticket = queries.agent_ticket(ticket_id)
        known = actions.known_message(key)
        if known is None:
            return _not_sent(ticket, form, refusal)
        # Of two clicks at once the other one has sent it.
        message = known
    if message.body != form.body.data:
        return _sent_already(ticket, form)
    return _written(ticket, message, since=now)


@blueprint.post("/agent/tickets/<int:ticket_id>/notes")
@agent_required()
def create_note(ticket_id: int) -> Response:
    """Keep an internal note."""
    ticket = queries.agent_ticket(ticket_id)
    now = utcnow()
    form = NoteForm(request.form, prefix=ComposerTab.NOTE.value)
    if not form.validate():
        return _refused(ticket, note=form)
    key = _own_key(form.idempotency_key.data)
    try:
        note = actions.add_note(
            ticket, agent=signed_in_agent(), body=form.body.data or "", idempotency_key=key, now=now
        )
    except (StaleDataError, IntegrityError):
        db.session.rollback()
        ticket = queries.agent_ticket(ticket_id)
        known = actions.known_note(key)
        if known is None:
            form.form_errors = [_("Not sent: the ticket was changed meanwhile. Look at its status and try again.")]
            return _refused(ticket, note=form, status=409)
        # Of two clicks at once the other one has kept it.
        note = known
    if note.body != form.body.data:
        return _noted_already(ticket, form)
    return _written(ticket, note, since=now)


@blueprint.post("/agent/tickets/<int:ticket_id>/drafts")
@agent_required()
def update_draft(ticket_id: int) -> Response:
    """Keep what is being written in the form that was sent along; an empty text forgets it.

    409 for a form whose text was sent meanwhile: a late saving must not bring a sent reply back.
    """
    ticket = queries.agent_ticket(ticket_id)
    tab = next((tab for tab in ComposerTab if f"{tab.value}-body" in request.form), None)
    if tab is not None and _is_sent(tab):
        return make_response("", 409)
    if tab is not None:
        _save_draft(ticket, tab, _typed(tab))
    return make_response("", 204)


@blueprint.post("/agent/tickets/<int:ticket_id>/insertions")
@agent_required()
def create_insertion(ticket_id: int) -> Response:
    """Add a canned response or an article link to the reply's draft, or open the panel to choose it from.

    The way without scripts: whatever was typed is kept on the way.
    """
    ticket = queries.agent_ticket(ticket_id)
    typed = _typed(ComposerTab.REPLY)
    panel = request.form.get("panel", "")
    if panel in PANELS:
        _save_draft(ticket, ComposerTab.REPLY, typed)
        return make_response(redirect(address_of(ticket, panel=panel, _anchor=f"panel-{panel}"), 303))
    addition = _chosen_addition(ticket)
    _save_draft(ticket, ComposerTab.REPLY, f"{typed.rstrip()}\n\n{addition}" if typed.strip() else addition)
    return make_response(redirect(address_of(ticket, _anchor="reply"), 303))


@blueprint.get("/agent/tickets/<int:ticket_id>/canned-responses")
@agent_required()
def list_canned(ticket_id: int) -> Response:
    """Canned responses filled in for this ticket; a page with that panel open where scripts are off."""
    return _picker(ticket_id, "canned")


@blueprint.get("/agent/tickets/<int:ticket_id>/articles")
@agent_required()
def search_articles(ticket_id: int) -> Response:
    """Articles to link to, searched in the requester's language."""
    return _picker(ticket_id, "articles")


def _picker(ticket_id: int, panel: str) -> Response:
    ticket = queries.agent_ticket(ticket_id)
    text = request.args.get("find", "")
    if not is_fragment_request():
        return make_response(redirect(address_of(ticket, panel=panel, find=text, _anchor=f"panel-{panel}"), 302))
    context = panel_context(panel, ticket, signed_in_agent(), panel_search(), text)
    return fragment(f"tickets/_{panel}_list.html", ticket=ticket, queue=queue_of_request(), **context)


def _written(ticket: Ticket, written: Message | Note, *, since: datetime) -> Response:
    """The new entry on the thread and a fresh composer for htmx; else back to the page, at the entry."""
    kind = "message" if isinstance(written, Message) else "note"
    if not is_fragment_request():
        return make_response(redirect(address_of(ticket, _anchor=f"{kind}-{written.id}"), 303))
    # Sent twice under one key: the entry is older than this request.
    parts = changed_parts(ticket, min(since, written.created_at))
    sent = _("Reply sent") if kind == "message" else _("Note added")
    composer = composer_of(ticket, signed_in_agent(), last_message_id=parts["conversation"].last_message_id)
    return fragment("tickets/_written.html", composer=composer, notice=sent, notice_kind="ok", tab=kind, **parts)


def _refused(
    ticket: Ticket, *, reply: ReplyForm | None = None, note: NoteForm | None = None, status: int = 422
) -> Response:
    composer = _composer(ticket, reply=reply, note=note)
    if not is_fragment_request():
        return ticket_page(ticket, composer=composer, status=status)
    return _at_notice("reply" if reply else "note", "tickets/_composer_notice.html", status, form=reply or note)


def _sent_already(ticket: Ticket, form: ReplyForm) -> Response:
    """The same page sent twice with different words: the second text is kept and may go out as a second reply."""
    form.idempotency_key.data = new_idempotency_key()
    _mark_seen(form, conversation_of(ticket).last_message_id)
    form.form_errors = [_("You have already sent a reply from this page. Send again to add this text as another one.")]
    return _refused(ticket, reply=form, status=409)


def _noted_already(ticket: Ticket, form: NoteForm) -> Response:
    """The same for an internal note."""
    form.idempotency_key.data = new_idempotency_key()
    form.form_errors = [_("You have already added a note from this page. Send again to add this text as another one.")]
    return _refused(ticket, note=form, status=409)


def _not_sent(ticket: Ticket, form: ReplyForm, refusal: Exception) -> Response:
    if isinstance(refusal, actions.NewerMessages):
        return _overtaken(ticket, form, [message.id for message in refusal.messages])
    form.form_errors = [_("Not sent: the ticket was changed meanwhile. Look at its status and try again.")]
    return _refused(ticket, reply=form, status=409)


def _overtaken(ticket: Ticket, form: ReplyForm, newer_ids: list[int]) -> Response:
    """What arrived is shown and counts as seen now; the text stays, so that the same button sends it after all."""
    last_seen = form.last_seen_message_id.data or 0
    conversation = conversation_of(ticket)
    _mark_seen(form, conversation.last_message_id)
    newer = [entry.message for entry in conversation.entries if entry.message and entry.message.id in newer_ids]
    if not is_fragment_request():
        return ticket_page(ticket, composer=_composer(ticket, reply=form, newer=newer), status=409)
    context = {"ticket": ticket, "queue": queue_of_request(), "newer": newer}
    unseen = conversation.after_message(last_seen)
    return _at_notice("reply", "tickets/_overtaken.html", 409, form=form, conversation=unseen, **context)


def _mark_seen(form: ReplyForm, message_id: int) -> None:
    form.last_seen_message_id.data = message_id
    # A number field shows what was sent as long as it knows it.
    form.last_seen_message_id.raw_data = None


def _at_notice(tab: str, template: str, status: int, **context: object) -> Response:
    """The form itself stays untouched on the page: only its notice is replaced."""
    response = fragment(template, status=status, tab=tab, **context)
    response.headers["HX-Retarget"] = f"#{tab}-notice"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _composer(
    ticket: Ticket,
    *,
    reply: ReplyForm | None = None,
    note: NoteForm | None = None,
    newer: list[Message] | None = None,
) -> Composer:
    last_message_id = conversation_of(ticket).last_message_id
    return composer_of(
        ticket, signed_in_agent(), last_message_id=last_message_id, reply=reply, note=note, newer=newer or ()
    )


def _chosen_addition(ticket: Ticket) -> str:
    agent = signed_in_agent()
    if key := request.form.get("canned"):
        return fill_for(queries.canned_response(key, agent), ticket, agent).body
    article_id = row_id(request.form.get("article"))
    pick = article_pick(article_id, ticket) if article_id else None
    if pick is None:
        raise NotFound
    return pick.text


def _own_key(key: str | None) -> str:
    # Keys are unique for everybody: one agent's must never stand for another's message.
    return f"{signed_in_agent().id}:{key}"[:64]


def _typed(tab: ComposerTab) -> str:
    return clean_text(request.form.get(f"{tab.value}-body"))[:MAXIMUM_DRAFT]


def _is_sent(tab: ComposerTab) -> bool:
    key = _own_key(without_nul(request.form.get(f"{tab.value}-idempotency_key", "")))
    return (actions.known_message(key) if tab is ComposerTab.REPLY else actions.known_note(key)) is not None


def _save_draft(ticket: Ticket, tab: ComposerTab, body: str) -> None:
    actions.save_reply_draft(ticket.id, signed_in_agent().id, tab, body, now=utcnow())
