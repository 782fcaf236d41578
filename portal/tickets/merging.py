"""Two tickets about one thing: one goes on, the other is closed and points to it. Nothing moves: it can be undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from portal.agents.models import Agent
from portal.database import db
from portal.errors import RuleViolation
from portal.people.models import Person
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.lifecycle import can_be_written_to
from portal.tickets.models import Status, Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS, join, participants_of
from portal.tickets.solutions import note_unsolved


def merge_ticket(ticket: Ticket, into: Ticket, *, agent: Agent, now: datetime) -> None:
    """Close `ticket` and go on with `into`: its people take part there, and what it is asked by mail is asked there.

    Whoever waited for an answer waits for it there; a pending or solved ticket opens again for them. Commits.

    Raises:
        RuleViolation: they are the same, one is merged already, `into` is closed or would have too many participants.
    """
    joining = require_mergeable(ticket, into)
    waiting_since = ticket.waiting_since
    ticket.merged_into = into
    _note(ticket, "merged_into", into, agent=agent, now=now)
    for person in joining:
        join(into, person, agent=agent, now=now)
    _note(into, "merged_from", ticket, agent=agent, now=now, waiting_since=waiting_since)
    if waiting_since is not None and into.status in {Status.PENDING, Status.SOLVED}:
        move(into, Status.OPEN, now=now, agent=agent)
        note_unsolved(into, now=now)
    for each in (ticket, into):
        refresh_times(each, now=now)
    db.session.commit()


def undo_merge(ticket: Ticket, *, agent: Agent, now: datetime) -> None:
    """Take a ticket out of the other again: it is as it was. Who joined there stays. Commits.

    Raises:
        RuleViolation: it is not merged.
    """
    into = ticket.merged_into
    if into is None:
        raise RuleViolation("This ticket is not merged.")
    ticket.merged_into = None
    _note(ticket, "merge_undone", into, agent=agent, now=now)
    _note(into, "merge_left", ticket, agent=agent, now=now)
    for each in (ticket, into):
        refresh_times(each, now=now)
    db.session.commit()


def require_mergeable(ticket: Ticket, into: Ticket) -> list[Person]:
    """Who is to take part in `into` from then on.

    Raises:
        RuleViolation: as for :func:`merge_ticket`.
    """
    if ticket.id == into.id or ticket.merged_into_id is not None or into.merged_into_id is not None:
        raise RuleViolation("These two cannot be merged.")
    if not can_be_written_to(into.status):
        raise RuleViolation("The other ticket is closed.")
    there = participants_of(into.id)
    known = {into.requester_id, *(participant.person_id for participant in there)}
    people = (ticket.requester, *(participant.person for participant in participants_of(ticket.id)))
    joining = [person for person in people if person.id not in known]
    if len(there) + len(joining) > MAXIMUM_PARTICIPANTS:
        raise RuleViolation("No more participants fit.")
    return joining


def root_of(ticket: Ticket) -> Ticket:
    """The ticket that goes on: the one itself, or what it was merged into, however often."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def with_merged(ticket_id: int) -> Select[tuple[int]]:
    """The ids of a ticket and of all that were merged into it, directly or not."""
    tree = select(Ticket.id).where(Ticket.id == ticket_id).cte("merged", recursive=True)
    tree = tree.union_all(select(Ticket.id).where(Ticket.merged_into_id == tree.c.id))
    return select(tree.c.id)


def _note(
    ticket: Ticket, kind: str, other: Ticket, *, agent: Agent, now: datetime, waiting_since: datetime | None = None
) -> None:
    payload = {"ticket_id": other.id, "reference": other.reference}
    waits = {"waiting_since": waiting_since.isoformat()} if waiting_since else {}
    record_event(ticket, kind, now=now, agent=agent, payload=payload | waits)
