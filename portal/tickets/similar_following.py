"""An index of the tickets that were verified as solved, kept on this machine in step with the database.

It holds the first message and the last public reply; internal notes are never read here. Every change of a ticket
writes an event, so the newest event says how far the index is; a ticket that was reopened or is gone leaves it.
Whoever changes texts afterwards (erasing a person's) records an event, too, or the index keeps the old ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from portal.database import db
from portal.search.documents import Delete, IndexChange, IndexedArticle, IndexedSection, Upsert
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexBusy, IndexUnavailable
from portal.search.published import read_only
from portal.tickets.models import Message, Rating, RatingScore, Status, Ticket, TicketEvent

logger = structlog.get_logger(__name__)

FOLLOW_JOB: Final = "tickets.follow_solved"
LOOK_EVERY_SECONDS: Final = 60.0
_BATCH: Final = 200
# On PostgreSQL a transaction may commit after one with a higher id, so what is this young is applied once more.
_OVERLAP: Final = timedelta(minutes=2)
_OVERLAPPING_EVENTS: Final = 500


def is_verified_as_solved() -> ColumnElement[bool]:
    """The requester said that it is solved, or the ticket was closed after its solution stood."""
    confirmed = (
        select(Rating.id)
        .where(Rating.ticket_id == Ticket.id, Rating.score == RatingScore.GOOD, Rating.updated_at >= Ticket.solved_at)
        .correlate(Ticket)
        .exists()
    )
    # An answer given before the ticket opened once more and was solved anew says nothing of that.
    is_solved = and_(Ticket.status == Status.SOLVED, confirmed)
    # Who says "not yet" opens it again; so a closed ticket that has been solved was not objected to.
    is_closed = and_(Ticket.status == Status.CLOSED, Ticket.solved_at.is_not(None))
    return and_(Ticket.first_responded_at.is_not(None), or_(is_solved, is_closed))


def newest_event(connection: Connection) -> int:
    """The id of the last event of any ticket; 0 before the first."""
    return connection.scalar(select(func.max(TicketEvent.id))) or 0


def is_behind(engine: SearchEngine) -> bool:
    """Whether something happened that the index does not have; True without an index."""
    try:
        applied = engine.manifest().position
    except IndexUnavailable:
        return True
    with read_only(db.engine) as connection:
        return applied < newest_event(connection)


def follow(engine: SearchEngine, *, now: datetime, wait: bool = False) -> int:
    """Bring the index up to date, or build it; returns how many tickets were looked at again.

    Does nothing while another process or thread is at it, unless `wait` is on.
    """
    try:
        return _catch_up(engine, now, wait=wait)
    except IndexUnavailable as error:
        logger.warning("the index of solved tickets cannot be used and is built anew", reason=str(error))
    except IndexBusy:
        return 0
    try:
        return _rebuild(engine, wait=wait)
    except IndexBusy:
        return 0


def _rebuild(engine: SearchEngine, *, wait: bool) -> int:
    with read_only(db.engine) as connection:
        position = newest_event(connection)
        query = select(Ticket.id).where(is_verified_as_solved()).order_by(Ticket.locale, Ticket.id)
        ids = list(connection.scalars(query))

    def documents() -> Iterator[Upsert]:
        for start in range(0, len(ids), _BATCH):
            # In batches, so that no transaction lasts long.
            with read_only(db.engine) as connection:
                found = _documents(connection, ids[start : start + _BATCH])
            yield from (Upsert(found[ticket_id]) for ticket_id in ids[start : start + _BATCH] if ticket_id in found)

    count = engine.rebuild(documents(), position=position, wait=wait)
    logger.info("the index of solved tickets was built", tickets=count, position=position)
    return count


def _catch_up(engine: SearchEngine, now: datetime, *, wait: bool) -> int:
    applied = engine.manifest().position
    held = _held(engine)
    with read_only(db.engine) as connection:
        newest = newest_event(connection)
        touched = _touched(connection, applied, now)
        solved = set(connection.scalars(select(Ticket.id).where(is_verified_as_solved())))
        # Erased tickets leave no event, and neither do some lost ones: what is held and what should be are compared.
        looked_at = touched | (set(held) ^ solved)
        if not looked_at and newest == applied:
            return 0
        changes = list(_changes(connection, looked_at, held))
    engine.apply(changes, position=newest, wait=wait)
    return len(looked_at)


def _held(engine: SearchEngine) -> dict[int, list[str]]:
    """Ticket → the locales under which the index has it."""
    held: dict[int, list[str]] = {}
    for locale in engine.folder.locales():
        snapshot = engine.folder.snapshot(locale)
        for ticket_id in snapshot.article_ids.tolist() if snapshot else ():
            if ticket_id:
                held.setdefault(ticket_id, []).append(locale)
    return held


def _touched(connection: Connection, applied: int, now: datetime) -> set[int]:
    happened = TicketEvent.id > applied
    if connection.dialect.name == "postgresql":
        young = and_(TicketEvent.id > applied - _OVERLAPPING_EVENTS, TicketEvent.occurred_at > now - _OVERLAP)
        happened = or_(happened, young)
    return set(connection.scalars(select(TicketEvent.ticket_id).where(happened).distinct()))


def _changes(connection: Connection, ticket_ids: Collection[int], held: dict[int, list[str]]) -> Iterator[IndexChange]:
    ids = sorted(ticket_ids)
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found = _documents(connection, batch)
        for ticket_id in batch:
            document = found.get(ticket_id)
            if document is not None:
                yield Upsert(document)
            for locale in held.get(ticket_id, ()):
                if document is None or document.locale != locale:
                    yield Delete(ticket_id, locale)


def _documents(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, IndexedArticle]:
    """Those of the tickets that are verified as solved, as the index takes them."""
    rows = connection.execute(
        select(Ticket.id, Ticket.locale, Ticket.subject).where(Ticket.id.in_(ticket_ids), is_verified_as_solved())
    ).all()
    texts = _texts(connection, [row.id for row in rows])
    return {row.id: _document(row, texts.get(row.id, {})) for row in rows}


def _document(row: Any, texts: dict[str, str]) -> IndexedArticle:
    sections = [IndexedSection(key, "", text) for key, text in texts.items()]
    return IndexedArticle(article_id=row.id, locale=row.locale, title=row.subject, sections=tuple(sections))


def _texts(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Ticket → its first message (under "", as an opening text) and its last public reply (under "reply")."""
    of_tickets = Message.ticket_id.in_(ticket_ids)
    first = select(func.min(Message.id)).where(of_tickets).group_by(Message.ticket_id)
    last = select(func.max(Message.id)).where(of_tickets, Message.agent_id.is_not(None)).group_by(Message.ticket_id)
    query = select(Message.ticket_id, Message.agent_id, Message.body).where(
        or_(Message.id.in_(first), Message.id.in_(last))
    )
    found: dict[int, dict[str, str]] = {}
    for ticket_id, agent_id, body in connection.execute(query.order_by(Message.id)):
        found.setdefault(ticket_id, {})["" if agent_id is None else "reply"] = body
    return found
