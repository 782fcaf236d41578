"""Mails as they come in, handed through the real way: stored, read, decided."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.inbound_models import InboundMail
from portal.mail.models import OutboxMail
from portal.mail.receiving import receive

SUPPORT = "support@example.com"


def letter(**values: Any) -> EmailMessage:
    """A person's mail; header names in lower case with "_" for "-", `body` and `files` [(name, bytes)]."""
    defaults = {
        "from": "Noor Haddad <noor@example.org>",
        "to": SUPPORT,
        "subject": "Where is my invoice?",
        "message_id": f"<{utcnow().timestamp()}@mail.example.org>",
        "date": "Mon, 23 Nov 2026 10:00:00 +0000",
    }
    body = values.pop("body", "Hello, I cannot find the invoice for October. Where do I get it?")
    files = values.pop("files", [])
    message = EmailMessage()
    for name, value in {**defaults, **values}.items():
        if value:
            message[name.replace("_", "-").title()] = value
    message.set_content(body)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def arrive(app: Flask, message: EmailMessage | bytes, **values: Any) -> InboundMail:
    """Take a mail in and work on it; the ledger's row."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    mail = receive(raw, mailbox="main", way_in="pipe", now=utcnow(), **values)
    mail_id = mail.id
    run_now("mail.process")
    db.session.expire_all()
    return db.session.get_one(InboundMail, mail_id)


def outbox(template: str | None = None) -> list[OutboxMail]:
    """What waits to go out, in order."""
    mails = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    return [mail for mail in mails if template in {None, mail.template}]
