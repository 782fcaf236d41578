"""The question by mail whether a solved request is solved: to whom, when, how often, and how it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.models import OutboxMail
from portal.mail.transports import compose
from portal.people.models import Person
from portal.tickets import satisfaction
from portal.tickets.actions import send_reply
from portal.tickets.models import Status, Ticket
from portal.tickets.surveys import SEND_JOB, refusal_token, refuse_surveys
from tests import factories
from tests.factories import make_agent, make_person
from tests.tickets.agent_cases import open_ticket
from tests.tickets.mail_cases import outbox


@pytest.fixture(autouse=True)
def _switched_on(app: Flask) -> Iterator[None]:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"survey_after_hours": 24})
    clock.freeze(factories.NOW)
    yield
    clock.freeze(None)


def solved(*, requester: Person | None = None, status: Status = Status.SOLVED) -> Ticket:
    """A ticket that an agent's reply solved just now."""
    ticket = open_ticket(requester=requester or make_person())
    send_reply(
        ticket, agent=make_agent(), body="Open Billing.", status_after=status, last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.id}", now=utcnow(),
    )  # fmt: skip
    return ticket


def surveys_after(**time: float) -> list[OutboxMail]:
    """All surveys, once the job has run that much later."""
    clock.freeze(utcnow() + timedelta(**time))
    run_now(SEND_JOB)
    db.session.expire_all()
    return outbox("survey")


def test_a_day_after_a_request_was_solved_its_requester_is_asked_once():
    ticket = solved()

    assert surveys_after(hours=23) == []
    (mail,) = surveys_after(hours=1)
    assert surveys_after(hours=1) == [mail]

    assert (mail.recipient, mail.ticket_id, mail.is_automatic) == (ticket.requester.email, ticket.id, True)
    assert mail.headers["In-Reply-To"]
    assert "answer=solved" in mail.text_body


def test_mail_programs_are_told_how_to_refuse_it():
    solved()
    (mail,) = surveys_after(hours=24)
    raw = compose(mail).as_bytes()

    assert re.search(rb"\r\nList-Unsubscribe: <http://localhost/en/requests/surveys/[^\s>]+>\r\n", raw)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in raw


def test_who_has_answered_is_not_asked():
    ticket = solved()
    satisfaction.record_answer(ticket, is_solved=True, now=utcnow())
    assert surveys_after(hours=24) == []


def test_who_wrote_again_is_not_asked():
    ticket = solved()
    satisfaction.record_answer(ticket, is_solved=False, now=utcnow())
    assert surveys_after(hours=24) == []


@pytest.mark.parametrize("status", [Status.PENDING, Status.OPEN])
def test_what_is_not_solved_is_not_asked_about(status):
    solved(status=status)
    assert surveys_after(hours=24) == []


def test_two_requests_of_one_person_are_one_question_a_week():
    person = make_person()
    solved(requester=person)
    solved(requester=person)
    assert len(surveys_after(hours=24)) == 1

    clock.freeze(utcnow() + timedelta(days=7))
    solved(requester=person)
    assert len(surveys_after(hours=24)) == 2


def test_what_was_solved_long_ago_is_let_be(app):
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"survey_after_hours": 0})
    solved()
    assert surveys_after(days=1) == []
    app.extensions["settings"] = settings
    assert surveys_after(days=3) == []


def test_an_agent_who_has_the_ticket_open_meets_no_conflict():
    ticket = solved()
    version = ticket.version
    assert len(surveys_after(hours=24)) == 1
    assert db.session.get_one(Ticket, ticket.id).version == version


def test_opening_the_link_changes_nothing_and_the_button_refuses(client: FlaskClient):
    person = make_person()
    address = f"/en/requests/surveys/{refusal_token(open_ticket(requester=person))}"

    page = client.get(address)
    assert "Send me no more of these emails" in page.get_data(as_text=True)
    assert db.session.get_one(Person, person.id).surveys_refused_at is None

    answer = client.post(address)
    db.session.expire_all()
    assert "You get no more of these emails." in answer.get_data(as_text=True)
    assert db.session.get_one(Person, person.id).surveys_refused_at is not None
    assert "You get no more of these emails." in client.get(address).get_data(as_text=True)

    solved(requester=person)
    assert surveys_after(hours=24) == []


def test_a_mail_program_refuses_in_one_click(client: FlaskClient):
    person = make_person()

    answer = client.post(
        f"/en/requests/surveys/{refusal_token(open_ticket(requester=person))}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Host": "localhost"},
    )

    db.session.expire_all()
    assert answer.status_code == 200
    assert db.session.get_one(Person, person.id).surveys_refused_at is not None


def test_refusing_twice_keeps_the_first_time():
    person = make_person()
    refuse_surveys(person, now=utcnow())
    refuse_surveys(person, now=utcnow() + timedelta(days=1))
    assert person.surveys_refused_at == factories.NOW


def test_a_token_that_is_not_ours_refuses_nothing(client: FlaskClient):
    token = refusal_token(open_ticket())
    for wrong in ("none", token[:-1] + ("a" if token[-1] != "a" else "b"), refusal_token(Ticket(id=999_999))):
        assert client.get(f"/en/requests/surveys/{wrong}").status_code == 404
        assert client.post(f"/en/requests/surveys/{wrong}").status_code == 404


def test_an_email_of_a_machine_is_not_asked_about():
    ticket = solved()
    ticket.messages[0].is_automatic = True
    db.session.commit()
    assert surveys_after(hours=24) == []
