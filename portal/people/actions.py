"""Changes to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.database import db
from portal.people.addresses import normalize_address
from portal.people.models import Identity, Person
from portal.people.queries import person_by_address


def find_or_create_person(address: str, *, name: str, locale: str, time_zone: str, now: datetime) -> Person:
    """The person an address belongs to, made if new; flushes, does not commit.

    Anybody can write under an address, so a known person keeps name, language and time zone; only what is missing is
    filled in. A request carries its own language.
    """
    address = normalize_address(address)
    person = person_by_address(address)
    if person is None:
        person = Person(name=name, locale=locale, time_zone=time_zone, created_at=now)
        try:
            with db.session.begin_nested():
                person.identities.append(Identity(address=address))
                db.session.add(person)
        except IntegrityError:
            # Two first messages of one person at the same moment: the other one won.
            person = person_by_address(address)
            if person is None:
                raise
    person.name = person.name or name
    person.locale = person.locale or locale
    person.time_zone = person.time_zone or time_zone
    return person
