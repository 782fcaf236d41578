"""Replies, internal notes, drafts, canned responses and article links."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.agents.models import AgentSession
from portal.clock import utcnow
from portal.database import db
from portal.mail.models import OutboxMail, OutboxState
from portal.search.documents import Hit, SearchResult
from portal.search.index_errors import IndexUnavailable
from portal.search.uses import Use
from portal.tickets import actions
from portal.tickets.models import Message, Note, ReplyDraft, Status, Ticket
from tests.agents import fresh_requests as requests_of_tests
from tests.factories import make_agent, make_article, make_person, make_translation, signed_in_client
from tests.tickets.agent_cases import (
    FRAGMENT,
    hidden_value,
    kinds_of,
    make_canned,
    note_form,
    open_ticket,
    reply_form,
    write_as_requester,
)
from tests.tickets.two_clicks import clicked_twice, raises

fresh_requests = requests_of_tests.fresh_requests


def replies_of(ticket: Ticket) -> list[str]:
    query = select(Message.body).where(Message.ticket_id == ticket.id, Message.agent_id.is_not(None))
    return list(db.session.scalars(query.order_by(Message.id)))


def token_of(client) -> str:
    return hidden_value(client.get("/agent/account").text, "csrf_token")


def mails_of(ticket: Ticket) -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).where(OutboxMail.ticket_id == ticket.id)))


def test_a_reply_is_kept_mailed_in_the_requesters_language_and_recorded(agent_client):
    ticket = open_ticket(requester=make_person(locale="pt_BR", email="ana@example.org"))

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/replies?view=unassigned", data=reply_form(agent_client, ticket)
    )

    message = db.session.scalars(select(Message).where(Message.agent_id.is_not(None))).one()
    assert response.status_code == 303
    assert response.location == f"/agent/tickets/{ticket.id}?view=unassigned#message-{message.id}"
    mail = mails_of(ticket)[0]
    assert (mail.template, mail.locale, mail.recipient) == ("reply", "pt_BR", "ana@example.org")
    assert "We are looking into it." in mail.text_body
    assert (ticket.status, ticket.assignee) == (Status.PENDING, agent_client.agent)
    assert kinds_of(ticket) == ["opened", "agent_reply", "assigned", "status_changed"]


@pytest.mark.parametrize(
    ("wanted", "expected"), [("pending", Status.PENDING), ("solved", Status.SOLVED), ("open", Status.OPEN)]
)
def test_the_button_chooses_the_status_afterwards(agent_client, wanted: str, expected: Status):
    ticket = open_ticket()

    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket, status_after=wanted))

    assert ticket.status is expected


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_sent_twice_it_is_one_reply_and_one_mail(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)

    answers = [
        agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form, headers=headers) for _time in range(2)
    ]

    assert {answer.status_code for answer in answers} == {200 if headers else 303}
    assert len(replies_of(ticket)) == len(mails_of(ticket)) == 1


def test_other_words_sent_from_a_page_already_used_are_kept_and_not_swallowed(agent_client):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)

    again = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data={**form, "reply-body": "Something else."})

    assert again.status_code == 409
    assert "Something else." in again.text
    second = {**form, "reply-body": "Something else."}
    for name in ("reply-idempotency_key", "reply-last_seen_message_id"):
        second[name] = hidden_value(again.text, name)
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=second)
    assert replies_of(ticket) == ["We are looking into it.", "Something else."]


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_other_words_noted_from_a_page_already_used_are_kept_and_not_swallowed(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    form = note_form(agent_client, ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/notes", data=form, headers=headers)
    other = {**form, "note-body": "Something else."}

    again = agent_client.post(f"/agent/tickets/{ticket.id}/notes", data=other, headers=headers)

    assert again.status_code == 409
    assert "You have already added a note from this page." in again.text
    if not headers:
        assert "Something else.</textarea>" in again.text
    other["note-idempotency_key"] = hidden_value(again.text, "note-idempotency_key")
    agent_client.post(f"/agent/tickets/{ticket.id}/notes", data=other, headers=headers)
    assert list(db.session.scalars(select(Note.body).order_by(Note.id))) == ["Paid twice.", "Something else."]


def session_cookie(client) -> tuple[str, str]:
    return "agent_session", client.get_cookie("agent_session").value


def test_of_two_clicks_at_once_one_reply_is_sent_and_both_are_told_so(app: Flask, agent_client):
    ticket = open_ticket()
    data = {**reply_form(agent_client, ticket), "csrf_token": token_of(agent_client)}

    answers = clicked_twice(app, session_cookie(agent_client), f"/agent/tickets/{ticket.id}/replies", data)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(replies_of(ticket)) == len(mails_of(ticket)) == 1


def test_of_two_clicks_at_once_one_note_is_kept_and_both_are_told_so(app: Flask, agent_client):
    ticket = open_ticket()
    data = {**note_form(agent_client, ticket), "csrf_token": token_of(agent_client)}
    address = f"/agent/tickets/{ticket.id}/notes"

    answers = clicked_twice(app, session_cookie(agent_client), address, data, meeting=(actions, "discard_reply_draft"))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(db.session.scalars(select(Note)).all()) == 1


def test_the_other_click_is_no_new_message(agent_client, monkeypatch):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)
    message = db.session.scalars(select(Message).where(Message.agent_id.is_not(None))).one()
    monkeypatch.setattr(actions, "send_reply", raises(actions.NewerMessages([message])))

    answer = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)

    assert answer.status_code == 303


def test_two_agents_with_the_same_key_are_two_messages(app: Flask, agent_client):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)
    colleague = signed_in_client(app, make_agent())
    form |= {"reply-last_seen_message_id": reply_form(colleague, ticket)["reply-last_seen_message_id"]}

    colleague.post(f"/agent/tickets/{ticket.id}/replies", data={**form, "reply-body": "Mine too."})

    assert len(replies_of(ticket)) == 2


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_something_new_stops_the_reply_and_keeps_its_text(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket, status_after="solved")
    newer = [write_as_requester(ticket, "One more thing."), write_as_requester(ticket, "And another.")]

    response = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form, headers=headers)

    assert response.status_code == 409
    assert "Not sent. 2 new messages arrived while you were writing." in response.text
    assert f'href="#message-{newer[0].id}"' in response.text
    assert "One more thing." in response.text
    assert replies_of(ticket) == []
    assert mails_of(ticket) == []
    if headers:
        assert response.headers["HX-Retarget"] == "#reply-notice"
        assert "<textarea" not in response.text
    else:
        assert "We are looking into it.</textarea>" in response.text
    assert 'name="reply-status_after" value="solved"' in response.text

    seen = {**form, "reply-last_seen_message_id": hidden_value(response.text, "reply-last_seen_message_id")}
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=seen)
    assert replies_of(ticket) == ["We are looking into it."]
    assert ticket.status is Status.SOLVED


def test_send_anyway_still_stops_for_what_came_after_the_notice(agent_client):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)
    write_as_requester(ticket)
    notice = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form).text
    write_as_requester(ticket, "A third one.")

    seen = {**form, "reply-last_seen_message_id": hidden_value(notice, "reply-last_seen_message_id")}

    assert agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=seen).status_code == 409


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_variable_that_nobody_filled_in_stops_the_reply_and_is_named(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket, body="Hello {{requester.name}}, see {{ order.number }}.")

    response = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form, headers=headers)

    assert response.status_code == 422
    assert "Fill in or remove {{requester.name}}, {{order.number}} before you send" in response.text
    assert replies_of(ticket) == []
    if not headers:
        assert "see {{ order.number }}.</textarea>" in response.text


@pytest.mark.parametrize(
    "values", [{"body": "  \n"}, {"idempotency_key": ""}, {"last_seen_message_id": "x"}, {"status_after": "new"}]
)
def test_an_incomplete_reply_is_refused(agent_client, values: dict[str, str]):
    ticket = open_ticket()

    response = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket, **values))

    assert response.status_code == 422
    assert replies_of(ticket) == []


def test_a_closed_ticket_takes_notes_and_no_replies(agent_client):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket)
    actions.change_status(ticket, Status.CLOSED, agent=agent_client.agent, now=utcnow())

    response = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)

    assert response.status_code == 409
    assert replies_of(ticket) == []
    page = agent_client.get(f"/agent/tickets/{ticket.id}").text
    assert 'id="reply-body"' not in page
    assert 'id="note-body"' in page


def test_htmx_gets_the_reply_and_a_fresh_composer(agent_client):
    ticket = open_ticket(body="The first message.")
    form = reply_form(agent_client, ticket)

    response = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form, headers=FRAGMENT)

    assert response.text.lstrip().startswith('<section class="composer"')
    assert "Reply sent" in response.text
    assert "We are looking into it." in response.text
    assert "The first message." not in response.text
    assert hidden_value(response.text, "reply-idempotency_key") != form["reply-idempotency_key"]


def test_a_note_is_for_agents_only(agent_client):
    ticket = open_ticket()

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/notes", data=note_form(agent_client, ticket, body="Fraud?")
    )
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))

    note = db.session.scalars(select(Note)).one()
    assert response.location.endswith(f"#note-{note.id}")
    assert kinds_of(ticket)[1] == "note_added"
    for mail in mails_of(ticket):
        assert "Fraud?" not in mail.subject + mail.text_body + mail.html_body + str(mail.headers)
    assert replies_of(ticket) == ["We are looking into it."]


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_note_sent_twice_is_one_and_an_empty_one_is_refused(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    form = note_form(agent_client, ticket)
    for _time in range(2):
        agent_client.post(f"/agent/tickets/{ticket.id}/notes", data=form, headers=headers)

    assert len(db.session.scalars(select(Note)).all()) == 1
    empty = agent_client.post(f"/agent/tickets/{ticket.id}/notes", data={**form, "note-body": " "}, headers=headers)
    assert empty.status_code == 422
    assert "Enter your note" in empty.text


def test_drafts_of_both_tabs_survive_and_belong_to_their_writer(app: Flask, agent_client):
    ticket = open_ticket()
    for field, text in [("reply-body", "Half a rep"), ("note-body", "Half a note")]:
        assert agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={field: text}).status_code == 204

    mine = agent_client.get(f"/agent/tickets/{ticket.id}").text
    theirs = signed_in_client(app, make_agent()).get(f"/agent/tickets/{ticket.id}").text

    assert "Half a rep</textarea>" in mine
    assert "Half a note</textarea>" in mine
    assert "Half a" not in theirs


def test_a_draft_ends_with_its_reply_and_the_other_tab_keeps_its_own(agent_client):
    ticket = open_ticket()
    agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={"reply-body": "Half a rep"})
    agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={"note-body": "Half a note"})

    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))

    assert [draft.body for draft in db.session.scalars(select(ReplyDraft))] == ["Half a note"]


def test_a_late_saving_does_not_bring_a_sent_text_back(agent_client):
    ticket = open_ticket()
    forms = {"replies": reply_form(agent_client, ticket), "notes": note_form(agent_client, ticket)}
    for path, form in forms.items():
        agent_client.post(f"/agent/tickets/{ticket.id}/{path}", data=form)
        # Not a success: the device keeps what it could not save.
        assert agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data=form).status_code == 409

    assert db.session.scalars(select(ReplyDraft)).all() == []


def test_the_next_text_is_saved_under_its_own_key(agent_client):
    ticket = open_ticket()
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))

    saved = agent_client.post(
        f"/agent/tickets/{ticket.id}/drafts", data=reply_form(agent_client, ticket, body="And another thing")
    )

    assert saved.status_code == 204
    assert [draft.body for draft in db.session.scalars(select(ReplyDraft))] == ["And another thing"]


def test_signed_out_meanwhile_what_was_written_is_given_back_and_nothing_else(agent_client):
    ticket = open_ticket()
    form = {**reply_form(agent_client, ticket), "csrf_token": token_of(agent_client)}
    db.session.scalars(select(AgentSession)).one().revoked_at = utcnow()
    db.session.commit()

    answer = agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form)

    assert answer.status_code == 401
    assert "We are looking into it.</textarea>" in answer.text
    assert form["csrf_token"] not in answer.text
    assert form["reply-idempotency_key"] not in answer.text


@pytest.mark.parametrize(
    ("path", "name", "stored"),
    [("replies", "reply", Message), ("notes", "note", Note), ("drafts", "reply", ReplyDraft)],
)
def test_what_is_written_with_nul_is_kept_without_it(agent_client, path: str, name: str, stored):
    ticket = open_ticket()
    form = note_form(agent_client, ticket) if name == "note" else reply_form(agent_client, ticket)
    form |= {f"{name}-body": "a\0b", f"{name}-idempotency_key": "k\0ey"}

    assert agent_client.post(f"/agent/tickets/{ticket.id}/{path}", data=form).status_code < 400
    assert "ab" in db.session.scalars(select(stored.body)).all()


@pytest.mark.parametrize("last_seen", ["9" * 25, "9" * 5000, "-1", str(2**31)])
def test_a_reply_that_saw_a_message_that_cannot_be_is_refused(agent_client, last_seen: str):
    ticket = open_ticket()
    form = reply_form(agent_client, ticket, last_seen_message_id=last_seen)

    assert agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=form).status_code == 422


def test_an_emptied_draft_is_forgotten_and_a_senseless_one_is_no_error(agent_client):
    ticket = open_ticket()
    agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={"reply-body": "x"})
    agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={"reply-body": "  "})

    assert db.session.scalars(select(ReplyDraft)).all() == []
    assert agent_client.post(f"/agent/tickets/{ticket.id}/drafts", data={}).status_code == 204


@pytest.mark.parametrize(
    ("state", "error", "shown"),
    [
        (OutboxState.QUEUED, "", "Email waiting to be sent"),
        (OutboxState.SENT, "", "Email sent"),
        (OutboxState.RETRY, "mailbox busy", "Email will be tried again: mailbox busy"),
        (OutboxState.DEAD, "no such <user>", "Email not delivered: no such &lt;user&gt;"),
    ],
)
def test_the_page_says_where_the_mail_is(agent_client, state: OutboxState, error: str, shown: str):
    ticket = open_ticket()
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))
    mail = mails_of(ticket)[0]
    mail.state, mail.last_error = state, error
    db.session.commit()

    assert shown in agent_client.get(f"/agent/tickets/{ticket.id}").text


def test_canned_responses_come_filled_in_the_requesters_language(agent_client):
    ticket = open_ticket(requester=make_person(name="Noor", locale="ar"))
    make_canned("refund", en="Hello {{requester.name}}", ar="مرحبا {{requester.name}}")
    make_canned("order", en="Which order, {{order.number}}?")

    listed = agent_client.get(f"/agent/tickets/{ticket.id}/canned-responses", headers=FRAGMENT).text

    assert 'data-insert="مرحبا Noor"' in listed
    assert "Only in English" in listed
    assert "To fill in: order.number" in listed
    narrowed = agent_client.get(f"/agent/tickets/{ticket.id}/canned-responses?find=REF", headers=FRAGMENT).text
    assert "Refund" in narrowed
    assert "Order" not in narrowed


def test_without_scripts_the_pickers_are_panels_of_the_page(agent_client):
    ticket = open_ticket()
    make_canned("refund", en="Your refund is on its way.")

    response = agent_client.get(f"/agent/tickets/{ticket.id}/canned-responses?view=mine")

    assert response.status_code == 302
    assert response.location == f"/agent/tickets/{ticket.id}?view=mine&panel=canned&find=#panel-canned"
    assert 'name="canned" value="refund"' in agent_client.get(response.location).text


def test_without_scripts_opening_a_panel_keeps_what_was_typed(agent_client):
    ticket = open_ticket()

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/insertions?view=mine", data={"reply-body": "Half a rep", "panel": "articles"}
    )

    assert response.location == f"/agent/tickets/{ticket.id}?view=mine&panel=articles#panel-articles"
    assert "Half a rep</textarea>" in agent_client.get(response.location).text


def test_without_scripts_a_canned_response_is_added_to_what_was_typed(agent_client):
    ticket = open_ticket()
    make_canned("refund", en="Your refund is on its way.")

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/insertions", data={"reply-body": "Hello,", "canned": "refund"}
    )

    assert response.location.endswith("#reply")
    assert "Hello,\n\nYour refund is on its way.</textarea>" in agent_client.get(response.location).text
    missing = agent_client.post(f"/agent/tickets/{ticket.id}/insertions", data={"canned": "none"})
    assert missing.status_code == 404


class FakeEngine:
    """Finds what it was given, or nothing at all when its index is broken."""

    def __init__(self, *article_ids: int, is_broken: bool = False) -> None:
        self.hits = tuple(
            Hit(number, "en", 0.9, "Title", "Title", "A snippet", reasons=("gift", "card")) for number in article_ids
        )
        self.is_broken = is_broken

    def search(self, text: str, locale: str, *, limit: int) -> SearchResult:
        self._check()
        return SearchResult(text, locale, hits=self.hits[:limit])

    def suggest_for_message(self, _subject: str, _message: str, _locale: str, *, use: Use) -> tuple[Hit, ...]:
        self._check()
        return self.hits[: use.limit]

    def _check(self) -> None:
        if self.is_broken:
            raise IndexUnavailable


@pytest.fixture
def articles():
    """One article in English and German, one in English only."""
    both = make_article()
    make_translation(both, title="Get a refund", slug="get-a-refund")
    make_translation(both, title="Geld zurück", slug="geld-zurueck", locale="de")
    return both.id, make_translation(title="Gift cards", slug="gift-cards").article_id


@pytest.mark.parametrize("path", ["articles?find=refund", "?panel=suggested"])
def test_articles_are_offered_in_the_requesters_language_or_flagged(app: Flask, agent_client, articles, path: str):
    app.extensions["search"] = FakeEngine(*articles, 999_999)
    ticket = open_ticket(requester=make_person(locale="de"))

    listed = agent_client.get(f"/agent/tickets/{ticket.id}/{path}".replace("/?", "?"), headers=FRAGMENT).text

    assert 'data-insert="Geld zurück\nhttp://localhost/de/articles/geld-zurueck"' in listed
    assert "http://localhost/en/articles/gift-cards" in listed
    assert listed.count("Only in English") == 1
    # What was found in English says nothing of a German text.
    assert listed.count("Matches: <bdi>gift · card</bdi>") == listed.count("A snippet") == 1


@pytest.mark.parametrize("engine", [None, FakeEngine(is_broken=True)])
def test_a_ticket_can_be_answered_while_search_is_broken(app: Flask, agent_client, engine):
    app.extensions["search"] = engine
    ticket = open_ticket()

    found = agent_client.get(f"/agent/tickets/{ticket.id}/articles?find=x", headers=FRAGMENT)
    assert "Article search is not available just now." in found.text
    assert agent_client.get(f"/agent/tickets/{ticket.id}?panel=suggested").status_code == 200
    agent_client.post(f"/agent/tickets/{ticket.id}/replies", data=reply_form(agent_client, ticket))
    assert len(replies_of(ticket)) == 1


def test_without_scripts_an_article_link_is_added_to_what_was_typed(agent_client, articles):
    ticket = open_ticket(requester=make_person(locale="de"))
    address = f"/agent/tickets/{ticket.id}/insertions"

    agent_client.post(address, data={"reply-body": "Hallo,", "article": articles[0]})

    draft = db.session.scalars(select(ReplyDraft)).one()
    assert draft.body == "Hallo,\n\nGeld zurück\nhttp://localhost/de/articles/geld-zurueck"
    for unknown in (999_999, "9" * 25, 2**31, "x"):
        assert agent_client.post(address, data={"article": unknown}).status_code == 404
    assert agent_client.post(address, data={}).status_code == 404
