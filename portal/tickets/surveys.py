"""The question by mail whether a solved request is solved: once, to people who have not said and not refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from portal.clock import utcnow
from portal.database import db
from portal.errors import NotFound
from portal.jobs.queue import wake
from portal.mail.models import OutboxMail
from portal.people.models import Person
from portal.tickets.models import Status, Ticket
from portal.tickets.notifications import queue_question
from portal.tickets.satisfaction import can_answer, current_rating
from portal.web.templating import current_settings, external_url

SEND_JOB: Final = "tickets.send_surveys"
TEMPLATE: Final = "survey"
# What was solved longer ago is let be: who switches surveys on asks nobody about last year.
WINDOW: Final = timedelta(days=2)
# Nobody is asked more often, however many requests of theirs were solved.
PAUSE: Final = timedelta(days=7)
_BATCH: Final = 100


def send_due_surveys() -> None:
    """Ask about all that was solved long enough ago, where that is switched on. Commits after each."""
    hours = current_settings().survey_after_hours
    if not hours:
        return
    now = utcnow()
    is_asked = False
    for ticket_id in _due(now - timedelta(hours=hours)):
        is_asked |= _decide(ticket_id, now=now)
    if is_asked:
        wake("mail.deliver")


def refusal_token(ticket: Ticket) -> str:
    """Whoever has it may refuse surveys for the requester of `ticket`; it does not expire, as mails do not."""
    token = _serializer().dumps(ticket.id)
    return token if isinstance(token, str) else token.decode()


def person_of_refusal(token: str) -> Person:
    """Whose surveys a token refuses.

    Raises:
        NotFound: it is not ours, or the ticket is gone.
    """
    try:
        ticket = db.session.get(Ticket, int(_serializer().loads(token)))
    except (BadSignature, TypeError, ValueError) as error:
        raise NotFound from error
    if ticket is None:
        raise NotFound
    return ticket.requester


def refuse_surveys(person: Person, *, now: datetime) -> None:
    """Send no surveys to somebody any more; the first time stays. Commits."""
    person.surveys_refused_at = person.surveys_refused_at or now
    db.session.commit()


def _due(latest: datetime) -> Sequence[int]:
    query = select(Ticket.id).where(
        Ticket.status == Status.SOLVED,
        Ticket.solved_at <= latest,
        Ticket.solved_at > latest - WINDOW,
        Ticket.surveyed_at.is_(None),
    )
    ids = db.session.scalars(query.order_by(Ticket.solved_at).limit(_BATCH)).all()
    db.session.commit()
    return ids


def _decide(ticket_id: int, *, now: datetime) -> bool:
    """Ask about a ticket, or see that there is no reason to. Either is done once."""
    # Not through the row's version: an agent who has the ticket open must not hear of a conflict.
    claimed = db.session.scalar(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.status == Status.SOLVED, Ticket.surveyed_at.is_(None))
        .values(surveyed_at=now)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    )
    ticket = db.session.get(Ticket, ticket_id) if claimed else None
    is_asked = ticket is not None and _may_be_asked(ticket, now=now)
    if ticket is not None and is_asked:
        _ask(ticket, now=now)
    db.session.commit()
    return is_asked


def _may_be_asked(ticket: Ticket, *, now: datetime) -> bool:
    person = ticket.requester
    if not person.email or person.surveys_refused_at is not None or ticket.messages[0].is_automatic:
        return False
    if not can_answer(ticket) or current_rating(ticket) is not None:
        return False
    recent = select(OutboxMail.id).where(
        OutboxMail.recipient == person.email, OutboxMail.created_at > now - PAUSE, OutboxMail.template == TEMPLATE
    )
    return db.session.scalar(recent.limit(1)) is None


def _ask(ticket: Ticket, *, now: datetime) -> None:
    refusal_url = external_url("requests.show_survey_refusal", locale=ticket.locale, token=refusal_token(ticket))
    queue_question(
        TEMPLATE,
        ticket,
        key=f"survey:{ticket.id}",
        now=now,
        headers={
            "List-Unsubscribe": f"<{refusal_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        refusal_url=refusal_url,
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt="survey refusal of a requester")
