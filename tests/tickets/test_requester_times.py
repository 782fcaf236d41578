"""Times as requesters are told them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.agents.models import Team
from portal.localization import speaking
from portal.tickets.deadlines import calendar_of
from portal.tickets.requester_times import Clock, closed_sentence, reply_promise, usual_sentence

TEAM = Team(
    key="t", name="T", time_zone="Europe/Berlin", business_days=[0, 1, 2, 3, 4], business_opens="09:00",
    business_closes="18:00", holidays_country="",
)  # fmt: skip
FRIDAY_EVENING = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
REPLY_AT = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)


def promise(received_at: datetime, zone: str, locale: str = "en") -> str:
    with speaking(locale):
        return " ".join(reply_promise(received_at, REPLY_AT, calendar_of(TEAM), Clock.of(zone, TEAM, locale)))


def test_the_readers_own_zone_is_used_when_known(app: Flask):
    assert promise(MONDAY_MORNING, "Asia/Tokyo") == "Expect a reply by Mon 4 May, 20:00 (your time)."


@pytest.mark.parametrize("zone", ["", "Nowhere/Land"])
def test_else_the_teams_zone_is_named(app: Flask, zone: str):
    expected = "Expect a reply by Mon 4 May, 13:00 (Central European Summer Time)."
    assert promise(MONDAY_MORNING, zone) == expected


def test_a_closed_team_says_when_it_opens(app: Flask):
    expected = "We are closed until Monday 09:00. Expect a reply by Mon 4 May, 13:00 (your time)."
    assert promise(FRIDAY_EVENING, "Europe/Berlin") == expected


def test_an_opening_further_away_has_its_date(app: Flask):
    clock = Clock.of("Europe/Berlin", TEAM, "en")
    assert clock.opening(MONDAY_MORNING + timedelta(days=8), now=FRIDAY_EVENING) == "Tue 12 May, 10:00"


@pytest.mark.parametrize(
    ("locale", "time"), [("de", "Mo., 4. Mai, 13:00"), ("ja", "5月4日(月) 13:00"), ("ar", "الاثنين، 4 مايو، 13:00")]
)
def test_times_are_written_as_the_language_writes_them(app: Flask, locale: str, time: str):
    assert Clock.of("Europe/Berlin", TEAM, locale).instant(REPLY_AT) == time


@pytest.mark.parametrize(
    ("usual", "sentence"),
    [
        (timedelta(minutes=20), "We usually reply within one hour."),
        (timedelta(hours=2, minutes=10), "We usually reply within 3 hours."),
        (timedelta(hours=9), "We usually reply within one working day."),
        (timedelta(hours=10), "We usually reply within 2 working days."),
    ],
)
def test_the_usual_time_is_rounded_up(app: Flask, usual: timedelta, sentence: str):
    with speaking("en"):
        assert usual_sentence(usual, calendar_of(TEAM)) == sentence


def test_the_closed_sentence_can_be_rewritten_by_the_browser(app: Flask):
    clock = Clock.of("", TEAM, "en")
    with speaking("en"):
        sentence = closed_sentence(datetime(2026, 5, 4, 7, 0, tzinfo=UTC), clock, now=FRIDAY_EVENING)
    assert sentence == (
        'We are closed until <time datetime="2026-05-04T07:00:00+00:00" data-localise>'
        "Monday 09:00 (Central European Summer Time)</time>."
    )
