"""Nothing typed is lost: the draft behind the cookie."""

from __future__ import annotations

import io
from datetime import timedelta

from sqlalchemy import func, select

from portal import clock
from portal.contact import actions
from portal.contact.models import ContactDraft, DraftFile
from portal.database import db
from portal.tickets.models import Ticket
from tests.contact.conftest import Visitor

FRAGMENT = {"HX-Request": "true"}


def the_draft() -> ContactDraft:
    return db.session.scalars(select(ContactDraft)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_typing_is_saved_behind_a_cookie_whose_token_is_not_stored(visitor: Visitor):
    response = visitor.post("/draft", {"subject": "Refund", "message": "My mon"}, headers=FRAGMENT)

    assert response.status_code == 204
    cookie = visitor.client.get_cookie("contact_draft")
    assert cookie is not None
    assert cookie.http_only
    assert the_draft().token_hash != cookie.value
    assert (the_draft().subject, the_draft().message) == ("Refund", "My mon")


def test_an_empty_form_begins_no_draft(visitor: Visitor):
    response = visitor.post("/draft", {"subject": " ", "message": ""}, headers=FRAGMENT)

    assert "Set-Cookie" not in response.headers
    assert count(ContactDraft) == 0


def test_a_later_visit_is_told_of_the_draft_and_finds_its_text(visitor: Visitor):
    visitor.ask()
    visitor.wait(86_400)
    visitor.get()

    assert "We kept your draft from 23 Nov." in visitor.text
    assert "I want my money back." in visitor.text
    assert "We kept your draft" not in visitor.client.get("/en/contact?draft=continue").get_data(as_text=True)


def test_a_draft_of_today_is_told_by_its_time(visitor: Visitor):
    visitor.ask(time_zone="Asia/Tokyo")
    visitor.get()

    assert "We kept your draft from 19:00." in visitor.text


def test_discarding_forgets_it_and_keeps_the_question_one_came_with(visitor: Visitor):
    visitor.ask()
    visitor.get("?subject=error+1042")
    assert 'name="subject" value="error 1042"' in visitor.text
    response = visitor.post("/draft/discard", {"subject": "error 1042"})

    assert response.location == "/en/contact?subject=error+1042"
    assert count(ContactDraft) == 0
    visitor.get("?subject=error+1042")
    assert "We kept your draft" not in visitor.text
    assert 'value="error 1042"' in visitor.text


def test_a_draft_is_kept_for_thirty_days(visitor: Visitor):
    visitor.ask()
    visitor.wait(timedelta(days=29).total_seconds())
    assert "We kept your draft" in visitor.get().get_data(as_text=True)
    visitor.wait(timedelta(days=2).total_seconds())
    assert "We kept your draft" not in visitor.get().get_data(as_text=True)

    actions.forget_old_drafts()
    assert count(ContactDraft) == 0


def test_old_drafts_go_with_their_files_and_younger_ones_stay(visitor: Visitor):
    visitor.post("/files", {"files": (io.BytesIO(b"a log"), "a.log")}, headers=FRAGMENT)
    visitor.wait(timedelta(days=31).total_seconds())
    visitor.client.delete_cookie("contact_draft")
    visitor.ask("Young")
    actions.forget_old_drafts()

    assert the_draft().subject == "Young"
    assert count(DraftFile) == 0


def test_the_details_are_kept_too(visitor: Visitor):
    visitor.ask()
    visitor.post("/draft", {"email": "noor@exam", "name": "Noor", "reply_locale": "ar"}, headers=FRAGMENT)
    visitor.get("/details")

    assert 'value="noor@exam"' in visitor.text
    assert '<option selected value="ar">' in visitor.text
    assert the_draft().message == "I want my money back."


def test_a_strangers_cookie_opens_nothing(visitor: Visitor):
    visitor.ask()
    visitor.client.set_cookie("contact_draft", "guess")

    assert "I want my money back." not in visitor.get().get_data(as_text=True)
    assert visitor.get("/details").location == "/en/contact"


def test_a_saved_draft_after_sending_begins_a_new_one(visitor: Visitor):
    visitor.ask()
    visitor.send()
    visitor.post("/draft", {"subject": "Next", "message": ""}, headers=FRAGMENT)

    assert count(ContactDraft) == 2
    assert count(Ticket) == 1


def test_odd_values_are_kept_out_of_narrow_columns(visitor: Visitor):
    visitor.post(
        "/draft",
        {"subject": "a\x00b", "visit": "x" * 500, "time_zone": "Nowhere/" + "y" * 500, "reply_locale": "z" * 500},
        headers=FRAGMENT,
    )

    draft = the_draft()
    assert (draft.subject, draft.visit, draft.time_zone, draft.reply_locale) == ("ab", "", "", "")


def test_the_other_language_shows_the_same_draft(visitor: Visitor):
    visitor.ask()
    clock.freeze(visitor.now)

    assert "I want my money back." in visitor.client.get("/ja/contact").get_data(as_text=True)
