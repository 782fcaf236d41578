"""Which articles solved a ticket: those that agents' replies link to, once the requester says that it is solved."""

from __future__ import annotations

from datetime import datetime

from portal.search.learning.actions import note_solved, take_back, ticket_origin
from portal.tickets.article_links import linked_article_ids
from portal.tickets.models import Ticket

# Replies that link to more are a list of reading, and say little about any of the articles.
_MOST_ARTICLES = 5


def note_verified(ticket: Ticket, *, now: datetime) -> None:
    """The requester says that it is solved: its first message is evidence for the articles. The caller commits."""
    replies = [message.body for message in ticket.messages if message.agent_id is not None]
    found = linked_article_ids(replies)
    article_ids = list(dict.fromkeys(article_id for reply in replies for article_id in found[reply]))
    if 0 < len(article_ids) <= _MOST_ARTICLES:
        note_solved(
            ticket.id,
            article_ids,
            f"{ticket.subject}\n{ticket.messages[0].body}",
            locale=ticket.locale,
            person_id=ticket.requester_id,
            now=now,
        )


def note_unsolved(ticket: Ticket, *, now: datetime) -> None:
    """It is not solved, or not any more. The caller commits."""
    take_back([ticket_origin(ticket.id)], now=now)
