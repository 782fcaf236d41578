"""The agents' ticket page: conversation, properties, panels, files.

One blueprint in three files: this one, composer_routes (what is written on the page), agent_routes (the queue).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from portal.agents.access import agent_required, signed_in_agent
from portal.agents.models import Agent
from portal.clock import utcnow
from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.tickets import actions, queries
from portal.tickets.agent_forms import AddressForm, ParticipantForm, PropertyForm, TagsForm, priorities
from portal.tickets.models import Priority, Status, Ticket
from portal.tickets.panels import PANELS, PanelSearch, panel_context
from portal.tickets.participants import participants_of, people_in_copy
from portal.tickets.queue import QueueFilter, View
from portal.tickets.tags import split_tags
from portal.tickets.ticket_page import Composer, composer_of, conversation_of, properties_of, topic_choices
from portal.web.files import file_answer
from portal.web.forms import row_id
from portal.web.htmx import is_fragment_request
from portal.web.locale_urls import interface_locale

blueprint = Blueprint("agent_tickets", __name__)
Chosen = TypeVar("Chosen", Status, Priority)


@blueprint.get("/agent/tickets/<int:ticket_id>")
@agent_required()
def show_ticket(ticket_id: int) -> Response:
    """A ticket; with ``?panel=`` that panel is open, and for htmx it comes alone."""
    ticket = queries.agent_ticket(ticket_id)
    panel = request.args.get("panel", "")
    if panel in PANELS and is_fragment_request():
        return _panel_fragment(ticket, panel)
    return ticket_page(ticket)


@blueprint.get("/agent/tickets/<int:ticket_id>/arrivals")
@agent_required(is_poll=True)
def list_arrivals(ticket_id: int) -> Response:
    """Says whether messages came after the last one that the page shows."""
    ticket = queries.agent_ticket(ticket_id)
    last_seen = row_id(request.args.get("after")) or 0
    newer = actions.newer_messages(ticket, last_seen)
    return fragment("tickets/_arrivals.html", ticket=ticket, queue=queue_of_request(), newer=newer, after=last_seen)


@blueprint.post("/agent/tickets/<int:ticket_id>/assignment")
@agent_required()
def update_assignment(ticket_id: int) -> Response:
    """Give the ticket to an agent, or to nobody."""
    ticket = queries.agent_ticket(ticket_id)
    form = PropertyForm(request.form)
    assignee = _agent_or_nobody(form.value.data)
    act = partial(actions.assign_ticket, ticket, assignee)
    return _change(ticket, form, "assignee", str(ticket.assignee_id or ""), act)


@blueprint.post("/agent/tickets/<int:ticket_id>/status")
@agent_required()
def update_status(ticket_id: int) -> Response:
    """Move the ticket on."""
    ticket = queries.agent_ticket(ticket_id)
    form = PropertyForm(request.form)
    status = _chosen(Status, form.value.data)
    act = partial(actions.change_status, ticket, status)
    return _change(ticket, form, "status", ticket.status.value, act)


@blueprint.post("/agent/tickets/<int:ticket_id>/priority")
@agent_required()
def update_priority(ticket_id: int) -> Response:
    """Say how soon an answer is owed."""
    ticket = queries.agent_ticket(ticket_id)
    form = PropertyForm(request.form)
    priority = _chosen(Priority, form.value.data)
    act = partial(actions.change_priority, ticket, priority)
    return _change(ticket, form, "priority", ticket.priority.value, act)


@blueprint.post("/agent/tickets/<int:ticket_id>/topic")
@agent_required()
def update_topic(ticket_id: int) -> Response:
    """Say what the ticket is about."""
    ticket = queries.agent_ticket(ticket_id)
    form = PropertyForm(request.form)
    value = form.value.data or ""
    topic_id = row_id(value)
    if value and topic_id not in topic_choices(interface_locale()):
        raise NotFound
    act = partial(actions.change_topic, ticket, topic_id)
    return _change(ticket, form, "topic", str(ticket.topic_id or ""), act)


@blueprint.post("/agent/tickets/<int:ticket_id>/tags")
@agent_required()
def update_tags(ticket_id: int) -> Response:
    """Replace the tags."""
    ticket = queries.agent_ticket(ticket_id)
    form = TagsForm(request.form)
    if not form.validate():
        return _changed(ticket, "tags", since=utcnow(), status=422, tags_form=form)

    current = ", ".join(tag.name for tag in ticket.tags)
    act = partial(actions.change_tags, ticket, split_tags(form.tags.data))
    return _change(ticket, form, "tags", current, act)


@blueprint.get("/agent/tickets/<int:ticket_id>/files/<public_id>")
@agent_required()
def show_file(ticket_id: int, public_id: str) -> Response:
    """A file of a message; pictures are shown in place."""
    attachment = queries.attachment_of(queries.agent_ticket(ticket_id), public_id)
    return file_answer(
        attachment.digest, file_name=attachment.file_name, media_type=attachment.media_type, may_show=True
    )


def ticket_page(
    ticket: Ticket,
    *,
    status: int = 200,
    composer: Composer | None = None,
    tags_form: TagsForm | None = None,
    participant_form: ParticipantForm | None = None,
    address_form: AddressForm | None = None,
    notice: str = "",
    notice_kind: str = "ok",
) -> Response:
    """The whole page; a refused form comes in as one of the forms, what just happened as `notice`."""
    agent = signed_in_agent()
    now = utcnow()
    queue = queue_of_request()
    conversation = conversation_of(ticket)
    participants = participants_of(ticket.id)
    page = render_template(
        "tickets/show.html",
        ticket=ticket,
        queue=queue,
        conversation=conversation,
        properties=properties_of(ticket, queue, agent, locale=interface_locale(), now=now, tags_form=tags_form),
        composer=composer
        or composer_of(ticket, agent, last_message_id=conversation.last_message_id, participants=participants),
        priorities=priorities(),
        earlier=queries.earlier_tickets(ticket),
        participants=participants,
        in_copy=people_in_copy(ticket, participants),
        participant_form=participant_form or ParticipantForm(prefix="participant"),
        address_form=address_form or AddressForm(prefix="further"),
        notice=notice or (_("Changes saved") if "saved" in request.args else ""),
        notice_kind=notice_kind,
        **_open_panel(ticket),
    )
    response = make_response(page, status)
    response.vary.add("HX-Request")
    return response


def queue_of_request() -> QueueFilter:
    """The list that the agent came from, as the address says."""
    return QueueFilter.from_arguments(request.args, default_view=View.ALL)


def changed_parts(ticket: Ticket, since: datetime, tags_form: TagsForm | None = None) -> dict[str, Any]:
    """What `tickets/_changed.html` takes: properties, and the part of the conversation since an instant."""
    agent = signed_in_agent()
    queue = queue_of_request()
    return {
        "ticket": ticket,
        "queue": queue,
        "properties": properties_of(ticket, queue, agent, locale=interface_locale(), now=utcnow(), tags_form=tags_form),
        "conversation": conversation_of(ticket).since(since),
        "priorities": priorities(),
    }


def address_of(ticket: Ticket, **more: Any) -> str:
    """The ticket's page within the list that the agent came from."""
    queue = queue_of_request()
    return url_for("agent_tickets.show_ticket", ticket_id=ticket.id, **queue.arguments(cursor=""), **more)


def _change(
    ticket: Ticket, form: PropertyForm | TagsForm, name: str, current: str, act: Callable[..., None]
) -> Response:
    """Call `act` with agent and now; 409 when somebody else changed the same property since the page was made."""
    now = utcnow()
    before = form.before.data
    if before is not None and before != current:
        return _changed(ticket, name, since=now, status=409, tags_form=_kept_tags(form, current))
    try:
        act(agent=signed_in_agent(), now=now)
    except RuleViolation:
        db.session.rollback()
        return _changed(queries.agent_ticket(ticket.id), name, since=now, status=409)
    return _changed(ticket, name, since=now)


def _kept_tags(form: PropertyForm | TagsForm, current: str) -> TagsForm | None:
    """What was typed, with the tags of now as what the agent has seen."""
    return TagsForm(data={"tags": form.tags.data, "before": current}) if isinstance(form, TagsForm) else None


def _changed(
    ticket: Ticket, name: str, *, since: datetime, status: int = 200, tags_form: TagsForm | None = None
) -> Response:
    notice = _("Not saved: somebody else changed this meanwhile. Look at it and choose again.") if status == 409 else ""
    kind = "danger" if notice else "ok"
    if is_fragment_request():
        notice = notice or ("" if status == 422 else _("Changes saved"))
        parts = changed_parts(ticket, since, tags_form)
        return fragment("tickets/_changed.html", status=status, notice=notice, notice_kind=kind, focus=name, **parts)
    if status == 200:
        return make_response(redirect(address_of(ticket, saved=name, _anchor="details"), 303))
    return ticket_page(ticket, status=status, tags_form=tags_form, notice=notice, notice_kind=kind)


def _open_panel(ticket: Ticket) -> dict[str, Any]:
    panel = request.args.get("panel", "")
    if panel not in PANELS:
        return {"panel": "", "panel_context": {}}
    query = request.args.get("find", "")
    return {
        "panel": panel,
        "panel_context": panel_context(panel, ticket, signed_in_agent(), panel_search(), query),
    }


def panel_search() -> PanelSearch:
    """The engines of the running app that panels ask."""
    return PanelSearch(current_app.extensions.get("search"), current_app.extensions.get("solved_tickets"))


def _panel_fragment(ticket: Ticket, panel: str) -> Response:
    return fragment(f"tickets/_panel_{panel}.html", ticket=ticket, queue=queue_of_request(), **_open_panel(ticket))


def fragment(template: str, *, status: int = 200, **context: Any) -> Response:
    """A part of the page for htmx."""
    response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response


def _agent_or_nobody(value: str | None) -> Agent | None:
    if not value:
        return None
    assignee = db.session.get(Agent, number) if (number := row_id(value)) else None
    if assignee is None:
        raise NotFound
    return assignee


def _chosen(kind: type[Chosen], value: str | None) -> Chosen:
    try:
        return kind(value or "")
    except ValueError as error:
        raise NotFound from error
