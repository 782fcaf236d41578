"""Articles offered before sending, and what people said of them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.contact.models import ContactDraft
from portal.database import db
from portal.search.models import SuggestionImpression, SuggestionVerdict
from portal.tickets.models import Ticket
from tests.contact.conftest import FakeSearch, Visitor

FRAGMENT = {"HX-Request": "true"}
VISIT = "0123456789abcdef"
QUESTION = {"subject": "Refund for order", "message": "I want my money back.", "visit": VISIT}


def impressions() -> list[SuggestionImpression]:
    db.session.expire_all()
    return list(db.session.scalars(select(SuggestionImpression).order_by(SuggestionImpression.position)))


def draft() -> ContactDraft:
    db.session.expire_all()
    return db.session.scalars(select(ContactDraft)).one()


def test_scripts_get_the_fragment_and_what_was_shown_is_recorded(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund", "Refund not arrived", "Refund rules", "One too many")
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert visitor.text.lstrip().startswith("<aside")
    assert 'data-announce="3 articles may answer your question"' in visitor.text
    assert visitor.text.count("suggested-item") == 3
    assert "Press Refund." in visitor.text
    assert [(row.position, row.article_id) for row in impressions()] == [
        (position, hit.article_id) for position, hit in enumerate(search.hits[:3], start=1)
    ]
    assert impressions()[0].query_text == "Refund for order\nI want my money back."
    assert impressions()[0].session_hash == draft().token_hash


def test_a_suggestion_says_why_it_is_there_in_the_readers_language(visitor: Visitor, search: FakeSearch):
    search.offer("Rückerstattung", locale="de")
    search.hits = tuple(replace(hit, reasons=("Geld", "Jahresabo")) for hit in search.hits)
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert (
        '<span class="suggested-excerpt" lang="en" dir="ltr">Matches: <bdi lang="de">Geld · Jahresabo</bdi></span>'
        in visitor.text
    )


def test_the_same_articles_again_are_one_impression_each(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    for _ in range(2):
        visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert len(impressions()) == 1


def test_nothing_found_is_a_hidden_fragment(visitor: Visitor):
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert '<aside class="contact-side" id="suggested" hidden></aside>' in visitor.text


def test_without_scripts_the_suggestions_are_a_page_of_their_own(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    response = visitor.ask()
    assert response.location == "/en/contact/suggestions"
    visitor.get("/suggestions")

    assert "These may answer it" in visitor.text
    assert "Get a refund" in visitor.text
    assert "Open the shop." in visitor.text
    assert "I still need help" in visitor.text
    assert len(impressions()) == 1


def test_with_scripts_continue_leads_to_the_details_and_rejects_what_was_shown(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)
    response = visitor.post(data=QUESTION)

    assert response.location == "/en/contact/details"
    assert impressions()[0].verdict is SuggestionVerdict.REJECTED


def test_still_needing_help_rejects_and_goes_on(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.ask()
    assert visitor.post("/unanswered").location == "/en/contact/details"
    visitor.send()

    row = impressions()[0]
    assert row.verdict is SuggestionVerdict.REJECTED
    assert row.ticket_id == db.session.scalars(select(Ticket.id)).one()


def test_an_answered_question_is_a_deflection_and_sends_nothing(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)
    assert visitor.post("/answered", QUESTION).location == "/en/contact/answered"
    visitor.get("/answered")

    assert "Glad that helped." in visitor.text
    assert "Nothing was sent." in visitor.text
    assert draft().deflected_at is not None
    assert impressions()[0].verdict is SuggestionVerdict.ANSWERED
    assert db.session.scalars(select(Ticket)).all() == []


def test_send_it_anyway_clears_the_deflection_and_keeps_the_text(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.post("/answered", QUESTION)
    assert visitor.post("/answered/undo").location == "/en/contact/details"

    assert draft().deflected_at is None
    visitor.send()
    assert db.session.scalars(select(Ticket)).one().messages[0].body == "I want my money back."


def test_after_a_deflection_the_form_is_empty_and_a_new_question_is_a_new_draft(visitor: Visitor, search: FakeSearch):
    visitor.post("/answered", QUESTION)
    visitor.get()
    assert "I want my money back." not in visitor.text
    visitor.ask("Another")

    assert len(db.session.scalars(select(ContactDraft)).all()) == 2


def test_a_second_click_that_it_was_answered_changes_nothing(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.ask()
    visitor.post("/answered")
    answered_at = draft().deflected_at
    visitor.wait(1)
    again = visitor.post("/answered")

    assert again.location == "/en/contact/answered"
    assert "Set-Cookie" not in again.headers
    assert (draft().deflected_at, draft().message) == (answered_at, "I want my money back.")
    assert [row.verdict for row in impressions()] == [SuggestionVerdict.ANSWERED]
    visitor.post("/answered/undo")
    assert visitor.get("/details").status_code == 200


def test_a_second_click_with_scripts_changes_nothing_either(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.get()
    form = {**QUESTION, "shown_at": visitor.shown_at()}
    visitor.post("/suggestions", form, headers=FRAGMENT)
    visitor.wait(5)
    visitor.post("/answered", form)
    answered_at = draft().deflected_at
    visitor.wait(1)
    visitor.post("/answered", form)

    assert draft().deflected_at == answered_at
    assert len(impressions()) == 1


def test_words_saved_late_do_not_take_an_answer_back(visitor: Visitor, search: FakeSearch):
    visitor.get()
    form = {**QUESTION, "message": "One\r\nTwo", "shown_at": visitor.shown_at()}
    visitor.wait(5)
    visitor.post("/answered", form)
    # As scripts save it: with other line breaks.
    visitor.post("/draft", {**form, "message": "One\nTwo"}, headers=FRAGMENT)

    assert draft().deflected_at is not None


@pytest.mark.parametrize("message", ["I want my money back.", "I want all my money back."])
def test_going_back_from_an_answer_and_on_keeps_the_files(visitor: Visitor, search: FakeSearch, message: str):
    search.offer("Get a refund")
    visitor.get()
    form = {**QUESTION, "shown_at": visitor.shown_at()}
    visitor.post("/suggestions", form, headers=FRAGMENT)
    visitor.post("/files", {**form, "files": (io.BytesIO(b"a log"), "a.log")}, headers=FRAGMENT)
    visitor.wait(5)
    visitor.post("/answered", form)
    visitor.wait(5)
    assert visitor.post(data={**form, "message": message}).location == "/en/contact/details"

    assert draft().deflected_at is None
    assert [row.verdict for row in impressions()] == [SuggestionVerdict.REJECTED]
    assert "a.log" in visitor.get("?draft=continue").get_data(as_text=True)
    visitor.send()
    sent = db.session.scalars(select(Ticket)).one().messages[0]
    assert (sent.body, [file.file_name for file in sent.attachments]) == (message, ["a.log"])


def test_a_file_added_after_going_back_joins_the_first(visitor: Visitor):
    visitor.get()
    stamp = {"shown_at": visitor.shown_at()}
    visitor.post("/files", {**stamp, "files": (io.BytesIO(b"a log"), "a.log")}, headers=FRAGMENT)
    visitor.wait(5)
    visitor.post("/answered", {**QUESTION, **stamp})
    visitor.post("/files", {**stamp, "files": (io.BytesIO(b"b log"), "b.log")}, headers=FRAGMENT)

    assert [file.file_name for file in draft().files] == ["a.log", "b.log"]
    assert draft().deflected_at is None


def test_a_file_of_a_new_question_does_not_join_those_of_an_answered_one(visitor: Visitor):
    visitor.post("/files", {"files": (io.BytesIO(b"a log"), "a.log")}, headers=FRAGMENT)
    visitor.post("/answered", QUESTION)
    visitor.wait(5)
    visitor.get()
    stamp = {"shown_at": visitor.shown_at()}
    visitor.post("/files", {**stamp, "files": (io.BytesIO(b"b log"), "b.log")}, headers=FRAGMENT)

    assert "b.log" in visitor.text
    assert "a.log" not in visitor.text


def test_still_needing_help_after_going_back_from_an_answer_goes_on(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.ask()
    visitor.post("/answered")
    visitor.post("/unanswered")

    assert draft().deflected_at is None
    assert [row.verdict for row in impressions()] == [SuggestionVerdict.REJECTED]
    assert visitor.get("/details").status_code == 200


def test_opening_a_suggestion_is_noted_once(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)
    article_id = search.hits[0].article_id
    visitor.post(f"/suggestions/{article_id}/opening", headers=FRAGMENT)
    first = impressions()[0].opened_at
    visitor.wait(60)
    visitor.post(f"/suggestions/{article_id}/opening", headers=FRAGMENT)

    assert first is not None
    assert impressions()[0].opened_at == first


def test_an_article_in_another_language_says_so(visitor: Visitor, search: FakeSearch):
    visitor.locale = "ja"
    search.offer("Get a refund", locale="en")
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert '<summary lang="en" dir="ltr">' in visitor.text


def test_a_withdrawn_article_is_not_offered(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    from portal.knowledge_base.models import Translation, TranslationState

    db.session.scalars(select(Translation)).one().state = TranslationState.DRAFT
    db.session.commit()
    visitor.post("/suggestions", QUESTION, headers=FRAGMENT)

    assert "Get a refund" not in visitor.text
    assert impressions() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_broken_search_offers_nothing_and_blocks_nobody(visitor: Visitor, search: FakeSearch, scripts: bool):
    search.error = RuntimeError("the index is gone")
    if scripts:
        assert visitor.post("/suggestions", QUESTION, headers=FRAGMENT).status_code == 200
    response = visitor.post(data=QUESTION if scripts else {**QUESTION, "visit": ""})

    assert response.location == "/en/contact/details"
    assert visitor.send().location == "/en/contact/sent"


def test_too_many_questions_for_suggestions_get_none(visitor: Visitor, search: FakeSearch):
    search.offer("Get a refund")
    answers = [visitor.post("/suggestions", QUESTION, headers=FRAGMENT) for _ in range(62)]

    assert answers[-1].status_code == 200
    assert "Get a refund" not in visitor.text
