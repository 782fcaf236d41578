"""What a mail says of itself beside its words: whom it comes from, where answers and reports go, what it answers."""

from __future__ import annotations

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.app import create_app
from portal.database import db
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.models import OutboxMail
from portal.mail.outbox import LOOP_HEADER, Threading, enqueue
from portal.mail.reply_addresses import BounceToken, ReplyToken, read_address
from portal.mail.senders import SenderAddress, team_sender
from portal.mail.transports import compose, envelope_sender
from portal.tickets.notifications import threading_of
from tests.conftest import make_settings
from tests.factories import NOW, make_ticket


def write(key: str = "mail", **values: Any) -> OutboxMail:
    mail = enqueue(
        "request_link", to="noor@example.org", to_name="Noor", locale="en", idempotency_key=key, requests=[],
        **{"now": NOW, **values},
    )  # fmt: skip
    db.session.commit()
    return mail


def as_read(mail: OutboxMail) -> EmailMessage:
    """The mail as another program reads it."""
    return email.message_from_bytes(compose(mail).as_bytes(), policy=default)


def test_the_answer_goes_to_an_address_that_names_ticket_and_person(app: Flask):
    [address] = as_read(write(reply_to=(12, 34)))["Reply-To"].addresses

    assert address.display_name == "Lumen Play Help"
    assert read_address(address.addr_spec) == ReplyToken(12, 34)


def test_a_team_writes_from_its_own_address_and_is_answered_there(app: Flask):
    mail = write(reply_to=(12, 34), sender=SenderAddress("billing@help.example", "Zahlungen & Verträge"))
    read = as_read(mail)

    [sender] = read["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Zahlungen & Verträge", "billing@help.example")
    assert read["Reply-To"].addresses[0].addr_spec.startswith("billing+r-12-34-")
    assert read["Reply-To"].addresses[0].display_name == "Zahlungen & Verträge"
    assert envelope_sender(mail).startswith(f"billing+b-{mail.id}-")


def test_without_a_team_the_installation_writes(app: Flask):
    read = as_read(write())

    assert str(read["From"]) == "Lumen Play Help <support@help.example>"
    assert read["Reply-To"] is None


def test_reports_come_back_to_an_address_that_names_the_mail(app: Flask):
    mail = write()

    assert read_address(envelope_sender(mail)) == BounceToken(mail.id)


def test_automatic_mail_says_so_and_an_agents_reply_says_nothing_of_the_kind(app: Flask):
    automatic, reply = as_read(write("a")), as_read(write("b", is_automatic=False))

    assert automatic["Auto-Submitted"] == "auto-replied"
    assert automatic["X-Auto-Response-Suppress"] == "All"
    assert automatic[LOOP_HEADER] == "1"
    assert [reply[name] for name in ("Auto-Submitted", "X-Auto-Response-Suppress", LOOP_HEADER)] == [None] * 3


def test_long_message_ids_are_written_as_they_are(app: Flask):
    ids = [f"<{'x' * 150}{number}@mail.example>" for number in range(25)]
    raw = compose(write(threading=Threading(ids[-1], ids))).as_bytes()

    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    read = email.message_from_bytes(raw)
    assert read["In-Reply-To"] == ids[-1]
    assert str(read["References"]).split() == ids[-20:]
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


@pytest.mark.parametrize("foreign", ["<a@b>\r\nBcc: <v@evil.example>", "no brackets", "<é@b>", ""])
def test_what_is_no_message_id_gets_into_no_header(app: Flask, foreign: str):
    raw = compose(write(threading=Threading(foreign, ["<good@help.example>", foreign]))).as_bytes()
    read = email.message_from_bytes(raw)

    assert read["Bcc"] is None
    assert "<good@help.example>" in str(read["References"])
    assert "é".encode() not in raw


def test_a_reply_refers_to_what_was_written_as_well_as_to_what_was_sent(app: Flask):
    ticket, other = make_ticket(), make_ticket()

    def came_in(number: int, **values: Any) -> None:
        at = NOW + timedelta(minutes=number)
        defaults = {"outcome": Outcome.REPLY, "ticket_id": ticket.id, "message_id": f"<in-{number}@example.org>"}
        row = {"dedup_key": str(number), "mailbox": "main", "digest": "0", "size_bytes": 1, **defaults, **values}
        db.session.add(InboundMail(received_at=at, next_attempt_at=at, **row))
        db.session.commit()

    came_in(1, outcome=Outcome.NEW_TICKET)
    sent = write(ticket_id=ticket.id, now=NOW + timedelta(minutes=2))
    came_in(3)
    came_in(4, outcome=Outcome.HELD)
    came_in(5, ticket_id=other.id)
    came_in(6, message_id="")

    threading = threading_of(ticket.id)
    assert threading.references == ("<in-1@example.org>", sent.message_id, "<in-3@example.org>")
    assert threading.in_reply_to == "<in-3@example.org>"


def test_recipients_are_written_to_as_their_addresses_are_stored(app: Flask):
    mail = enqueue(
        "request_link", to=" Noor@Example.ORG", to_name="Noor", locale="en", idempotency_key="k", now=NOW, requests=[]
    )

    assert mail.recipient == "noor@example.org"


def test_a_teams_mails_come_from_its_mailbox(instance_dir: Path, tmp_path: Path):
    file = tmp_path / "mailboxes.toml"
    file.write_text(
        '[mailboxes.main]\naddress = "support@help.example"\n\n'
        '[mailboxes.billing]\naddress = "billing@help.example"\nteam = "billing"\n',
        "utf-8",
    )
    app = create_app(make_settings(instance_dir, mailboxes_file=str(file)))
    with app.app_context():
        assert team_sender("billing") == SenderAddress("billing@help.example")
        assert team_sender("sales") is None
        db.engine.dispose()
