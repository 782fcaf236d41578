"""The one way in which a ticket's past is written, and its cached times kept in line with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.agents.models import Agent
from portal.people.models import Person
from portal.tickets.deadlines import calendar_of, next_due_at
from portal.tickets.lifecycle import require_transition, summarise
from portal.tickets.models import Status, Ticket, TicketEvent


def move(
    ticket: Ticket, status: Status, *, now: datetime, agent: Agent | None = None, person: Person | None = None
) -> None:
    """Change the status, if the rules allow it, and record it. Raises RuleViolation."""
    require_transition(ticket.status, status)
    moved = {"from": ticket.status.value, "to": status.value}
    record_event(ticket, "status_changed", now=now, agent=agent, person=person, payload=moved)
    ticket.status = status


def record_event(
    ticket: Ticket,
    kind: str,
    *,
    now: datetime,
    agent: Agent | None = None,
    person: Person | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Append an event; the caller commits."""
    ticket.events.append(
        TicketEvent(
            kind=kind, occurred_at=now, agent=agent, person_id=person.id if person else None, payload=payload or {}
        )
    )


def refresh_times(ticket: Ticket, *, now: datetime) -> None:
    """Bring the cached times on the row in line with the events."""
    summary = summarise(ticket.events)
    ticket.status = summary.status
    ticket.waiting_since = summary.waiting_since
    ticket.first_responded_at = summary.first_responded_at
    ticket.solved_at = summary.solved_at
    ticket.closed_at = summary.closed_at
    ticket.reopen_count = summary.reopen_count
    ticket.next_due_at = next_due_at(
        summary.status,
        ticket.priority,
        waiting_since=summary.waiting_since,
        last_change_at=summary.last_change_at,
        calendar=calendar_of(ticket.team),
    )
    ticket.updated_at = now
