"""The queue's filter in addresses, business time left, tags, and the order of a conversation; without a database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.tickets.business_time import Calendar
from portal.tickets.models import Message, Note, Priority, Status, TicketEvent
from portal.tickets.queue import Due, QueueFilter, Sort, View, due_of
from portal.tickets.tags import split_tags
from portal.tickets.timeline import merge_timeline

WEEK = Calendar(ZoneInfo("UTC"), frozenset(range(5)), time(9), time(18))
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_a_filter_survives_its_address():
    queue = QueueFilter(View.URGENT, Sort.UPDATED, "refund", Status.OPEN, Priority.URGENT, "vip", "pt_BR", "abc")

    assert QueueFilter.from_arguments(queue.arguments()) == queue


def test_nonsense_in_an_address_is_left_out():
    queue = QueueFilter.from_arguments({"view": "<b>", "sort": "1", "status": "x", "priority": "", "q": "  a   b "})

    assert queue == QueueFilter(View.ALL, q="a b")


def test_a_bare_search_looks_everywhere_and_no_wish_gives_the_default():
    assert QueueFilter.from_arguments({"q": "refund"}).view is View.ALL
    assert QueueFilter.from_arguments({}, default_view=View.UNASSIGNED).view is View.UNASSIGNED


def test_another_order_starts_at_the_first_page():
    assert QueueFilter(cursor="abc").arguments(sort="updated", cursor="") == {"view": "mine", "sort": "updated"}


def test_only_views_with_deadlines_are_sorted_by_them():
    assert QueueFilter(View.MINE).effective_sort is Sort.DUE
    assert QueueFilter(View.SOLVED).effective_sort is Sort.UPDATED


@pytest.mark.parametrize(
    ("status", "due_at", "expected"),
    [
        (Status.OPEN, MONDAY + timedelta(hours=5, minutes=12), Due("ok", 5, 12)),
        (Status.OPEN, MONDAY + timedelta(hours=1), Due("warn", 1, 0)),
        (Status.NEW, MONDAY - timedelta(minutes=15), Due("overdue", 0, 15)),
        (Status.OPEN, MONDAY + timedelta(hours=24), Due("ok", 9, 0)),
        (Status.PENDING, None, Due("paused")),
        (Status.SOLVED, None, Due("none")),
    ],
)
def test_time_left_counts_business_hours_only(status: Status, due_at: datetime | None, expected: Due):
    assert due_of(status, Priority.NORMAL, due_at, WEEK, now=MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (None, []),
        (" , ,", []),
        ("Refund, gift  CARD,refund", ["gift card", "refund"]),
        ("كلمة، أخرى", ["أخرى", "كلمة"]),
        ("返金、課金，vip", ["vip", "課金", "返金"]),
    ],
)
def test_tags_are_split_at_the_commas_of_any_writing(text: str | None, tags: list[str]):
    assert split_tags(text) == sorted(tags)


def message(number: int, minute: int) -> Message:
    return Message(id=number, created_at=MONDAY + timedelta(minutes=minute))


def event(number: int, minute: int, kind: str = "assigned") -> TicketEvent:
    return TicketEvent(id=number, occurred_at=MONDAY + timedelta(minutes=minute), kind=kind)


def test_a_conversation_is_in_the_order_of_time_and_causes_stand_before_effects():
    note = Note(id=1, created_at=MONDAY + timedelta(minutes=5))
    events = [event(1, 0, "opened"), event(2, 9, "status_changed"), event(3, 2)]

    entries = merge_timeline([message(1, 0), message(2, 9)], [note], events)

    told = [(entry.message or entry.note or entry.event) for entry in entries]
    assert [type(one).__name__ for one in told] == ["Message", "TicketEvent", "Note", "Message", "TicketEvent"]


def test_the_middle_of_a_long_conversation_is_folded():
    entries = merge_timeline([message(number, number) for number in range(1, 11)], [], [event(1, 3)])

    assert [entry.message.id for entry in entries if entry.message and entry.is_folded] == [2, 3, 4]
    assert not any(entry.is_folded for entry in merge_timeline([message(n, n) for n in range(1, 8)], [], []))
