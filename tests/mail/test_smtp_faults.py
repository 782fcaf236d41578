"""The short form of ``python -m tests.mail_faults``, and what a server may ask of the sender."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from portal.app import create_app
from portal.database import db, writing
from portal.mail.models import OutboxState
from portal.mail.reply_addresses import BounceToken, read_address
from tests import mail_faults
from tests.conftest import make_settings, skip_or_fail
from tests.mail.test_delivery import catcher, deliver, free_port, make_mail, smtp_app
from tests.mail_faults import KINDS, Kind

__all__ = ["catcher", "smtp_app"]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.fault for kind in KINDS])
def test_every_mail_arrives_or_is_dead_with_a_reason_under_one_message_id(instance_dir: Path, kind: Kind):
    if kind.fault == "tls" and not mail_faults.has_openssl():
        skip_or_fail("openssl makes the certificate")
    report = mail_faults.run(instance_dir, kind, mails=12)

    assert report.problems == []
    assert report.states.total() == 12
    # What nothing went wrong with would prove nothing.
    if kind.fault in {"refuse", "4xx", "time-out", "drop after data"}:
        assert report.attempts > 12
    elif kind.fault == "5xx":
        assert 0 < report.states["dead"] < 12


def test_reports_about_a_mail_come_back_to_an_address_of_its_own(smtp_app, catcher, monkeypatch: pytest.MonkeyPatch):
    senders = note_senders(catcher, monkeypatch, refused="nobody")
    mails = [make_mail(), make_mail()]
    deliver()

    assert [read_address(sender) for sender in senders] == [BounceToken(mail.id) for mail in mails]


def test_a_relay_that_knows_only_our_own_address_gets_that(smtp_app, catcher, monkeypatch: pytest.MonkeyPatch):
    senders = note_senders(catcher, monkeypatch, refused="+b-")
    mail = make_mail()
    deliver()

    assert (mail.state, mail.attempts) == (OutboxState.SENT, 1)
    assert senders == ["support@help.example"]
    assert len(catcher.received) == 1


def test_a_relay_that_refuses_every_sender_stops_the_channel(smtp_app, catcher, monkeypatch: pytest.MonkeyPatch):
    note_senders(catcher, monkeypatch, refused="@help.example")
    mail = make_mail()
    deliver()

    assert (mail.state, mail.attempts) == (OutboxState.QUEUED, 0)
    assert "not yours" in mail.last_error


def note_senders(catcher, monkeypatch: pytest.MonkeyPatch, *, refused: str) -> list[str]:
    """The envelope senders that the server takes; it refuses those with `refused` in them."""
    senders: list[str] = []

    async def handle_MAIL(_server, _session, envelope, address, options):
        if refused in address:
            return "553 5.7.1 Sender address is not yours"
        senders.append(address)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    monkeypatch.setattr(type(catcher), "handle_MAIL", staticmethod(handle_MAIL), raising=False)
    return senders


def test_a_server_that_says_nothing_costs_one_time_out_and_no_more(instance_dir: Path):
    class Silent:
        async def handle_DATA(self, server, session, envelope):
            await asyncio.sleep(3)
            return "250 OK"

    controller = Controller(Silent(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings = make_settings(instance_dir, mail_transport="smtp", smtp_port=controller.port, smtp_timeout_seconds=1)
    app = create_app(settings)
    with app.app_context(), writing():
        mail = make_mail()
        started = time.monotonic()
        deliver()
        seconds = time.monotonic() - started
        state, reason = mail.state, mail.last_error
        db.session.remove()
        db.engine.dispose()
    controller.stop()

    assert (state, "timed out" in reason) == (OutboxState.RETRY, True)
    assert 1 <= seconds < 1.8
