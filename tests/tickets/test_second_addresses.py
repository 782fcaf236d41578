"""One person with two addresses, and mails that are let through without their sender taking part."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.agents.models import AuditEntry
from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.reply_addresses import reply_address
from portal.people.models import Identity, Person
from portal.people.queries import person_by_address
from portal.tickets.links import find_link, issue_link
from portal.tickets.merging import merge_ticket
from portal.tickets.models import Participant, Ticket
from portal.tickets.participants import join
from portal.tickets.surveys import refusal_token, refuse_surveys
from tests.factories import make_person
from tests.tickets.agent_cases import open_ticket
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


def test_somebody_elses_address_is_not_taken_without_asking(app, agent_client, ticket):
    arrive(app, letter(**{"from": HOME}, subject="My own question"))
    mail = held(app, ticket)

    answer = agent_client.post(f"/agent/mail/{mail.id}/address")
    page = agent_client.get(answer.location).get_data(as_text=True)

    assert "Are they one person?" in page
    assert "My own question" in page
    assert "Where is my invoice?" in page
    db.session.expire_all()
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.HELD
    assert person_by_address(HOME).id != ticket.requester_id


def test_two_who_are_one_person_become_one_and_the_mail_is_theirs(app, agent_client, ticket):
    other = db.session.get_one(Ticket, arrive(app, letter(**{"from": HOME}, subject="My own question")).ticket_id)
    mail, other_id = held(app, ticket), other.requester_id

    answer = agent_client.post(f"/agent/mail/{mail.id}/address", data={"same_as": other_id})

    assert answer.status_code == 303
    db.session.expire_all()
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.REPLY
    assert db.session.get_one(Ticket, other.id).requester_id == ticket.requester_id
    assert [message.person_id for message in other.messages] == [ticket.requester_id]
    assert ticket.requester.email == "noor@example.org"
    assert person_by_address(HOME).id == ticket.requester_id
    assert "made them one person" in agent_client.get(f"/agent/tickets/{ticket.id}").get_data(as_text=True)
    # Whoever answers with the page that was made before meets what is true now.
    assert agent_client.get(f"/agent/tickets/{ticket.id}/same-person/{other_id}").status_code == 404
    assert agent_client.post(f"/agent/mail/{mail.id}/address", data={"same_as": other_id}).status_code == 409


def test_of_a_merged_ticket_the_requester_of_the_one_that_goes_on_is_asked_about(app, agent_client, ticket):
    arrive(app, letter(**{"from": HOME}, subject="My own question"))
    mail, into = held(app, ticket), open_ticket()
    merge_ticket(ticket, into, agent=agent_client.agent, now=utcnow())

    answer = agent_client.post(f"/agent/mail/{mail.id}/address")
    assert f"/tickets/{into.id}/" in answer.location
    agent_client.post(f"/agent/mail/{mail.id}/address", data={"same_as": person_by_address(HOME).id})

    db.session.expire_all()
    assert person_by_address(HOME).id == into.requester_id
    assert db.session.get_one(InboundMail, mail.id).ticket_id == into.id


def test_the_answer_counts_for_the_person_that_was_shown_only(app, agent_client, ticket):
    arrive(app, letter(**{"from": HOME}, subject="My own question"))
    stranger = make_person(email="sam@example.org")
    mail = held(app, ticket)

    answer = agent_client.post(f"/agent/mail/{mail.id}/address", data={"same_as": stranger.id})

    assert "/same-person/" in answer.location
    db.session.expire_all()
    assert person_by_address(HOME).id != ticket.requester_id
    assert person_by_address("sam@example.org").id == stranger.id


def test_an_agent_adds_an_address_on_the_ticket(app, agent_client, ticket):
    where = f"/agent/tickets/{ticket.id}/addresses"
    assert agent_client.post(where, data={"further-address": " Noor@Home.Example "}).status_code == 303
    assert agent_client.post(where, data={"further-address": HOME}).status_code == 303

    db.session.expire_all()
    assert person_by_address(HOME).id == ticket.requester_id
    assert [event.kind for event in ticket.events].count("address_joined") == 1
    to = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    assert arrive(app, letter(**{"from": HOME}, to=to, body="Any news?")).outcome is Outcome.REPLY


def test_what_is_no_address_comes_back_with_a_sentence(app, agent_client, ticket):
    where = f"/agent/tickets/{ticket.id}/addresses"
    answer = agent_client.post(where, data={"further-address": "noor at home"})
    assert answer.status_code == 422
    assert 'value="noor at home"' in answer.get_data(as_text=True)
    ours = agent_client.post(where, data={"further-address": app.extensions["settings"].support_email})
    assert ours.status_code == 409
    assert "an address of ours" in ours.get_data(as_text=True)


def test_people_are_merged_from_the_ticket_with_all_that_hangs_on_them(app, agent_client, ticket):
    other = make_person(email=HOME, name="", time_zone="Asia/Beirut")
    refuse_surveys(other, now=utcnow())
    asked, shared, joined = (open_ticket(requester=person) for person in (other, ticket.requester, make_person()))
    agent = agent_client.agent
    for where, person in ((shared, other), (joined, other), (joined, ticket.requester), (asked, ticket.requester)):
        join(where, person, agent=agent, now=utcnow())
    token = issue_link(asked, other, now=utcnow())
    db.session.commit()
    survey = f"/en/requests/surveys/{refusal_token(asked)}"

    answer = agent_client.post(f"/agent/tickets/{ticket.id}/addresses", data={"further-address": HOME})
    assert agent_client.post(answer.location).status_code == 303

    db.session.expire_all()
    kept = ticket.requester
    assert [identity.address for identity in kept.identities] == ["noor@example.org", HOME]
    assert (kept.name, kept.time_zone) == ("Noor Haddad", "Asia/Beirut")
    assert kept.surveys_refused_at is not None
    assert db.session.get(Person, other.id) is None
    assert asked.requester_id == kept.id
    assert {event.person_id for event in asked.events} <= {kept.id, None}
    parts = db.session.scalars(select(Participant)).all()
    assert [(part.ticket_id, part.person_id) for part in parts] == [(joined.id, kept.id)]
    assert find_link(token, now=utcnow()).person_id == kept.id
    assert "You get no more" in app.test_client().get(survey).get_data(as_text=True)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.merged")).one()
    assert (entry.agent_id, entry.details) == (agent.id, {"merged_id": other.id})


def test_mails_go_to_the_first_address_of_the_one_who_asked_whoever_was_known_longer(app, agent_client):
    longer_known = make_person(email=HOME)
    ticket = db.session.get_one(Ticket, arrive(app, letter()).ticket_id)

    agent_client.post(f"/agent/tickets/{ticket.id}/same-person/{longer_known.id}")

    db.session.expire_all()
    assert [identity.address for identity in ticket.requester.identities] == ["noor@example.org", HOME]


def test_merging_with_oneself_or_nobody_changes_nothing(agent_client, ticket):
    itself = f"/agent/tickets/{ticket.id}/same-person/{ticket.requester_id}"
    assert agent_client.get(itself).status_code == 303
    assert agent_client.post(itself).status_code == 303
    for method in (agent_client.get, agent_client.post):
        assert method(f"/agent/tickets/{ticket.id}/same-person/999999").status_code == 404
    assert ticket.requester.email == "noor@example.org"


def test_strangers_merge_nobody(client, ticket):
    other = make_person(email=HOME)
    assert client.post(f"/agent/tickets/{ticket.id}/same-person/{other.id}").status_code == 401
    assert person_by_address(HOME).id == other.id


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
