"""The nightly comparison, with a mail server that lets nothing be marked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from portal.clock import utcnow
from portal.database import db
from portal.mail import imap, reconciling
from portal.mail.imap_connection import MailboxProblem
from portal.mail.inbound_models import MailboxState
from portal.mail.mailboxes import Mailbox
from portal.mail.telling import Told


class _Unmarkable:
    uid_validity = 7

    def uids(self, **_limits: Any) -> list[int]:
        return [3]

    def sizes(self, _uids: list[int]) -> dict[int, int]:
        return {3: 10}

    def mark(self, _uids: list[int]) -> None:
        raise MailboxProblem(Told("Mails cannot be marked."))


def test_what_was_counted_stays_when_the_server_refuses_marks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(_mailbox: Mailbox) -> Iterator[_Unmarkable]:
        yield _Unmarkable()

    monkeypatch.setattr(reconciling, "open_folder", opened)
    monkeypatch.setattr(imap, "take", lambda *_args: True)
    account = {"host": "127.0.0.1", "password": "lantern"}
    mailbox = Mailbox.model_validate({"name": "support", "address": "support@example.com", "imap": account})
    with app.app_context():
        with pytest.raises(MailboxProblem, match="cannot be marked"):
            reconciling.reconcile(mailbox, now=utcnow())

        state = db.session.get(MailboxState, "support")
        assert state is not None
        assert state.reconciliation == {"in_mailbox": 1, "with_row": 0, "taken_in": 0, "unaccounted": 0}
        db.session.rollback()
