"""The rules of a ticket's life, and the cache on its row as a pure function of its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    the requester, ends it. What is merged (merged_into) is closed until that is undone (merge_undone); whoever waited
    there waits where it went (merged_from: waiting_since).
    """
    life = _Life()
    for event in events:
        life.follow(event)
    if life.last_change_at is None:
        raise ValueError("a ticket's events begin with its opening")
    return Summary(
        life.status,
        life.waiting_since,
        life.last_change_at,
        life.first_responded_at,
        life.solved_at,
        life.closed_at,
        life.reopen_count,
    )


@dataclass
class _Life:
    """A summary in the making."""

    status: Status = Status.NEW
    waiting_since: datetime | None = None
    last_change_at: datetime | None = None
    first_responded_at: datetime | None = None
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    reopen_count: int = 0
    # Status, since when somebody waits, and when it was closed: as they were before it was merged.
    unmerged: tuple[Status, datetime | None, datetime | None] | None = None

    def follow(self, event: Happened) -> None:
        """Take in the next event; kinds that change nothing are none of ours."""
        steps: dict[str, Callable[[Happened], None]] = {
            "opened": self._wait,
            "requester_message": self._wait,
            "rated": self._rate,
            "agent_reply": self._answer,
            "status_changed": self._change_status,
            "thanks_refuted": self._refute_thanks,
            "thanks_confirmed": self._confirm_thanks,
            "merged_into": self._merge,
            "merge_undone": self._undo_merge,
            "merged_from": self._take_over,
        }
        if (step := steps.get(event.kind)) is not None:
            step(event)

    def _wait(self, event: Happened) -> None:
        self.waiting_since = self.waiting_since or event.occurred_at
        self.last_change_at = event.occurred_at

    def _rate(self, event: Happened) -> None:
        if event.payload.get("score") == RatingScore.BAD:
            self._wait(event)

    def _answer(self, event: Happened) -> None:
        self.first_responded_at = self.first_responded_at or event.occurred_at
        self.waiting_since, self.last_change_at = None, event.occurred_at

    def _change_status(self, event: Happened) -> None:
        before, self.status = self.status, Status(event.payload["to"])
        at = self.last_change_at = event.occurred_at
        if before is Status.SOLVED and self.status is Status.OPEN:
            self.reopen_count += 1
            self.waiting_since = self.waiting_since or at
        if self.status in {Status.PENDING, Status.SOLVED, Status.CLOSED}:
            self.waiting_since = None
        if self.status is not Status.CLOSED:
            self.solved_at = at if self.status is Status.SOLVED else None
        self.closed_at = at if self.status is Status.CLOSED else None

    def _refute_thanks(self, event: Happened) -> None:
        self.waiting_since = self.waiting_since or datetime.fromisoformat(event.payload["written_at"])
        self.last_change_at = event.occurred_at

    def _confirm_thanks(self, event: Happened) -> None:
        self.status, self.waiting_since = Status(event.payload["to"]), None
        self.last_change_at = event.occurred_at
        if self.status is Status.SOLVED:
            self.reopen_count -= 1
            self.solved_at = datetime.fromisoformat(event.payload["solved_at"])

    def _merge(self, event: Happened) -> None:
        self.unmerged = (self.status, self.waiting_since, self.closed_at)
        self.status, self.waiting_since = Status.CLOSED, None
        self.closed_at = self.last_change_at = event.occurred_at

    def _undo_merge(self, event: Happened) -> None:
        if self.unmerged is not None:
            self.status, self.waiting_since, self.closed_at = self.unmerged
            self.last_change_at = event.occurred_at

    def _take_over(self, event: Happened) -> None:
        if "waiting_since" in event.payload:
            there = datetime.fromisoformat(event.payload["waiting_since"])
            self.waiting_since = min(self.waiting_since or there, there)
            self.last_change_at = event.occurred_at
