"""One address, one person."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.database import db
from portal.people.actions import find_or_create_person
from portal.people.models import Person
from portal.people.queries import person_by_address
from tests.factories import NOW, make_person


def found(address: str, **values) -> Person:
    return find_or_create_person(address, **{"name": "", "locale": "en", "time_zone": "", "now": NOW, **values})


def test_an_address_is_one_person_however_it_is_written(app):
    assert found("Noor@Example.org ").id == found("noor@example.org").id
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_known_name_stays_and_a_missing_one_is_filled_in(app):
    assert found("noor@example.org", name="Noor").name == "Noor"
    assert found("noor@example.org", name="N. Haddad").name == "Noor"


def test_a_stranger_who_writes_under_a_known_address_changes_nothing_of_that_person(app):
    found("noor@example.org", name="Noor", locale="en", time_zone="Asia/Beirut")
    person = found("noor@example.org", name="Mallory", locale="ar", time_zone="Pacific/Kiritimati")
    assert (person.name, person.locale, person.time_zone) == ("Noor", "en", "Asia/Beirut")


def test_a_missing_time_zone_is_filled_in(app):
    found("noor@example.org")
    assert found("noor@example.org", time_zone="Asia/Beirut").time_zone == "Asia/Beirut"


def test_an_unknown_address_belongs_to_nobody(app):
    make_person(email="noor@example.org")
    assert person_by_address("NOOR@example.org") is not None
    assert person_by_address("somebody@example.org") is None


def test_somebody_without_a_name_is_shown_by_address(app):
    assert make_person(email="noor@example.org", name="").display_name == "noor@example.org"
