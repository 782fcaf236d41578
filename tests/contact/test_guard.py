"""Machines are slowed down; people pass at the second try; nothing typed is lost and nothing vanishes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.contact.guard import LATEST, FormClock
from portal.contact.models import ContactDraft
from portal.database import db
from portal.tickets.models import Ticket
from tests.contact.conftest import Visitor
from tests.factories import NOW, make_person

CHECK = "Check your message and send it again."


def tickets() -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_a_form_sent_within_two_seconds_is_shown_again_and_passes_then(visitor: Visitor):
    visitor.ask()
    response = visitor.send(seconds=1)
    assert (response.status_code, tickets()) == (422, 0)
    assert CHECK in visitor.text
    assert 'value="noor@example.org"' in visitor.text

    stamp = visitor.shown_at()
    visitor.wait(2)
    visitor.post("/details", {"email": "noor@example.org", "shown_at": stamp})
    assert tickets() == 1


@pytest.mark.parametrize("stamp", ["", "1700000000000", "forged.signature", "9" * 400])
def test_a_foreign_stamp_is_shown_again_with_a_good_one(visitor: Visitor, stamp: str):
    visitor.ask()
    assert visitor.post("/details", {"email": "noor@example.org", "shown_at": stamp}).status_code == 422
    fresh = visitor.shown_at()
    visitor.wait(5)
    visitor.post("/details", {"email": "noor@example.org", "shown_at": fresh})

    assert tickets() == 1


def test_a_form_left_open_for_a_day_is_shown_again(visitor: Visitor):
    visitor.ask()
    assert visitor.send(seconds=LATEST.total_seconds() + 1).status_code == 422
    stamp = visitor.shown_at()
    visitor.wait(5)
    visitor.post("/details", {"email": "noor@example.org", "shown_at": stamp})

    assert tickets() == 1


def test_a_filled_decoy_in_the_details_is_shown_again_and_never_dropped(visitor: Visitor):
    visitor.ask()
    response = visitor.send(contact_reason="buy now")
    assert (response.status_code, tickets()) == (422, 0)
    assert CHECK in visitor.text
    assert "buy now" not in visitor.text

    stamp = visitor.shown_at()
    visitor.post("/details", {"email": "noor@example.org", "shown_at": stamp})
    assert tickets() == 1


def test_a_filled_decoy_in_the_question_keeps_the_text(visitor: Visitor):
    response = visitor.ask(contact_reason="buy now")

    assert response.status_code == 422
    assert CHECK in visitor.text
    assert "I want my money back." in visitor.text


def test_many_messages_to_one_address_wait_with_their_text_kept(visitor: Visitor):
    for number in range(5):
        visitor.ask(f"Question {number}")
        assert visitor.send().status_code == 303
    visitor.ask("Question 6")
    response = visitor.send()

    assert (response.status_code, tickets()) == (429, 5)
    assert int(response.headers["Retry-After"]) > 0
    assert "You sent several messages in a short time." in visitor.text
    stamp = visitor.shown_at()
    visitor.wait(600)
    visitor.post("/details", {"email": "noor@example.org", "shown_at": stamp})
    assert tickets() == 6


def test_many_messages_from_one_place_wait_too(visitor: Visitor):
    for number in range(20):
        visitor.ask()
        assert visitor.send(f"person{number}@example.org", seconds=2).status_code == 303
    visitor.ask()
    # Two tokens have grown back meanwhile; they are used up here.
    codes = [visitor.send("one-more@example.org", seconds=2).status_code for _ in range(1)]
    while codes[-1] == 303:
        visitor.ask()
        codes.append(visitor.send(f"more{len(codes)}@example.org", seconds=2).status_code)

    assert codes[-1] == 429
    assert len(codes) < 8


def test_very_many_new_drafts_from_one_place_are_refused_with_the_text_shown(visitor: Visitor):
    for _ in range(100):
        visitor.client.delete_cookie("contact_draft")
        visitor.ask()
    visitor.client.delete_cookie("contact_draft")
    response = visitor.ask()

    assert response.status_code == 429
    assert "I want my money back." in visitor.text
    assert db.session.scalar(select(func.count()).select_from(ContactDraft)) == 100


def test_the_last_page_does_not_tell_where_the_owner_of_an_address_lives(visitor: Visitor):
    make_person(email="noor@example.org", time_zone="Asia/Tokyo")
    visitor.ask()
    visitor.send(time_zone="")
    visitor.get("/sent")

    assert "Expect a reply by" in visitor.text
    assert "your time" not in visitor.text
    assert "Central European Standard Time" in visitor.text


def test_waiting_counts_from_the_first_showing():
    clock = FormClock("secret")
    stamp = clock.stamp(NOW)

    assert clock.next_stamp(stamp, now=NOW + timedelta(hours=1)) == stamp
    assert clock.next_stamp(stamp, now=NOW + timedelta(hours=13)) != stamp
    assert FormClock("another secret").is_in_doubt(stamp, now=NOW + timedelta(minutes=1))
