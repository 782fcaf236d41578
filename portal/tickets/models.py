"""Ticket, its append-only events, public messages, internal notes, attachments, links, ratings, canned responses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.agents.models import Agent, Team
from portal.database import Model
from portal.knowledge_base.models import Topic
from portal.people.models import Person


class Status(StrEnum):
    """new → open ⇄ pending → solved → closed. Pending means that the requester is waited for."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    SOLVED = "solved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How soon an answer is owed."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Channel(StrEnum):
    """Where a message came in."""

    FORM = "form"
    PAGE = "page"
    MAIL = "mail"
    AGENT = "agent"


ticket_tag = Table(
    "ticket_tag",
    Model.metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True, index=True),
)


class Tag(Model):
    """A short lower-case word that groups tickets."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class Ticket(Model):
    """One request. Times below `updated_at` are a cache of the events, rebuilt by ``lifecycle.summarise``."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_status_due", "status", "next_due_at", "id"),
        Index("ix_ticket_assignee_id_status", "assignee_id", "status", "next_due_at", "id"),
        Index("ix_ticket_priority_status", "priority", "status", "next_due_at", "id"),
        Index("ix_ticket_requester_id_created_at", "requester_id", "created_at"),
        Index("ix_ticket_status_updated_at", "status", "updated_at", "id"),
        # Surveys look for what was solved a while ago.
        Index("ix_ticket_status_solved_at", "status", "solved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    status: Mapped[Status] = mapped_column(default=Status.NEW)
    priority: Mapped[Priority] = mapped_column(default=Priority.NORMAL)
    channel: Mapped[Channel] = mapped_column(default=Channel.FORM)
    locale: Mapped[str] = mapped_column(String(16))
    requester_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    expected_reply_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    first_responded_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # When it was decided whether to ask by mail if it is solved.
    surveyed_at: Mapped[datetime | None]
    # The ticket that goes on in its place.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    reopen_count: Mapped[int] = mapped_column(default=0)
    message_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    requester: Mapped[Person] = relationship()
    team: Mapped[Team | None] = relationship()
    assignee: Mapped[Agent | None] = relationship()
    topic: Mapped[Topic | None] = relationship()
    merged_into: Mapped[Ticket | None] = relationship(remote_side="Ticket.id")
    tags: Mapped[list[Tag]] = relationship(secondary=ticket_tag, order_by="Tag.name")
    messages: Mapped[list[Message]] = relationship(back_populates="ticket", order_by="Message.id")
    notes: Mapped[list[Note]] = relationship(back_populates="ticket", order_by="Note.id")
    events: Mapped[list[TicketEvent]] = relationship(back_populates="ticket", order_by="TicketEvent.id")
    ratings: Mapped[list[Rating]] = relationship(back_populates="ticket", order_by="Rating.id")

    __mapper_args__ = {"version_id_col": version}


class TicketEvent(Model):
    """Append-only: what happened to a ticket, who did it, when."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(40))
    occurred_at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    ticket: Mapped[Ticket] = relationship(back_populates="events")
    agent: Mapped[Agent | None] = relationship()
    person: Mapped[Person | None] = relationship()


class Message(Model):
    """A public message of the conversation: from the requester (person) or from an agent."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    channel: Mapped[Channel]
    body: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    # Of the mail that carried an agent's reply out; answers to it are threaded by this.
    mail_message_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    # The mail that it came in by: its bytes are the original.
    inbound_mail_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_mail.id"), unique=True)
    # What stood below the new text of a mail: folded, never deleted.
    quoted_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Written by a machine: it reopens nothing and restarts no clock.
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=false())

    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    person: Mapped[Person | None] = relationship()
    agent: Mapped[Agent | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")


class Participant(Model):
    """Somebody beside the requester who may write to a ticket: joined by an agent or by the requester."""

    __tablename__ = "participant"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime]
    # None: the requester did.
    joined_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    person: Mapped[Person] = relationship()


class AcknowledgementTopic(Model):
    """A topic whose articles a team lets the acknowledgement of a mail suggest."""

    __tablename__ = "acknowledgement_topic"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True)
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    chosen_at: Mapped[datetime]


class Note(Model):
    """An internal note. A table of its own: code that builds mail or requester pages cannot reach it."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="notes")
    agent: Mapped[Agent] = relationship()


class Attachment(Model):
    """A file of a public message; the bytes lie in the blob store under `digest`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    # What the HTML of its mail calls it, where it is a picture shown there.
    content_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    created_at: Mapped[datetime]


class LinkPurpose(StrEnum):
    """What a magic link opens."""

    TICKET = "ticket"


class MagicLink(Model):
    """A link into a requester's ticket; only the token's hash is stored."""

    __tablename__ = "magic_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(default=LinkPurpose.TICKET)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship()


class LinkRequest(Model):
    """Somebody asked for a new link. The worker finds out whether the address is known: the page cannot tell."""

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]


class RatingScore(StrEnum):
    """The requester's answer to "Did this solve it?"."""

    GOOD = "good"
    BAD = "bad"


class Rating(Model):
    """One answer for each time a ticket was asked about; changeable for 14 days."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("ticket_id", "solve_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    # Counts reopenings, so that each solution gets a rating of its own.
    solve_number: Mapped[int]
    score: Mapped[RatingScore]
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="ratings")


class ComposerTab(StrEnum):
    """The two things an agent writes on a ticket."""

    REPLY = "reply"
    NOTE = "note"


class ReplyDraft(Model):
    """What an agent is writing on a ticket, one for each tab; survives closing the window."""

    __tablename__ = "reply_draft"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    tab: Mapped[ComposerTab] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class CannedResponse(Model):
    """A reply prepared once, in several languages."""

    __tablename__ = "canned_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    shortcut: Mapped[str] = mapped_column(String(20), default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))

    texts: Mapped[list[CannedResponseText]] = relationship(cascade="all, delete-orphan")


class CannedResponseText(Model):
    """A canned response in one locale, with ``{{variables}}``."""

    __tablename__ = "canned_response_text"

    canned_response_id: Mapped[int] = mapped_column(ForeignKey("canned_response.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
