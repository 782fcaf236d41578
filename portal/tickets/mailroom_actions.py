"""What agents do with mail that came in: let it through, make it a ticket, file it as spam, read it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.agents.models import Agent
from portal.database import db
from portal.errors import RuleViolation
from portal.mail.bounded_reading import READER
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.parsed import MailAddress, ParsedMail
from portal.people.actions import find_or_create_person
from portal.people.queries import person_by_address
from portal.tickets.history import record_event
from portal.tickets.inbound import MailDesk
from portal.tickets.merging import root_of
from portal.tickets.models import Message, Ticket
from portal.tickets.participants import join
from portal.tickets.requester_merging import add_requester_address, merge_into_requester

# What is not on a ticket as a message yet.
_LOOSE = frozenset({Outcome.HELD, Outcome.SUPPRESSED, Outcome.SPAM, Outcome.BOUNCE})


def release_mail(desk: MailDesk, mail: InboundMail, *, agent: Agent, now: datetime, joins: bool = True) -> Ticket:
    """Put a held mail on its ticket; its sender takes part from now on if they join. Commits.

    Raises:
        RuleViolation: it is not held for a ticket, or names no sender.
        UnreadableMail: the original cannot be read.
    """
    ticket, parsed, sender = _held(desk, mail)
    person = find_or_create_person(sender.address, name=sender.name[:120], locale=ticket.locale, time_zone="", now=now)
    db.session.flush()
    record_event(ticket, "mail_released", now=now, agent=agent, payload={"sender": sender.address})
    if joins:
        join(ticket, person, agent=agent, now=now)
    desk.accept(mail, parsed, ticket, person, now=now)
    mail.settled_at = now
    db.session.commit()
    return db.session.get_one(Ticket, mail.ticket_id)


def release_as_requester(
    desk: MailDesk, mail: InboundMail, *, agent: Agent, now: datetime, same_as: int | None = None
) -> Ticket:
    """Put a held mail on its ticket as the requester's: its sender's address is theirs from now on. Commits.

    `same_as` is the id of the person whom the address belongs to, if they are the same and are to become one.

    Raises:
        AddressTaken: the address belongs to another person.
        RuleViolation: it is not held for a ticket, names no sender, or is probably not from the address it names.
        UnreadableMail: the original cannot be read.
    """
    ticket, parsed, sender = _held(desk, mail)
    if mail.reason == "spoofed_sender":
        raise RuleViolation("This mail is probably not from the address that it names.")
    owner = person_by_address(sender.address)
    if owner is not None and owner.id == same_as:
        merge_into_requester(ticket, owner, agent=agent, now=now)
    else:
        add_requester_address(ticket, sender.address, agent=agent, now=now)
    desk.accept(mail, parsed, ticket, ticket.requester, now=now)
    mail.settled_at = now
    db.session.commit()
    return db.session.get_one(Ticket, mail.ticket_id)


def open_from_mail(desk: MailDesk, mail: InboundMail, *, agent: Agent, now: datetime) -> Ticket:
    """Make a mail that is on no ticket a ticket of its own, as if nothing had kept it back. Commits.

    Raises:
        RuleViolation: it is on a ticket already.
        UnreadableMail: the original cannot be read.
    """
    _lock(mail)
    if mail.outcome not in _LOOSE or _message_of(mail) is not None:
        raise RuleViolation("This mail is on a ticket already.")
    ticket = desk.open(mail, _read(desk, mail), now=now)
    record_event(ticket, "mail_released", now=now, agent=agent, payload={"sender": mail.sender})
    mail.settled_at = now
    db.session.commit()
    return ticket


def file_as_spam(mail: InboundMail, *, now: datetime) -> None:
    """Put a mail away; its original stays and it can still become a ticket. Commits.

    Raises:
        RuleViolation: it is on a ticket already.
    """
    _lock(mail)
    if mail.outcome not in _LOOSE or _message_of(mail) is not None:
        raise RuleViolation("This mail is on a ticket already.")
    mail.outcome, mail.reason, mail.settled_at = Outcome.SPAM, "by_agent", now
    db.session.commit()


def read_again(mail: InboundMail, *, now: datetime) -> None:
    """Have the worker decide anew, with what it knows by now. Commits.

    Raises:
        RuleViolation: it is on a ticket already.
    """
    _lock(mail)
    if mail.outcome is Outcome.RECEIVED:
        return
    if mail.outcome not in _LOOSE - {Outcome.BOUNCE} or _message_of(mail) is not None:
        raise RuleViolation("This mail is on a ticket already.")
    mail.outcome, mail.reason, mail.detail = Outcome.RECEIVED, "", ""
    mail.attempts, mail.next_attempt_at, mail.settled_at = 0, now, None
    db.session.commit()


def _held(desk: MailDesk, mail: InboundMail) -> tuple[Ticket, ParsedMail, MailAddress]:
    """The ticket that a held mail waits for, and the mail with its sender."""
    _lock(mail)
    if mail.outcome is not Outcome.HELD or mail.ticket_id is None:
        raise RuleViolation("This mail does not wait for a ticket.")
    parsed = _read(desk, mail)
    if parsed.sender is None:
        raise RuleViolation("This mail names no sender. Make it a ticket of its own.")
    return root_of(db.session.get_one(Ticket, mail.ticket_id)), parsed, parsed.sender


def _lock(mail: InboundMail) -> None:
    db.session.refresh(mail, with_for_update=True)


def _message_of(mail: InboundMail) -> int | None:
    return db.session.scalar(select(Message.id).where(Message.inbound_mail_id == mail.id))


def _read(desk: MailDesk, mail: InboundMail) -> ParsedMail:
    return READER.read(desk.blobs.get(mail.digest))
