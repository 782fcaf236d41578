"""`portal mail deliver`: the exit code is a promise to the mail server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.database import db
from portal.errors import ConfigurationError
from portal.mail import cli
from portal.mail.inbound_models import InboundMail

RAW = b"From: noor@example.org\r\nSubject: Hello\r\n\r\nHello \xff\r\n"


def deliver(app: Flask, *words: str, raw: bytes = RAW) -> Result:
    db.session.rollback()
    return CliRunner().invoke(cli.group, ["deliver", *words], input=raw, obj=lambda: app)


def test_zero_means_that_the_mail_is_stored(app: Flask):
    result = deliver(app, "--sender", "noor@example.org", "--recipient", "support+r-1@help.example")
    mail = db.session.scalars(select(InboundMail)).one()
    assert (result.exit_code, app.extensions["blobs"].get(mail.digest)) == (0, RAW)
    assert (mail.mailbox, mail.envelope_from, mail.envelope_to) == (
        "main",
        "noor@example.org",
        "support+r-1@help.example",
    )


@pytest.mark.parametrize(
    "error", [OperationalError("INSERT", {}, Exception("locked")), OSError(28, "No space left"), RuntimeError("?")]
)
def test_what_cannot_be_stored_is_kept_by_the_mail_server(
    app: Flask, error: Exception, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_arguments: object, **_values: object) -> None:
        raise error

    monkeypatch.setattr(cli, "receive", fail)
    result = deliver(app)
    assert (result.exit_code, db.session.scalars(select(InboundMail)).all()) == (75, [])
    assert "Not stored" in result.output


@pytest.mark.parametrize("words", [["--mailbox", "nowhere"], ["--no-such-option"]])
def test_a_mistake_in_the_command_line_sends_no_mail_back(app: Flask, words: list[str]):
    assert deliver(app, *words).exit_code == 75


def test_no_mail_is_no_success(app: Flask):
    assert deliver(app, raw=b"").exit_code == 75


def test_settings_that_cannot_be_used_send_no_mail_back():
    def broken() -> Flask:
        raise ConfigurationError("PORTAL_SECRET_KEY")

    assert CliRunner().invoke(cli.group, ["deliver"], input=RAW, obj=broken).exit_code == 75
