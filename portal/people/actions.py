"""Changes to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.database import db
from portal.errors import NotFound, RuleViolation
from portal.people.addresses import normalize_address
from portal.people.models import Identity, Person
from portal.people.queries import person_by_address


class AddressTaken(RuleViolation):
    """An address belongs to another person: the one with `owner_id`."""

    def __init__(self, owner_id: int) -> None:
        super().__init__("This address belongs to somebody else.")
        self.owner_id = owner_id


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


def add_address(person: Person, address: str) -> None:
    """Let an address be somebody's as well: what comes from it, they wrote. Mails still go to the first one.

    Flushes, does not commit.

    Raises:
        AddressTaken: it belongs to another person.
    """
    address = normalize_address(address)
    owner = person_by_address(address)
    if owner is None:
        try:
            with db.session.begin_nested():
                person.identities.append(Identity(address=address))
        except IntegrityError:
            # Somebody new wrote from it at this very moment.
            owner = person_by_address(address)
    if owner is not None and owner.id != person.id:
        raise AddressTaken(owner.id)


def remove_address(person: Person, identity_id: int) -> str:
    """Take a further address from somebody; it comes back. The caller commits.

    Raises:
        NotFound: it is not theirs, or the one that mails go to.
    """
    is_first = bool(person.identities) and person.identities[0].id == identity_id
    removed = delete(Identity).where(Identity.id == identity_id, Identity.person_id == person.id)
    address: str | None = None if is_first else db.session.scalar(removed.returning(Identity.address))
    if address is None:
        raise NotFound
    db.session.expire(person, ["identities"])
    return address
