"""The rules of a ticket's life, and the cache on its row as a pure function of its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from portal.errors import RuleViolation
from portal.tickets.models import RatingScore, Status

ANSWER_CHANGEABLE_FOR = timedelta(days=14)

# Closed is final: a late reply opens a follow-up ticket instead.
ALLOWED: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.OPEN, Status.PENDING, Status.SOLVED, Status.CLOSED}),
    Status.OPEN: frozenset({Status.PENDING, Status.SOLVED, Status.CLOSED}),
    Status.PENDING: frozenset({Status.OPEN, Status.SOLVED, Status.CLOSED}),
    Status.SOLVED: frozenset({Status.OPEN, Status.PENDING, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


class Happened(Protocol):
    """What the rules need of an event."""

    kind: str
    occurred_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Summary:
    """What the events of a ticket amount to."""

    status: Status
    waiting_since: datetime | None
    last_change_at: datetime
    first_responded_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int


def require_transition(current: Status, wanted: Status) -> None:
    """Raises RuleViolation when a ticket may not go from `current` to `wanted`."""
    if wanted not in ALLOWED[current]:
        raise RuleViolation(f"a {current} ticket cannot become {wanted}")


def can_be_written_to(status: Status) -> bool:
    """Whether requester and agents may still add messages."""
    return status is not Status.CLOSED


def summarise(events: Iterable[Happened]) -> Summary:
    """The state that `events` (oldest first, beginning with "opened") lead to.

    Kinds that count: opened, requester_message, agent_reply, status_changed (payload: from, to), rated (score),
    thanks_refuted (written_at) and thanks_confirmed (to, solved_at: as it was before a mail that only says thanks).
    A requester waits from their first unanswered message on, and "not yet" is one; an agent's reply, or waiting for
    the requester, ends it.
    """
    status = Status.NEW
    waiting_since = first_responded_at = solved_at = closed_at = last_change_at = None
    reopen_count = 0
    for event in events:
        if event.kind in {"opened", "requester_message"} or _says_not_yet(event):
            waiting_since = waiting_since or event.occurred_at
            last_change_at = event.occurred_at
        elif event.kind == "thanks_refuted":
            waiting_since = waiting_since or datetime.fromisoformat(event.payload["written_at"])
            last_change_at = event.occurred_at
        elif event.kind == "thanks_confirmed":
            status, waiting_since, last_change_at = Status(event.payload["to"]), None, event.occurred_at
            if status is Status.SOLVED:
                reopen_count -= 1
                solved_at = datetime.fromisoformat(event.payload["solved_at"])
        elif event.kind == "agent_reply":
            first_responded_at = first_responded_at or event.occurred_at
            waiting_since = None
            last_change_at = event.occurred_at
        elif event.kind == "status_changed":
            before, status = status, Status(event.payload["to"])
            last_change_at = event.occurred_at
            if before is Status.SOLVED and status is Status.OPEN:
                reopen_count += 1
                waiting_since = waiting_since or event.occurred_at
            if status in {Status.PENDING, Status.SOLVED, Status.CLOSED}:
                waiting_since = None
            solved_at = event.occurred_at if status is Status.SOLVED else solved_at if status is Status.CLOSED else None
            closed_at = event.occurred_at if status is Status.CLOSED else None
    if last_change_at is None:
        raise ValueError("a ticket's events begin with its opening")
    return Summary(status, waiting_since, last_change_at, first_responded_at, solved_at, closed_at, reopen_count)


def _says_not_yet(event: Happened) -> bool:
    return event.kind == "rated" and event.payload.get("score") == RatingScore.BAD
