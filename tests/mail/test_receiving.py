"""What is taken in: one row a mail, one for each arrival, and nothing promised that is not on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.config import Settings
from portal.database import db
from portal.errors import ConfigurationError
from portal.mail import receiving
from portal.mail.inbound_models import InboundMail, MailArrival, Outcome
from portal.mail.mailboxes import configured_mailboxes, mailbox_among, mailbox_for
from portal.mail.receiving import NULL_PATH, receive
from tests.conftest import make_settings
from tests.factories import NOW

RAW = b"From: noor@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n"


def take(raw: bytes = RAW, **values: Any) -> InboundMail:
    return receive(raw, **{"mailbox": "main", "way_in": "pipe", "now": NOW, **values})


def counts() -> tuple[int, int]:
    mails, arrivals = (
        db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (InboundMail, MailArrival)
    )
    return mails, arrivals


def test_the_bytes_are_stored_as_they_came(app: Flask):
    mail = take(b"\xff\x00 not a mail at all")
    assert app.extensions["blobs"].get(mail.digest) == b"\xff\x00 not a mail at all"
    assert (mail.outcome, mail.size_bytes) == (Outcome.RECEIVED, 20)


def test_the_same_mail_in_two_mailboxes_is_one_mail_with_two_arrivals(app: Flask):
    first = take(b"Received: by a.example\r\n" + RAW, mailbox="support", envelope_to=["support@help.example"])
    second = take(b"Received: by b.example\r\n" + RAW, mailbox="billing", envelope_to=["billing@help.example"])
    assert (first.id, counts()) == (second.id, (1, 2))
    assert (second.mailbox, second.envelope_to) == ("support", "support@help.example billing@help.example")


def test_another_text_under_a_known_message_id_is_another_mail(app: Flask):
    take()
    take(RAW + b"and more\r\n")
    assert counts() == (2, 2)


def test_the_same_uid_again_is_no_second_arrival(app: Flask):
    for _ in range(2):
        take(way_in="imap", uid_validity=4_294_967_295, uid=7)
    assert counts() == (1, 1)


def test_a_uid_given_to_another_mail_does_not_make_that_one_vanish(app: Flask):
    take(way_in="imap", uid_validity=1, uid=7)
    take(RAW + b"another\r\n", way_in="imap", uid_validity=1, uid=7)
    assert counts() == (2, 2)


@pytest.mark.parametrize(
    ("given", "kept"), [(None, ""), ("", NULL_PATH), ("<>", NULL_PATH), ("a\x00\ud800@example.org", "a?@example.org")]
)
def test_the_envelope_sender_is_told_apart_from_one_not_known(app: Flask, given: str | None, kept: str):
    assert take(envelope_from=given).envelope_from == kept


def test_who_is_a_moment_ahead_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch):
    noted_once = receiving._noted_once
    calls = []

    def with_a_rival(values: dict[str, Any], way_in: str, numbers: Any) -> InboundMail:
        calls.append(1)
        if len(calls) == 1:
            db.session.add(InboundMail(**values))
            db.session.commit()
            db.session.add(InboundMail(**values))
            db.session.flush()
        return noted_once(values, way_in, numbers)

    monkeypatch.setattr(receiving, "_noted_once", with_a_rival)
    take()
    assert (len(calls), counts()) == (2, (1, 1))


def test_a_failing_commit_leaves_nothing_and_can_be_repeated(app: Flask, monkeypatch: pytest.MonkeyPatch):
    def fail() -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    with monkeypatch.context() as patched:
        patched.setattr(db.session, "commit", fail)
        with pytest.raises(OperationalError):
            take()
    assert counts() == (0, 0)
    take()
    assert counts() == (1, 1)


def mailboxes_file(folder: Path, text: str) -> Settings:
    file = folder / "mailboxes.toml"
    file.write_text(text, encoding="utf-8")
    return make_settings(folder, mailboxes_file=str(file))


def test_without_a_file_the_support_address_is_the_one_mailbox(app: Flask, settings: Settings):
    (mailbox,) = configured_mailboxes(settings)
    assert (mailbox.name, mailbox.address, mailbox.imap) == ("main", "support@help.example", None)
    assert mailbox_for("Support+r-1-2-abc@HELP.example") == mailbox
    assert mailbox_for("somebody@help.example") is None


def test_mailboxes_have_team_locale_and_aliases(tmp_path: Path):
    settings = mailboxes_file(
        tmp_path,
        """
        [mailboxes.support]
        address = "Support@help.example"
        [mailboxes.brasil]
        address = "ajuda@help.example"
        aliases = ["a+b@help.example"]
        team = "brasil"
        locale = "pt-BR"
        imap = { host = "imap.example.com", password_env = "SECRET" }
        """,
    )
    support, brasil = configured_mailboxes(settings)
    assert (support.address, support.locale) == ("support@help.example", "en")
    assert (brasil.team, brasil.locale, brasil.username) == ("brasil", "pt_BR", "ajuda@help.example")
    assert brasil.imap is not None
    assert brasil.imap.effective_port == 993
    assert mailbox_among((support, brasil), "<A+B@help.example>") is brasil
    assert mailbox_among((support, brasil), "a@help.example") is None


def test_all_mistakes_of_the_file_are_told_at_once_and_no_password(tmp_path: Path):
    settings = mailboxes_file(
        tmp_path,
        """
        [mailboxes.support]
        address = "support"
        [mailboxes.Other]
        address = "other@help.example"
        colour = "red"
        [mailboxes.plain]
        address = "plain@help.example"
        imap = { host = "imap.example.com", security = "none", password = "geheim" }
        """,
    )
    with pytest.raises(ConfigurationError) as caught:
        configured_mailboxes(settings)
    text = str(caught.value)
    assert all(part in text for part in ("support.address", "Other.name", "Other.colour", "plain.imap.security"))
    assert "geheim" not in text


@pytest.mark.parametrize("text", ["", "mailboxes = 3", "[[", "[mailboxes]\na = 1"])
def test_a_file_without_mailboxes_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ConfigurationError, match="PORTAL_MAILBOXES_FILE"):
        configured_mailboxes(mailboxes_file(tmp_path, text))


def test_one_address_belongs_to_one_mailbox(tmp_path: Path):
    text = '[mailboxes.a]\naddress = "x@help.example"\n[mailboxes.b]\naddress = "X@help.example"\n'
    with pytest.raises(ConfigurationError, match="of a already"):
        configured_mailboxes(mailboxes_file(tmp_path, text))
