"""One change for many tickets, and its undo. Ticket by ticket: one that cannot change does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.agents.models import Agent
from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.tickets import actions
from portal.tickets.models import Priority, Status, Ticket
from portal.tickets.queries import agent_ticket
from portal.web.templating import current_settings


class Change(StrEnum):
    """What can be done to many tickets at once."""

    ASSIGN = "assign"
    STATUS = "status"
    PRIORITY = "priority"
    TAG = "tag"


@dataclass(frozen=True)
class BulkResult:
    """What a change of many tickets came to. `before` holds what was there in the changed ones, for undoing it."""

    change: Change
    value: str
    before: dict[int, str]
    refused: int

    @property
    def undo_token(self) -> str:
        """Signed, to stand in an address; "" for what cannot be undone: opening a solved ticket counts as reopening."""
        if not self.before or self.change is Change.STATUS:
            return ""
        return str(_serializer().dumps([self.change.value, self.value, list(self.before.items())]))


def change_tickets(ticket_ids: Iterable[int], change: Change, value: str, *, agent: Agent, now: datetime) -> BulkResult:
    """Do one change to each ticket: assign to `agent`, set status or priority, add a tag. Commits each by itself."""
    agent_id = agent.id
    steps = {ticket_id: _step(change, value, agent_id, now) for ticket_id in ticket_ids}
    before, refused = _run(steps)
    return BulkResult(change, value, before, refused)


def undo_change(token: str, *, agent: Agent, now: datetime) -> BulkResult | None:
    """Put back what `token` says; tickets that were changed again meanwhile are left. None for a bad token. Commits."""
    try:
        change_value, value, pairs = _serializer().loads(token)
        change = Change(change_value)
    except (BadSignature, ValueError, TypeError):
        return None
    agent_id = agent.id
    steps = {int(ticket_id): _step_back(change, value, str(before), agent_id, now) for ticket_id, before in pairs}
    restored, refused = _run(steps)
    return BulkResult(change, "", restored, refused)


Step = Callable[[Ticket], str | None]


def _run(steps: dict[int, Step]) -> tuple[dict[int, str], int]:
    """Take each step; what was there before in those that changed, and how many were refused."""
    before: dict[int, str] = {}
    refused = 0
    for ticket_id, step in steps.items():
        try:
            was = step(agent_ticket(ticket_id))
        except (RuleViolation, NotFound, StaleDataError, IntegrityError):
            db.session.rollback()
            refused += 1
        else:
            if was is not None:
                before[ticket_id] = was
    return before, refused


def _step(change: Change, value: str, agent_id: int, now: datetime) -> Step:
    """The change as a function of a ticket; it returns what was there before, None when nothing had to change."""

    def take(ticket: Ticket) -> str | None:
        agent = db.session.get_one(Agent, agent_id)
        was = _value_of(ticket, change, value)
        wanted = str(agent.id) if change is Change.ASSIGN else value
        if was == wanted:
            return None
        _put(ticket, change, wanted, agent, now)
        return was

    return take


def _step_back(change: Change, value: str, before: str, agent_id: int, now: datetime) -> Step:
    def take(ticket: Ticket) -> str | None:
        agent = db.session.get_one(Agent, agent_id)
        done = str(agent.id) if change is Change.ASSIGN else value
        if _value_of(ticket, change, value) != done:
            raise RuleViolation("the ticket was changed again")
        if change is Change.TAG:
            actions.change_tags(ticket, [tag.name for tag in ticket.tags if tag.name != value], agent=agent, now=now)
        else:
            _put(ticket, change, before, agent, now)
        return done

    return take


def _value_of(ticket: Ticket, change: Change, value: str) -> str:
    if change is Change.ASSIGN:
        return str(ticket.assignee_id or "")
    if change is Change.TAG:
        return value if any(tag.name == value for tag in ticket.tags) else ""
    return str(ticket.status.value if change is Change.STATUS else ticket.priority.value)


def _put(ticket: Ticket, change: Change, value: str, agent: Agent, now: datetime) -> None:
    if change is Change.ASSIGN:
        assignee = db.session.get(Agent, int(value)) if value else None
        actions.assign_ticket(ticket, assignee, agent=agent, now=now)
    elif change is Change.STATUS:
        actions.change_status(ticket, Status(value), agent=agent, now=now)
    elif change is Change.PRIORITY:
        actions.change_priority(ticket, Priority(value), agent=agent, now=now)
    else:
        actions.change_tags(ticket, [*(tag.name for tag in ticket.tags), value], agent=agent, now=now)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt="undo")
