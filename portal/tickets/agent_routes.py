"""The agents' queue. Importing this file brings the whole blueprint: ticket, composer and mail routes, too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for

from portal.agents.access import agent_required, signed_in_agent
from portal.clock import utcnow
from portal.errors import NotFound
from portal.localization import INTERFACE_LOCALES
from portal.tickets import queries
from portal.tickets.agent_forms import BulkForm
from portal.tickets.bulk import BulkResult, Change, change_tickets, undo_change
from portal.tickets.deadlines import calendar_of
from portal.tickets.merge_routes import blueprint
from portal.tickets.models import Priority, Status, Ticket
from portal.tickets.queue import Due, QueueFilter, View, due_of
from portal.tickets.styleguide_forms import styleguide_context
from portal.tickets.tags import MAXIMUM_TAG_LENGTH, split_tags
from portal.web.access import public
from portal.web.forms import row_id

MAXIMUM_SELECTED = 200

__all__ = ["blueprint"]


@blueprint.get("/agent/")
@agent_required()
def show_start() -> Response:
    """To the queue."""
    return make_response(redirect(url_for(".list_tickets"), 302))


@blueprint.get("/agent/tickets")
@agent_required()
def list_tickets() -> str:
    """A view of the queue: what is due first, or changed last."""
    agent = signed_in_agent()
    now = utcnow()
    counts = queries.view_counts(agent)
    queue = _queue_of_request(counts)
    page = queries.queue_page(queue, agent)
    return render_template(
        "tickets/list.html",
        queue=queue,
        counts=counts,
        page=page,
        rows=[(ticket, _due(ticket, now)) for ticket in page.items],
        locales=INTERFACE_LOCALES,
        done=_done_of_request(),
        now=now,
    )


@blueprint.get("/agent/tickets/updates")
@agent_required(is_poll=True)
def list_updates() -> str:
    """How many tickets of the list changed since it was made, and the counters of the views."""
    agent = signed_in_agent()
    counts = queries.view_counts(agent)
    queue = _queue_of_request(counts)
    since = _instant(request.args.get("since", ""))
    changed = queries.count_updates(queue, agent, since=since)
    return render_template("tickets/_updates.html", queue=queue, counts=counts, changed=changed, since=since, oob=True)


@blueprint.post("/agent/tickets/changes")
@agent_required()
def update_tickets() -> Response:
    """Change the selected tickets; the list then says what came of it."""
    form = BulkForm(request.form)
    selected = [row_id(value) for value in request.form.getlist("ticket")]
    ticket_ids = list(dict.fromkeys(number for number in selected if number))[:MAXIMUM_SELECTED]
    change, value = _change_of(form)
    if not ticket_ids or change is None:
        return _back_to_list(done="nothing")
    return _back_to_list(**_told(change_tickets(ticket_ids, change, value, agent=signed_in_agent(), now=utcnow())))


@blueprint.post("/agent/tickets/changes/undo")
@agent_required()
def create_undo() -> Response:
    """Take the last change of many tickets back."""
    result = undo_change(request.form.get("undo", ""), agent=signed_in_agent(), now=utcnow())
    if result is None:
        raise NotFound
    return _back_to_list(done="undone", n=str(len(result.before)), refused=str(result.refused))


@blueprint.get("/agent/styleguide")
@public
def show_styleguide() -> str:
    """Every component in every state; not on a real site."""
    if not current_app.extensions["settings"].shows_development_pages:
        raise NotFound
    return render_template("agent/styleguide.html", **styleguide_context())


def _queue_of_request(counts: dict[View, int]) -> QueueFilter:
    """The list asked for; without a wish the agent's own tickets, or those of nobody when they have none."""
    default = View.MINE if counts[View.MINE] else View.UNASSIGNED
    return QueueFilter.from_arguments(request.args, default_view=default)


def _due(ticket: Ticket, now: datetime) -> Due:
    return due_of(ticket.status, ticket.priority, ticket.next_due_at, calendar_of(ticket.team), now=now)


def _change_of(form: BulkForm) -> tuple[Change | None, str]:
    """What the pressed button asks for; None when its field was left empty or makes no sense."""
    change = form.change.data
    choices = {"assign": "me", "status": form.status.data, "priority": form.priority.data, "tag": form.tag.data}
    value = choices.get(change) or ""
    is_possible = {
        "assign": True,
        "status": value in {Status.OPEN, Status.PENDING, Status.SOLVED},
        "priority": value in set(Priority),
        "tag": split_tags(value) == [value] and len(value) <= MAXIMUM_TAG_LENGTH,
    }.get(change, False)
    return (Change(change), value) if value and is_possible else (None, "")


def _told(result: BulkResult) -> dict[str, str]:
    """A result as arguments of the list's address, where reloading and going back find it."""
    told = {
        "done": result.change.value,
        "value": result.value,
        "n": str(len(result.before)),
        "refused": str(result.refused),
        "undo": result.undo_token,
    }
    return {name: text for name, text in told.items() if text}


def _done_of_request() -> dict[str, str | int]:
    """What the last change came to, as the address tells it; empty when there was none."""
    done = request.args.get("done", "")
    if done not in {*Change, "undone", "nothing"}:
        return {}
    return {
        "done": done,
        "value": request.args.get("value", "")[:60],
        "number": row_id(request.args.get("n")) or 0,
        "refused": row_id(request.args.get("refused")) or 0,
        "undo": request.args.get("undo", ""),
    }


def _back_to_list(**told: Any) -> Response:
    queue = QueueFilter.from_arguments(request.args, default_view=View.UNASSIGNED)
    address = url_for(".list_tickets", **queue.arguments(), **told)
    return make_response(redirect(address, 303))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        # Near the ends of the calendar there is no such instant in UTC.
        return instant.astimezone(UTC) if instant.tzinfo else utcnow()
    except (ValueError, OverflowError):
        return utcnow()
