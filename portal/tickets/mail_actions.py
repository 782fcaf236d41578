"""What agents do with a mail of a ticket that was not delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.agents.models import Agent
from portal.database import db
from portal.errors import NotFound
from portal.jobs.queue import wake
from portal.mail.dead_letters import send_again
from portal.mail.models import OutboxMail
from portal.tickets.history import record_event
from portal.tickets.models import Ticket


def mail_of(ticket: Ticket, mail_id: int) -> OutboxMail:
    """A mail about the ticket.

    Raises:
        NotFound: there is no such mail, or it is about something else.
    """
    mail: OutboxMail | None = db.session.scalar(
        select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.ticket_id == ticket.id)
    )
    if mail is None:
        raise NotFound
    return mail


def send_mail_again(ticket: Ticket, mail: OutboxMail, *, agent: Agent, now: datetime, to: str = "") -> None:
    """Send a mail that was not delivered once more, to another address where `to` names one. Commits.

    Raises:
        RuleViolation: the mail is not dead, or `to` is an address of ours.
    """
    reason = mail.last_error
    send_again(mail, now=now, to=to)
    record_event(
        ticket, "mail_sent_again", now=now, agent=agent, payload={"recipient": mail.recipient, "reason": reason[:500]}
    )
    db.session.commit()
    wake("mail.deliver")
