"""Did this solve it? The requester's answer, changeable for fourteen days; "not yet" opens the ticket again."""

from __future__ import annotations

from datetime import datetime

from portal.database import db
from portal.errors import RuleViolation
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.lifecycle import ANSWER_CHANGEABLE_FOR, can_be_written_to
from portal.tickets.models import Rating, RatingScore, Status, Ticket
from portal.tickets.solutions import note_unsolved, note_verified


def current_rating(ticket: Ticket) -> Rating | None:
    """The requester's answer about the latest reply, if they gave one."""
    number = solve_number(ticket)
    return next((rating for rating in ticket.ratings if rating.solve_number == number), None)


def can_answer(ticket: Ticket) -> bool:
    """Whether the question makes sense: an agent has replied and the ticket is not closed."""
    return solve_number(ticket) > 0 and can_be_written_to(ticket.status)


def solve_number(ticket: Ticket) -> int:
    """Which attempt to solve it stands: every reply of an agent is a new one, and may be rated once."""
    return sum(1 for message in ticket.messages if message.agent_id is not None)


def record_answer(ticket: Ticket, *, is_solved: bool, now: datetime) -> Rating:
    """Keep the answer; yes solves the ticket, not yet opens it again. The same answer twice changes nothing. Commits.

    Raises:
        RuleViolation: nobody has replied yet, the ticket is closed, or the answer is older than fourteen days.
    """
    if not can_answer(ticket):
        raise RuleViolation("There is no reply to rate.")
    score = RatingScore.GOOD if is_solved else RatingScore.BAD
    rating = current_rating(ticket)
    if rating is None:
        rating = Rating(solve_number=solve_number(ticket), score=score, created_at=now, updated_at=now)
        ticket.ratings.append(rating)
    elif now - rating.created_at > ANSWER_CHANGEABLE_FOR:
        raise RuleViolation("This answer can no longer be changed.")
    elif rating.score is score:
        return rating
    rating.score = score
    rating.updated_at = now
    record_event(ticket, "rated", now=now, person=ticket.requester, payload={"score": score.value})
    wanted = Status.SOLVED if is_solved else Status.OPEN
    if ticket.status is not wanted:
        move(ticket, wanted, now=now, person=ticket.requester)
    refresh_times(ticket, now=now)
    (note_verified if is_solved else note_unsolved)(ticket, now=now)
    db.session.commit()
    return rating


def add_comment(ticket: Ticket, comment: str, *, now: datetime) -> None:
    """Add what the requester says about the answer they gave; the same words twice change nothing. Commits.

    Raises:
        RuleViolation: there is no answer to comment on.
    """
    rating = current_rating(ticket)
    if rating is None:
        raise RuleViolation("Answer first whether it is solved.")
    if rating.comment == comment:
        return
    rating.comment = comment
    rating.updated_at = now
    record_event(ticket, "rating_commented", now=now, person=ticket.requester, payload={"comment": comment})
    db.session.commit()
