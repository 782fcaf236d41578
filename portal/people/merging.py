"""Two rows that turned out to be one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.people.events import people_merged
from portal.people.models import Identity, Person


def merge_people(kept: Person, other: Person, *, now: datetime) -> list[str]:
    """Make what `other` has `kept`'s, and end `other`; the addresses that came with it.

    Mails go to the first address of `kept` as before. Flushes, does not commit.

    Raises:
        RuleViolation: they are the same already.
        NotFound: one of them is gone: somebody else merged them.
    """
    if kept.id == other.id:
        raise RuleViolation("They are one person already.")
    _lock([kept.id, other.id])
    moved = [Identity(address=each.address, verified_at=each.verified_at) for each in other.identities]
    people_merged.send(from_person_id=other.id, to_person_id=kept.id, now=now)
    kept.name = kept.name or other.name
    kept.time_zone = kept.time_zone or other.time_zone
    kept.surveys_refused_at = kept.surveys_refused_at or other.surveys_refused_at
    kept.created_at = min(kept.created_at, other.created_at)
    # Rows of their own again: the order of rows says which address mails go to.
    db.session.execute(delete(Identity).where(Identity.person_id == other.id))
    db.session.expire(other)
    db.session.execute(delete(Person).where(Person.id == other.id))
    db.session.expire(kept, ["identities"])
    kept.identities.extend(moved)
    db.session.flush()
    return [identity.address for identity in moved]


def _lock(ids: Iterable[int]) -> None:
    """Always in the same order, so that two who merge the same people do not wait for each other."""
    wanted = sorted(ids)
    found = db.session.scalars(select(Person.id).where(Person.id.in_(wanted)).order_by(Person.id).with_for_update())
    if list(found) != wanted:
        raise NotFound
