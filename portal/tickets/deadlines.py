"""What is owed by when: targets by priority, the expected reply that requesters are told, the next deadline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.agents.models import Team
from portal.tickets.business_time import Calendar, add_business_time, business_time_between, next_opening
from portal.tickets.models import Priority, Status

# Fewer answers than this say nothing about how fast the team usually is.
ENOUGH_ANSWERS = 10
# In business days, but for urgent and high ones in hours.
_REPLY_HOURS = {Priority.URGENT: timedelta(hours=1), Priority.HIGH: timedelta(hours=4)}
_REPLY_DAYS = {Priority.NORMAL: 1, Priority.LOW: 2}
_RESOLUTION_DAYS = {Priority.URGENT: 1, Priority.HIGH: 2, Priority.NORMAL: 3, Priority.LOW: 5}
# "Due soon" begins when a quarter of the target is left.
WARNING_SHARE = 0.25


@dataclass(frozen=True)
class ExpectedReply:
    """When a reply is expected; `opens_at` is the next opening when the team is closed now, else None."""

    reply_at: datetime
    opens_at: datetime | None


def calendar_of(team: Team | None) -> Calendar:
    """The team's calendar; Monday to Friday, nine to six UTC, without a team."""
    if team is None:
        return Calendar(ZoneInfo("UTC"), frozenset(range(5)), time(9), time(18))
    return Calendar(
        zone=ZoneInfo(team.time_zone),
        days=frozenset(team.business_days),
        opens=time.fromisoformat(team.business_opens),
        closes=time.fromisoformat(team.business_closes),
        holidays_country=team.holidays_country,
    )


def reply_target(priority: Priority, calendar: Calendar) -> timedelta:
    """The business time within which a waiting requester gets a reply."""
    return _REPLY_HOURS.get(priority) or calendar.day_length * _REPLY_DAYS[priority]


def resolution_target(priority: Priority, calendar: Calendar) -> timedelta:
    """The business time within which an answered ticket that stays open is taken up again."""
    return calendar.day_length * _RESOLUTION_DAYS[priority]


def expected_reply(
    received_at: datetime, calendar: Calendar, *, target: timedelta, recent: Sequence[timedelta] = ()
) -> ExpectedReply:
    """An honest promise: the later of the target and the 80th percentile of the team's recent first replies.

    `recent` are business times of first replies; fewer than ten are ignored.
    """
    duration = target
    if len(recent) >= ENOUGH_ANSWERS:
        duration = max(target, percentile(recent, 0.8))
    return ExpectedReply(
        reply_at=add_business_time(received_at, duration, calendar), opens_at=next_opening(received_at, calendar)
    )


def usual_reply_time(recent: Sequence[timedelta]) -> timedelta | None:
    """The median business time of recent first replies; None when there are too few."""
    return percentile(recent, 0.5) if len(recent) >= ENOUGH_ANSWERS else None


def percentile(values: Sequence[timedelta], share: float) -> timedelta:
    """The smallest value that at least `share` (0–1) of `values` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def next_due_at(
    status: Status, priority: Priority, *, waiting_since: datetime | None, last_change_at: datetime, calendar: Calendar
) -> datetime | None:
    """The next deadline of a ticket, never None while it is new or open, always None otherwise.

    A waiting requester is owed a reply; an answered ticket left open is owed a solution.
    """
    if status not in {Status.NEW, Status.OPEN}:
        return None
    if waiting_since is not None:
        return add_business_time(waiting_since, reply_target(priority, calendar), calendar)
    return add_business_time(last_change_at, resolution_target(priority, calendar), calendar)


@dataclass(frozen=True)
class TimeLeft:
    """Business time until the deadline (negative when past) and how to show it: "ok", "warn" or "overdue"."""

    left: timedelta
    state: str


def time_left(due_at: datetime, priority: Priority, calendar: Calendar, *, now: datetime) -> TimeLeft:
    """How much business time is left until `due_at`."""
    left = business_time_between(now, due_at, calendar)
    if left < timedelta(0) or due_at <= now:
        return TimeLeft(left, "overdue")
    is_near = left <= reply_target(priority, calendar) * WARNING_SHARE
    return TimeLeft(left, "warn" if is_near else "ok")
