"""``portal mail check``: the way out tried to its end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from flask import Flask

from portal.mail.cli import group


class Keeper:
    """Takes mail for everybody but one."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def keeper(app: Flask) -> Iterator[Keeper]:
    keeper = Keeper()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(
        update={"mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port}
    )
    yield keeper
    controller.stop()


def check(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["check", *arguments], obj=lambda: app)


def test_a_test_mail_is_sent_to_whoever_is_named(app, keeper):
    result = check(app, "--send", "noor@example.org")

    assert result.exit_code == 0, result.output
    assert "sent a test mail to noor@example.org" in result.output
    message = message_from_bytes(keeper.mails[0])
    assert (message["To"], message["Auto-Submitted"]) == ("noor@example.org", "auto-generated")
    assert "sending works" in message.get_payload()


def test_without_an_address_nothing_is_sent(app, keeper):
    assert check(app).exit_code == 0
    assert keeper.mails == []


def test_an_address_that_is_refused_is_named_with_what_to_do(app, keeper):
    result = check(app, "--send", "nobody@example.org")

    assert result.exit_code == 1
    assert "takes no mail for nobody@example.org (550 5.1.1 No such user)" in result.output
    assert keeper.mails == []
