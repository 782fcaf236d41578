"""Further addresses of a requester, and two requesters who turned out to be one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Delete, Update, delete, select, update

from portal.agents.actions import record_audit
from portal.agents.models import Agent
from portal.database import db
from portal.errors import RuleViolation
from portal.mail.mailboxes import mailbox_for
from portal.people.actions import add_address
from portal.people.addresses import normalize_address
from portal.people.merging import merge_people
from portal.people.models import Person
from portal.tickets.history import record_event
from portal.tickets.models import MagicLink, Message, Participant, Ticket, TicketEvent


def add_requester_address(ticket: Ticket, address: str, *, agent: Agent, now: datetime) -> None:
    """Let an address be the requester's as well; twice is once. The caller commits.

    Raises:
        AddressTaken: it belongs to another person.
        RuleViolation: it is one of ours.
    """
    if mailbox_for(address) is not None:
        raise RuleViolation("This address is one of ours.")
    address = normalize_address(address)
    if address in {identity.address for identity in ticket.requester.identities}:
        return
    add_address(ticket.requester, address)
    record_event(ticket, "address_joined", now=now, agent=agent, payload={"address": address})


def merge_into_requester(ticket: Ticket, other: Person, *, agent: Agent, now: datetime) -> None:
    """Make another person the requester of `ticket`: one person with all addresses and requests. The caller commits.

    Raises:
        RuleViolation: they are the same already.
        NotFound: one of them is gone.
    """
    gone_id = other.id
    addresses = merge_people(ticket.requester, other, now=now)
    record_event(ticket, "requesters_merged", now=now, agent=agent, payload={"addresses": addresses})
    record_audit(
        "people.merged", now=now, agent_id=agent.id, object_type="person", object_id=str(ticket.requester_id),
        merged_id=gone_id,
    )  # fmt: skip


def move_tickets(from_person_id: int, to_person_id: int) -> None:
    """What one person asked, wrote, did and takes part in becomes the other's. The caller commits."""
    # Not through the row's version: an agent who has one of these tickets open must not hear of a conflict.
    for column in (Ticket.requester_id, Message.person_id, TicketEvent.person_id, MagicLink.person_id):
        _run(update(column.class_).where(column == from_person_id).values({column.key: to_person_id}))
    known = select(Participant.ticket_id).where(Participant.person_id == to_person_id)
    own = select(Ticket.id).where(Ticket.requester_id == to_person_id)
    theirs = Participant.person_id == from_person_id
    # Nobody takes part twice, nor beside themselves.
    _run(delete(Participant).where(theirs, Participant.ticket_id.in_(known)))
    _run(update(Participant).where(theirs).values(person_id=to_person_id))
    _run(delete(Participant).where(Participant.person_id == to_person_id, Participant.ticket_id.in_(own)))
    db.session.expire_all()


def _run(statement: Update | Delete) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
