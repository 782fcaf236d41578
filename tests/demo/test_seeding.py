"""The demo's data: 400 tickets in eight languages that hold together."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import db
from portal.demo.conversations import load_canned_responses, load_conversations
from portal.demo.links import with_links
from portal.demo.seeding import seed_demo
from portal.localization import INTERFACE_LOCALES, bundled_path
from portal.search.learning.models import EvidenceSource, FittedModel, LearnedWord, LearningEvidence
from portal.search.learning.refitting import refit_due
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


def test_the_demos_articles_learn_in_every_language_from_what_its_people_said(app):
    with clock.frozen(NOW):
        seed_demo(bundled_path("kb_articles"), blobs=app.extensions["blobs"])
        refit_due()
    models = db.session.scalars(select(FittedModel)).all()
    assert {model.locale for model in models} == set(INTERFACE_LOCALES)
    assert all(model.article_count >= 5 for model in models)
    assert {word.locale for word in db.session.scalars(select(LearnedWord))} >= {"en", "de", "ar", "ja"}
    sources = db.session.scalars(select(LearningEvidence.source).distinct()).all()
    assert set(sources) == {EvidenceSource.ANSWERED, EvidenceSource.SOLVED}


@pytest.mark.parametrize(
    ("reply", "linked"),
    [
        ("Hi,\n\nIt is done.\n\nAll the best,\nAiko", "Hi,\n\nIt is done.\n\nLINK\n\nAll the best,\nAiko"),
        ("Is it there?\nAiko", "Is it there?\n\nLINK\n\nAiko"),
        ("It is there.", "It is there.\n\nLINK"),
    ],
)
def test_a_reply_links_to_articles_before_it_says_goodbye(reply, linked):
    assert with_links(reply, "LINK") == linked


def test_a_reply_without_links_stays_as_it_is():
    assert with_links("Is it there?\nAiko", "") == "Is it there?\nAiko"
