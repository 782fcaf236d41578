"""The agents' queue: its views, its filters, and how much time each ticket has left. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from portal.tickets.business_time import Calendar
from portal.tickets.deadlines import time_left
from portal.tickets.models import Priority, Status

MAXIMUM_QUERY_LENGTH = 200
MINUTES_PER_HOUR = 60


class View(StrEnum):
    """A named part of the queue. Awaiting: the requester is waited for."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    URGENT = "urgent"
    AWAITING = "awaiting"
    SOLVED = "solved"
    ALL = "all"


class Sort(StrEnum):
    """Earliest deadline first, or latest change first."""

    DUE = "due"
    UPDATED = "updated"


# Tickets of these views always have a deadline; in the others some have none, so only the last change orders them.
VIEWS_WITH_DEADLINES = frozenset({View.MINE, View.UNASSIGNED, View.URGENT})
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class QueueFilter:
    """Which tickets a list shows and in which order; stands in its address."""

    view: View = View.MINE
    sort: Sort = Sort.DUE
    q: str = ""
    status: Status | None = None
    priority: Priority | None = None
    tag: str = ""
    locale: str = ""
    cursor: str = ""

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str], *, default_view: View = View.MINE) -> QueueFilter:
        """The filter an address asks for; what it misspells is left out. A bare search looks everywhere."""
        query = " ".join(arguments.get("q", "").split())[:MAXIMUM_QUERY_LENGTH]
        return cls(
            view=_choice(View, arguments.get("view")) or (View.ALL if query else default_view),
            sort=_choice(Sort, arguments.get("sort")) or Sort.DUE,
            q=query,
            status=_choice(Status, arguments.get("status")),
            priority=_choice(Priority, arguments.get("priority")),
            tag=arguments.get("tag", "")[:60],
            locale=arguments.get("locale", "")[:16],
            cursor=arguments.get("cursor", "")[:500],
        )

    @property
    def can_sort_by_due(self) -> bool:
        """Whether every ticket of the view has a deadline."""
        return self.view in VIEWS_WITH_DEADLINES

    @property
    def effective_sort(self) -> Sort:
        """The order that is possible in the view."""
        return self.sort if self.can_sort_by_due else Sort.UPDATED

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beyond the view itself is asked for."""
        return bool(self.q or self.status or self.priority or self.tag or self.locale)

    def changed(self, **values: Any) -> QueueFilter:
        """The same list with other values, from its first page on."""
        return replace(self, **{"cursor": "", **values})

    def arguments(self, **changes: object) -> dict[str, Any]:
        """What its address says after the question mark; what is as usual stays out."""
        values = {
            "view": self.view.value,
            "sort": "" if self.sort is Sort.DUE else self.sort.value,
            "q": self.q,
            "status": self.status.value if self.status else "",
            "priority": self.priority.value if self.priority else "",
            "tag": self.tag,
            "locale": self.locale,
            "cursor": self.cursor,
            **{name: str(value or "") for name, value in changes.items()},
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Due:
    """Business time until a ticket's deadline, or past it. state: "ok", "warn", "overdue", "paused" or "none"."""

    state: str
    hours: int = 0
    minutes: int = 0


def due_of(
    status: Status, priority: Priority, due_at: datetime | None, calendar: Calendar, *, now: datetime
) -> Due:  # fmt: skip
    """How a ticket stands. The clock is paused while the requester is waited for; a finished ticket owes nothing."""
    if status is Status.PENDING:
        return Due("paused")
    if due_at is None:
        return Due("none")
    left = time_left(due_at, priority, calendar, now=now)
    hours, minutes = divmod(int(abs(left.left).total_seconds()) // 60, MINUTES_PER_HOUR)
    return Due(left.state, hours, minutes)


def _choice(kind: type[Choice], value: str | None) -> Choice | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None
