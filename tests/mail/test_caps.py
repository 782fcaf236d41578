"""Automatic mail is capped by ticket, by recipient and in all; agents' replies are not; nothing vanishes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from structlog.testing import capture_logs

from portal import clock
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail import caps
from portal.mail.caps import CAPS, RECIPIENT_FACTOR, breaker_is_open, cap_reached
from portal.mail.models import CapturedMail, OutboxMail, OutboxState
from portal.mail.outbox import enqueue
from portal.mail.outbox_readiness import outbox_readiness
from portal.tickets.models import Ticket
from tests.factories import NOW, make_ticket

_numbers = iter(range(10**9))


def write(
    ticket: Ticket | None = None, *, to: str = "noor@example.org", at: datetime = NOW, **values: Any
) -> OutboxMail:
    """An automatic mail (one that needs no context), about a ticket or about none."""
    mail = enqueue(
        values.pop("template", "request_link"), to=to, to_name="Noor", locale="en",
        idempotency_key=f"mail-{next(_numbers)}", now=at, ticket_id=ticket.id if ticket else None, requests=[],
        **values,
    )  # fmt: skip
    db.session.commit()
    return mail


def most_in_a_window(times: list[datetime], minutes: int) -> int:
    length = timedelta(minutes=minutes)
    return max((sum(start <= time < start + length for time in times) for start in times), default=0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 11 * 3600), max_size=400), st.booleans())
def test_no_window_ever_gets_more_than_its_cap_whatever_the_order_of_times(seconds: list[int], in_order: bool):
    sent: list[datetime] = []
    for second in sorted(seconds) if in_order else seconds:
        now = NOW + timedelta(seconds=second)
        if cap_reached(sent, now=now) is None:
            sent.append(now)
    for mails, minutes in CAPS:
        assert most_in_a_window(sent, minutes) <= mails


def test_a_machine_that_never_stops_gets_what_the_caps_allow_and_no_less():
    sent: list[datetime] = []
    for second in range(0, 600 * 60, 5):
        now = NOW + timedelta(seconds=second)
        if cap_reached(sent, now=now) is None:
            sent.append(now)
    assert [most_in_a_window(sent, minutes) for _mails, minutes in CAPS] == [mails for mails, _minutes in CAPS]


def test_the_eleventh_automatic_mail_in_ten_minutes_is_kept_as_dead_with_the_reason(app: Flask):
    ticket = make_ticket()
    mails = [write(ticket, at=NOW + timedelta(seconds=50 * number)) for number in range(11)]

    assert {mail.state for mail in mails[:10]} == {OutboxState.QUEUED}
    assert mails[10].state is OutboxState.DEAD
    assert mails[10].last_error == "cap: 10 automatic mails in 10 minutes to this address about this ticket"
    with clock.frozen(NOW + timedelta(minutes=10)):
        run_now("mail.deliver")
        assert outbox_readiness()["over_a_cap_in_24_h"] == 1
    assert db.session.scalar(select(func.count(CapturedMail.id))) == 10


def test_what_a_cap_refused_takes_no_room_from_what_comes_later(app: Flask):
    ticket = make_ticket()
    states = [write(ticket, at=NOW + timedelta(minutes=minute / 10)).state for minute in range(101)]

    assert states[:10] == [OutboxState.QUEUED] * 10
    assert set(states[10:100]) == {OutboxState.DEAD}
    assert states[100] is OutboxState.QUEUED


def test_all_tickets_of_a_recipient_together_get_three_times_as_much(app: Flask):
    tickets = [make_ticket() for _ in range(4)]
    states = [
        write(ticket, to=spelling).state
        for ticket in tickets
        for spelling in ("noor@example.org", "NOOR@Example.org ") * 5
    ]

    assert states == [OutboxState.QUEUED] * 10 * RECIPIENT_FACTOR + [OutboxState.DEAD] * 10
    assert write(tickets[0], to="else@example.org").state is OutboxState.QUEUED


def test_mails_about_no_ticket_have_the_recipients_caps(app: Flask):
    states = [write().state for _ in range(31)]

    assert states == [OutboxState.QUEUED] * 30 + [OutboxState.DEAD]


def test_agents_replies_are_neither_capped_nor_counted(app: Flask):
    ticket = make_ticket()
    replies = [write(ticket, is_automatic=False) for _ in range(40)]

    assert {mail.state for mail in [*replies, write(ticket)]} == {OutboxState.QUEUED}


def test_a_ticket_is_acknowledged_once(app: Flask):
    ticket = make_ticket()
    first, second = [
        enqueue(
            "acknowledgement", to="noor@example.org", to_name="Noor", locale="en", idempotency_key=f"ack-{day}",
            now=NOW + timedelta(days=day), ticket_id=ticket.id, ticket=ticket, promise=[], message_html="",
            message_text="", file_names=[], articles=[], request_url="",
        )
        for day in (0, 30)
    ]  # fmt: skip

    assert (first.state, second.state) == (OutboxState.QUEUED, OutboxState.DEAD)
    assert second.last_error == "cap: one acknowledgement a ticket"


@pytest.fixture
def five_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, "hourly_limit", lambda: 5)


def deliver(at: datetime) -> list[str]:
    with clock.frozen(at), capture_logs() as logs:
        run_now("mail.deliver")
    return [line["event"] for line in logs if line["log_level"] == "error"]


def states_of(mails: list[OutboxMail]) -> list[str]:
    for mail in mails:
        db.session.refresh(mail)
    return [mail.state.value for mail in mails]


@pytest.mark.usefixtures("five_an_hour")
def test_the_breaker_stops_automatic_mail_alarms_once_and_loses_nothing(app: Flask):
    mails = [write(to=f"person{number}@example.org") for number in range(12)]
    reply = write(is_automatic=False)
    half_past = NOW + timedelta(minutes=30)

    assert deliver(NOW) == ["automatic mail stopped until the next hour"]
    assert deliver(half_past) == []
    assert states_of(mails) == ["sent"] * 5 + ["queued"] * 7
    assert states_of([reply]) == ["sent"]
    with clock.frozen(half_past):
        told = outbox_readiness()
    assert (told["waiting"], told["automatic_mail_resumes_at"]) == (7, "2026-11-23T11:00:00+00:00")
    assert told["oldest_waiting_seconds"] == 1800

    deliver(NOW + timedelta(hours=1))
    deliver(NOW + timedelta(hours=2))
    assert states_of(mails) == ["sent"] * 12


@pytest.mark.usefixtures("five_an_hour")
def test_replies_do_not_open_the_breaker(app: Flask):
    for number in range(20):
        write(to=f"person{number}@example.org", is_automatic=False)
    deliver(NOW)

    assert not breaker_is_open(now=NOW)


@pytest.mark.usefixtures("five_an_hour")
def test_no_hour_gets_more_than_the_breaker_allows(app: Flask):
    generator = random.Random(1)
    for _ in range(40):
        write(to=f"person{next(_numbers)}@example.org", at=NOW + timedelta(minutes=generator.randrange(300)))
    for minute in range(0, 600, 7):
        deliver(NOW + timedelta(minutes=minute))
    sent = db.session.scalars(select(OutboxMail.sent_at)).all()

    assert None not in sent
    by_hour = [caps.hour_of(time) for time in sent if time]
    assert max(by_hour.count(hour) for hour in by_hour) == 5


def test_readiness_tells_what_died_and_why_nothing_moves(app: Flask):
    write(to="dead@example.org")
    stopped = write()
    first = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "dead@example.org")).one()
    first.state, first.last_error = OutboxState.DEAD, "550 No such mailbox"
    stopped.last_error = "sign-in refused: 535"
    db.session.commit()

    with clock.frozen(NOW + timedelta(minutes=2)):
        assert outbox_readiness() == {
            "waiting": 1,
            "oldest_waiting_seconds": 120,
            "channel_stopped": "sign-in refused: 535",
            "automatic_mail_resumes_at": None,
            "undelivered_in_24_h": 1,
            "over_a_cap_in_24_h": 0,
        }
    with clock.frozen(NOW + timedelta(days=2)):
        assert outbox_readiness()["undelivered_in_24_h"] == 0
