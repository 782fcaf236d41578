"""One person with two addresses, and mails that are let through without their sender taking part."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import db
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.reply_addresses import reply_address
from portal.people.models import Identity
from portal.people.queries import person_by_address
from portal.tickets.models import Participant, Ticket
from tests.tickets.mail_cases import SUPPORT, arrive, letter

HOME = "noor@home.example"


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    """What Noor wrote from work."""
    return db.session.get_one(Ticket, arrive(app, letter()).ticket_id)


def held(app: Flask, ticket: Ticket, *, sender: str = HOME, body: str = "It still fails.") -> InboundMail:
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    mail = arrive(app, letter(**{"from": f"Noor <{sender}>"}, to=to, subject=f"About {body}", body=body))
    assert mail.outcome is Outcome.HELD
    return mail


def test_a_second_address_writes_as_the_requester_from_now_on(app, agent_client, ticket):
    mail = held(app, ticket)

    assert agent_client.post(f"/agent/mail/{mail.id}/address").status_code == 303
    db.session.expire_all()
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    second = arrive(app, letter(**{"from": HOME}, to=to, body="Any news?"))

    assert second.outcome is Outcome.REPLY
    ticket = db.session.get_one(Ticket, ticket.id)
    assert [message.person_id for message in ticket.messages] == [ticket.requester_id] * 3
    assert ticket.requester.email == "noor@example.org"
    assert db.session.scalars(select(Participant)).all() == []
    page = agent_client.get(f"/agent/tickets/{ticket.id}").get_data(as_text=True)
    assert "Also writes from" in page
    assert "as another address of the requester" in page


def test_an_address_can_be_taken_away_again(app, agent_client, ticket):
    agent_client.post(f"/agent/mail/{held(app, ticket).id}/address")
    identity = db.session.scalars(select(Identity).where(Identity.address == HOME)).one()
    address = f"/agent/tickets/{ticket.id}/addresses/{identity.id}/removal"

    assert agent_client.post(address).status_code == 303
    assert agent_client.post(address).status_code == 404

    db.session.expire_all()
    assert person_by_address(HOME) is None
    held(app, ticket, body="And again.")


def test_the_address_that_mails_go_to_stays(app, agent_client, ticket):
    first = ticket.requester.identities[0].id
    assert agent_client.post(f"/agent/tickets/{ticket.id}/addresses/{first}/removal").status_code == 404
    assert ticket.requester.email == "noor@example.org"


def test_somebody_elses_address_is_not_taken(app, agent_client, ticket):
    arrive(app, letter(**{"from": HOME}, subject="My own question"))
    mail = held(app, ticket)

    answer = agent_client.post(f"/agent/mail/{mail.id}/address")

    assert answer.status_code == 409
    assert "belongs to somebody else" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.HELD
    assert person_by_address(HOME).id != ticket.requester_id


def test_a_mail_that_is_probably_forged_gives_nobody_an_address(app, agent_client, ticket):
    mail = held(app, ticket)
    mail.reason = "spoofed_sender"
    db.session.commit()

    assert "other address" not in agent_client.get("/agent/mail").get_data(as_text=True)
    assert agent_client.post(f"/agent/mail/{mail.id}/address").status_code == 409
    assert person_by_address(HOME) is None


def test_only_one_mail_is_let_through_and_the_next_is_held_again(app, agent_client, ticket):
    mail = held(app, ticket)

    assert agent_client.post(f"/agent/mail/{mail.id}/release", data={"only": "this"}).status_code == 303

    db.session.expire_all()
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.REPLY
    assert db.session.scalars(select(Participant)).all() == []
    held(app, ticket, body="One more thing.")


def test_a_mail_is_decided_about_once(app, agent_client, ticket):
    mail = held(app, ticket)
    assert agent_client.post(f"/agent/mail/{mail.id}/address").status_code == 303
    for path in ("address", "release"):
        assert agent_client.post(f"/agent/mail/{mail.id}/{path}").status_code == 409
    assert agent_client.post("/agent/mail/999999/address").status_code == 404


def test_strangers_give_nobody_an_address(app, client, ticket):
    mail = held(app, ticket)
    assert client.post(f"/agent/mail/{mail.id}/address").status_code == 401
    assert person_by_address(HOME) is None
