"""Mails that a ticket causes; each joins the transaction of its cause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from portal.agents.models import Agent
from portal.database import db
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.models import OutboxMail
from portal.mail.outbox import MAXIMUM_REFERENCES, Threading, enqueue
from portal.mail.senders import team_sender
from portal.people.models import Person
from portal.rich_text import render_message
from portal.tickets.links import issue_link
from portal.tickets.models import Message, Ticket
from portal.tickets.participants import participants_of
from portal.web.templating import external_url


def queue_reply_mail(ticket: Ticket, message: Message, *, agent: Agent, now: datetime) -> OutboxMail:
    """An agent's reply to the requester and to all who take part, threaded under what we sent before.

    Returns the requester's mail; the caller commits.
    """
    write = partial(_enqueue_reply, ticket, message, agent=agent, threading=threading_of(ticket.id), now=now)
    token = issue_link(ticket, ticket.requester, now=now)
    mail = write(
        "reply",
        ticket.requester,
        key=f"reply:{message.id}",
        request_url=external_url("requests.open_link", locale=ticket.locale, token=token),
        solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="solved"),
        not_solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="not-yet"),
    )
    message.mail_message_id = mail.message_id
    for participant in participants_of(ticket.id):
        if participant.person.email:
            write("copy", participant.person, key=f"copy:{message.id}:{participant.person_id}")
    return mail


def queue_question(
    template: str,
    ticket: Ticket,
    *,
    key: str,
    now: datetime,
    headers: Mapping[str, str] = MappingProxyType({}),
    **context: Any,
) -> None:
    """A mail of ours to the requester that asks whether the request is solved; the caller commits."""
    person = ticket.requester
    token = issue_link(ticket, person, now=now)
    enqueue(
        template,
        idempotency_key=key,
        now=now,
        threading=threading_of(ticket.id),
        # It answers no mail: RFC 3834 has another word for that.
        headers={"Auto-Submitted": "auto-generated", **headers},
        **_addressed(ticket, person),
        solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="solved"),
        not_solved_url=external_url("requests.open_link", locale=ticket.locale, token=token, answer="not-yet"),
        **context,
    )


def _enqueue_reply(
    ticket: Ticket,
    message: Message,
    template: str,
    person: Person,
    *,
    key: str,
    agent: Agent,
    threading: Threading,
    now: datetime,
    **context: Any,
) -> OutboxMail:
    return enqueue(
        template,
        idempotency_key=key,
        now=now,
        is_automatic=False,
        threading=threading,
        **_addressed(ticket, person),
        message_html=render_message(message.body),
        message_text=message.body,
        agent_name=agent.name,
        team_name=ticket.team.name if ticket.team else "",
        **context,
    )


def _addressed(ticket: Ticket, person: Person) -> dict[str, Any]:
    """What every mail about a ticket says of whom it goes to and from, and how it is answered."""
    return {
        "to": person.email,
        "to_name": person.name,
        "locale": ticket.locale,
        "ticket_id": ticket.id,
        "reply_to": (ticket.id, person.id),
        "sender": team_sender(ticket.team.key) if ticket.team else None,
        "ticket": ticket,
    }


def threading_of(ticket_id: int) -> Threading:
    """What the next mail of a ticket refers to: what we sent and what we were written, in the order of time."""
    sent = db.session.execute(
        select(OutboxMail.created_at, OutboxMail.message_id)
        .where(OutboxMail.ticket_id == ticket_id)
        .order_by(OutboxMail.id.desc())
        .limit(MAXIMUM_REFERENCES)
    ).all()
    got = db.session.execute(
        select(InboundMail.received_at, InboundMail.message_id)
        .where(
            InboundMail.ticket_id == ticket_id,
            InboundMail.outcome.in_([Outcome.NEW_TICKET, Outcome.REPLY]),
            InboundMail.message_id != "",
        )
        .order_by(InboundMail.id.desc())
        .limit(MAXIMUM_REFERENCES)
    ).all()
    # What came in at the same instant stands before what it caused.
    in_order = [message_id for _at, message_id in sorted([*reversed(got), *reversed(sent)], key=lambda row: row[0])]
    return Threading(in_order[-1] if in_order else None, tuple(in_order[-MAXIMUM_REFERENCES:]))
