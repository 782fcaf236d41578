"""Business hours as pure functions: when a team works, and time counted only while it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# No calendar is closed for longer; beyond it something is wrong with the calendar.
_HORIZON_DAYS = 400


@dataclass(frozen=True)
class Calendar:
    """A team's week: weekdays (0 Monday … 6 Sunday) on which it works from `opens` to `closes`, local time."""

    zone: ZoneInfo
    days: frozenset[int]
    opens: time
    closes: time
    holidays_country: str = ""

    @property
    def day_length(self) -> timedelta:
        """How long one business day is."""
        anchor = date(2000, 1, 1)
        return datetime.combine(anchor, self.closes) - datetime.combine(anchor, self.opens)

    def is_working_day(self, day: date) -> bool:
        """Whether the team works on a local date."""
        return day.weekday() in self.days and not _is_holiday(self.holidays_country, day)

    def hours_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening intervals (aware start and end) from the local day of `instant` on, earliest first."""
        first = instant.astimezone(self.zone).date()
        for offset in range(_HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if self.is_working_day(day):
                yield (
                    datetime.combine(day, self.opens, tzinfo=self.zone),
                    datetime.combine(day, self.closes, tzinfo=self.zone),
                )


def add_business_time(start: datetime, duration: timedelta, calendar: Calendar) -> datetime:
    """The instant at which `duration` of business time after `start` is over, in UTC offset of `start`.

    Raises:
        ValueError: the calendar has no working hour within a year.
    """
    left = duration
    for opens, closes in calendar.hours_from(start):
        begins = max(_absolute(opens), _absolute(start))
        available = _absolute(closes) - begins
        if available <= timedelta(0):
            continue
        if left <= available:
            return (begins + left).astimezone(start.tzinfo)
        left -= available
    raise ValueError("the calendar has no working hours")


def business_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """The business time from `start` to `end`; negative when `end` lies before `start`."""
    if end < start:
        return -business_time_between(end, start, calendar)
    total = timedelta(0)
    for opens, closes in calendar.hours_from(start):
        if _absolute(opens) >= end:
            break
        total += max(timedelta(0), min(_absolute(closes), _absolute(end)) - max(_absolute(opens), _absolute(start)))
    return total


def next_opening(instant: datetime, calendar: Calendar) -> datetime | None:
    """When the team opens next; None while it is open."""
    for opens, closes in calendar.hours_from(instant):
        if closes <= instant:
            continue
        return None if opens <= instant else opens
    raise ValueError("the calendar has no working hours")


def _absolute(instant: datetime) -> datetime:
    # Differences between two times of one zone ignore clock changes; in UTC they do not.
    return instant.astimezone(ZoneInfo("UTC"))


def _is_holiday(country: str, day: date) -> bool:
    return bool(country) and day in _holidays_of(country, day.year)


@lru_cache(maxsize=64)
def _holidays_of(country: str, year: int) -> frozenset[date]:
    # The calendars take some ten megabytes, which a portal without holidays does not need.
    import holidays

    code, _separator, subdivision = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=subdivision or None, years=year))
