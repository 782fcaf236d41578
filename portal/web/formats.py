"""Filters that print dates, times and sizes as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import flask_babel
from babel.dates import format_date, format_timedelta
from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

from portal.clock import utcnow

_KILO = 1000


def init_formats(app: Flask) -> None:
    """Register the filters ``date``, ``datetime``, ``time``, ``relative_time`` and ``filesize``."""
    app.jinja_env.filters.update(
        date=format_day,
        datetime=format_instant,
        time=format_clock_time,
        relative_time=format_relative,
        filesize=format_size,
    )


def format_day(value: date | datetime | None) -> Markup:
    """“3 March 2026” in a <time>."""
    if value is None:
        return Markup("")
    text = _spelled_out(value, "long")
    day = value.date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)


def format_instant(value: datetime | None) -> Markup:
    """“Mon 4 May, 13:00” in a <time>; the browser re-renders it in the reader's own zone."""
    if value is None:
        return Markup("")
    pattern = flask_babel.format_datetime(value, format="EEE d MMM, HH:mm")
    return Markup('<time datetime="{}" data-localise>{}</time>').format(value.isoformat(timespec="seconds"), pattern)


def format_clock_time(value: datetime) -> str:
    """“14:02” in the zone of the request."""
    return str(flask_babel.format_time(value, format="HH:mm"))


def format_relative(value: datetime | None) -> Markup:
    """“5 min ago” under an hour, then “Today, 14:02”, then the date."""
    if value is None:
        return Markup("")
    now = utcnow()
    age = now - value
    if timedelta(0) <= age < timedelta(hours=1):
        # Never zero: that would count as the future, and CLDR's short Arabic has no words for it.
        ago = -max(age, timedelta(seconds=1))
        text = format_timedelta(ago, add_direction=True, format="short", threshold=1, locale=flask_babel.get_locale())
    elif flask_babel.to_user_timezone(value).date() == flask_babel.to_user_timezone(now).date():
        text = _("Today, %(time)s", time=format_clock_time(value))
    else:
        text = _spelled_out(value, "medium")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), text)


def _spelled_out(value: date | datetime, length: str) -> str:
    """The date in the reader's language. English is written day first: it is read all over the world."""
    day = flask_babel.to_user_timezone(value) if isinstance(value, datetime) else value
    locale = flask_babel.get_locale()
    return str(format_date(day, format=length, locale="en_GB" if str(locale) == "en" else locale))


def format_size(size_bytes: int) -> str:
    """“2.4 MB”, in steps of 1000 as file managers print them."""
    if size_bytes < _KILO:
        return str(_("%(count)s bytes", count=flask_babel.format_decimal(size_bytes)))
    if size_bytes < _KILO**2:
        return str(_("%(count)s KB", count=flask_babel.format_decimal(round(size_bytes / _KILO))))
    return str(_("%(count)s MB", count=flask_babel.format_decimal(round(size_bytes / _KILO**2, 1))))
