"""Mails in the ledger, one of each outcome, for the agents' page of mail."""

from __future__ import annotations

from email.message import EmailMessage

from flask import current_app
from sqlalchemy import delete, select

from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import InboundMail, MailArrival, Outcome
from portal.tickets.models import Ticket

REASONS = {
    Outcome.HELD: "unverified_sender",
    Outcome.SUPPRESSED: "vacation_subject",
    Outcome.BOUNCE: "failed",
    Outcome.FAILED: "unreadable",
    Outcome.REPLY: "thanks",
}
HTML = """
<table width="100%" bgcolor="#f3f4f8" cellpadding="16"><tr><td>
<p style="font-size:20px;color:#2b3a8f">{subject}</p>
<img src="cid:chart@example.org" alt="Chart" width="48" height="48">
<img src="https://pictures.example.org/logo.png" alt="Logo"><p>{text}</p><p><a href="https://example.org">example.org</a></p>
</td></tr></table>
"""
# One red pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def empty_ledger() -> None:
    """No mail has come in."""
    db.session.execute(delete(MailArrival))
    db.session.execute(delete(InboundMail))
    db.session.commit()


def fill_ledger(*, subject: str) -> None:
    """A mail of each outcome, those of tickets with the first one there is."""
    empty_ledger()
    ticket_id = db.session.scalar(select(Ticket.id).order_by(Ticket.id).limit(1))
    now = utcnow()
    for outcome in Outcome:
        has_ticket = outcome not in {Outcome.SUPPRESSED, Outcome.SPAM, Outcome.RECEIVED}
        db.session.add(
            InboundMail(
                dedup_key=outcome.value,
                mailbox="main",
                digest="0" * 64,
                size_bytes=1200,
                sender="noor@example.org",
                sender_name="Noor Haddad",
                subject=subject,
                received_at=now,
                next_attempt_at=now,
                outcome=outcome,
                reason=REASONS.get(outcome, ""),
                detail="noor@example.org 5.1.1 No such user here" if outcome is Outcome.BOUNCE else "",
                ticket_id=ticket_id if has_ticket else None,
            )
        )
    db.session.commit()


def add_html_mail(*, subject: str, text: str, html: str = HTML) -> int:
    """A held mail with HTML, a picture of its own and one on the internet; its id."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Noor Haddad <noor@example.org>", "help@example.com", subject
    message.set_content(text)
    message.add_alternative(html.replace("{subject}", subject).replace("{text}", text), subtype="html")
    part = list(message.iter_parts())[1]
    assert isinstance(part, EmailMessage)
    part.add_related(PICTURE, "image", "png", cid="<chart@example.org>")
    raw = message.as_bytes()
    fill_ledger(subject=subject)
    mail = db.session.scalars(select(InboundMail).where(InboundMail.outcome == Outcome.HELD)).one()
    mail.digest, mail.size_bytes = current_app.extensions["blobs"].put(raw), len(raw)
    db.session.commit()
    return mail.id


def copy_mail_to(*addresses: str, ticket_id: int) -> None:
    """A mail of a ticket that had these people in copy."""
    now = utcnow()
    db.session.add(
        InboundMail(
            dedup_key=f"copies of {ticket_id}",
            mailbox="main",
            digest="0" * 64,
            size_bytes=1200,
            copied_to=" ".join(addresses),
            received_at=now,
            next_attempt_at=now,
            outcome=Outcome.REPLY,
            ticket_id=ticket_id,
        )
    )
    db.session.commit()
