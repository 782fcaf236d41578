"""Whether a mail only says thanks: what was decided last, and the other verdict by one click of an agent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.agents.models import Agent
from portal.database import db
from portal.errors import RuleViolation
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.models import Channel, RatingScore, Status, Ticket, TicketEvent
from portal.tickets.satisfaction import current_rating
from portal.tickets.solutions import note_unsolved, note_verified

# After these the mail is answered, or somebody has said more.
_LATER: Final = frozenset({"agent_reply", "rated", "requester_message"})


@dataclass(frozen=True)
class Verdict:
    """The latest decision about a mail: the event that tells of it, and what has to be known to decide otherwise."""

    event_id: int
    is_thanks: bool
    written_at: datetime
    status_before: Status
    solved_at: datetime | None = None


def latest_verdict(events: Iterable[TicketEvent]) -> Verdict | None:
    """What can still be decided otherwise; `events` are those of one ticket, oldest first.

    None when nothing came by mail, when somebody wrote after it, or when the status was changed since.
    """
    verdict: Verdict | None = None
    message: TicketEvent | None = None
    status, solved_at = Status.NEW, None
    for event in events:
        if event.kind == "thanks_received":
            verdict, message = Verdict(event.id, True, event.occurred_at, status, solved_at), None
        elif event.kind == "thanks_confirmed":
            if verdict is not None:
                status, solved_at = verdict.status_before, verdict.solved_at
                verdict, message = Verdict(event.id, True, verdict.written_at, status, solved_at), None
        elif event.kind == "thanks_refuted":
            verdict, message = None, event
        elif event.kind in _LATER:
            verdict = None
            message = event if event.payload.get("channel") == Channel.MAIL else None
        elif event.kind == "status_changed":
            is_reopened_by_mail = message is not None and message.occurred_at == event.occurred_at
            before, status = status, Status(event.payload["to"])
            verdict = None
            if message is not None and is_reopened_by_mail:
                verdict = Verdict(event.id, False, _written_at(message), before, solved_at)
            message = None
            solved_at = event.occurred_at if status is Status.SOLVED else None
    return verdict


def decide(ticket: Ticket, event_id: int, *, is_thanks: bool, agent: Agent, now: datetime) -> None:
    """Decide otherwise about the mail that the event `event_id` tells of. Commits.

    That it needs an answer opens the ticket, and its requester waits since they wrote. That it only says thanks brings
    back the status before it, as if it had not come.

    Raises:
        RuleViolation: the ticket is closed, or something else has happened since.
    """
    verdict = latest_verdict(ticket.events)
    if ticket.status is Status.CLOSED or verdict is None or verdict.event_id != event_id:
        raise RuleViolation("There is nothing to decide any more.")
    if verdict.is_thanks is is_thanks:
        return
    if is_thanks:
        _take_for_thanks(ticket, verdict, agent=agent, now=now)
    else:
        _take_for_a_question(ticket, verdict, agent=agent, now=now)
    refresh_times(ticket, now=now)
    db.session.commit()


def _take_for_thanks(ticket: Ticket, verdict: Verdict, *, agent: Agent, now: datetime) -> None:
    solved_at = verdict.solved_at.isoformat() if verdict.solved_at else None
    restored = {"to": verdict.status_before.value, "solved_at": solved_at}
    record_event(ticket, "thanks_confirmed", now=now, agent=agent, payload=restored)
    rating = current_rating(ticket)
    if verdict.status_before is Status.SOLVED and rating is not None and rating.score is RatingScore.GOOD:
        note_verified(ticket, now=now)


def _take_for_a_question(ticket: Ticket, verdict: Verdict, *, agent: Agent, now: datetime) -> None:
    written_at = {"written_at": verdict.written_at.isoformat()}
    record_event(ticket, "thanks_refuted", now=now, agent=agent, payload=written_at)
    if ticket.status in {Status.PENDING, Status.SOLVED}:
        move(ticket, Status.OPEN, now=now, agent=agent)
        note_unsolved(ticket, now=now)


def _written_at(message: TicketEvent) -> datetime:
    written_at = message.payload.get("written_at")
    return datetime.fromisoformat(written_at) if written_at else message.occurred_at
