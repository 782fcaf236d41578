"""What the agents' ticket page shows, gathered from the queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from portal.agents.models import Agent
from portal.agents.queries import active_agents
from portal.knowledge_base.queries import topics
from portal.mail.inbound_models import InboundMail
from portal.mail.models import OutboxMail
from portal.rich_text import render_message
from portal.tickets import queries
from portal.tickets.agent_forms import NoteForm, ReplyForm, TagsForm, new_idempotency_key, statuses_to_choose
from portal.tickets.deadlines import calendar_of
from portal.tickets.lifecycle import can_be_written_to
from portal.tickets.mail_queries import held_mails
from portal.tickets.models import ComposerTab, Message, Participant, ReplyDraft, Status, Ticket
from portal.tickets.participants import participants_of
from portal.tickets.queue import Due, QueueFilter, due_of
from portal.tickets.thanks_verdict import Verdict, latest_verdict
from portal.tickets.timeline import Entry, merge_timeline


@dataclass(frozen=True)
class Conversation:
    """The thread of a ticket and the mails that carried its replies, by Message-ID.

    `lost_mails` are other mails about it that did not arrive; `held_mails` came from people who do not take part.
    `verdict` is whether the latest mail only says thanks, as long as an agent may say otherwise.
    """

    entries: Sequence[Entry]
    mails: dict[str, OutboxMail]
    last_message_id: int
    lost_mails: Sequence[OutboxMail] = ()
    held_mails: Sequence[InboundMail] = ()
    verdict: Verdict | None = None

    def html(self, body: str) -> Markup:
        """What somebody wrote, as safe HTML."""
        return render_message(body)

    def since(self, instant: datetime) -> Conversation:
        """Only what happened at or after `instant`."""
        return replace(self, entries=[entry for entry in self.entries if entry.at >= instant])

    def after_message(self, message_id: int) -> Conversation:
        """Only the messages after one."""
        newer = [entry for entry in self.entries if entry.message is not None and entry.message.id > message_id]
        return replace(self, entries=newer)


@dataclass(frozen=True)
class Properties:
    """What may be chosen for a ticket, and what stands there now."""

    due: Due
    statuses: Sequence[Status]
    agents: Sequence[Agent]
    topics: dict[int, str]
    tags_form: TagsForm
    known_tags: Sequence[str]
    previous_id: int | None
    next_id: int | None


@dataclass(frozen=True)
class Composer:
    """The two forms with what was typed: by this request, else in the draft."""

    reply: ReplyForm
    note: NoteForm
    reply_draft: ReplyDraft | None
    note_draft: ReplyDraft | None
    is_open: bool
    newer: Sequence[Message] = ()
    # Who gets a reply beside the requester.
    copied_to: Sequence[str] = ()


def conversation_of(ticket: Ticket) -> Conversation:
    """Messages, notes and events in the order of time."""
    messages = queries.messages_of(ticket)
    events = queries.events_of(ticket)
    entries = merge_timeline(messages, queries.notes_of(ticket), events)
    mails = queries.told_mails(ticket)
    carried = {message.mail_message_id for message in messages}
    return Conversation(
        entries,
        mails,
        messages[-1].id if messages else 0,
        lost_mails=[mail for mail in mails.values() if mail.message_id not in carried],
        held_mails=held_mails(ticket.id),
        verdict=latest_verdict(events) if can_be_written_to(ticket.status) else None,
    )


def properties_of(
    ticket: Ticket, queue: QueueFilter, agent: Agent, *, locale: str, now: datetime, tags_form: TagsForm | None = None
) -> Properties:
    """Status, assignee, priority, topic, tags; and the neighbours in the queue that the agent came from."""
    names = ", ".join(tag.name for tag in ticket.tags)
    previous_id, next_id = queries.neighbours(ticket, queue, agent)
    return Properties(
        due=due_of(ticket.status, ticket.priority, ticket.next_due_at, calendar_of(ticket.team), now=now),
        statuses=statuses_to_choose(ticket.status),
        agents=active_agents(),
        topics=topic_choices(locale),
        tags_form=tags_form or TagsForm(data={"tags": names, "before": names}),
        known_tags=queries.known_tags(),
        previous_id=previous_id,
        next_id=next_id,
    )


def topic_choices(locale: str) -> dict[int, str]:
    """The names of all topics by id, in their order, those of the second level after their parent's name."""
    names: dict[int, str] = {}
    for top in topics(locale):
        for topic, name in [(top, top.name), *((child, f"{top.name} › {child.name}") for child in top.children)]:
            if topic.id is not None:
                names[topic.id] = name
    return names


def composer_of(
    ticket: Ticket,
    agent: Agent,
    *,
    last_message_id: int,
    reply: ReplyForm | None = None,
    note: NoteForm | None = None,
    newer: Sequence[Message] = (),
    participants: Sequence[Participant] | None = None,
) -> Composer:
    """Both forms. A form that was sent and refused stays as it is; the other one shows its draft.

    `participants` are looked up unless they are known.
    """
    participants = participants_of(ticket.id) if participants is None else participants
    drafts = queries.reply_drafts(ticket, agent)
    reply_draft, note_draft = drafts.get(ComposerTab.REPLY), drafts.get(ComposerTab.NOTE)
    return Composer(
        reply=reply or blank_reply(last_message_id, reply_draft),
        note=note or blank_note(note_draft),
        reply_draft=None if reply else reply_draft,
        note_draft=None if note else note_draft,
        is_open=can_be_written_to(ticket.status),
        newer=newer,
        copied_to=[participant.person.display_name for participant in participants if participant.person.email],
    )


def blank_reply(last_message_id: int, draft: ReplyDraft | None) -> ReplyForm:
    """A reply to be written, or gone on with."""
    data = {
        "body": draft.body if draft else "",
        "idempotency_key": new_idempotency_key(),
        "last_seen_message_id": last_message_id,
    }
    return ReplyForm(data=data, prefix=ComposerTab.REPLY.value)


def blank_note(draft: ReplyDraft | None) -> NoteForm:
    """A note to be written, or gone on with."""
    data = {"body": draft.body if draft else "", "idempotency_key": new_idempotency_key()}
    return NoteForm(data=data, prefix=ComposerTab.NOTE.value)
