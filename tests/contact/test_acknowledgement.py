"""Articles in the first mail, for those who were shown none before they wrote. Off unless an installation wants it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import db
from portal.mail.models import OutboxMail
from portal.search.models import SuggestionImpression
from portal.tickets.models import Ticket
from tests.contact.conftest import FakeSearch, Visitor

FRAGMENT = {"HX-Request": "true"}
SENTENCE = "While you wait, this may answer it"
# A browser whose scripts did not come to ask for suggestions before the form was sent.
HURRIED = {"visit": "0123456789abcdef"}


@pytest.fixture
def switched_on(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"suggest_in_acknowledgement": True})


def sent_mail() -> OutboxMail:
    db.session.expire_all()
    return db.session.scalars(select(OutboxMail).where(OutboxMail.template == "acknowledgement")).one()


def impressions() -> list[SuggestionImpression]:
    db.session.expire_all()
    return list(db.session.scalars(select(SuggestionImpression).order_by(SuggestionImpression.position)))


def test_whoever_was_shown_nothing_finds_two_articles_in_the_mail(switched_on, visitor: Visitor, search: FakeSearch):
    visitor.ask(**HURRIED)
    search.offer("Get a refund", "Refund not arrived", "Refund rules")
    visitor.send()

    mail = sent_mail()
    assert SENTENCE in mail.text_body
    assert SENTENCE in mail.html_body
    slug = "http://localhost/en/articles/article-"
    assert mail.text_body.count(slug) == mail.html_body.count(slug) == 2
    assert "#steps" in mail.text_body
    ticket = db.session.scalars(select(Ticket)).one()
    assert [(row.surface, row.ticket_id, row.article_id, row.position) for row in impressions()] == [
        ("acknowledgement", ticket.id, hit.article_id, position) for position, hit in enumerate(search.hits[:2], 1)
    ]
    assert search.asked[-1] == ("Refund for order", "I want my money back.", "en")


def test_whoever_was_shown_articles_before_does_not_get_them_again(switched_on, visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.post("/suggestions", {"subject": "Refund", "message": "Money back.", **HURRIED}, headers=FRAGMENT)
    visitor.ask(**HURRIED)
    visitor.send()

    assert SENTENCE not in sent_mail().text_body
    assert [row.surface for row in impressions()] == ["contact"]


def test_without_the_setting_nothing_is_looked_for(visitor: Visitor, search: FakeSearch):
    visitor.ask(**HURRIED)
    search.offer("Get a refund")
    asked = len(search.asked)
    visitor.send()

    assert SENTENCE not in sent_mail().text_body
    assert len(search.asked) == asked
    assert impressions() == []


def test_a_search_that_fails_or_finds_nothing_costs_no_request(switched_on, visitor: Visitor, search: FakeSearch):
    visitor.ask(**HURRIED)
    search.error = RuntimeError("no index")
    visitor.send()

    assert SENTENCE not in sent_mail().text_body
    assert db.session.scalars(select(Ticket)).one()


def test_a_second_click_counts_nothing_twice(switched_on, visitor: Visitor, search: FakeSearch):
    visitor.ask(**HURRIED)
    search.offer("Get a refund")
    visitor.send()
    asked = len(search.asked)
    visitor.post("/details", {"email": "noor@example.org", "name": "Noor"})

    assert len(search.asked) == asked
    assert len(impressions()) == 1


def test_the_mail_is_in_the_language_of_the_reply(switched_on, visitor: Visitor, search: FakeSearch):
    visitor.ask(**HURRIED)
    search.offer("Rückerstattung", locale="de")
    visitor.send(reply_locale="de")

    mail = sent_mail()
    assert "http://localhost/de/articles/" in mail.text_body
    assert SENTENCE not in mail.text_body
    assert 'lang="de"' in mail.html_body
