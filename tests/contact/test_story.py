"""From a question to a sent request, by plain pages."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.agents.models import Team
from portal.contact.actions import save_draft, submit_request
from portal.contact.models import ContactDraft
from portal.database import db
from portal.mail.models import OutboxMail
from portal.search.models import SearchQuery
from portal.tickets.models import Channel, Status, Ticket
from tests.contact.conftest import MONDAY, Visitor

pytestmark = pytest.mark.usefixtures("visitor")


def the_ticket() -> Ticket:
    return db.session.scalars(select(Ticket)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_question_becomes_a_ticket_and_is_acknowledged(visitor: Visitor):
    visitor.get()
    assert "Contact us" in visitor.text
    assert visitor.ask().location == "/en/contact/details"
    assert visitor.send().location == "/en/contact/sent"

    ticket = the_ticket()
    assert (ticket.subject, ticket.channel, ticket.status) == ("Refund for order", Channel.FORM, Status.NEW)
    assert ticket.messages[0].body == "I want my money back."
    assert (ticket.requester.email, ticket.requester.name) == ("noor@example.org", "Noor")
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.template, mail.recipient, mail.locale) == ("acknowledgement", "noor@example.org", "en")
    assert mail.subject == f"[{ticket.reference}] Refund for order"

    visitor.get("/sent")
    assert "Message sent" in visitor.text
    assert ticket.reference in visitor.text
    assert "noor@example.org" in visitor.text
    assert "Player support reads it." in visitor.text


def test_the_story_in_japanese(visitor: Visitor):
    visitor.locale = "ja"
    visitor.get()
    visitor.ask("注文の返金", "お金を返してほしいです。")
    assert visitor.send().location == "/ja/contact/sent"

    assert the_ticket().locale == "ja"
    assert the_ticket().requester.locale == "ja"
    assert db.session.scalars(select(OutboxMail.locale)).one() == "ja"
    assert 'lang="ja"' in visitor.get("/sent").get_data(as_text=True)


def test_the_reply_language_may_differ_from_the_page(visitor: Visitor):
    visitor.ask()
    visitor.send(reply_locale="pt_BR")

    assert db.session.scalars(select(OutboxMail.locale)).one() == "pt_BR"


def test_sending_twice_makes_one_ticket_and_one_mail(visitor: Visitor):
    visitor.ask()
    visitor.send()
    first = visitor.page
    again = visitor.post("/details", {"email": "noor@example.org", "shown_at": "whatever"})

    assert first is not None
    assert again.location == first.location == "/en/contact/sent"
    assert (count(Ticket), count(OutboxMail)) == (1, 1)


def test_a_second_click_that_saved_its_words_again_leaves_none_behind(visitor: Visitor, team: Team):
    visitor.ask()
    visitor.send()
    draft = db.session.scalars(select(ContactDraft)).one()
    # Where two requests write at once, the second has read the draft before the first has sent it.
    save_draft(draft, {"subject": "Refund", "message": "Money", "email": "noor@example.org", "name": "N"}, now=MONDAY)
    ticket, _token = submit_request(draft, team=team, now=MONDAY)

    db.session.expire_all()
    assert (draft.subject, draft.message, draft.email, draft.name) == ("", "", "", "")
    assert draft.ticket_id == ticket.id == the_ticket().id


def test_the_sent_page_survives_a_reload_and_the_draft_is_empty(visitor: Visitor):
    visitor.ask()
    visitor.send()
    first = visitor.get("/sent").get_data()

    assert visitor.get("/sent").get_data() == first
    draft = db.session.scalars(select(ContactDraft)).one()
    assert (draft.subject, draft.message, draft.email, draft.name) == ("", "", "", "")
    assert draft.ticket_id == the_ticket().id


def test_the_sent_page_leads_this_browser_to_the_request(visitor: Visitor):
    visitor.ask()
    visitor.send()
    link = visitor.get("/sent").get_data(as_text=True).split('href="/en/requests/link/')[1].split('"')[0]

    opened = visitor.client.get(f"/en/requests/link/{link}")
    assert opened.location == f"/en/requests/{the_ticket().reference}"
    assert "I want my money back." in visitor.client.get(opened.location).get_data(as_text=True)


def test_after_sending_the_form_is_empty_again_and_makes_a_second_ticket(visitor: Visitor):
    visitor.ask()
    visitor.send()
    visitor.get()
    assert "Refund for order" not in visitor.text
    visitor.ask("Another thing")
    visitor.send()

    assert count(Ticket) == 2


def test_a_request_keeps_the_searches_of_its_visit(visitor: Visitor):
    visit = "0123456789abcdef"
    for other in (visit, "fedcba9876543210"):
        searched = {"locale": "en", "text": "refund", "result_count": 0, "created_at": visitor.now}
        db.session.add(SearchQuery(visit=other, updated_at=visitor.now, **searched))
    db.session.commit()
    visitor.ask(visit=visit)
    visitor.send()

    attached = db.session.scalars(select(SearchQuery).where(SearchQuery.ticket_id.is_not(None))).all()
    assert [query.visit for query in attached] == [visit]


@pytest.mark.parametrize("path", ["/details", "/suggestions", "/sent", "/answered"])
def test_later_pages_without_a_draft_lead_to_the_first(visitor: Visitor, path: str):
    assert visitor.get(path).location.startswith("/en/contact")


def test_getting_the_form_sets_no_cookie_and_writes_nothing(visitor: Visitor):
    response = visitor.get("?subject=refund")

    assert "Set-Cookie" not in response.headers
    assert 'value="refund"' in visitor.text
    assert count(ContactDraft) == 0


def test_the_first_field_in_error_is_named_with_what_to_do(visitor: Visitor):
    response = visitor.ask("", "")

    assert response.status_code == 422
    assert "Enter a subject" in visitor.text
    assert "Enter your message" in visitor.text
    assert "Error: " in visitor.text
    assert "There is a problem" in visitor.text


@pytest.mark.parametrize(
    "email", ["", "noor", "noor@", "noor@example", "a b@example.org", "noor@exam_ple.org\nBcc: x@y.org"]
)
def test_an_address_that_cannot_be_mailed_is_refused_and_the_rest_kept(visitor: Visitor, email: str):
    visitor.ask()
    response = visitor.send(email, name="Noor Haddad")

    assert response.status_code == 422
    assert "Enter an email address in the format name@example.com" in visitor.text
    assert 'value="Noor Haddad"' in visitor.text
    assert count(Ticket) == 0


def test_a_draft_whose_question_became_empty_goes_back_to_the_question(visitor: Visitor):
    visitor.ask()
    visitor.post("/draft", {"subject": "", "message": "text"})

    assert visitor.post("/details", {"email": "noor@example.org"}).location.startswith("/en/contact?")


def test_a_page_of_the_form_needs_few_queries(visitor: Visitor, count_queries):
    visitor.ask()
    with count_queries() as page:
        visitor.get("/details")
    assert page.count <= 12
    visitor.send()
    with count_queries() as page:
        visitor.get("/sent")
    assert page.count <= 12
