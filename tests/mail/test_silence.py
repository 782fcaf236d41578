"""The alarm when nothing has come for unusually long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.database import db, writing
from portal.mail.inbound_models import InboundMail, MailArrival
from portal.mail.inbound_readiness import inbound_readiness
from portal.mail.mailboxes import DEFAULT_NAME
from portal.mail.silence import is_unusual, silent_mailboxes

# A Monday at noon.
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def _arrive(times: list[datetime]) -> None:
    with writing():
        for number, time in enumerate(times):
            mail = InboundMail(
                dedup_key=f"{number:064}",
                mailbox=DEFAULT_NAME,
                digest="0" * 64,
                size_bytes=10,
                received_at=time,
                next_attempt_at=time,
            )
            mail.arrivals.append(MailArrival(mailbox=DEFAULT_NAME, way_in="pipe", arrived_at=time))
            db.session.add(mail)
        db.session.commit()


def _weekday_mornings(*, weeks: int) -> list[datetime]:
    """One mail each ten minutes from eight to twelve, Monday to Friday of that many weeks before this one."""
    monday = NOW.replace(hour=8)
    return [
        monday - timedelta(weeks=week) + timedelta(days=day, minutes=10 * number)
        for week in range(1, weeks + 1)
        for day in range(5)
        for number in range(24)
    ]


@pytest.mark.parametrize("counts", [[8, 8, 8, 8], [30, 12, 9, 50]])
def test_none_where_many_came_each_week_is_unusual(counts: list[int]) -> None:
    assert is_unusual(counts)


@pytest.mark.parametrize("counts", [[], [0, 0, 0, 0], [7, 90, 90, 90], [90, 90, 90, 0], [50, 50, 50]])
def test_none_is_usual_where_one_week_was_quiet_or_is_not_known(counts: list[int]) -> None:
    assert not is_unusual(counts)


def test_a_monday_morning_without_mail_is_told(app: Flask) -> None:
    with app.app_context():
        times = _weekday_mornings(weeks=5)
        _arrive(times)

        assert [(each.mailbox, each.since) for each in silent_mailboxes(now=NOW)] == [(DEFAULT_NAME, max(times))]
        db.session.rollback()


def test_a_quiet_weekend_is_no_silence(app: Flask) -> None:
    with app.app_context():
        _arrive(_weekday_mornings(weeks=5))

        assert silent_mailboxes(now=NOW.replace(hour=8) - timedelta(minutes=1)) == []
        db.session.rollback()


def test_mail_of_this_morning_ends_the_silence(app: Flask) -> None:
    with app.app_context():
        _arrive([*_weekday_mornings(weeks=5), NOW - timedelta(minutes=40)])

        assert silent_mailboxes(now=NOW) == []
        db.session.rollback()


def test_a_new_mailbox_is_not_silent(app: Flask) -> None:
    with app.app_context():
        _arrive(_weekday_mornings(weeks=2))

        assert silent_mailboxes(now=NOW) == []
        db.session.rollback()


def test_health_names_the_silent_mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.mail.inbound_readiness.utcnow", lambda: NOW)
    with app.app_context():
        _arrive(_weekday_mornings(weeks=5))

        report = inbound_readiness()

        assert report["silent_mailboxes"] == [DEFAULT_NAME]
        assert report["well"] is False
        db.session.rollback()
