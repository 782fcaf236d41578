"""The outbox against a real SMTP server on loopback: at least once, with retries, dead ends and a stopped channel."""

from __future__ import annotations

import asyncio
import email
import smtplib
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.policy import default
from types import TracebackType
from typing import Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from portal import clock
from portal.app import create_app
from portal.database import db, writing
from portal.jobs.queue import run_now
from portal.mail import delivery, leases
from portal.mail.delivery import CHANNEL_PAUSE, LIFETIME, RETRY_DELAYS, retry_delay
from portal.mail.models import CapturedMail, OutboxMail, OutboxState
from portal.mail.transports import DeliveryFailed, _explain
from tests.conftest import make_settings
from tests.factories import NOW


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Catcher:
    """Takes mail, or answers as `verdict` says."""

    def __init__(self) -> None:
        self.received: list[email.message.EmailMessage] = []
        self.verdict = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.verdict.startswith("55"):
            return self.verdict
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if not self.verdict.startswith("2"):
            return self.verdict
        self.received.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def catcher():
    handler = Catcher()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def smtp_app(instance_dir, catcher):
    app = create_app(make_settings(instance_dir, mail_transport="smtp", smtp_port=catcher.port))
    with app.app_context(), writing():
        yield app
        db.session.remove()
        db.engine.dispose()


def make_mail(**values) -> OutboxMail:
    number = len(db.session.scalars(select(OutboxMail.id)).all()) + 1
    defaults = {
        "message_id": f"<{number}@help.example>",
        "idempotency_key": f"key-{number}",
        "template": "reply",
        "locale": "en",
        "recipient": "noor@example.org",
        "recipient_name": "Noor Haddad",
        "subject": "[HX-1] Grüße",
        "text_body": "Hello\n",
        "html_body": "<p>Hello</p>",
        "headers": {"Auto-Submitted": "auto-replied"},
        "created_at": NOW,
        "next_attempt_at": NOW,
    }
    mail = OutboxMail(**{**defaults, **values})
    db.session.add(mail)
    db.session.commit()
    return mail


def deliver(at=NOW) -> None:
    with clock.frozen(at):
        run_now("mail.deliver")


def test_a_mail_arrives_whole(smtp_app, catcher):
    mail = make_mail()
    deliver()
    received = catcher.received[0]
    assert (mail.state, mail.attempts) == (OutboxState.SENT, 1)
    assert received["Message-ID"] == mail.message_id
    assert received["Subject"] == "[HX-1] Grüße"
    assert received["Auto-Submitted"] == "auto-replied"
    assert {part.get_content_type() for part in received.walk()} >= {"text/plain", "text/html"}


@pytest.mark.parametrize(
    "text", ["word " * 2_000 + "\n", "短い行\n" * 400, "مرحبا " * 600 + "\n", ".\n.leading dots\n" * 200]
)
def test_long_lines_and_many_lines_arrive_unchanged(smtp_app, catcher, text: str):
    make_mail(text_body=text, html_body=f"<p>{text}</p>")
    deliver()
    parts = {part.get_content_type(): part for part in catcher.received[0].walk()}
    assert parts["text/plain"].get_content().replace("\r\n", "\n") == text
    assert parts["text/html"].get_content().replace("\r\n", "\n").strip() == f"<p>{text}</p>"


def test_a_sent_mail_is_not_sent_again(smtp_app, catcher):
    make_mail()
    deliver()
    deliver(NOW + timedelta(days=1))
    assert len(catcher.received) == 1


def test_a_temporary_refusal_is_tried_again_later_under_the_same_message_id(smtp_app, catcher):
    mail = make_mail()
    catcher.verdict = "451 Busy"
    deliver()
    assert (mail.state, mail.attempts) == (OutboxState.RETRY, 1)
    assert timedelta(seconds=48) <= mail.next_attempt_at - NOW <= timedelta(seconds=72)
    catcher.verdict = "250 OK"
    deliver(NOW + timedelta(seconds=10))
    assert catcher.received == []
    deliver(NOW + timedelta(minutes=2))
    assert [received["Message-ID"] for received in catcher.received] == [mail.message_id]


def test_a_refused_recipient_is_dead_at_once_with_the_reason(smtp_app, catcher):
    mail = make_mail()
    catcher.verdict = "550 No such mailbox"
    deliver()
    assert mail.state is OutboxState.DEAD
    assert "No such mailbox" in mail.last_error


def test_one_dead_mail_does_not_stop_the_next(smtp_app, catcher):
    bad, good = make_mail(recipient="not an address"), make_mail()
    deliver()
    assert (bad.state, good.state) == (OutboxState.DEAD, OutboxState.SENT)


def test_a_mail_that_fails_for_three_days_is_dead(smtp_app, catcher):
    mail = make_mail()
    catcher.verdict = "451 Busy"
    at, attempts = NOW, 0
    while mail.state is not OutboxState.DEAD:
        deliver(at)
        attempts += 1
        at = mail.next_attempt_at + timedelta(seconds=1)
        assert attempts < 20
    assert mail.attempts >= len(RETRY_DELAYS)
    assert at - NOW <= LIFETIME + timedelta(hours=1)


def test_a_mail_that_cannot_be_composed_does_not_hold_up_the_next(smtp_app, catcher):
    broken, good = make_mail(headers={"X-Odd": "two\nlines"}), make_mail()
    deliver()
    assert (broken.state, good.state) == (OutboxState.RETRY, OutboxState.SENT)
    assert broken.last_error


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPConnectError(554, b"go away"),
        smtplib.SMTPSenderRefused(530, b"sign in first", "support@help.example"),
        smtplib.SMTPHeloError(550, b"who are you"),
    ],
)
def test_a_server_that_refuses_us_kills_no_mail(error):
    failure = _explain(error)
    assert (failure.is_permanent, failure.stops_channel) == (False, True)


def test_no_mail_server_is_a_retry(instance_dir):
    app = create_app(make_settings(instance_dir, mail_transport="smtp", smtp_port=1))
    with app.app_context(), writing():
        mail = make_mail()
        deliver()
        assert mail.state is OutboxState.RETRY


class Door:
    """A transport that does with each mail what `answer` does, and notes it."""

    def __init__(self, answer: Callable[[OutboxMail], None]) -> None:
        self.answer = answer
        self.tried: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, mail: OutboxMail) -> None:
        self.tried.append(mail.message_id)
        self.answer(mail)


@pytest.fixture
def door(app, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door(lambda _mail: None)
    monkeypatch.setattr(delivery, "_open_transport", lambda: door)
    return door


def refuse_sign_in(_mail: OutboxMail) -> None:
    raise DeliveryFailed("sign-in refused: 535", stops_channel=True)


def test_a_refused_sign_in_stops_the_channel_and_burns_no_attempt(instance_dir, catcher):
    settings = make_settings(
        instance_dir, mail_transport="smtp", smtp_port=catcher.port, smtp_username="a", smtp_password="b"
    )
    app = create_app(settings)
    with app.app_context(), writing():
        mails = [make_mail(), make_mail()]
        deliver()
        assert [mail.attempts for mail in mails] == [0, 0]
        assert catcher.received == []


def test_a_stopped_channel_is_left_alone_until_the_pause_is_over(door):
    door.answer = refuse_sign_in
    mails = [make_mail(), make_mail(), make_mail(state=OutboxState.RETRY, attempts=3)]
    with capture_logs() as logs:
        for seconds in range(0, 290, 10):
            deliver(NOW + timedelta(seconds=seconds))
            if seconds == 50:
                mails.append(make_mail())
    assert len(door.tried) == 1
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["mail channel stopped"]
    door.answer = lambda _mail: None
    deliver(NOW + CHANNEL_PAUSE)
    assert [(mail.state, mail.attempts) for mail in mails] == [(OutboxState.SENT, tries) for tries in (1, 1, 4, 1)]


def test_a_channel_that_stays_stopped_is_tried_once_a_pause(door):
    door.answer = refuse_sign_in
    mails = [make_mail() for _ in range(10)]
    for minutes in range(60):
        deliver(NOW + timedelta(minutes=minutes))
    assert len(door.tried) == 12
    assert {mail.attempts for mail in mails} == {0}


def test_a_lease_that_ran_out_is_taken_again(smtp_app, catcher):
    mail = make_mail(state=OutboxState.LEASED, leased_until=NOW + timedelta(minutes=1))
    deliver()
    assert catcher.received == []
    deliver(NOW + timedelta(minutes=2))
    assert (len(catcher.received), mail.state) == (1, OutboxState.SENT)


def test_a_worker_keeps_its_mail_however_slow_the_server_is(door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(leases, "RENEWAL_SECONDS", 0.01)

    def leased_until():
        with db.engine.connect() as connection:
            return connection.scalar(select(OutboxMail.leased_until))

    def wait_for_a_renewal(_mail: OutboxMail) -> None:
        first, patience = leased_until(), time.monotonic() + 20
        clock.freeze(NOW + leases.LEASE * 2)
        while leased_until() == first and time.monotonic() < patience:
            time.sleep(0.01)
        assert leased_until() > clock.utcnow()

    door.answer = wait_for_a_renewal
    mail = make_mail()
    deliver()
    assert (mail.state, mail.attempts, mail.leased_until) == (OutboxState.SENT, 1, None)


def test_a_worker_that_lost_its_lease_does_not_overwrite_what_came_of_the_mail(door):
    def let_another_worker_send_it(mail: OutboxMail) -> None:
        with db.engine.begin() as connection:
            connection.execute(update(OutboxMail).values(state=OutboxState.SENT, attempts=1, leased_until=None))
        raise DeliveryFailed("timed out")

    door.answer = let_another_worker_send_it
    mail = make_mail()
    with capture_logs() as logs:
        deliver()
    assert (mail.state, mail.attempts, mail.last_error) == (OutboxState.SENT, 1, "")
    assert "mail lease lost" in [line["event"] for line in logs]


def test_the_demo_keeps_the_mail_instead_of_sending_it(app):
    make_mail()
    deliver()
    assert b"Message-ID: <1@help.example>" in db.session.scalars(select(CapturedMail)).one().raw


@given(attempts=st.integers(1, 30), jitter=st.floats(-1, 1))
def test_the_wait_grows_and_stays_within_a_fifth(attempts: int, jitter: float):
    base = RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]
    assert base * 0.79 <= retry_delay(attempts, jitter=jitter) <= base * 1.21


def test_two_runs_in_one_process_send_one_mail_at_a_time(smtp_app, catcher, monkeypatch: pytest.MonkeyPatch):
    in_hand, most, taken = 0, 0, 0

    async def handle_DATA(_server, _session, _envelope):
        nonlocal in_hand, most, taken
        in_hand += 1
        most, taken = max(most, in_hand), taken + 1
        await asyncio.sleep(0.05)
        in_hand -= 1
        return "250 OK"

    monkeypatch.setattr(type(catcher), "handle_DATA", staticmethod(handle_DATA))
    for _ in range(6):
        make_mail()
    # The runs' own threads write: no transaction of the test stands in their way.
    db.session.rollback()
    runs = [threading.Thread(target=smtp_app.extensions["jobs"].runners["mail.deliver"]) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(20)

    assert (most, taken) == (1, 6)


def test_a_run_that_is_asked_for_meanwhile_comes_after_the_one_at_it(monkeypatch: pytest.MonkeyPatch):
    runs: list[str] = []

    def send_all() -> None:
        runs.append("begin")
        if len(runs) == 1:
            other = threading.Thread(target=delivery.deliver_due_mail)
            other.start()
            other.join(20)
        runs.append("end")

    monkeypatch.setattr(delivery, "_send_all", send_all)
    delivery.deliver_due_mail()

    assert runs == ["begin", "end", "begin", "end"]


def test_an_address_that_no_server_takes_from_us_is_dead_at_once_with_the_reason(smtp_app, catcher):
    mail = make_mail(recipient="jürgen@bücher.example")
    deliver()
    assert (mail.state, mail.attempts, catcher.received) == (OutboxState.DEAD, 1, [])
    assert "SMTPUTF8" in mail.last_error
