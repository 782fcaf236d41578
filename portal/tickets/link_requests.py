"""New links on request: the page notes an address and learns nothing; the worker looks whether we know it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, select

from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import wake
from portal.mail.outbox import enqueue
from portal.people.addresses import normalize_address
from portal.people.models import Person
from portal.people.queries import person_by_address
from portal.tickets.links import issue_link
from portal.tickets.models import LinkRequest, Status, Ticket
from portal.web.templating import external_url

SEND_JOB = "requests.send_links"
MAXIMUM_LISTED = 10


def request_links(address: str, *, locale: str, now: datetime) -> None:
    """Note that somebody wants links for `address`. Commits."""
    db.session.add(LinkRequest(address=normalize_address(address), locale=locale, created_at=now))
    db.session.commit()
    wake(SEND_JOB)


def send_requested_links() -> None:
    """Mail fresh links for every noted address that has requests; forget the others. Commits after each."""
    sent = 0
    while True:
        request = db.session.scalar(
            select(LinkRequest).order_by(LinkRequest.id).limit(1).with_for_update(skip_locked=True)
        )
        if request is None:
            break
        person = person_by_address(request.address)
        tickets = listed_tickets(person) if person else []
        if person and tickets:
            _queue_mail(person, tickets, request)
            sent += 1
        db.session.delete(request)
        db.session.commit()
    db.session.rollback()
    if sent:
        wake("mail.deliver")


def listed_tickets(person: Person) -> Sequence[Ticket]:
    """The person's requests, those not closed first, then the latest; at most 10."""
    is_closed = case((Ticket.status == Status.CLOSED, 1), else_=0)
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.requester_id == person.id)
        .order_by(is_closed, Ticket.updated_at.desc(), Ticket.id.desc())
        .limit(MAXIMUM_LISTED)
    ).all()


def _queue_mail(person: Person, tickets: Sequence[Ticket], request: LinkRequest) -> None:
    now = utcnow()
    enqueue(
        "request_link",
        to=request.address,
        to_name=person.name,
        locale=request.locale,
        idempotency_key=f"request_link:{secrets.token_hex(12)}",
        now=now,
        requests=[
            {
                "reference": ticket.reference,
                "subject": ticket.subject,
                "status": ticket.status.value,
                "url": external_url(
                    "requests.open_link", locale=request.locale, token=issue_link(ticket, person, now=now)
                ),
            }
            for ticket in tickets
        ],
    )
