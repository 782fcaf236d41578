"""Ways in that cannot be used say so, and are tried again."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.config import Settings
from portal.mail import mailbox_watch
from portal.mail.checking import check_door
from portal.mail.imap_connection import MailboxProblem, open_folder
from portal.mail.mailboxes import Mailbox


def test_a_door_that_never_answers_is_a_problem_after_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        settings = cast(Settings, SimpleNamespace(lmtp_host=host, lmtp_port=port, smtp_timeout_seconds=0.2))

        with pytest.raises(MailboxProblem, match="Nobody takes mail at"):
            check_door(settings, lambda _step: None)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "authority.pem"
    if content is not None:
        ca_file.write_text(content, "utf-8")
    account = {"host": "127.0.0.1", "port": 1, "password": "lantern", "ca_file": str(ca_file)}
    mailbox = Mailbox.model_validate({"name": "support", "address": "support@example.com", "imap": account})

    with pytest.raises(MailboxProblem, match=r"authority\.pem.*Set ca_file"), open_folder(mailbox):
        pass


def test_a_port_that_is_taken_is_tried_again_until_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OSError("taken"), OSError("still taken"), None])
    is_open = threading.Event()

    class Door:
        def start(self) -> None:
            if (problem := next(answers)) is not None:
                raise problem
            is_open.set()

    monkeypatch.setattr("portal.mail.lmtp.mail_door", lambda *_args, **_kwargs: Door())
    monkeypatch.setattr(mailbox_watch, "DOOR_PAUSE_SECONDS", 0.01)
    settings = SimpleNamespace(
        mailboxes_file="",
        support_email="support@example.com",
        default_locale="en",
        lmtp_host="127.0.0.1",
        lmtp_port=2424,
    )

    mailbox_watch.open_ways_in(cast(Settings, settings), cast(Any, None))

    assert is_open.wait(10)
    assert next(answers, "used up") == "used up"
