"""What agents read of tickets. A single ticket is reached by one door, `agent_ticket`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.agents.models import Agent
from portal.database import db
from portal.errors import NotFound
from portal.knowledge_base.models import Topic
from portal.mail.models import OutboxMail, OutboxState
from portal.people.models import Identity, Person
from portal.search.models import SearchQuery, SuggestionImpression, SuggestionVerdict
from portal.tickets.merging import with_merged
from portal.tickets.models import (
    Attachment,
    CannedResponse,
    ComposerTab,
    Message,
    Note,
    Priority,
    ReplyDraft,
    Status,
    Tag,
    Ticket,
    TicketEvent,
    ticket_tag,
)
from portal.tickets.queue import QueueFilter, Sort, View
from portal.web.paging import Key, Page, keyset_page

PAGE_SIZE = 50
EARLIER_LIMIT = 10
CANNED_LIMIT = 50
KNOWN_TAGS_LIMIT = 200
TO_DO = (Status.NEW, Status.OPEN)
FINISHED = (Status.SOLVED, Status.CLOSED)


def visible_tickets() -> Select[Ticket]:
    """Every ticket that agents may see; the one place where that is decided."""
    return select(Ticket)


def agent_ticket(ticket_id: int) -> Ticket:
    """A ticket with what its page always shows.

    Raises:
        NotFound: there is none that agents may see.
    """
    ticket: Ticket | None = db.session.scalar(
        visible_tickets()
        .where(Ticket.id == ticket_id)
        .options(
            joinedload(Ticket.requester).selectinload(Person.identities),
            joinedload(Ticket.assignee),
            joinedload(Ticket.team),
            joinedload(Ticket.topic).selectinload(Topic.names),
            selectinload(Ticket.tags),
        )
    )
    if ticket is None:
        raise NotFound
    return ticket


def ticket_by_reference(reference: str) -> Ticket | None:
    """The ticket with a public reference, however that is written."""
    return db.session.scalar(visible_tickets().where(Ticket.reference == reference.strip().upper()))


def queue_page(queue: QueueFilter, agent: Agent) -> Page[Ticket]:
    """Fifty tickets of a list, with what its rows show."""
    query = filtered_tickets(queue, agent).options(
        joinedload(Ticket.requester).selectinload(Person.identities),
        joinedload(Ticket.assignee),
        joinedload(Ticket.team),
        selectinload(Ticket.tags),
    )
    return keyset_page(query, _order_of(queue), cursor=queue.cursor or None, size=PAGE_SIZE)


def filtered_tickets(queue: QueueFilter, agent: Agent) -> Select[Ticket]:
    """The tickets of a view that meet the filter; unordered."""
    query = visible_tickets().where(*_view_conditions(queue.view, agent))
    if queue.status:
        query = query.where(Ticket.status == queue.status)
    if queue.priority:
        query = query.where(Ticket.priority == queue.priority)
    if queue.locale:
        query = query.where(Ticket.locale == queue.locale)
    if queue.tag:
        tagged = select(ticket_tag.c.ticket_id).join(Tag, Tag.id == ticket_tag.c.tag_id).where(Tag.name == queue.tag)
        query = query.where(Ticket.id.in_(tagged))
    if queue.q:
        query = query.where(_mentions(queue.q))
    return query


def view_counts(agent: Agent) -> dict[View, int]:
    """How many tickets the views with something to do hold, from one pass over the unfinished ones."""
    counted = (View.MINE, View.UNASSIGNED, View.URGENT, View.AWAITING)
    unfinished = visible_tickets().where(Ticket.status.not_in(FINISHED))
    row = db.session.execute(
        unfinished.with_only_columns(*[func.count().filter(and_(*_view_conditions(view, agent))) for view in counted])
    ).one()
    return dict(zip(counted, row, strict=True))


def count_updates(queue: QueueFilter, agent: Agent, *, since: datetime) -> int:
    """How many tickets of a list changed after `since`."""
    changed = filtered_tickets(queue, agent).where(Ticket.updated_at > since)
    return db.session.scalar(changed.with_only_columns(func.count())) or 0


def neighbours(ticket: Ticket, queue: QueueFilter, agent: Agent) -> tuple[int | None, int | None]:
    """The ids of the tickets before and after `ticket` in a list; the first one when it has no place there."""
    keys = _order_of(queue)
    position = [getattr(ticket, key.column.key) for key in keys]
    ids = filtered_tickets(queue, agent).where(Ticket.id != ticket.id).with_only_columns(Ticket.id)
    in_order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    if any(value is None for value in position):
        return None, db.session.scalar(ids.order_by(*in_order).limit(1))
    backwards = [key.column.asc() if key.descending else key.column.desc() for key in keys]
    before = ids.where(_beside(keys, position, after=False)).order_by(*backwards).limit(1)
    after = ids.where(_beside(keys, position, after=True)).order_by(*in_order).limit(1)
    return db.session.scalar(before), db.session.scalar(after)


def messages_of(ticket: Ticket) -> Sequence[Message]:
    """The public conversation with those of merged tickets, oldest first, with writers and files."""
    return db.session.scalars(
        select(Message)
        .where(Message.ticket_id.in_(with_merged(ticket.id)))
        .options(
            joinedload(Message.agent).joinedload(Agent.team),
            joinedload(Message.person).selectinload(Person.identities),
            selectinload(Message.attachments),
        )
        .order_by(Message.id)
    ).all()


def notes_of(ticket: Ticket) -> Sequence[Note]:
    """The internal notes with those of merged tickets, oldest first, with their writers."""
    return db.session.scalars(
        select(Note).where(Note.ticket_id.in_(with_merged(ticket.id))).options(joinedload(Note.agent)).order_by(Note.id)
    ).all()


def events_of(ticket: Ticket) -> Sequence[TicketEvent]:
    """What happened, oldest first, with who did it."""
    return db.session.scalars(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id)
        .options(joinedload(TicketEvent.agent), joinedload(TicketEvent.person))
        .order_by(TicketEvent.id)
    ).all()


def told_mails(ticket: Ticket) -> dict[str, OutboxMail]:
    """The mails that carried the replies of a ticket, and all others that did not arrive, by their Message-ID."""
    is_told = or_(OutboxMail.template == "reply", OutboxMail.state == OutboxState.DEAD)
    mails = db.session.scalars(
        select(OutboxMail).where(OutboxMail.ticket_id == ticket.id, is_told).order_by(OutboxMail.id)
    )
    return {mail.message_id: mail for mail in mails}


def earlier_tickets(ticket: Ticket) -> Sequence[Ticket]:
    """The other tickets of the same requester, newest first, at most ten."""
    return db.session.scalars(
        visible_tickets()
        .where(Ticket.requester_id == ticket.requester_id, Ticket.id != ticket.id)
        .order_by(Ticket.created_at.desc())
        .limit(EARLIER_LIMIT)
    ).all()


def tickets_of(person: Person) -> tuple[int, Sequence[Ticket]]:
    """How many tickets somebody asked, and the latest three."""
    asked = visible_tickets().where(Ticket.requester_id == person.id)
    count = db.session.scalar(asked.with_only_columns(func.count())) or 0
    return count, db.session.scalars(asked.order_by(Ticket.created_at.desc()).limit(3)).all()


def tickets_to_merge_into(ticket: Ticket) -> Sequence[Ticket]:
    """The requester's other tickets that go on, latest first, at most ten."""
    return db.session.scalars(
        visible_tickets()
        .where(Ticket.requester_id == ticket.requester_id, Ticket.id != ticket.id, Ticket.status != Status.CLOSED)
        .order_by(Ticket.created_at.desc())
        .limit(EARLIER_LIMIT)
    ).all()


def attachment_of(ticket: Ticket, public_id: str) -> Attachment:
    """A file of one of the ticket's messages.

    Raises:
        NotFound: the ticket has no such file.
    """
    attachment: Attachment | None = db.session.scalar(
        select(Attachment).join(Message).where(Attachment.public_id == public_id, Message.ticket_id == ticket.id)
    )
    if attachment is None:
        raise NotFound
    return attachment


def reply_drafts(ticket: Ticket, agent: Agent) -> dict[ComposerTab, ReplyDraft]:
    """What an agent is writing on a ticket."""
    drafts = db.session.scalars(
        select(ReplyDraft).where(ReplyDraft.ticket_id == ticket.id, ReplyDraft.agent_id == agent.id)
    )
    return {draft.tab: draft for draft in drafts}


def canned_responses(agent: Agent, *, containing: str = "") -> Sequence[CannedResponse]:
    """The responses of the agent's team and of everybody, by name; `containing` looks at name and shortcut."""
    query = (
        select(CannedResponse)
        .where(or_(CannedResponse.team_id.is_(None), CannedResponse.team_id == agent.team_id))
        .where(CannedResponse.texts.any())
        .options(selectinload(CannedResponse.texts))
        .order_by(CannedResponse.name)
        .limit(CANNED_LIMIT)
    )
    if containing:
        query = query.where(
            or_(
                CannedResponse.name.icontains(containing, autoescape=True),
                CannedResponse.shortcut.icontains(containing, autoescape=True),
            )
        )
    return db.session.scalars(query).all()


def canned_response(key: str, agent: Agent) -> CannedResponse:
    """One response that the agent may use.

    Raises:
        NotFound: there is none under that key.
    """
    found = next((response for response in canned_responses(agent) if response.key == key), None)
    if found is None:
        raise NotFound
    return found


def searches_of(ticket: Ticket) -> Sequence[SearchQuery]:
    """What the requester searched before writing, in order."""
    return db.session.scalars(
        select(SearchQuery).where(SearchQuery.ticket_id == ticket.id).order_by(SearchQuery.created_at)
    ).all()


def rejected_article_ids(ticket: Ticket) -> Sequence[int]:
    """The articles that were suggested and did not help, in the order in which they were shown."""
    return db.session.scalars(
        select(SuggestionImpression.article_id)
        .where(SuggestionImpression.ticket_id == ticket.id, SuggestionImpression.verdict == SuggestionVerdict.REJECTED)
        .order_by(SuggestionImpression.position)
    ).all()


def known_tags() -> Sequence[str]:
    """The names of tags, for the fields that offer them; at most two hundred."""
    return db.session.scalars(select(Tag.name).order_by(Tag.name).limit(KNOWN_TAGS_LIMIT)).all()


def _view_conditions(view: View, agent: Agent) -> list[ColumnElement[bool]]:
    to_do = Ticket.status.in_(TO_DO)
    conditions: dict[View, list[ColumnElement[bool]]] = {
        View.MINE: [to_do, Ticket.assignee_id == agent.id],
        View.UNASSIGNED: [to_do, Ticket.assignee_id.is_(None)],
        View.URGENT: [to_do, Ticket.priority == Priority.URGENT],
        View.AWAITING: [Ticket.status == Status.PENDING],
        View.SOLVED: [Ticket.status.in_(FINISHED)],
        View.ALL: [],
    }
    return conditions[view]


def _mentions(text: str) -> ColumnElement[bool]:
    writers = (
        select(Person.id)
        .outerjoin(Identity)
        .where(or_(Person.name.icontains(text, autoescape=True), Identity.address.icontains(text, autoescape=True)))
    )
    return or_(
        Ticket.reference == text.upper(),
        Ticket.reference.endswith(text.upper(), autoescape=True),
        Ticket.subject.icontains(text, autoescape=True),
        Ticket.requester_id.in_(writers),
    )


def _order_of(queue: QueueFilter) -> list[Key]:
    if queue.effective_sort is Sort.DUE:
        return [Key(Ticket.next_due_at), Key(Ticket.id)]
    return [Key(Ticket.updated_at, descending=True), Key(Ticket.id, descending=True)]


def _beside(keys: Sequence[Key], position: Sequence[object], *, after: bool) -> ColumnElement[bool]:
    (first, second), (value, unique) = keys, position
    forward = after != first.descending
    beyond = first.column > value if forward else first.column < value
    beside = second.column > unique if forward else second.column < unique
    return or_(beyond, and_(first.column == value, beside))
