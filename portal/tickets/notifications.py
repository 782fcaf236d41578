"""Mails that a ticket causes; each joins the transaction of its cause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.agents.models import Agent
from portal.database import db
from portal.mail.models import OutboxMail
from portal.mail.outbox import MAXIMUM_REFERENCES, Threading, enqueue
from portal.rich_text import render_message
from portal.tickets.links import issue_link
from portal.tickets.models import Message, Ticket
from portal.web.templating import external_url


def queue_reply_mail(ticket: Ticket, message: Message, *, agent: Agent, now: datetime) -> OutboxMail:
    """An agent's reply to the requester, threaded under what we sent before; the caller commits."""
    person = ticket.requester
    token = issue_link(ticket, person, now=now)
    mail = enqueue(
        "reply",
        to=person.email,
        to_name=person.name,
        locale=ticket.locale,
        idempotency_key=f"reply:{message.id}",
        now=now,
        is_automatic=False,
        ticket_id=ticket.id,
        threading=threading_of(ticket.id),
        ticket=ticket,
        message_html=render_message(message.body),
        message_text=message.body,
        agent_name=agent.name,
        team_name=ticket.team.name if ticket.team else "",
        request_url=external_url("requests.open_link", locale=ticket.locale, token=token),
        solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="solved"),
        not_solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="not-yet"),
    )
    message.mail_message_id = mail.message_id
    return mail


def threading_of(ticket_id: int) -> Threading:
    """What the next mail of a ticket refers to."""
    sent = db.session.scalars(
        select(OutboxMail.message_id)
        .where(OutboxMail.ticket_id == ticket_id)
        .order_by(OutboxMail.id.desc())
        .limit(MAXIMUM_REFERENCES)
    ).all()
    return Threading(in_reply_to=sent[0] if sent else None, references=tuple(reversed(sent)))
