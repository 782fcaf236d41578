"""Tickets solved before that are like one at hand: what they were about and what solved them. For agents only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from portal.database import db
from portal.knowledge_base.queries import ReadableArticle, articles_by_id
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexUnavailable
from portal.search.uses import SIMILAR_TICKETS
from portal.tickets.article_links import linked_article_ids
from portal.tickets.models import Message, Ticket
from portal.tickets.queries import visible_tickets
from portal.tickets.similar_following import is_verified_as_solved

_ASKED_FOR: Final = 12
# Shorter lines at the beginning of a reply greet.
_LEAST_TELLING: Final = 25
_ENDS_OF_GREETINGS: Final = (",", "،", "、", "，")
_LINE_LENGTH: Final = 160
_LINKED_ARTICLES: Final = 3


@dataclass(frozen=True)
class SimilarTicket:
    """A ticket that was verified as solved, with a line of the last reply and the articles that replies link to."""

    ticket_id: int
    reference: str
    subject: str
    locale: str
    solved_at: datetime | None
    solution: str
    articles: tuple[ReadableArticle, ...]


def similar_tickets(engine: SearchEngine | None, ticket: Ticket) -> list[SimilarTicket] | None:
    """At most three of those that agents may read, the most similar first; None while there is no index to look in.

    Of several with one subject, such as an automatic mail's, the most similar stands for all.
    """
    if engine is None:
        return None
    if not ticket.messages:
        return []
    try:
        hits = engine.suggest_for_message(
            ticket.subject, ticket.messages[0].body, ticket.locale, limit=_ASKED_FOR, use=SIMILAR_TICKETS
        )
    except IndexUnavailable:
        return None
    different: dict[str, int] = {}
    for hit in hits:
        if hit.article_id != ticket.id:
            different.setdefault(hit.title.casefold(), hit.article_id)
    return _described(list(different.values())[: SIMILAR_TICKETS.limit], ticket.locale)


def _described(ticket_ids: Sequence[int], locale: str) -> list[SimilarTicket]:
    if not ticket_ids:
        return []
    # The index may be a moment behind: what agents may read, and what is still solved, the database says.
    query = visible_tickets().where(Ticket.id.in_(ticket_ids), is_verified_as_solved())
    rows = db.session.execute(
        query.with_only_columns(Ticket.id, Ticket.reference, Ticket.subject, Ticket.locale, Ticket.solved_at)
    )
    known = {row.id: row for row in rows}
    replies = _replies(list(known))
    links = linked_article_ids(body for bodies in replies.values() for body in bodies)
    articles = articles_by_id({number for found in links.values() for number in found}, locale=locale)
    found = []
    for ticket_id in ticket_ids:
        if ticket_id in known:
            bodies = replies.get(ticket_id, [])
            linked = dict.fromkeys(number for body in bodies for number in links[body] if number in articles)
            of_ticket = [articles[number] for number in list(linked)[:_LINKED_ARTICLES]]
            found.append(_similar(known[ticket_id], bodies, of_ticket))
    return found


def _similar(row: Any, bodies: Sequence[str], articles: Sequence[ReadableArticle]) -> SimilarTicket:
    return SimilarTicket(
        ticket_id=row.id,
        reference=row.reference,
        subject=row.subject,
        locale=row.locale,
        solved_at=row.solved_at,
        solution=telling_line(bodies[-1]) if bodies else "",
        articles=tuple(articles),
    )


def _replies(ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """Ticket → its public replies, oldest first."""
    found: dict[int, list[str]] = {}
    if ticket_ids:
        query = select(Message.ticket_id, Message.body).where(
            Message.ticket_id.in_(ticket_ids), Message.agent_id.is_not(None)
        )
        for ticket_id, body in db.session.execute(query.order_by(Message.id)):
            found.setdefault(ticket_id, []).append(body)
    return found


def telling_line(body: str) -> str:
    """The first line of a reply that says something, a greeting skipped; about 160 characters of it."""
    lines = [line for line in (" ".join(raw.split()) for raw in body.splitlines()) if line]
    line = next((line for line in lines if _tells(line)), lines[0] if lines else "")
    if len(line) <= _LINE_LENGTH:
        return line
    cut = line.rfind(" ", _LINE_LENGTH // 2, _LINE_LENGTH)
    return line[: cut if cut > 0 else _LINE_LENGTH].rstrip() + "…"


def _tells(line: str) -> bool:
    # A sign of a script without spaces says about as much as three letters.
    width = sum(3 if char >= "\u2e80" else 1 for char in line)
    return width >= _LEAST_TELLING and not line.endswith(_ENDS_OF_GREETINGS)
