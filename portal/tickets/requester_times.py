"""Times as requesters are told them: in their own zone when we know it, else in the team's, named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, dates
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal.agents.models import Team
from portal.localization import interface_locale_for
from portal.tickets.business_time import Calendar, next_opening
from portal.tickets.deadlines import calendar_of

_HOUR = timedelta(hours=1)


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """`name` when it is a time zone, else ""."""
    return name if name in _known_zones() else ""


@dataclass(frozen=True)
class Clock:
    """How somebody reads times: a zone, whether it is their own, and the language."""

    zone: ZoneInfo
    is_own: bool
    locale: str

    @classmethod
    def of(cls, time_zone: str, team: Team | None, locale: str) -> Self:
        """The reader's `time_zone` when known, else the team's."""
        zone = ZoneInfo(time_zone) if known_zone(time_zone) else calendar_of(team).zone
        spoken = interface_locale_for(locale)
        # English is written day first: it is read all over the world.
        return cls(zone=zone, is_own=bool(known_zone(time_zone)), locale="en_GB" if spoken == "en" else spoken)

    def instant(self, value: datetime) -> str:
        """“Mon 4 May, 13:00”, as the language writes it."""
        day = dates.format_skeleton("MMMEd", value, tzinfo=self.zone, locale=self.locale)
        time = dates.format_skeleton("Hm", value, tzinfo=self.zone, locale=self.locale)
        joined: str = Locale.parse(self.locale).datetime_formats["medium"]
        return joined.replace("{1}", day).replace("{0}", time).replace("'", "")

    def opening(self, value: datetime, *, now: datetime) -> str:
        """“Monday 09:00” for the next days, with the date when it is further away."""
        if value - now > timedelta(days=6):
            return self.instant(value)
        skeleton: str = Locale.parse(self.locale).datetime_skeletons["EHm"].pattern
        return dates.format_datetime(value, re.sub("E+", "EEEE", skeleton), tzinfo=self.zone, locale=self.locale)

    def day_or_time(self, value: datetime, *, now: datetime) -> str:
        """“14:02” for today, else “2 May”."""
        is_today = value.astimezone(self.zone).date() == now.astimezone(self.zone).date()
        return dates.format_skeleton("Hm" if is_today else "MMMd", value, tzinfo=self.zone, locale=self.locale)

    def zone_name(self, at: datetime) -> str:
        """“Central European Summer Time”."""
        if self.zone.key == "UTC":
            return "UTC"
        return dates.get_timezone_name(at.astimezone(self.zone), width="long", locale=self.locale)


def reply_promise(received_at: datetime, reply_at: datetime, calendar: Calendar, clock: Clock) -> list[str]:
    """The sentences that say when a reply comes, and first that we are closed, if we were at `received_at`."""
    sentences = []
    opens_at = next_opening(received_at, calendar)
    if opens_at is not None:
        sentences.append(_("We are closed until %(opening)s.", opening=clock.opening(opens_at, now=received_at)))
    time = clock.instant(reply_at)
    if clock.is_own:
        sentences.append(_("Expect a reply by %(time)s (your time).", time=time))
    else:
        sentences.append(_("Expect a reply by %(time)s (%(zone)s).", time=time, zone=clock.zone_name(reply_at)))
    return sentences


def closed_sentence(opens_at: datetime, clock: Clock, *, now: datetime) -> Markup:
    """“We are closed until Monday 09:00.”; scripts write the time anew in the reader's zone."""
    text = f"{clock.opening(opens_at, now=now)} ({clock.zone_name(opens_at)})"
    opening = Markup('<time datetime="{}" data-localise>{}</time>').format(opens_at.isoformat(timespec="seconds"), text)
    sentence = _("We are closed until %(opening)s.", opening=opening)
    return Markup(sentence)  # noqa: S704 - a translation around markup that is escaped above


def usual_sentence(usual: timedelta, calendar: Calendar) -> str:
    """“We usually reply within 3 hours.” `usual` is business time."""
    if usual >= calendar.day_length:
        days = -(-usual // calendar.day_length)
        return str(
            ngettext("We usually reply within one working day.", "We usually reply within %(num)s working days.", days)
        )
    hours = max(1, -(-usual // _HOUR))
    return str(ngettext("We usually reply within one hour.", "We usually reply within %(num)s hours.", hours))
