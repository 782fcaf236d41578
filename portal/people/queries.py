"""Reads about people."""

from __future__ import annotations

from sqlalchemy import select

from portal.database import db
from portal.people.addresses import normalize_address
from portal.people.models import Identity, Person


def person_by_address(address: str) -> Person | None:
    """The person an e-mail address belongs to, if we know it."""
    return db.session.scalar(select(Person).join(Identity).where(Identity.address == normalize_address(address)))
