"""Keyset paging walks every row once, forwards and back, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.database import db
from portal.people.models import Person
from portal.web.paging import Key, keyset_page

KEYS = {
    "rising": [Key(Person.name), Key(Person.id)],
    "falling": [Key(Person.created_at, descending=True), Key(Person.id, descending=True)],
    "mixed": [Key(Person.name, descending=True), Key(Person.id)],
}


@pytest.fixture
def people(app):
    for number in range(13):
        db.session.add(Person(name="ABCA"[number % 4], created_at=datetime(2026, 1, 1 + number % 3, tzinfo=UTC)))
    db.session.commit()


@pytest.mark.parametrize("order", KEYS)
def test_walking_forwards_and_back_sees_every_row_once(people, order: str):
    keys = KEYS[order]
    pages, cursor = [], None
    while True:
        page = keyset_page(select(Person), keys, cursor=cursor, size=4)
        pages.append(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    ids = [person.id for page in pages for person in page.items]
    assert len(ids) == len(set(ids)) == 13
    assert pages[0].previous_cursor is None
    backwards = keyset_page(select(Person), keys, cursor=pages[-1].previous_cursor, size=4)
    assert [person.id for person in backwards.items] == [person.id for person in pages[-2].items]


@given(cursor=st.text(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_cursor_that_somebody_made_up_gives_the_first_page(people, cursor: str):
    page = keyset_page(select(Person), KEYS["rising"], cursor=cursor, size=4)
    assert len(page.items) == 4


@pytest.mark.parametrize(
    "cursor", ["WyJuIiwgWzEsIDJdXQ", "WyJuIiwgW3siYXQiOiAiMjAyNi0wMS0wMSJ9LCAxXV0", "WyJuIiwgWyJBIiwgIjEiXV0"]
)
def test_a_cursor_of_other_types_gives_the_first_page(people, cursor: str):
    assert keyset_page(select(Person), KEYS["rising"], cursor=cursor, size=4).previous_cursor is None
