"""Robots that answer everything we send: nobody is written to by a machine twice about one ticket.

`MAIL_LOOP_ROUNDS=1000` is the long form (``make mail-torture``).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.database import db
from portal.mail.models import OutboxMail, OutboxState
from portal.mail.transports import compose
from tests.tickets.mail_cases import SUPPORT, arrive, letter, outbox

ROUNDS = int(os.environ.get("MAIL_LOOP_ROUNDS", "12"))
ROBOT = "robot@machine.example"

Robot = Callable[[OutboxMail, int], EmailMessage | bytes]


def _to_us(sent: OutboxMail) -> str:
    return str(compose(sent)["Reply-To"] or SUPPORT)


def vacation(sent: OutboxMail, number: int) -> EmailMessage:
    """Says that somebody is away, as the standard wants it."""
    return letter(
        **{"from": ROBOT}, to=_to_us(sent), in_reply_to=sent.message_id, auto_submitted="auto-replied",
        subject=f"Out of office: {number}", body="I am away.",
    )  # fmt: skip


def silent_vacation(sent: OutboxMail, number: int) -> EmailMessage:
    """Says so in its subject only."""
    return letter(
        **{"from": ROBOT}, to=_to_us(sent), in_reply_to=sent.message_id,
        subject=f"Automatic reply: {sent.subject}", body=f"I am away, {number} days.",
    )  # fmt: skip


def other_desk(sent: OutboxMail, number: int) -> EmailMessage:
    """Another help desk that acknowledges every mail, without any sign of being one."""
    return letter(
        **{"from": ROBOT}, to=_to_us(sent), in_reply_to=sent.message_id,
        subject=f"[DESK-{number}] We got your request", body=f"Your request has the number {number}.",
    )  # fmt: skip


def forgetful(_sent: OutboxMail, number: int) -> EmailMessage:
    """Writes a new mail each time, to the plain address."""
    return letter(**{"from": ROBOT}, subject=f"Your message {number}", body=f"We noted number {number} of today.")


def reflector(sent: OutboxMail, _number: int) -> bytes:
    """Sends us our own mail back."""
    return compose(sent).as_bytes().replace(b"Message-ID", b"X-Old-Id", 1)


def refusing(sent: OutboxMail, number: int) -> EmailMessage:
    """Reports by words alone that nobody is there."""
    return letter(
        **{"from": "mailer-daemon@machine.example"}, to=_to_us(sent), in_reply_to=sent.message_id,
        subject="Mail delivery failed: returning message to sender", body=f"550 no such user ({number})",
    )  # fmt: skip


@pytest.mark.parametrize("robot", [vacation, silent_vacation, other_desk, forgetful, reflector, refusing])
def test_a_robot_gets_one_automatic_mail_a_ticket_at_most(app: Flask, robot: Robot) -> None:
    arrive(app, letter(**{"from": ROBOT}))
    sent = outbox()[-1]
    for number in range(ROUNDS):
        # Every mail that really goes out is answered.
        sent = next((mail for mail in reversed(outbox()) if mail.state is not OutboxState.DEAD), sent)
        arrive(app, robot(sent, number))

    told = Counter((mail.recipient, mail.ticket_id) for mail in outbox() if mail.state is not OutboxState.DEAD)
    assert told
    assert max(told.values()) == 1
    db.session.rollback()
