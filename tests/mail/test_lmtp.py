"""The door for mail servers: its 250 comes after the commit, and it is no relay."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.database import db
from portal.mail import lmtp
from portal.mail.inbound_models import InboundMail, MailArrival
from portal.mail.lmtp import mail_door
from portal.mail.mailboxes import Mailbox

RAW = "From: noor@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\n.Hello\r\n"
MAILBOXES = (
    Mailbox(name="support", address="support@help.example"),
    Mailbox(name="billing", address="billing@help.example"),
)


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    door = mail_door(app.app_context, MAILBOXES, host="127.0.0.1", port=number)
    # The door's own threads write: no transaction of the test stands in their way.
    db.session.rollback()
    door.start()
    yield number
    door.stop()


def mails() -> list[InboundMail]:
    found = list(db.session.scalars(select(InboundMail)))
    db.session.rollback()
    return found


@pytest.mark.parametrize("kind", [smtplib.LMTP, smtplib.SMTP])
def test_a_mail_is_stored_when_it_is_acknowledged(app: Flask, port: int, kind: type[smtplib.SMTP]):
    with kind("127.0.0.1", port, timeout=20) as client:
        assert client.sendmail("noor@example.org", ["Support+r-1@help.example"], RAW) == {}
        mail = mails()[0]
        assert app.extensions["blobs"].get(mail.digest) == RAW.encode()
        assert (mail.mailbox, mail.envelope_from) == ("support", "noor@example.org")
        assert mail.envelope_to == "Support+r-1@help.example"


def test_a_null_return_path_is_kept_as_one(port: int):
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("", ["support@help.example"], RAW)
    assert mails()[0].envelope_from == "<>"


@pytest.mark.parametrize("kind", [smtplib.LMTP, smtplib.SMTP])
def test_it_is_no_relay(port: int, kind: type[smtplib.SMTP]):
    with kind("127.0.0.1", port, timeout=20) as client:
        for address in ("noor@example.org", "supporter@help.example", "support@example.org", "support%a.example@x.y"):
            client.ehlo_or_helo_if_needed()
            client.mail("a@example.org")
            assert client.rcpt(address)[0] == 550
    assert mails() == []


@pytest.mark.parametrize("kind", [smtplib.LMTP, smtplib.SMTP])
def test_while_the_database_fails_the_mail_server_keeps_the_mail(
    port: int, kind: type[smtplib.SMTP], monkeypatch: pytest.MonkeyPatch
):
    def fail(*_arguments: object, **_values: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with kind("127.0.0.1", port, timeout=20) as client:
        with monkeypatch.context() as patched:
            patched.setattr(lmtp, "receive", fail)
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.sendmail("a@example.org", ["support@help.example"], RAW)
        assert refused.value.smtp_code == 451
        assert mails() == []
        client.sendmail("a@example.org", ["support@help.example"], RAW)
    assert len(mails()) == 1


def test_lmtp_answers_for_each_recipient_and_stores_one_mail(port: int):
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("a@example.org")
        client.rcpt("support@help.example")
        client.rcpt("billing@help.example")
        assert client.data(RAW)[0] == 250
        # The second answer of the one command.
        assert client.getreply()[0] == 250
        assert client.noop()[0] == 250
    assert len(mails()) == 1
    assert db.session.scalar(select(func.count()).select_from(MailArrival)) == 2


def test_the_greatest_size_is_announced_and_held_to(port: int):
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo_or_helo_if_needed()
        assert client.esmtp_features["size"] == str(25 * 1024 * 1024)
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            client.sendmail("a@example.org", ["support@help.example"], RAW + "x" * 70 + "\r\n" * 13 * 1024 * 1024)
        assert refused.value.smtp_code == 552


def test_a_line_longer_than_smtp_allows_is_taken(port: int):
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("a@example.org", ["support@help.example"], RAW + "y" * 200_000 + "\r\n")
    assert mails()[0].size_bytes > 200_000
