"""Changes of what is learned: evidence comes and goes. Nothing here commits but what says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.database import db
from portal.search.learning.givers import person_giver
from portal.search.learning.masking import mask
from portal.search.learning.models import EvidenceSource, LearnedArticle, LearningEvidence, StaleModel
from portal.search.models import SuggestionArm, SuggestionImpression
from portal.search.question import clean_message

logger = structlog.get_logger(__name__)

REFIT_JOB: Final = "search.refit"
# New evidence can wait, so that a busy hour is fitted a few times and not with every ticket.
REFIT_DELAY: Final = timedelta(minutes=5)
# One verdict changes little, and each contact session gives one.
CALIBRATION_DELAY: Final = timedelta(hours=1)
# What somebody says counts fully; a click that was not followed by another search is only a hint.
WEIGHTS: Final = {EvidenceSource.ANSWERED: 1.0, EvidenceSource.SOLVED: 1.0, EvidenceSource.OPENED: 0.2}


def note_answered(session_hash: str, text: str, *, locale: str, giver: str, now: datetime) -> None:
    """Somebody said on the contact form that a suggestion answered them: `text`, in `locale`, is what they had written.

    It is the article they opened last. When they opened none, it is clear only if a single one was offered.
    """
    with _never_in_the_way("contact"):
        offered = db.session.execute(
            select(SuggestionImpression.article_id, SuggestionImpression.opened_at).where(
                SuggestionImpression.session_hash == session_hash, SuggestionImpression.arm == SuggestionArm.SHOWN
            )
        ).all()
        opened = sorted((row for row in offered if row.opened_at), key=lambda row: row.opened_at)
        answering = opened[-1:] or (offered if len(offered) == 1 else [])
        for row in answering:
            _add_evidence(
                [row.article_id],
                text,
                locale=locale,
                source=EvidenceSource.ANSWERED,
                origin=contact_origin(session_hash),
                giver=giver,
                now=now,
            )


def note_solved(
    ticket_id: int, article_ids: Sequence[int], text: str, *, locale: str, person_id: int, now: datetime
) -> None:
    """A requester said that replies with links to these articles solved their ticket, which began with `text`."""
    with _never_in_the_way("ticket"):
        _add_evidence(
            article_ids,
            text,
            locale=locale,
            source=EvidenceSource.SOLVED,
            origin=ticket_origin(ticket_id),
            giver=person_giver(person_id),
            now=now,
            person_id=person_id,
            ticket_id=ticket_id,
        )


def note_ended_search(query_id: int, article_id: int, text: str, *, locale: str, giver: str, now: datetime) -> None:
    """Somebody opened this result and searched no further."""
    _add_evidence(
        [article_id],
        text,
        locale=locale,
        source=EvidenceSource.OPENED,
        origin=search_origin(query_id),
        giver=giver,
        now=now,
    )


def note_verdict(session_hash: str, *, now: datetime) -> None:
    """A contact session said something of what it was offered, from which chances are learned."""
    with _never_in_the_way("verdict"):
        judged = select(SuggestionImpression.locale).where(
            SuggestionImpression.session_hash == session_hash, SuggestionImpression.chance.is_not(None)
        )
        for locale in db.session.scalars(judged.distinct()).all():
            mark_stale(locale, due_at=now + CALIBRATION_DELAY)


def take_back(origins: Collection[str], *, now: datetime) -> None:
    """It did not answer them after all. What an author refused stays refused."""
    if not origins:
        return
    with _never_in_the_way("taking back"):
        doubtful = (LearningEvidence.origin.in_(origins), LearningEvidence.refused_at.is_(None))
        locales = db.session.scalars(select(LearningEvidence.locale).where(*doubtful).distinct()).all()
        if locales:
            db.session.execute(delete(LearningEvidence).where(*doubtful))
            for locale in sorted(locales):
                mark_stale(locale, due_at=now + REFIT_DELAY)


def forget_person(person_id: int, *, now: datetime) -> int:
    """Remove the evidence of a person, and have everything learned from it learned anew; returns how much it was.

    The caller commits, and then wakes `REFIT_JOB`.
    """
    theirs = LearningEvidence.person_id == person_id
    locales = db.session.scalars(select(LearningEvidence.locale).where(theirs).distinct()).all()
    count = db.session.scalar(select(func.count()).select_from(LearningEvidence).where(theirs)) or 0
    db.session.execute(delete(LearningEvidence).where(theirs))
    for locale in sorted(locales):
        mark_stale(locale, due_at=now)
    return count


def move_evidence(from_person_id: int, to_person_id: int, *, now: datetime) -> None:
    """Two people turned out to be one: what the one gave counts as the other's. The caller commits."""
    theirs = LearningEvidence.person_id == from_person_id
    locales = db.session.scalars(select(LearningEvidence.locale).where(theirs).distinct()).all()
    db.session.execute(
        update(LearningEvidence).where(theirs).values(person_id=to_person_id, giver=person_giver(to_person_id))
    )
    # There may be fewer people now than evidence needs.
    for locale in sorted(locales):
        mark_stale(locale, due_at=now)


def mark_stale(locale: str, *, due_at: datetime) -> None:
    """Have the model of a locale fitted again by `due_at`, or earlier where that was planned already."""
    added = insert_into(StaleModel, locale=locale, due_at=due_at, change_count=1)
    earlier = case((StaleModel.due_at <= added.excluded.due_at, StaleModel.due_at), else_=added.excluded.due_at)
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=[StaleModel.locale],
            set_={"due_at": earlier, "change_count": StaleModel.change_count + 1},
        )
    )


def contact_origin(session_hash: str) -> str:
    """What evidence from a contact session is known by."""
    return f"contact:{session_hash}"


def ticket_origin(ticket_id: int) -> str:
    """What evidence from a ticket is known by."""
    return f"ticket:{ticket_id}"


def search_origin(query_id: int) -> str:
    """What evidence from a search is known by."""
    return f"search:{query_id}"


def insert_into(table: Any, **values: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database's own kind, which can say what to do with a row that is there already."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(**values)


def _add_evidence(
    article_ids: Sequence[int],
    text: str,
    *,
    locale: str,
    source: EvidenceSource,
    origin: str,
    giver: str,
    now: datetime,
    person_id: int | None = None,
    ticket_id: int | None = None,
) -> None:
    """Keep the evidence for each article, in equal shares; what is known from this origin is replaced."""
    masked = mask(clean_message(text), locale)
    paused = _paused(article_ids, locale)
    wanted = [article_id for article_id in dict.fromkeys(article_ids) if article_id not in paused]
    if not wanted or not any(char.isalnum() for char in masked):
        return
    for article_id in wanted:
        values = {
            "locale": locale,
            "source": source,
            "weight": WEIGHTS[source] / len(wanted),
            "text": masked,
            "giver": giver,
            "person_id": person_id,
            "ticket_id": ticket_id,
        }
        db.session.execute(
            insert_into(
                LearningEvidence, article_id=article_id, origin=origin, created_at=now, **values
            ).on_conflict_do_update(index_elements=[LearningEvidence.origin, LearningEvidence.article_id], set_=values)
        )
        db.session.execute(insert_into(LearnedArticle, article_id=article_id, locale=locale).on_conflict_do_nothing())
    mark_stale(locale, due_at=now + REFIT_DELAY)


def _paused(article_ids: Sequence[int], locale: str) -> set[int]:
    return set(
        db.session.scalars(
            select(LearnedArticle.article_id).where(
                LearnedArticle.article_id.in_(article_ids),
                LearnedArticle.locale == locale,
                LearnedArticle.paused_at.is_not(None),
            )
        )
    )


@contextmanager
def _never_in_the_way(what: str) -> Iterator[None]:
    """Learning is extra: if it fails, what somebody sends or answers goes through all the same."""
    # What the caller changed is theirs to write, and theirs to hear of when it cannot be written.
    db.session.flush()
    try:
        with db.session.begin_nested():
            yield
    except Exception:
        logger.exception("nothing was learned", source=what)
