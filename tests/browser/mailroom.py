"""Mails in the ledger, one of each outcome, for the agents' page of mail."""

from __future__ import annotations

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
