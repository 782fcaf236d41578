"""What a requester's page shows of a ticket. Notes are not reachable from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.agents.models import Agent
from portal.database import db
from portal.rich_text import render_message
from portal.tickets.lifecycle import ANSWER_CHANGEABLE_FOR
from portal.tickets.models import Message, RatingScore, Status, Ticket
from portal.tickets.satisfaction import can_answer, current_rating
from portal.tickets.uploads import ListedFile

OPEN_MESSAGES = 5
_EXCERPT_LENGTH = 120


@dataclass(frozen=True)
class Entry:
    """A public message as its requester sees it. `agent` is None for their own; older ones are folded."""

    message: Message
    number: int
    agent: Agent | None
    html: Markup
    summary: str
    is_folded: bool
    files: tuple[ListedFile, ...] = ()


@dataclass(frozen=True)
class SolveState:
    """What stands where "Did this solve it?" is asked.

    `name`: "none", "ask", "confirm" (an answer was chosen in a mail and waits for a person) or "answered".
    `answer`: the chosen or given one, "solved" or "not-yet".
    """

    name: str
    answer: str = ""
    can_change: bool = False
    comment: str = ""


def conversation(ticket: Ticket, *, file_url: Callable[[str], str]) -> list[Entry]:
    """The public messages of `ticket`, oldest first, all but the latest five folded; loads the page in few queries."""
    loaded = db.session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket.id)
        .options(
            joinedload(Ticket.team),
            selectinload(Ticket.ratings),
            selectinload(Ticket.messages).options(
                selectinload(Message.attachments), joinedload(Message.agent).joinedload(Agent.team)
            ),
        )
        .execution_options(populate_existing=True)
    ).one()
    first_open = len(loaded.messages) - OPEN_MESSAGES
    return [
        Entry(
            message=message,
            number=number,
            agent=message.agent,
            html=(html := render_message(message.body)),
            summary=_excerpt(html),
            is_folded=number <= first_open,
            files=tuple(
                ListedFile(file.file_name, file.size_bytes, url=file_url(file.public_id))
                for file in message.attachments
            ),
        )
        for number, message in enumerate(loaded.messages, start=1)
    ]


def solve_state(ticket: Ticket, *, chosen: str, now: datetime) -> SolveState:
    """Whether the requester is asked, has answered, or confirms what they `chosen` in a mail ("change" asks again)."""
    if not can_answer(ticket):
        return SolveState("none")
    rating = current_rating(ticket)
    if rating is None:
        if chosen in {"solved", "not-yet"}:
            return SolveState("confirm", chosen)
        return SolveState("ask" if ticket.status in {Status.PENDING, Status.SOLVED} else "none")
    given = "solved" if rating.score is RatingScore.GOOD else "not-yet"
    can_change = now - rating.created_at <= ANSWER_CHANGEABLE_FOR
    if can_change and chosen == "change":
        return SolveState("ask", given, comment=rating.comment)
    if can_change and chosen in {"solved", "not-yet"} and chosen != given:
        return SolveState("confirm", chosen, comment=rating.comment)
    if given == "solved" and ticket.status is Status.OPEN:
        # They wrote again after saying yes: the answer is history.
        return SolveState("none")
    return SolveState("answered", given, can_change, rating.comment)


def next_reply_at(ticket: Ticket) -> datetime | None:
    """By when the waiting requester was promised a reply; None while nobody waits for one."""
    if ticket.waiting_since is None or ticket.status not in {Status.NEW, Status.OPEN}:
        return None
    if ticket.first_responded_at is None and ticket.expected_reply_at is not None:
        return max(filter(None, (ticket.expected_reply_at, ticket.next_due_at)))
    return ticket.next_due_at


def _excerpt(html: Markup) -> str:
    line = html.striptags()
    return line if len(line) <= _EXCERPT_LENGTH else line[:_EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"
