"""The demo's data: 400 tickets in eight languages that hold together."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.database import db
from portal.demo.conversations import load_canned_responses, load_conversations
from portal.demo.seeding import seed_demo
from portal.localization import INTERFACE_LOCALES, bundled_path
from portal.tickets.lifecycle import summarise
from portal.tickets.models import Status, Ticket
from tests.factories import NOW


def test_the_demo_holds_400_tickets_of_three_months_whose_rows_agree_with_their_events(app):
    with clock.frozen(NOW):
        seed_demo(bundled_path("kb_articles"), blobs=app.extensions["blobs"])
    tickets = db.session.scalars(select(Ticket)).all()
    assert Counter(ticket.locale for ticket in tickets) == dict.fromkeys(INTERFACE_LOCALES, 50)
    assert timedelta(days=80) < NOW - min(ticket.created_at for ticket in tickets) <= timedelta(days=90)
    assert {ticket.status for ticket in tickets} == set(Status)
    for ticket in tickets:
        times = [event.occurred_at for event in ticket.events]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert summarise(ticket.events).status is ticket.status
        assert ticket.message_count == len(ticket.messages)


def test_no_conversation_has_an_empty_slot():
    for locale in INTERFACE_LOCALES:
        for conversation in load_conversations(locale):
            texts = [conversation.subject, *conversation.searches, *(turn.text for turn in conversation.messages)]
            assert not [text for text in texts if "{" in text.replace("{agent_name}", "")]


def test_canned_responses_have_an_english_text():
    assert all("en" in canned["texts"] for canned in load_canned_responses())
