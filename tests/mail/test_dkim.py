"""Our signature on outgoing mail, checked as a receiver checks it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.database import db
from portal.errors import ConfigurationError
from portal.mail.delivery import deliver_due_mail
from portal.mail.dkim_signing import signed
from portal.mail.models import CapturedMail, OutboxMail, OutboxState
from tests.conftest import skip_or_fail
from tests.tickets.mail_cases import arrive, letter

RAW = b"From: Help <help@shop.example>\r\nTo: noor@example.org\r\nSubject: Hello\r\n\r\nHello Noor,\r\n.\r\nbye\r\n"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        skip_or_fail("no openssl")
    path = tmp_path_factory.mktemp("dkim") / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def public_record(key_file: Path) -> Callable[..., bytes]:
    """What the name service says."""
    command = ["openssl", "rsa", "-in", str(key_file), "-pubout"]
    pem = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    key = "".join(line for line in pem.splitlines() if not line.startswith("-"))
    return lambda name, timeout=5: f"v=DKIM1; k=rsa; p={key}".encode() if b"answerwell._domainkey." in name else b""


def with_key(settings: Settings, key_file: Path, **values: object) -> Settings:
    changed = {"dkim_key_file": str(key_file), "support_email": "help@shop.example", **values}
    return settings.model_copy(update=changed)


def test_a_signed_mail_is_accepted_and_a_changed_one_is_not(settings, key_file, public_record):
    mail = signed(RAW, from_address="help@shop.example", settings=with_key(settings, key_file))

    assert mail.endswith(RAW)
    assert dkim.verify(mail, dnsfunc=public_record)
    assert not dkim.verify(mail.replace(b"Hello Noor", b"Hello Nora"), dnsfunc=public_record)
    assert not dkim.verify(mail.replace(b"Subject: Hello", b"Subject: Hallo"), dnsfunc=public_record)
    assert not dkim.verify(b"From: evil@evil.example\r\n" + mail, dnsfunc=public_record)


def test_only_domains_that_were_named_are_signed(settings, key_file, public_record):
    ours = with_key(settings, key_file, dkim_domains=["Play.example"])

    assert signed(RAW, from_address="help@other.example", settings=ours) == RAW
    assert signed(RAW, from_address="help@shop.example", settings=settings) == RAW
    raw = RAW.replace(b"shop.example", b"play.example")
    mail = signed(raw, from_address="help@PLAY.example", settings=ours)
    assert b"d=play.example" in mail
    assert dkim.verify(mail, dnsfunc=public_record)


def test_what_goes_out_is_signed_with_all_that_mail_programs_act_upon(app: Flask, key_file, public_record):
    app.extensions["settings"] = with_key(app.extensions["settings"], key_file, mail_transport="capture")
    arrive(app, letter(to="help@shop.example"))

    deliver_due_mail()

    raw = db.session.query(CapturedMail).one().raw
    assert dkim.verify(raw, dnsfunc=public_record)
    tags = raw.partition(b"\r\nMIME")[0].lower().replace(b" ", b"")
    assert all(name in tags for name in (b"reply-to", b"message-id", b"auto-submitted", b"in-reply-to"))


def test_a_key_that_goes_bad_stops_the_channel_and_loses_no_mail(app: Flask, tmp_path):
    broken = tmp_path / "broken.pem"
    broken.write_text("no key")
    arrive(app, letter())
    settings = app.extensions["settings"]
    app.extensions["settings"] = with_key(
        settings, broken, support_email=settings.support_email, mail_transport="capture"
    )

    deliver_due_mail()

    db.session.expire_all()
    mail = db.session.query(OutboxMail).one()
    assert mail.state is OutboxState.QUEUED
    assert "PORTAL_DKIM_KEY_FILE" in mail.last_error


@pytest.mark.parametrize(
    "content", [None, "no key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"]
)
def test_a_key_that_cannot_be_used_is_told_at_the_start(settings, tmp_path, content):
    path = tmp_path / "dkim.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"PORTAL_DKIM_KEY_FILE.*openssl genrsa"):
        create_app(settings.model_copy(update={"dkim_key_file": str(path)}))
