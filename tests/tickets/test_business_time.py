"""Business time: property tests against a minute-by-minute count, and the days that go wrong elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tickets.business_time import Calendar, add_business_time, business_time_between, next_opening

BERLIN = Calendar(ZoneInfo("Europe/Berlin"), frozenset(range(5)), time(9), time(18), "DE")
KOLKATA = Calendar(ZoneInfo("Asia/Kolkata"), frozenset({0, 2, 6}), time(22, 30), time(23, 30))

# Any minute of three years.
instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def counted_minutes(start: datetime, end: datetime, calendar: Calendar) -> int:
    """The slow and plain definition: look at the clock on the wall every minute."""
    minutes = 0
    while start < end:
        local = start.astimezone(calendar.zone)
        if calendar.is_working_day(local.date()) and calendar.opens <= local.time() < calendar.closes:
            minutes += 1
        start += timedelta(minutes=1)
    return minutes


@given(instants, st.integers(0, 6 * 24 * 60))
@settings(max_examples=30, deadline=None)
def test_time_between_is_what_a_clock_watcher_counts(start: datetime, minutes: int):
    end = start + timedelta(minutes=minutes)
    assert business_time_between(start, end, BERLIN) == timedelta(minutes=counted_minutes(start, end, BERLIN))


@given(instants, st.integers(1, 5_000), st.sampled_from([BERLIN, KOLKATA]))
@settings(max_examples=150, deadline=None)
def test_adding_business_time_and_measuring_it_agree(start: datetime, minutes: int, calendar: Calendar):
    duration = timedelta(minutes=minutes)
    end = add_business_time(start, duration, calendar)
    assert end > start
    assert business_time_between(start, end, calendar) == duration


@given(instants, instants)
@settings(max_examples=100, deadline=None)
def test_time_between_changes_sign_with_its_ends(one: datetime, other: datetime):
    assert business_time_between(one, other, KOLKATA) == -business_time_between(other, one, KOLKATA)


@given(instants)
@settings(max_examples=100, deadline=None)
def test_next_opening_is_the_first_open_instant(instant: datetime):
    opening = next_opening(instant, BERLIN)
    if opening is None:
        assert business_time_between(instant, instant + timedelta(minutes=1), BERLIN) > timedelta(0)
    else:
        assert opening > instant
        assert business_time_between(instant, opening, BERLIN) == timedelta(0)
        assert opening.astimezone(BERLIN.zone).time() == BERLIN.opens


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-05-01T17:50+02:00", 1, "2026-05-04T10:00+02:00"),  # 1 May is a holiday
        ("2026-03-27T17:00+01:00", 2, "2026-03-30T10:00+02:00"),  # over the change to summer time
        ("2026-10-23T17:00+02:00", 2, "2026-10-26T10:00+01:00"),  # and back
        ("2026-11-21T12:00+01:00", 4, "2026-11-23T13:00+01:00"),  # written on Saturday
        ("2026-11-23T09:00+01:00", 9, "2026-11-23T18:00+01:00"),  # a whole day
    ],
)
def test_a_deadline_falls_where_people_expect_it(start: str, hours: int, due: str):
    result = add_business_time(datetime.fromisoformat(start), timedelta(hours=hours), BERLIN)
    assert result == datetime.fromisoformat(due)


def test_a_calendar_without_hours_is_an_error_and_no_endless_loop():
    never = Calendar(ZoneInfo("UTC"), frozenset(), time(9), time(18))
    with pytest.raises(ValueError, match="no working hours"):
        add_business_time(datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1), never)
