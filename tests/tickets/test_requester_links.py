"""New links: the page says the same to everybody; the worker mails those who have requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import clock
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.models import OutboxMail
from portal.tickets.models import LinkRequest, MagicLink, Status
from tests import factories


@pytest.fixture(autouse=True)
def _time(app: Flask) -> Iterator[None]:
    clock.freeze(factories.NOW)
    yield
    clock.freeze(None)


def ask(client: FlaskClient, email: str, locale: str = "en"):
    return client.post(f"/{locale}/requests", data={"email": email})


def mails() -> list[OutboxMail]:
    run_now("requests.send_links")
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_a_known_address_gets_a_link_for_each_request(client: FlaskClient):
    person = factories.make_person(email="noor@example.org")
    tickets = [factories.make_ticket(requester=person, subject=f"Question {number}") for number in range(3)]
    factories.make_ticket(subject="Of somebody else")
    ask(client, "Noor@Example.org")
    (mail,) = mails()

    assert (mail.template, mail.recipient, mail.locale) == ("request_link", "noor@example.org", "en")
    for ticket in tickets:
        assert ticket.subject in mail.text_body
        assert ticket.reference in mail.text_body
    assert "Of somebody else" not in mail.text_body
    assert db.session.scalar(select(func.count()).select_from(MagicLink)) == 3


def test_the_links_open_the_requests(client: FlaskClient):
    ticket = factories.make_ticket(requester=factories.make_person(email="noor@example.org"))
    ask(client, "noor@example.org", locale="ar")
    (mail,) = mails()
    token = mail.text_body.split("/ar/requests/link/")[1].split()[0]

    assert mail.locale == "ar"
    assert client.get(f"/ar/requests/link/{token}").location == f"/ar/requests/{ticket.reference}"


def test_open_requests_come_first_and_long_lists_are_cut(client: FlaskClient):
    person = factories.make_person(email="noor@example.org")
    factories.make_ticket(requester=person, subject="Closed one", status=Status.CLOSED)
    for number in range(10):
        factories.make_ticket(requester=person, subject=f"Open {number}")
    ask(client, "noor@example.org")
    (mail,) = mails()

    assert "Closed one" not in mail.text_body
    assert mail.text_body.count("/requests/link/") == 10


def test_the_answer_does_not_tell_whether_an_address_is_known(client: FlaskClient):
    factories.make_ticket(requester=factories.make_person(email="known@example.org"))
    known, unknown = ask(client, "known@example.org"), ask(client, "unknown@example.org")

    assert known.status_code == unknown.status_code == 303
    assert known.location == unknown.location == "/en/requests?sent=1"
    assert known.headers.get_all("Set-Cookie") == unknown.headers.get_all("Set-Cookie") == []
    # Both wrote the same kind of row and nothing else; who is known is found out later.
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 2
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
    assert [mail.recipient for mail in mails()] == ["known@example.org"]
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 0


def test_asking_again_and_again_mails_three_times_and_says_the_same(client: FlaskClient):
    factories.make_ticket(requester=factories.make_person(email="noor@example.org"))
    answers = [ask(client, "noor@example.org") for _ in range(5)]

    assert {answer.location for answer in answers} == {"/en/requests?sent=1"}
    assert len(mails()) == 3


def test_many_addresses_from_one_place_wait(client: FlaskClient):
    answers = [ask(client, f"person{number}@example.org") for number in range(11)]

    assert answers[-1].status_code == 429
    assert 'value="person10@example.org"' in answers[-1].get_data(as_text=True)


def test_an_address_that_is_none_is_named(client: FlaskClient):
    response = ask(client, "noor")

    assert response.status_code == 422
    assert "Enter an email address in the format name@example.com" in response.get_data(as_text=True)


def test_a_person_without_requests_gets_no_mail(client: FlaskClient):
    factories.make_person(email="noor@example.org")
    ask(client, "noor@example.org")

    assert mails() == []
