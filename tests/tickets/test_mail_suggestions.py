"""Articles in the acknowledgement of a mail: of chosen topics, for people only, and never twice."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.agents.models import AuditEntry, Role
from portal.agents.queries import default_team
from portal.clock import utcnow
from portal.database import db
from portal.knowledge_base.models import Article, Topic
from portal.mail.inbound_models import Outcome
from portal.search.models import SuggestionImpression
from portal.tickets.acknowledgement_actions import choose_suggested_topics
from portal.tickets.models import AcknowledgementTopic
from tests.contact.conftest import FakeSearch
from tests.factories import make_agent, make_team, make_topic, signed_in_client
from tests.tickets.mail_cases import arrive, letter, outbox

SENTENCE = "While you wait, this may answer it"


@pytest.fixture
def search(app: Flask) -> FakeSearch:
    """A search that finds what it is told to."""
    fake = FakeSearch()
    app.extensions["search"] = fake
    return fake


@pytest.fixture
def topic(app: Flask) -> Topic:
    """A topic whose articles the default team suggests."""
    topic = make_topic(names={"en": "Billing"})
    team = default_team() or make_team()
    choose_suggested_topics(team, {topic.id}, agent=make_agent(), now=utcnow())
    return topic


def offer(search: FakeSearch, *titles: str, topic_id: int | None) -> None:
    """What search finds, all of one topic."""
    search.offer(*titles)
    for hit in search.hits:
        db.session.get_one(Article, hit.article_id).topic_id = topic_id
    db.session.commit()


def impressions() -> list[SuggestionImpression]:
    return list(db.session.scalars(select(SuggestionImpression).order_by(SuggestionImpression.id)))


def test_a_mail_about_a_chosen_topic_is_acknowledged_with_articles(app, search, topic):
    offer(search, "Find an invoice", "Change the invoice", topic_id=topic.id)

    mail = arrive(app, letter())

    acknowledgement = outbox("acknowledgement")[0]
    assert SENTENCE in acknowledgement.text_body
    assert SENTENCE in acknowledgement.html_body
    assert "Find an invoice" in acknowledgement.text_body
    assert [(row.surface, row.article_id, row.position, row.ticket_id) for row in impressions()] == [
        ("acknowledgement", hit.article_id, position, mail.ticket_id) for position, hit in enumerate(search.hits, 1)
    ]
    assert search.asked == [
        ("Where is my invoice?", "Hello, I cannot find the invoice for October. Where do I get it?", "en")
    ]


def test_a_topic_below_a_chosen_one_is_chosen_as_well(app, search, topic):
    below = make_topic(parent_id=topic.id)
    offer(search, "Find an invoice", topic_id=below.id)

    arrive(app, letter())

    assert SENTENCE in outbox("acknowledgement")[0].text_body


def test_articles_of_other_topics_or_of_none_are_not_named(app, search, topic):
    offer(search, "Find an invoice", topic_id=make_topic().id)
    arrive(app, letter())
    offer(search, "Change the invoice", topic_id=None)
    arrive(app, letter(subject="Another one"))

    assert all(SENTENCE not in mail.text_body for mail in outbox("acknowledgement"))
    assert impressions() == []


def test_without_a_chosen_topic_nothing_is_looked_for(app, search):
    offer(search, "Find an invoice", topic_id=make_topic().id)

    arrive(app, letter())

    assert search.asked == []
    assert SENTENCE not in outbox("acknowledgement")[0].text_body


def test_nobody_gets_an_article_twice(app, search, topic):
    offer(search, "Find an invoice", topic_id=topic.id)

    arrive(app, letter())
    arrive(app, letter(subject="Again"))
    arrive(app, letter(**{"from": "sam@example.org"}, subject="Me too"))

    assert [SENTENCE in mail.text_body for mail in outbox("acknowledgement")] == [True, False, True]
    assert len(impressions()) == 2


def test_a_machine_and_an_answer_are_offered_nothing(app, search, topic):
    offer(search, "Find an invoice", topic_id=topic.id)
    first = arrive(app, letter())
    asked = len(search.asked)

    machine = arrive(app, letter(auto_submitted="auto-generated", subject="Disk full"))
    answer = arrive(app, letter(in_reply_to=outbox("acknowledgement")[0].message_id, body="It was in my spam folder."))

    assert (machine.outcome, answer.outcome) == (Outcome.NEW_TICKET, Outcome.REPLY)
    assert answer.ticket_id == first.ticket_id
    assert len(search.asked) == asked
    assert len(outbox("acknowledgement")) == 1


def test_a_search_that_fails_costs_no_mail(app, search, topic):
    search.error = RuntimeError("no index")

    mail = arrive(app, letter())

    assert mail.outcome is Outcome.NEW_TICKET
    assert SENTENCE not in outbox("acknowledgement")[0].text_body


def test_a_lead_chooses_topics_and_it_is_written_down(app):
    topic, other = make_topic(names={"en": "Billing"}), make_topic(names={"en": "Sign in"})
    team = default_team() or make_team()
    client = signed_in_client(app, make_agent(role=Role.LEAD))
    address = f"/agent/mail/suggestions/{team.id}"

    assert client.post(address, data={"topic": [topic.id, other.id]}).status_code == 303
    answer = client.post(address, data={"topic": [topic.id]})

    page = client.get(answer.location).get_data(as_text=True)
    assert "Saved. It counts from the next mail on." in page
    assert page.count(" checked>") == 1
    assert [row.topic_id for row in db.session.scalars(select(AcknowledgementTopic))] == [topic.id]
    changes = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "acknowledgement.topics")).all()
    assert [change.details["after"] for change in changes] == [sorted([topic.id, other.id]), [topic.id]]


def test_all_topics_can_be_given_up(app, topic):
    team = default_team()
    client = signed_in_client(app, make_agent(role=Role.LEAD))

    assert client.post(f"/agent/mail/suggestions/{team.id}").status_code == 303

    assert db.session.scalars(select(AcknowledgementTopic)).all() == []


def test_a_team_or_a_topic_that_is_not_there_changes_nothing(app, topic):
    team = default_team()
    client = signed_in_client(app, make_agent(role=Role.LEAD))

    assert client.post("/agent/mail/suggestions/999999", data={"topic": topic.id}).status_code == 404
    for value in ("999999", "billing", ""):
        assert client.post(f"/agent/mail/suggestions/{team.id}", data={"topic": value}).status_code == 404
    assert [row.topic_id for row in db.session.scalars(select(AcknowledgementTopic))] == [topic.id]


def test_agents_and_strangers_choose_nothing(app, agent_client, client):
    team = default_team() or make_team()

    assert agent_client.get("/agent/mail/suggestions").status_code == 403
    assert agent_client.post(f"/agent/mail/suggestions/{team.id}").status_code == 403
    assert "/agent/mail/suggestions" not in agent_client.get("/agent/mail").get_data(as_text=True)
    assert client.get("/agent/mail/suggestions").status_code == 303


def test_without_topics_the_page_says_where_they_come_from(app):
    client = signed_in_client(app, make_agent(role=Role.LEAD))
    assert "There are no topics yet." in client.get("/agent/mail/suggestions").get_data(as_text=True)
