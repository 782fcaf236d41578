"""“Was this helpful?”, the reasons after a no, and wishes for a translation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.clock import frozen, utcnow
from portal.database import db
from portal.knowledge_base import feedback_routes
from portal.knowledge_base.models import ArticleFeedback, FeedbackReason, TranslationRequest
from portal.web.models import RateBucket
from tests.factories import NOW, make_article, make_translation

URL = "/en/articles/refund/feedback"
HTMX = {"HX-Request": "true"}


def given() -> ArticleFeedback:
    """The one answer there is."""
    db.session.rollback()
    return db.session.scalars(select(ArticleFeedback).execution_options(populate_existing=True)).one()


def test_a_yes_is_thanked_in_place(client):
    translation = make_translation(slug="refund")

    answer = client.post(URL, data={"helpful": "yes"}, headers=HTMX)

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).lstrip().startswith('<section class="helpful" id="helpful"')
    assert "Thank you. Your answer helps us improve this article." in answer.get_data(as_text=True)
    feedback = given()
    assert feedback.is_helpful
    assert feedback.revision_id == translation.published_revision_id


def test_without_scripts_a_yes_leads_back_to_the_article_which_says_thanks(client):
    make_translation(slug="refund")

    answer = client.post(URL, data={"helpful": "yes"})
    page = client.get(answer.location)

    assert answer.status_code == 303
    assert answer.location.endswith("#helpful")
    assert "Thank you. Your answer helps us" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"


def test_a_no_asks_what_was_missing_and_moves_the_focus_there(client):
    make_translation(slug="refund")

    text = client.post(URL, data={"helpful": "no"}, headers=HTMX).get_data(as_text=True)

    assert 'tabindex="-1" data-autofocus>What was missing?</h2>' in text
    for reason in ("It did not solve my problem", "It is hard to understand", "It is out of date or wrong"):
        assert reason in text
    assert "Do not include personal details." in text
    assert f'value="{given().receipt}"' in text


def test_without_scripts_a_no_leads_to_the_reasons(client):
    make_translation(slug="refund")

    page = client.get(client.post(URL, data={"helpful": "no"}).location).get_data(as_text=True)

    assert "What was missing?" in page
    assert f'value="{given().receipt}"' in page


def test_a_reason_joins_the_answer_that_was_given(client):
    make_translation(slug="refund")
    client.post(URL, data={"helpful": "no"})

    answer = client.post(
        URL, data={"receipt": given().receipt, "reason": "out_of_date", "comment": " The menu moved. "}, headers=HTMX
    )

    assert "Thank you." in answer.get_data(as_text=True)
    feedback = given()
    assert (feedback.reason, feedback.comment) == (FeedbackReason.OUT_OF_DATE, "The menu moved.")


def test_a_character_that_no_database_takes_is_left_out_of_a_reason(client):
    make_translation(slug="refund")
    client.post(URL, data={"helpful": "no"})

    answers = [
        client.post(URL, data={"receipt": receipt, "reason": "other", "comment": "The\x00 menu."}, headers=HTMX)
        for receipt in ("no\x00body", f"{given().receipt}\x00")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert given().comment == "The menu."


def test_a_reason_without_a_choice_is_asked_for_again_with_the_comment_kept(client):
    make_translation(slug="refund")
    client.post(URL, data={"helpful": "no"})
    form = {"receipt": given().receipt, "comment": "The menu <moved>."}

    fragment = client.post(URL, data=form, headers=HTMX)
    page = client.post(URL, data=form)

    for answer in (fragment, page):
        assert answer.status_code == 422
        assert "Choose what was missing" in answer.get_data(as_text=True)
        assert "The menu &lt;moved&gt;." in answer.get_data(as_text=True)
    assert "<html" in page.get_data(as_text=True)
    assert "<html" not in fragment.get_data(as_text=True)


def test_a_comment_that_is_too_long_is_refused_and_kept(client):
    make_translation(slug="refund")
    client.post(URL, data={"helpful": "no"})

    answer = client.post(URL, data={"receipt": given().receipt, "reason": "other", "comment": "a" * 1001})

    assert answer.status_code == 422
    assert "Shorten your comment to 1,000 characters or fewer" in answer.get_data(as_text=True)
    assert "a" * 1001 in answer.get_data(as_text=True)


def test_a_reason_may_be_given_once_and_only_for_a_while(client):
    make_translation(slug="refund")
    with frozen(NOW):
        client.post(URL, data={"helpful": "no"})
        receipt = given().receipt
    with frozen(NOW + timedelta(hours=3)):
        answer = client.post(URL, data={"receipt": receipt, "reason": "other"}, headers=HTMX)

    assert answer.status_code == 200
    assert given().reason is None


def test_a_receipt_of_another_article_changes_nothing(client):
    make_translation(slug="refund")
    make_translation(slug="other")
    client.post(URL, data={"helpful": "no"})

    client.post("/en/articles/other/feedback", data={"receipt": given().receipt, "reason": "other"})

    assert given().reason is None


def test_an_unknown_receipt_in_an_address_shows_the_question(client):
    make_translation(slug="refund")

    assert "Was this helpful?" in client.get("/en/articles/refund?feedback=made-up").get_data(as_text=True)


def test_something_that_is_no_answer_is_not_counted(client):
    make_translation(slug="refund")

    answer = client.post(URL, data={"helpful": "perhaps"})

    assert answer.status_code == 303
    assert db.session.scalars(select(ArticleFeedback)).all() == []


def test_feedback_on_an_article_that_is_not_there_is_a_404(client):
    assert client.post("/en/articles/nowhere/feedback", data={"helpful": "yes"}).status_code == 404


def test_feedback_on_a_fallback_belongs_to_the_text_that_was_read(client):
    english = make_translation(slug="refund")

    client.post("/de/articles/refund/feedback", data={"helpful": "yes"})

    assert given().translation_id == english.id


def test_another_site_cannot_vote(client):
    make_translation(slug="refund")

    answer = client.post(URL, data={"helpful": "no"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_nothing_is_kept_about_who_answered_and_no_cookie_is_set(client):
    make_translation(slug="refund")

    answer = client.post(URL, data={"helpful": "yes"}, environ_base={"REMOTE_ADDR": "203.0.113.7"})

    assert "Set-Cookie" not in answer.headers
    assert not any("203.0.113.7" in bucket.key for bucket in db.session.scalars(select(RateBucket)))


def test_one_place_cannot_vote_without_end(client, monkeypatch):
    monkeypatch.setattr(feedback_routes, "ANSWERS_AT_ONCE", 2)
    make_translation(slug="refund")

    codes = [client.post(URL, data={"helpful": "no"}).status_code for _ in range(3)]

    assert codes == [303, 303, 429]


def test_a_wish_for_a_translation_is_counted_by_day(client):
    article = make_article()
    make_translation(article, slug="refund")
    url = "/de/articles/refund/translation-request"

    fragment = client.post(url, headers=HTMX, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    page = client.post(url, environ_base={"REMOTE_ADDR": "203.0.113.8"})

    wish = db.session.scalars(select(TranslationRequest)).one()
    assert (wish.article_id, wish.locale, wish.requested_on, wish.count) == (article.id, "de", utcnow().date(), 2)
    assert fragment.get_data(as_text=True).lstrip().startswith('<p id="wish"')
    assert page.status_code == 303
    assert 'id="wish"' in client.get(page.location).get_data(as_text=True)


def test_the_same_wish_from_the_same_place_counts_once_a_day(client):
    make_translation(slug="refund")

    codes = {client.post("/de/articles/refund/translation-request").status_code for _ in range(3)}

    assert codes == {303}
    assert db.session.scalars(select(TranslationRequest.count)).one() == 1


def test_a_wish_for_a_language_that_is_there_is_not_counted(client):
    make_translation(slug="refund")

    client.post("/en/articles/refund/translation-request")

    assert db.session.scalars(select(TranslationRequest)).all() == []
