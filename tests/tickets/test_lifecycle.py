"""A ticket's life as a pure function of its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.errors import RuleViolation
from portal.tickets.lifecycle import require_transition, summarise
from portal.tickets.models import Status

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass
class Event:
    kind: str
    occurred_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


def events(*kinds: str) -> list[Event]:
    """Events an hour apart; "→solved" stands for a change of status."""
    result, status = [], "new"
    for hour, kind in enumerate(kinds):
        at = START + timedelta(hours=hour)
        if kind.startswith("→"):
            result.append(Event("status_changed", at, {"from": status, "to": kind[1:]}))
            status = kind[1:]
        else:
            result.append(Event(kind, at))
    return result


def test_a_new_ticket_waits_since_its_opening():
    summary = summarise(events("opened"))
    assert (summary.status, summary.waiting_since) == (Status.NEW, START)


def test_the_wait_counts_from_the_first_unanswered_message():
    summary = summarise(events("opened", "agent_reply", "→open", "requester_message", "requester_message"))
    assert summary.waiting_since == START + timedelta(hours=3)


def test_the_first_reply_is_kept_when_others_follow():
    summary = summarise(events("opened", "agent_reply", "→pending", "requester_message", "→open", "agent_reply"))
    assert summary.first_responded_at == START + timedelta(hours=1)
    assert summary.waiting_since is None


def test_a_note_ends_no_wait():
    assert summarise(events("opened", "note_added")).waiting_since == START


@pytest.mark.parametrize(("score", "waits"), [("bad", True), ("good", False)])
def test_not_yet_is_a_message_that_waits_for_an_answer(score: str, waits: bool):
    happened = events("opened", "agent_reply", "→pending", "rated", "→open")
    happened[3].payload = {"score": score}
    summary = summarise(happened)
    assert summary.waiting_since == (START + timedelta(hours=3) if waits else None)


def test_not_yet_takes_nothing_from_a_wait_that_began_before():
    happened = events("opened", "agent_reply", "→open", "requester_message", "rated")
    happened[4].payload = {"score": "bad"}
    assert summarise(happened).waiting_since == START + timedelta(hours=3)


def test_reopening_is_counted_and_takes_back_the_solution():
    summary = summarise(events("opened", "agent_reply", "→solved", "requester_message", "→open"))
    assert (summary.reopen_count, summary.solved_at, summary.status) == (1, None, Status.OPEN)
    assert summary.waiting_since == START + timedelta(hours=3)


def test_closing_keeps_the_time_of_the_solution():
    summary = summarise(events("opened", "agent_reply", "→solved", "→closed"))
    assert (summary.solved_at, summary.closed_at) == (START + timedelta(hours=2), START + timedelta(hours=3))


def test_events_without_an_opening_are_refused():
    with pytest.raises(ValueError, match="opening"):
        summarise([])


@pytest.mark.parametrize("wanted", [Status.NEW, Status.OPEN, Status.PENDING, Status.SOLVED, Status.CLOSED])
def test_closed_is_final(wanted: Status):
    with pytest.raises(RuleViolation):
        require_transition(Status.CLOSED, wanted)


@pytest.mark.parametrize("current", [Status.OPEN, Status.PENDING, Status.SOLVED])
def test_nothing_becomes_new_again(current: Status):
    with pytest.raises(RuleViolation):
        require_transition(current, Status.NEW)


def test_a_merged_ticket_is_closed_and_waits_again_once_that_is_undone():
    merged = summarise(events("opened", "merged_into"))
    assert (merged.status, merged.waiting_since) == (Status.CLOSED, None)
    assert merged.closed_at == START + timedelta(hours=1)

    undone = summarise(events("opened", "merged_into", "merge_undone"))
    assert (undone.status, undone.waiting_since, undone.closed_at) == (Status.NEW, START, None)


@pytest.mark.parametrize(("earlier", "since"), [(-5, -5), (0, 0), (1, 0)])
def test_the_wait_of_a_merged_ticket_goes_on_from_whichever_began_first(earlier: int, since: int):
    happened = events("opened", "merged_from")
    happened[1].payload = {"waiting_since": (START + timedelta(hours=earlier)).isoformat()}
    assert summarise(happened).waiting_since == START + timedelta(hours=since)
    assert summarise(events("opened", "agent_reply", "merged_from")).waiting_since is None
