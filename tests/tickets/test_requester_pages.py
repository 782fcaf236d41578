"""The request page: conversation, reply, answer, comment; and what it never shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.test import TestResponse

from portal import clock
from portal.agents.models import Agent
from portal.database import db
from portal.tickets import actions, history
from portal.tickets.links import issue_link
from portal.tickets.models import Attachment, Channel, Message, Rating, RatingScore, Status, Ticket, TicketEvent
from portal.tickets.satisfaction import current_rating
from tests import factories
from tests.tickets.two_clicks import clicked_twice, raises

NOW = factories.NOW
FRAGMENT = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


class Requester:
    """A browser with a link into one ticket."""

    def __init__(self, client: FlaskClient, ticket: Ticket) -> None:
        self.client = client
        self.ticket = ticket
        self.token = issue_link(ticket, ticket.requester, now=clock.utcnow())
        db.session.commit()
        self.url = f"/en/requests/{ticket.reference}"

    def open(self, query: str = "") -> TestResponse:
        return self.client.get(f"/en/requests/link/{self.token}{query}")

    def page(self, query: str = "") -> str:
        response = self.client.get(self.url + query)
        assert response.status_code == 200, response.location
        return unescape(response.get_data(as_text=True))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        fields = dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', self.page()))
        return self.client.post(f"{self.url}/{path}", data={**fields, **(data or {})}, **options)


@pytest.fixture
def agent(app: Flask) -> Iterator[Agent]:
    clock.freeze(NOW)
    yield factories.make_agent(name="Ines Caldeira", team=factories.make_team())
    clock.freeze(None)


@pytest.fixture
def ticket(agent: Agent) -> Ticket:
    return open_ticket()


def open_ticket(**values: Any) -> Ticket:
    requester = values.pop("requester", None) or factories.make_person(name="Noor Haddad")
    ticket = actions.open_ticket(
        **{
            "subject": "Refund late",
            "body": "Where is **my** money?",
            "requester": requester,
            "locale": "en",
            "channel": Channel.FORM,
            "team": None,
            "idempotency_key": f"key-{requester.id}-{values.get('subject', '')}"[:60],
            "now": clock.utcnow(),
            **values,
        }
    )
    db.session.commit()
    return ticket


def answer_ticket(
    ticket: Ticket, agent: Agent, body: str = "It is on its way.", status: Status = Status.PENDING
) -> None:
    actions.send_reply(
        ticket, agent=agent, body=body, status_after=status, last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.id}-{ticket.message_count}", now=clock.utcnow(), despite_newer=True,
    )  # fmt: skip


@pytest.fixture
def requester(client: FlaskClient, ticket: Ticket) -> Requester:
    browser = Requester(client, ticket)
    browser.open()
    return browser


def bodies(ticket: Ticket) -> list[str]:
    return list(db.session.scalars(select(Message.body).where(Message.ticket_id == ticket.id).order_by(Message.id)))


def hidden_fields(page: str) -> dict[str, str]:
    """What the browser sends along from a page's reply form."""
    return dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', unescape(page)))


def rows() -> dict[str, int]:
    """How many rows each table has, so that a test can say that nothing was written."""
    tables = db.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def status(ticket: Ticket) -> Status:
    db.session.refresh(ticket)
    return ticket.status


# Opening


def test_a_link_moves_its_token_into_a_cookie_and_leads_to_the_request(client: FlaskClient, ticket: Ticket):
    response = Requester(client, ticket).open()

    assert (response.status_code, response.location) == (303, f"/en/requests/{ticket.reference}")
    cookie = client.get_cookie(f"requester_session-{ticket.reference}")
    assert cookie is not None
    assert cookie.http_only


def test_the_page_shows_the_conversation(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    page = requester.page()

    assert "<strong>my</strong> money?" in page
    assert "It is on its way." in page
    assert "Ines Caldeira" in page
    assert "Player support" in page
    assert "Waiting for you" in page


def test_the_page_needs_few_queries(requester: Requester, ticket: Ticket, agent: Agent):
    for number in range(8):
        answer_ticket(ticket, agent, f"Reply {number}")
    db.session.expunge_all()
    statements: list[str] = []
    note = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    requester.page()
    event.remove(db.engine, "before_cursor_execute", note)

    assert len(statements) <= 12, statements


def test_all_but_the_latest_five_messages_are_folded(requester: Requester, ticket: Ticket, agent: Agent):
    for number in range(6):
        answer_ticket(ticket, agent, f"Reply {number}")
    page = requester.page()

    assert page.count('<details class="sheet message">') == 2
    assert page.count('<article class="sheet message">') == 5


def test_notes_are_nowhere(requester: Requester, ticket: Ticket, agent: Agent):
    actions.add_note(ticket, agent=agent, body="Angry customer", idempotency_key="note", now=NOW)

    assert "Angry customer" not in requester.page()


def test_scripts_in_messages_and_subjects_are_text(client: FlaskClient, agent: Agent):
    payload = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    ticket = open_ticket(subject=payload[:60], body=payload)
    browser = Requester(client, ticket)
    browser.open()
    raw = client.get(browser.url).get_data(as_text=True)

    assert "<script>alert" not in raw
    assert "<img" not in raw.split('id="thread"')[1].split("</ol>")[0]
    assert 'href="javascript' not in raw


def test_another_request_of_the_same_person_needs_its_own_link(requester: Requester, ticket: Ticket):
    other = open_ticket(subject="Second", requester=ticket.requester)

    assert requester.client.get(f"/en/requests/{other.reference}").status_code == 303


# Strangers


def expired_page(client: FlaskClient, path: str) -> bytes:
    response = client.get(path)
    assert (response.status_code, response.location) == (303, "/en/requests?expired=1")
    return client.get(response.location).get_data()


def test_bad_expired_revoked_and_foreign_links_give_the_same_page(app: Flask, ticket: Ticket):
    def fresh() -> FlaskClient:
        return app.test_client()

    other = open_ticket(subject="Not theirs", requester=factories.make_person())
    known = Requester(fresh(), ticket)
    known.open()
    pages = {
        expired_page(fresh(), "/en/requests/link/nonsense"),
        expired_page(fresh(), "/en/requests/link/" + "x" * 5000),
        expired_page(fresh(), f"/en/requests/{ticket.reference}"),
        expired_page(fresh(), "/en/requests/HX-NOTONE"),
        expired_page(known.client, f"/en/requests/{other.reference}"),
    }
    clock.freeze(NOW + timedelta(days=31))
    pages.add(expired_page(known.client, f"/en/requests/{ticket.reference}"))
    pages.add(expired_page(fresh(), f"/en/requests/link/{known.token}"))
    clock.freeze(NOW)
    from portal.tickets.links import revoke_links

    revoke_links(ticket, now=NOW)
    pages.add(expired_page(known.client, f"/en/requests/{ticket.reference}"))
    pages.add(expired_page(fresh(), f"/en/requests/link/{known.token}"))

    assert len(pages) == 1
    text = unescape(pages.pop().decode())
    assert "This link has expired. Enter your email address. If we have a request from it, we send a new link." in text


@pytest.mark.parametrize("path", ["reply", "answer", "comment"])
def test_strangers_change_nothing(app: Flask, ticket: Ticket, path: str):
    before = rows()
    data = {"body": "x", "answer": "solved", "comment": "x"}
    app.test_client().post(f"/en/requests/{ticket.reference}/{path}", data=data)

    assert rows() == before


GIVEN_BACK = [
    ("reply", {"body": "A long <text>"}),
    ("comment", {"comment": "A long <text>"}),
    ("answer", {"answer": "not-yet", "body": "A long <text>"}),
]


def test_a_reply_after_the_link_expired_gives_the_text_back(requester: Requester):
    requester.page()
    clock.freeze(NOW + timedelta(days=31))
    requester.client.delete_cookie(f"requester_session-{requester.ticket.reference}")
    for path, data in GIVEN_BACK:
        response = requester.client.post(f"{requester.url}/{path}", data=data)
        assert response.status_code == 403
        assert "A long &lt;text&gt;</textarea>" in response.text


def test_a_reply_by_script_after_the_link_expired_puts_the_text_on_the_page(requester: Requester):
    requester.client.delete_cookie(f"requester_session-{requester.ticket.reference}")
    response = requester.client.post(f"{requester.url}/reply", data={"body": "A long text"}, headers=FRAGMENT)

    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "main")
    assert "A long text</textarea>" in response.text


def test_a_reply_without_the_token_of_the_page_is_refused(requester: Requester, ticket: Ticket):
    response = requester.client.post(f"{requester.url}/reply", data={"body": "Read <this>"})

    assert response.status_code == 403
    assert len(bodies(ticket)) == 1
    # The text stands in a new form, whose token is good.
    assert "Read &lt;this&gt;</textarea>" in response.text
    sent = requester.client.post(f"{requester.url}/reply", data={**hidden_fields(response.text), "body": "Read <this>"})
    assert sent.status_code == 303
    assert bodies(ticket)[-1] == "Read <this>"


def test_a_reply_by_script_from_an_old_page_comes_back_in_a_new_form(requester: Requester, ticket: Ticket):
    data = {**hidden_fields(requester.page()), "body": "A long text"}
    Requester(requester.client, ticket).open()
    response = requester.client.post(f"{requester.url}/reply", data=data, headers=FRAGMENT)

    assert response.status_code == 409
    assert response.text.lstrip().startswith('<form class="reply-form" id="reply-form"')
    assert "A long text</textarea>" in response.text
    again = {**hidden_fields(response.text), "body": "A long text"}
    assert requester.client.post(f"{requester.url}/reply", data=again, headers=FRAGMENT).status_code == 200
    assert bodies(ticket).count("A long text") == 1


def test_a_comment_from_an_old_page_comes_back(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})
    for headers in ({}, FRAGMENT):
        response = requester.client.post(f"{requester.url}/comment", data={"comment": "Faster"}, headers=headers)
        assert response.status_code == (409 if headers else 403)
        assert "Faster</textarea>" in response.text


def test_another_sites_text_is_not_shown(requester: Requester):
    data = {**hidden_fields(requester.page()), "body": "Win a prize"}
    response = requester.client.post(f"{requester.url}/reply", data=data, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert "Win a prize" not in response.text


# Several requests in one browser


def test_two_requests_can_be_open_side_by_side(requester: Requester, ticket: Ticket):
    other = Requester(requester.client, open_ticket(subject="Second", requester=ticket.requester))
    data = {**hidden_fields(requester.page()), "body": "A careful answer"}
    other.open()

    assert requester.client.post(f"{requester.url}/reply", data=data).status_code == 303
    assert bodies(ticket)[-1] == "A careful answer"
    assert "Second" in other.page()
    known = requester.client.get("/en/requests").text
    assert "You can open these requests in this browser:" in known
    assert known.count('<span class="reference">') == 2


def test_one_requests_token_is_worth_nothing_at_another(requester: Requester, ticket: Ticket):
    other = Requester(requester.client, open_ticket(subject="Second", requester=ticket.requester))
    other.open()
    data = {**hidden_fields(requester.page()), "body": "Not theirs"}

    assert requester.client.post(f"{other.url}/reply", data=data).status_code == 403
    assert bodies(other.ticket) == ["Where is **my** money?"]


def test_a_browser_keeps_its_ten_latest_requests(client: FlaskClient, agent: Agent):
    person = factories.make_person()
    browsers = [Requester(client, open_ticket(subject=f"Number {number}", requester=person)) for number in range(12)]
    for browser in browsers:
        browser.open()

    opened = [client.get(browser.url).status_code == 200 for browser in browsers]
    assert opened == [False] * 2 + [True] * 10


def test_the_log_of_an_error_does_not_hold_the_link(
    app: Flask, client: FlaskClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    app.testing = False
    monkeypatch.setattr("portal.tickets.link_routes.remember_link", raises(ZeroDivisionError()))
    browser = Requester(client, ticket)

    assert browser.open().status_code == 500
    logged = capsys.readouterr().err
    assert "/en/requests/link/[token]" in logged
    assert browser.token not in logged


# Reply


def test_a_reply_is_added_and_said(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "It came today."})

    assert response.status_code == 303
    assert bodies(ticket)[-1] == "It came today."
    assert "Reply sent" in requester.client.get(response.location).get_data(as_text=True)


def test_a_reply_opens_a_solved_request_again(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent, status=Status.SOLVED)
    response = requester.post("reply", {"body": "It broke again."})

    assert status(ticket) is Status.OPEN
    assert "Your request is open again." in requester.client.get(response.location).get_data(as_text=True)


def test_the_same_reply_twice_is_one(requester: Requester, ticket: Ticket):
    for _ in range(2):
        requester.post("reply", {"body": "Once.", "key": "the-same"})

    assert bodies(ticket).count("Once.") == 1


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_other_words_sent_from_a_page_already_used_come_back(requester: Requester, ticket: Ticket, headers):
    first = {**hidden_fields(requester.page()), "body": "First version"}
    requester.client.post(f"{requester.url}/reply", data=first, headers=headers)
    edited = {**first, "body": "First version, and the order number"}
    response = requester.client.post(f"{requester.url}/reply", data=edited, headers=headers)

    assert response.status_code == 409
    assert "You have already sent a reply from this page." in response.text
    assert "First version, and the order number</textarea>" in response.text
    again = {**hidden_fields(response.text), "body": "First version, and the order number"}
    requester.client.post(f"{requester.url}/reply", data=again, headers=headers)
    assert bodies(ticket)[1:] == ["First version", "First version, and the order number"]


def test_a_file_added_to_a_reply_already_sent_is_not_swallowed(requester: Requester, ticket: Ticket):
    fields = {**hidden_fields(requester.page()), "body": "See"}
    requester.client.post(f"{requester.url}/reply", data=fields)
    with_file = {**fields, "files": (io.BytesIO(PNG), "one.png")}
    response = requester.client.post(f"{requester.url}/reply", data=with_file)

    assert response.status_code == 409
    assert "one.png" in response.text


def test_of_two_clicks_at_once_one_is_kept_and_both_are_told_so(app: Flask, requester: Requester, ticket: Ticket):
    data = {**hidden_fields(requester.page()), "body": "Once, please"}
    address, cookie = f"{requester.url}/reply", (f"requester_session-{ticket.reference}", requester.token)
    answers = clicked_twice(app, cookie, address, data)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert bodies(ticket).count("Once, please") == 1


def test_a_reply_that_something_else_stopped_comes_back_under_its_key(
    requester: Requester, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    data = {**hidden_fields(requester.page()), "body": "A careful answer"}
    with monkeypatch.context() as patch:
        patch.setattr(actions, "add_requester_message", raises(StaleDataError()))
        response = requester.client.post(f"{requester.url}/reply", data=data)

    assert response.status_code == 409
    assert "Something changed while you were writing." in response.text
    assert "A careful answer</textarea>" in response.text
    assert hidden_fields(response.text)["key"] == data["key"]


def test_a_reply_with_nul_is_kept_without_it(requester: Requester, ticket: Ticket):
    requester.post("reply", {"body": "a\0b", "key": "k\0ey"})

    assert bodies(ticket)[-1] == "ab"


def test_a_reply_by_script_brings_the_message_and_an_empty_form(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "It came today.", "seen": "1"}, headers=FRAGMENT)
    text = response.get_data(as_text=True)

    assert response.status_code == 200
    assert text.lstrip().startswith('<form class="reply-form" id="reply-form"')
    assert '<ol hx-swap-oob="beforeend:#thread">' in text
    assert text.count("It came today.") >= 1
    assert "Where is" not in text


def test_an_empty_reply_is_named(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "  "})

    assert response.status_code == 422
    assert "Enter your reply" in response.get_data(as_text=True)
    assert len(bodies(ticket)) == 1


def test_files_stay_when_the_reply_has_an_error(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "", "files": (io.BytesIO(PNG), "one.png")})
    kept = re.findall(r'name="kept_file" value="([^"]+)"', response.get_data(as_text=True))
    assert len(kept) == 1
    requester.post("reply", {"body": "Here it is.", "kept_file": kept, "files": (io.BytesIO(b"log"), "two.log")})

    assert sorted(db.session.scalars(select(Attachment.file_name))) == ["one.png", "two.log"]


def test_a_kept_file_can_be_removed(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "", "files": (io.BytesIO(PNG), "one.png")})
    kept = re.findall(r'name="kept_file" value="([^"]+)"', response.get_data(as_text=True))
    response = requester.post("reply", {"body": "Text", "kept_file": kept, "remove_file": "0"})

    assert "one.png" not in response.get_data(as_text=True)
    assert ">Text</textarea>" in response.get_data(as_text=True).replace("\r\n", "")


def test_a_forged_kept_file_is_left_out(requester: Requester, ticket: Ticket):
    requester.post("reply", {"body": "Text", "kept_file": "WyJhIiwiYiIsImMiLDFd.forged"})

    assert db.session.scalars(select(Attachment)).all() == []


def test_a_refused_file_keeps_the_text(requester: Requester, ticket: Ticket):
    response = requester.post("reply", {"body": "See this", "files": (io.BytesIO(b"MZ"), "a.exe")})

    assert response.status_code == 422
    assert "a.exe is a program." in response.get_data(as_text=True)
    assert "See this" in response.get_data(as_text=True)


def test_a_closed_request_takes_no_reply_but_gives_the_text_back(requester: Requester, ticket: Ticket, agent: Agent):
    data = {"body": "One more thing", **dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', requester.page()))}
    actions.change_status(ticket, Status.CLOSED, agent=agent, now=NOW)
    response = requester.client.post(f"{requester.url}/reply", data=data)

    assert response.status_code == 409
    assert "One more thing" in response.get_data(as_text=True)
    assert "Send reply" not in requester.page()


# Files


def test_a_file_is_handed_out_for_saving_only(requester: Requester, ticket: Ticket):
    requester.post("reply", {"body": "See", "files": (io.BytesIO(PNG), "フォト.png")})
    public_id = db.session.scalars(select(Attachment.public_id)).one()
    response = requester.client.get(f"{requester.url}/files/{public_id}")

    assert response.get_data() == PNG
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_of_another_request_is_not_found(requester: Requester, ticket: Ticket):
    requester.post("reply", {"body": "See", "files": (io.BytesIO(PNG), "a.png")})
    public_id = db.session.scalars(select(Attachment.public_id)).one()
    other = open_ticket(subject="Second", requester=ticket.requester)

    assert requester.client.get(f"/en/requests/{other.reference}/files/{public_id}").status_code == 303
    assert requester.client.get(f"{requester.url}/files/nonsense").status_code == 404


# Did this solve it?


def test_nobody_is_asked_before_a_reply(requester: Requester):
    assert "Did this solve it?" not in requester.page()


def test_yes_solves_it_and_asks_what_could_be_better(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    assert "Did this solve it?" in requester.page()
    response = requester.post("answer", {"answer": "solved"})
    page = unescape(requester.client.get(response.location).get_data(as_text=True))

    assert status(ticket) is Status.SOLVED
    assert "You answered: Yes, it is solved" in page
    assert "What could we do better?" in page
    assert "Change my answer" in page


def test_not_yet_opens_it_again_and_leads_to_the_reply(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent, status=Status.SOLVED)
    response = requester.post("answer", {"answer": "not-yet"})

    assert status(ticket) is Status.OPEN
    assert response.location.endswith("#body")
    page = requester.client.get(response.location).get_data(as_text=True)
    assert "Tell us what is still wrong." in page
    assert "Your request is open again." in page
    assert re.search(r"<textarea[^>]*data-autofocus", page)


def test_not_yet_by_script_brings_the_reply_with_what_is_typed(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent, status=Status.SOLVED)
    text = requester.post("answer", {"answer": "not-yet", "body": "It still"}, headers=FRAGMENT).get_data(as_text=True)

    assert text.lstrip().startswith('<section class="solve is-answered" id="solve"')
    assert re.search(r'<form class="reply-form" id="reply-form"[^>]*hx-swap-oob="true"', text)
    assert "It still" in text


def test_not_yet_by_script_keeps_the_files_beside_it(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    refused = requester.post("reply", {"body": "", "files": (io.BytesIO(PNG), "one.png")})
    kept = re.findall(r'name="kept_file" value="([^"]+)"', refused.text)
    response = requester.post("answer", {"answer": "not-yet", "kept_file": kept}, headers=FRAGMENT)

    assert re.findall(r'name="kept_file" value="([^"]+)"', response.text) == kept
    assert "one.png" in response.text


def test_of_two_answers_at_once_one_is_kept(app: Flask, requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    data = {**hidden_fields(requester.page()), "answer": "solved"}
    address, cookie = f"{requester.url}/answer", (f"requester_session-{ticket.reference}", requester.token)
    answers = clicked_twice(app, cookie, address, data, meeting=(history, "require_transition"))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert db.session.scalars(select(Rating.score)).all() == [RatingScore.GOOD]


def test_a_comment_that_fits_no_answer_any_more_comes_back(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})
    fields = hidden_fields(requester.page())
    answer_ticket(ticket, agent, "One more thing.")
    for headers in ({}, FRAGMENT):
        response = requester.client.post(
            f"{requester.url}/comment", data={**fields, "comment": "Thanks!"}, headers=headers
        )
        assert response.status_code == 409
        assert "Answer first whether it is solved." in response.text
        assert "Thanks!</textarea>" in response.text


@pytest.mark.parametrize("answer", ["solved", "not-yet"])
def test_opening_a_mails_answer_changes_nothing(client: FlaskClient, ticket: Ticket, agent: Agent, answer: str):
    answer_ticket(ticket, agent)
    browser = Requester(client, ticket)
    before = rows()
    for _ in range(2):
        response = browser.open(f"?answer={answer}")
        assert response.location == f"{browser.url}?answer={answer}#solve"
        page = client.get(response.location).get_data(as_text=True)
        client.head(response.location)

    assert "data-confirm-on-interaction" in page
    assert rows() == before
    assert status(ticket) is Status.PENDING


def test_the_mails_answer_can_be_confirmed_without_scripts(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    page = requester.page("?answer=solved")
    assert "You answered: Yes, it is solved" in page
    assert "Confirm: yes, solved" in page
    requester.post("answer", {"answer": "solved"})

    assert db.session.scalars(select(Rating.score)).one() is RatingScore.GOOD


def test_an_empty_reply_beside_it_never_stops_an_answer(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)

    # Scripts check every field that goes along, also the reply's, unless the form says not to.
    for query in ("", "?answer=solved"):
        form = re.search(r"<form[^>]*hx-include[^>]*>", requester.page(query))
        assert form is not None
        assert " novalidate " in form[0]


def test_an_answer_can_be_changed_for_fourteen_days(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})
    assert "Did this solve it?" in requester.page("?answer=change")
    clock.freeze(NOW + timedelta(days=13))
    requester.post("answer", {"answer": "not-yet"})
    db.session.expire_all()
    rating = current_rating(ticket)
    assert rating is not None
    assert rating.score is RatingScore.BAD

    clock.freeze(NOW + timedelta(days=15))
    assert "Change my answer" not in requester.page()
    assert requester.post("answer", {"answer": "solved"}).status_code == 409


def test_a_comment_is_kept_with_the_answer(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})
    response = requester.post("comment", {"comment": "Faster, please."})

    assert "Thank you for your comment." in requester.client.get(response.location).get_data(as_text=True)
    assert db.session.scalars(select(Rating.comment)).one() == "Faster, please."


def test_a_comment_that_is_too_long_comes_back(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})
    response = requester.post("comment", {"comment": "x" * 2001})

    assert response.status_code == 422
    assert "Shorten your comment to 2,000 characters" in response.get_data(as_text=True)


def test_an_unknown_answer_is_refused(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)

    assert requester.post("answer", {"answer": "maybe"}).status_code == 400


def test_answering_is_recorded(requester: Requester, ticket: Ticket, agent: Agent):
    answer_ticket(ticket, agent)
    requester.post("answer", {"answer": "solved"})

    kinds = db.session.scalars(select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id)).all()
    assert "rated" in kinds


# Waiting


def test_the_next_reply_is_promised_in_the_requesters_zone(client: FlaskClient, agent: Agent):
    ticket = open_ticket(requester=factories.make_person(time_zone="Asia/Tokyo"), team=agent.team)
    browser = Requester(client, ticket)
    browser.open()

    assert "Next reply by" in browser.page()
    assert "Tue 24 Nov" in browser.page()
    clock.freeze(NOW + timedelta(days=5))
    assert "We are late. You still get an answer." in browser.page()
