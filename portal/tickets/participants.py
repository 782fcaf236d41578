"""Who takes part in a ticket beside its requester: they get its replies by mail and may write to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.agents.models import Agent
from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.mailboxes import mailbox_for
from portal.people.actions import find_or_create_person
from portal.people.addresses import normalize_address
from portal.people.models import Person
from portal.tickets.history import record_event
from portal.tickets.lifecycle import can_be_written_to
from portal.tickets.models import Participant, Ticket

MAXIMUM_PARTICIPANTS: Final = 20


def participants_of(ticket_id: int) -> Sequence[Participant]:
    """The participants with their addresses, first joined first."""
    return (
        db.session.scalars(
            select(Participant)
            .where(Participant.ticket_id == ticket_id)
            .options(joinedload(Participant.person).joinedload(Person.identities))
            .order_by(Participant.joined_at, Participant.person_id)
        )
        .unique()
        .all()
    )


def people_in_copy(ticket: Ticket, participants: Sequence[Participant]) -> list[str]:
    """Addresses that mails of the conversation were copied to and whose owners do not take part, first named first."""
    copied = db.session.scalars(
        select(InboundMail.copied_to)
        .where(
            InboundMail.ticket_id == ticket.id,
            InboundMail.outcome.in_([Outcome.NEW_TICKET, Outcome.REPLY]),
            InboundMail.copied_to != "",
        )
        .order_by(InboundMail.id)
    )
    people = [ticket.requester, *(participant.person for participant in participants)]
    known = {identity.address for person in people for identity in person.identities}
    named = dict.fromkeys(address for addresses in copied for address in addresses.split())
    return [address for address in named if normalize_address(address) not in known][:MAXIMUM_PARTICIPANTS]


def join(ticket: Ticket, person: Person, *, agent: Agent | None, now: datetime) -> None:
    """Let somebody take part who does not; where no agent says so, the requester does. The caller commits."""
    if person.id == ticket.requester_id or db.session.get(Participant, (ticket.id, person.id)) is not None:
        return
    db.session.add(
        Participant(ticket_id=ticket.id, person_id=person.id, joined_at=now, joined_by_id=agent.id if agent else None)
    )
    requester = None if agent else ticket.requester
    record_event(
        ticket, "participant_joined", now=now, agent=agent, person=requester, payload={"address": person.email}
    )


def add_participant(ticket: Ticket, address: str, *, name: str, agent: Agent | None, now: datetime) -> None:
    """Let the owner of an address take part; twice is once. Without an agent it is the requester who says so. Commits.

    Raises:
        RuleViolation: the ticket is closed, has twenty participants, or the address is one of ours.
    """
    if not can_be_written_to(ticket.status):
        raise RuleViolation("This ticket is closed.")
    if mailbox_for(address) is not None:
        raise RuleViolation("This address is one of ours.")
    if len(participants_of(ticket.id)) >= MAXIMUM_PARTICIPANTS:
        raise RuleViolation("No more participants fit.")
    person = find_or_create_person(address, name=name, locale=ticket.locale, time_zone="", now=now)
    db.session.flush()
    join(ticket, person, agent=agent, now=now)
    db.session.commit()


def remove_participant(ticket: Ticket, person_id: int, *, agent: Agent, now: datetime) -> None:
    """Somebody takes part no longer: they get no mail about the ticket, and what they write is held. Commits.

    Raises:
        NotFound: they do not take part.
    """
    participant = db.session.get(Participant, (ticket.id, person_id))
    if participant is None:
        raise NotFound
    record_event(ticket, "participant_left", now=now, agent=agent, payload={"address": participant.person.email})
    db.session.delete(participant)
    db.session.commit()
