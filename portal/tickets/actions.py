"""Changes to tickets: rule first, then change, event, mail, one commit."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.agents.models import Agent, Team
from portal.database import db
from portal.errors import Conflict, RuleViolation
from portal.jobs.queue import wake
from portal.people.models import Person
from portal.storage import StoredFile
from portal.tickets import notifications
from portal.tickets.deadlines import calendar_of, expected_reply, reply_target
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.lifecycle import can_be_written_to
from portal.tickets.models import (
    Attachment,
    Channel,
    ComposerTab,
    Message,
    Note,
    Priority,
    RatingScore,
    ReplyDraft,
    Status,
    Tag,
    Ticket,
)
from portal.tickets.record import recent_first_replies
from portal.tickets.satisfaction import current_rating
from portal.tickets.solutions import note_unsolved, note_verified
from portal.tickets.tags import MAXIMUM_TAG_LENGTH, MAXIMUM_TAGS
from portal.web.templating import current_settings

# Without vowels and look-alikes: no words, nothing to misread over the phone.
REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRTVWXYZ"
REFERENCE_LENGTH = 6


@dataclass(frozen=True)
class MailOrigin:
    """The mail that a message came in by: its row in the ledger, what stood below the new text, who wrote it."""

    inbound_mail_id: int
    quoted_text: str = ""
    is_automatic: bool = False


class NewerMessages(Conflict):
    """Messages arrived that the writer has not seen; `messages` are those."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(f"{len(messages)} newer messages")
        self.messages = messages


def open_ticket(
    *,
    subject: str,
    body: str,
    requester: Person,
    locale: str,
    channel: Channel,
    team: Team | None,
    idempotency_key: str,
    now: datetime,
    files: Sequence[StoredFile] = (),
    topic_id: int | None = None,
    priority: Priority = Priority.NORMAL,
    origin: MailOrigin | None = None,
) -> Ticket:
    """A new ticket with its first message and its expected reply; flushes, the caller commits.

    The ticket already opened under `idempotency_key`, if there is one.
    """
    known: Ticket | None = db.session.scalar(select(Ticket).where(Ticket.idempotency_key == idempotency_key))
    if known is not None:
        return known
    calendar = calendar_of(team)
    promise = expected_reply(
        now, calendar, target=reply_target(priority, calendar), recent=recent_first_replies(team, now=now)
    )
    ticket = Ticket(
        reference=new_reference(),
        idempotency_key=idempotency_key,
        subject=subject,
        locale=locale,
        channel=channel,
        priority=priority,
        requester=requester,
        team=team,
        topic_id=topic_id,
        created_at=now,
        updated_at=now,
        expected_reply_at=promise.reply_at,
    )
    db.session.add(ticket)
    key = f"{idempotency_key}:0"
    _add_message(ticket, body=body, files=files, channel=channel, key=key, now=now, person=requester, origin=origin)
    record_event(ticket, "opened", now=now, person=requester, payload={"channel": channel.value})
    refresh_times(ticket, now=now)
    db.session.flush()
    return ticket


def add_requester_message(
    ticket: Ticket, *, body: str, files: Sequence[StoredFile], channel: Channel, idempotency_key: str, now: datetime
) -> Message:
    """A further message of the requester; a pending or solved ticket opens again. Commits.

    Raises:
        RuleViolation: the ticket is closed.
    """
    known = known_message(idempotency_key)
    if known is not None:
        return known
    _require_writable(ticket)
    message = _add_message(
        ticket, body=body, files=files, channel=channel, key=idempotency_key, now=now, person=ticket.requester
    )
    record_event(ticket, "requester_message", now=now, person=ticket.requester, payload={"channel": channel.value})
    if ticket.status in {Status.PENDING, Status.SOLVED}:
        move(ticket, Status.OPEN, now=now, person=ticket.requester)
        note_unsolved(ticket, now=now)
    refresh_times(ticket, now=now)
    db.session.commit()
    return message


def add_mailed_message(
    ticket: Ticket,
    *,
    person: Person,
    body: str,
    files: Sequence[StoredFile],
    origin: MailOrigin,
    thanks: str,
    now: datetime,
) -> Message:
    """A message that came by mail; flushes, the caller commits.

    A pending or solved ticket opens again, unless a machine wrote it or it only says thanks: `thanks` is then the rule
    that found so.

    Raises:
        RuleViolation: the ticket is closed.
    """
    _require_writable(ticket)
    key = f"mail:{origin.inbound_mail_id}"
    message = _add_message(
        ticket, body=body, files=files, channel=Channel.MAIL, key=key, now=now, person=person, origin=origin
    )
    if origin.is_automatic:
        record_event(ticket, "automatic_message", now=now, person=person)
    elif thanks:
        record_event(ticket, "thanks_received", now=now, person=person, payload={"rule": thanks})
    else:
        record_event(ticket, "requester_message", now=now, person=person, payload={"channel": Channel.MAIL.value})
        if ticket.status in {Status.PENDING, Status.SOLVED}:
            move(ticket, Status.OPEN, now=now, person=person)
            note_unsolved(ticket, now=now)
    refresh_times(ticket, now=now)
    db.session.flush()
    return message


def send_reply(
    ticket: Ticket,
    *,
    agent: Agent,
    body: str,
    status_after: Status,
    last_seen_message_id: int,
    idempotency_key: str,
    now: datetime,
    files: Sequence[StoredFile] = (),
    despite_newer: bool = False,
) -> Message:
    """An agent's public reply: on the ticket, and by mail in the requester's language. Commits.

    A ticket without an assignee becomes the writer's. The same key twice is one message.

    Raises:
        NewerMessages: the requester or a colleague wrote after `last_seen_message_id`, unless `despite_newer`.
        RuleViolation: the ticket is closed, or `status_after` is not possible.
    """
    known = known_message(idempotency_key)
    if known is not None:
        return known
    _require_writable(ticket)
    newer = newer_messages(ticket, last_seen_message_id)
    if newer and not despite_newer:
        raise NewerMessages(newer)
    message = _add_message(
        ticket, body=body, files=files, channel=Channel.AGENT, key=idempotency_key, now=now, agent=agent
    )
    record_event(ticket, "agent_reply", now=now, agent=agent)
    if ticket.assignee_id is None:
        ticket.assignee = agent
        record_event(ticket, "assigned", now=now, agent=agent, payload={"from": None, "to": agent.name})
    _move_after_reply(ticket, status_after, agent=agent, now=now)
    db.session.flush()
    notifications.queue_reply_mail(ticket, message, agent=agent, now=now)
    discard_reply_draft(ticket.id, agent.id, ComposerTab.REPLY)
    db.session.commit()
    wake("mail.deliver")
    return message


def add_note(ticket: Ticket, *, agent: Agent, body: str, idempotency_key: str, now: datetime) -> Note:
    """An internal note; the requester never learns of it. Commits."""
    known = known_note(idempotency_key)
    if known is not None:
        return known
    note = Note(ticket=ticket, agent=agent, body=body, idempotency_key=idempotency_key, created_at=now)
    db.session.add(note)
    record_event(ticket, "note_added", now=now, agent=agent)
    ticket.updated_at = now
    discard_reply_draft(ticket.id, agent.id, ComposerTab.NOTE)
    db.session.commit()
    return note


def assign_ticket(ticket: Ticket, assignee: Agent | None, *, agent: Agent, now: datetime) -> None:
    """Give a ticket to somebody, or to nobody. Commits."""
    if ticket.assignee_id == (assignee.id if assignee else None):
        return
    if assignee is not None and not assignee.is_active:
        raise RuleViolation(f"{assignee.name} is not active")
    before = ticket.assignee.name if ticket.assignee else None
    ticket.assignee = assignee
    ticket.updated_at = now
    record_event(
        ticket, "assigned", now=now, agent=agent, payload={"from": before, "to": assignee.name if assignee else None}
    )
    db.session.commit()


def change_status(ticket: Ticket, status: Status, *, agent: Agent, now: datetime) -> None:
    """Move a ticket on. Commits.

    Raises:
        RuleViolation: a ticket cannot go that way.
    """
    if ticket.status is status:
        return
    move(ticket, status, now=now, agent=agent)
    refresh_times(ticket, now=now)
    _follow_solution(ticket, now=now)
    db.session.commit()


def change_priority(ticket: Ticket, priority: Priority, *, agent: Agent, now: datetime) -> None:
    """Set how soon an answer is owed; the deadline moves with it. Commits."""
    if ticket.priority is priority:
        return
    record_event(
        ticket, "priority_changed", now=now, agent=agent, payload={"from": ticket.priority.value, "to": priority.value}
    )
    ticket.priority = priority
    refresh_times(ticket, now=now)
    db.session.commit()


def change_topic(ticket: Ticket, topic_id: int | None, *, agent: Agent, now: datetime) -> None:
    """Say what a ticket is about. Commits."""
    if ticket.topic_id == topic_id:
        return
    record_event(ticket, "topic_changed", now=now, agent=agent, payload={"from": ticket.topic_id, "to": topic_id})
    ticket.topic_id = topic_id
    ticket.updated_at = now
    db.session.commit()


def change_tags(ticket: Ticket, names: Iterable[str], *, agent: Agent, now: datetime) -> None:
    """Replace the tags of a ticket; names are trimmed and lower-cased. Commits.

    Raises:
        RuleViolation: too many tags, or one too long.
    """
    wanted = sorted({" ".join(name.lower().split()) for name in names} - {""})
    if len(wanted) > MAXIMUM_TAGS or any(len(name) > MAXIMUM_TAG_LENGTH for name in wanted):
        raise RuleViolation(f"use at most {MAXIMUM_TAGS} tags of at most {MAXIMUM_TAG_LENGTH} characters")
    before = [tag.name for tag in ticket.tags]
    if before == wanted:
        return
    ticket.tags = [_tag(name) for name in wanted]
    ticket.updated_at = now
    record_event(ticket, "tags_changed", now=now, agent=agent, payload={"from": before, "to": wanted})
    db.session.commit()


def save_reply_draft(ticket_id: int, agent_id: int, tab: ComposerTab, body: str, *, now: datetime) -> None:
    """Keep what an agent is writing; an empty text removes the draft. Commits."""
    if body.strip():
        db.session.merge(ReplyDraft(ticket_id=ticket_id, agent_id=agent_id, tab=tab, body=body, updated_at=now))
    else:
        discard_reply_draft(ticket_id, agent_id, tab)
    db.session.commit()


def discard_reply_draft(ticket_id: int, agent_id: int, tab: ComposerTab) -> None:
    """Forget a draft; the caller commits."""
    draft = db.session.get(ReplyDraft, (ticket_id, agent_id, tab))
    if draft is not None:
        db.session.delete(draft)


def newer_messages(ticket: Ticket, last_seen_message_id: int) -> Sequence[Message]:
    """The public messages that came after the last one the reader saw, oldest first."""
    return db.session.scalars(
        select(Message).where(Message.ticket_id == ticket.id, Message.id > last_seen_message_id).order_by(Message.id)
    ).all()


def known_message(idempotency_key: str) -> Message | None:
    """The message that was sent under a key."""
    return db.session.scalar(select(Message).where(Message.idempotency_key == idempotency_key))


def known_note(idempotency_key: str) -> Note | None:
    """The note that was kept under a key."""
    return db.session.scalar(select(Note).where(Note.idempotency_key == idempotency_key))


def new_reference() -> str:
    """A short public reference that cannot be counted up; the database refuses the rare second use."""
    characters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
    return f"{current_settings().reference_prefix}-{characters}"


def _add_message(
    ticket: Ticket,
    *,
    body: str,
    files: Sequence[StoredFile],
    channel: Channel,
    key: str,
    now: datetime,
    person: Person | None = None,
    agent: Agent | None = None,
    origin: MailOrigin | None = None,
) -> Message:
    message = Message(
        ticket=ticket,
        idempotency_key=key,
        person=person,
        agent=agent,
        channel=channel,
        body=body,
        locale=ticket.locale,
        created_at=now,
    )
    if origin is not None:
        message.inbound_mail_id = origin.inbound_mail_id
        message.quoted_text, message.is_automatic = origin.quoted_text, origin.is_automatic
    message.attachments = [
        Attachment(
            public_id=secrets.token_urlsafe(16),
            digest=file.digest,
            file_name=file.file_name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            created_at=now,
        )
        for file in files
    ]
    db.session.add(message)
    ticket.message_count = (ticket.message_count or 0) + 1
    return message


def _move_after_reply(ticket: Ticket, status: Status, *, agent: Agent, now: datetime) -> None:
    was_solved = ticket.status is Status.SOLVED
    if status is not ticket.status:
        move(ticket, status, now=now, agent=agent)
    elif status is Status.NEW:
        raise RuleViolation("an answered ticket is not new")
    refresh_times(ticket, now=now)
    if was_solved:
        _follow_solution(ticket, now=now)


def _follow_solution(ticket: Ticket, *, now: datetime) -> None:
    """What the requester said of the latest reply stands while the ticket is solved."""
    if ticket.status in {Status.NEW, Status.OPEN, Status.PENDING}:
        note_unsolved(ticket, now=now)
    elif (rating := current_rating(ticket)) is not None and rating.score is RatingScore.GOOD:
        note_verified(ticket, now=now)


def _require_writable(ticket: Ticket) -> None:
    if not can_be_written_to(ticket.status):
        raise RuleViolation("This request is closed. Open a new one.")


def _tag(name: str) -> Tag:
    return db.session.scalar(select(Tag).where(Tag.name == name)) or Tag(name=name)
