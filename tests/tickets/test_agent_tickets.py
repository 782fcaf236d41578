"""The agents' ticket page: what it shows, properties, conflicts, files."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal.agents.models import Agent
from portal.clock import utcnow
from portal.database import db
from portal.search.models import SearchQuery, SuggestionImpression, SuggestionVerdict
from portal.storage import StoredFile
from portal.tickets import actions
from portal.tickets.models import Priority, Status, Ticket
from portal.tickets.satisfaction import add_comment, record_answer
from tests.agents import fresh_requests as requests_of_tests
from tests.factories import make_agent, make_person, make_topic, make_translation
from tests.tickets.agent_cases import FRAGMENT, hidden_value, kinds_of, open_ticket, write_as_requester

fresh_requests = requests_of_tests.fresh_requests


def test_a_ticket_that_does_not_exist_is_not_found(agent_client):
    for path in ("", "/arrivals", "/canned-responses", "/articles", "/files/none"):
        assert agent_client.get(f"/agent/tickets/999999{path}").status_code == 404, path
    for path in ("assignment", "status", "priority", "topic", "tags", "replies", "notes", "drafts", "insertions"):
        assert agent_client.post(f"/agent/tickets/999999/{path}").status_code == 404, path


def test_a_stranger_is_asked_to_sign_in_and_a_fragment_is_refused(client):
    ticket = open_ticket(subject="Secret subject")

    assert client.get(f"/agent/tickets/{ticket.id}").status_code == 303
    fragment = client.get(f"/agent/tickets/{ticket.id}?panel=history", headers=FRAGMENT)
    assert fragment.status_code == 401
    assert "Secret subject" not in fragment.text
    assert client.post(f"/agent/tickets/{ticket.id}/status", data={"value": "solved"}).status_code == 401
    assert ticket.status is Status.NEW


def test_a_change_needs_the_token_of_our_own_page(agent_client):
    ticket = open_ticket()

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/status", data={"value": "solved"}, headers={"X-CSRF-Token": "forged"}
    )

    assert response.status_code == 403
    assert ticket.status is Status.NEW


def test_the_page_has_the_conversation_the_requester_and_their_earlier_tickets(agent_client):
    requester = make_person(name="Noor Haddad", email="noor@example.net", locale="ar", time_zone="Africa/Cairo")
    open_ticket(requester=requester, subject="An older question")
    ticket = open_ticket(requester=requester, subject="Refund late", body="Where is **my money**?")
    actions.add_note(ticket, agent=agent_client.agent, body="Paid twice.", idempotency_key="n", now=utcnow())
    actions.change_priority(ticket, Priority.HIGH, agent=agent_client.agent, now=utcnow())

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    for text in ("Refund late", ticket.reference, "<strong>my money</strong>", "Paid twice.", "Noor Haddad",
                 "noor@example.net", "Arabic", "Africa/Cairo", "An older question", "Replies in Arabic",
                 "changed the priority from Normal to High"):  # fmt: skip
        assert text in page, text


def test_a_page_costs_few_queries_however_long_the_conversation_is(agent_client, count_queries):
    ticket = open_ticket()
    for number in range(12):
        write_as_requester(ticket)
        actions.add_note(ticket, agent=make_agent(), body="Note", idempotency_key=f"n{number}", now=utcnow())
    db.session.expunge_all()

    with count_queries() as statements:
        agent_client.get(f"/agent/tickets/{ticket.id}?view=unassigned")

    assert len(statements) <= 26, len(statements)


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_what_people_write_is_text_and_never_markup(agent_client):
    ticket = open_ticket(subject=EVIL, body=f"{EVIL} [x](javascript:alert(1))", requester=make_person(name=EVIL))
    actions.change_tags(ticket, ["<b>bold"], agent=agent_client.agent, now=utcnow())
    actions.add_note(ticket, agent=make_agent(name=EVIL), body=EVIL, idempotency_key="n", now=utcnow())

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert "<b>bold" not in page


def test_the_way_back_and_to_the_neighbours_follows_the_list(agent_client):
    first, second, third = (open_ticket(subject=name) for name in ("first", "second", "third"))
    actions.change_status(open_ticket(), Status.SOLVED, agent=agent_client.agent, now=utcnow())

    page = agent_client.get(f"/agent/tickets/{second.id}?view=unassigned").text

    assert f'href="/agent/tickets/{first.id}?view=unassigned" rel="prev"' in page
    assert f'href="/agent/tickets/{third.id}?view=unassigned" rel="next"' in page
    assert 'href="/agent/tickets?view=unassigned" data-shortcut="KeyU"' in page


@pytest.mark.parametrize(
    ("path", "value", "attribute", "expected"),
    [
        ("status", "solved", "status", Status.SOLVED),
        ("status", "pending", "status", Status.PENDING),
        ("priority", "urgent", "priority", Priority.URGENT),
    ],
)
def test_a_property_is_changed_recorded_and_shown(agent_client, path: str, value: str, attribute: str, expected):
    ticket = open_ticket()
    before = getattr(ticket, attribute).value

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/{path}?view=mine", data={"value": value, "before": before}
    )

    assert response.status_code == 303
    assert response.location == f"/agent/tickets/{ticket.id}?view=mine&saved={path}#details"
    assert getattr(ticket, attribute) is expected
    assert kinds_of(ticket)[-1] == f"{path}_changed"
    assert "Changes saved" in agent_client.get(response.location).text


def test_a_ticket_is_assigned_and_given_back(agent_client):
    ticket, colleague = open_ticket(), make_agent(name="Omar Haddad")
    address = f"/agent/tickets/{ticket.id}/assignment"

    agent_client.post(address, data={"value": colleague.id, "before": ""})
    assert ticket.assignee == colleague
    agent_client.post(address, data={"value": "", "before": colleague.id})
    assert ticket.assignee is None

    assert kinds_of(ticket)[1:] == ["assigned", "assigned"]
    for unknown in (999_999, 2**31, "9" * 25, "x"):
        assert agent_client.post(address, data={"value": unknown}).status_code == 404


def test_an_inactive_agent_gets_no_tickets(agent_client):
    ticket, gone = open_ticket(), make_agent(is_active=False)

    assert agent_client.post(f"/agent/tickets/{ticket.id}/assignment", data={"value": gone.id}).status_code == 409
    assert ticket.assignee is None


def test_a_topic_is_chosen_from_those_there_are(agent_client):
    ticket, topic = open_ticket(), make_topic(names={"en": "Payments"})
    address = f"/agent/tickets/{ticket.id}/topic"

    agent_client.post(address, data={"value": topic.id, "before": ""})
    assert ticket.topic_id == topic.id
    for unknown in (999_999, 2**31, "9" * 25, "x"):
        assert agent_client.post(address, data={"value": unknown}).status_code == 404
    agent_client.post(address, data={"value": ""})
    assert ticket.topic_id is None


def test_tags_are_replaced_and_named_in_the_conversation(agent_client):
    ticket = open_ticket()

    agent_client.post(f"/agent/tickets/{ticket.id}/tags", data={"tags": "VIP, gift  card,vip", "before": ""})

    assert [tag.name for tag in ticket.tags] == ["gift card", "vip"]
    assert "set the tags to gift card, vip" in agent_client.get(f"/agent/tickets/{ticket.id}").text


def test_tags_with_nul_are_kept_without_it(agent_client):
    ticket = open_ticket()

    agent_client.post(f"/agent/tickets/{ticket.id}/tags", data={"tags": "v\0ip", "before": ""})

    assert [tag.name for tag in ticket.tags] == ["vip"]


@pytest.mark.parametrize("tags", [", ".join(f"tag{number}" for number in range(11)), "x" * 31])
def test_too_many_or_too_long_tags_are_refused_and_kept_in_the_field(agent_client, tags: str):
    ticket = open_ticket()

    for headers in ({}, FRAGMENT):
        response = agent_client.post(
            f"/agent/tickets/{ticket.id}/tags", data={"tags": tags, "before": ""}, headers=headers
        )
        assert response.status_code == 422
        assert "Use at most" in response.text
        assert tags.split(", ")[-1] in response.text
    assert ticket.tags == []


@pytest.mark.parametrize("value", ["", "closed?", "new ", "999"])
def test_an_unknown_value_is_not_found(agent_client, value: str):
    ticket = open_ticket()

    assert agent_client.post(f"/agent/tickets/{ticket.id}/status", data={"value": value}).status_code == 404
    assert agent_client.post(f"/agent/tickets/{ticket.id}/priority", data={"value": value}).status_code == 404


def test_a_step_that_the_rules_forbid_is_refused(agent_client):
    ticket = open_ticket()
    actions.change_status(ticket, Status.CLOSED, agent=agent_client.agent, now=utcnow())

    response = agent_client.post(f"/agent/tickets/{ticket.id}/status", data={"value": "open", "before": "closed"})

    assert response.status_code == 409
    assert "Not saved" in response.text
    assert ticket.status is Status.CLOSED


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_two_agents_changing_the_same_property_do_not_overwrite_each_other(agent_client, headers: dict[str, str]):
    ticket = open_ticket()
    actions.change_status(ticket, Status.SOLVED, agent=make_agent(), now=utcnow())

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/status", data={"value": "pending", "before": "new"}, headers=headers
    )

    assert response.status_code == 409
    assert "Not saved: somebody else changed this meanwhile." in response.text
    assert ticket.status is Status.SOLVED


def test_tags_typed_beside_a_colleagues_are_kept_and_saved_the_second_time(agent_client):
    ticket = open_ticket()
    actions.change_tags(ticket, ["theirs"], agent=make_agent(), now=utcnow())
    address = f"/agent/tickets/{ticket.id}/tags"

    conflict = agent_client.post(address, data={"tags": "mine", "before": ""})
    assert conflict.status_code == 409
    form = conflict.text.partition(f'action="{address}')[2]
    assert hidden_value(form, "tags") == "mine"

    agent_client.post(address, data={"tags": "mine, theirs", "before": hidden_value(form, "before")})
    assert [tag.name for tag in ticket.tags] == ["mine", "theirs"]


def test_a_change_of_another_property_is_no_conflict(agent_client):
    ticket = open_ticket()
    actions.change_priority(ticket, Priority.HIGH, agent=make_agent(), now=utcnow())

    agent_client.post(f"/agent/tickets/{ticket.id}/status", data={"value": "solved", "before": "new"})

    assert ticket.status is Status.SOLVED


def test_htmx_gets_the_changed_parts_and_the_new_event_only(agent_client):
    ticket = open_ticket(body="The first message.")

    response = agent_client.post(
        f"/agent/tickets/{ticket.id}/status", data={"value": "solved", "before": "new"}, headers=FRAGMENT
    )

    assert response.status_code == 200
    assert response.text.lstrip().startswith("<header")
    assert "<html" not in response.text
    assert 'hx-swap-oob="beforeend:#thread"' in response.text
    assert "changed the status from New to Solved" in response.text
    assert "The first message." not in response.text


def test_panels_come_alone_for_htmx_and_inside_the_page_without_scripts(agent_client):
    ticket = open_ticket()
    db.session.add(SearchQuery(locale="en", text="refund not there", result_count=3, ticket_id=ticket.id,
                               created_at=utcnow(), updated_at=utcnow()))  # fmt: skip
    translation = make_translation(title="Get a refund")
    db.session.add(
        SuggestionImpression(
            session_hash="s",
            ranker_version="1",
            article_id=translation.article_id,
            locale="en",
            position=1,
            score=0.5,
            shown_at=utcnow(),
            verdict=SuggestionVerdict.REJECTED,
            ticket_id=ticket.id,
        )
    )
    db.session.commit()
    address = f"/agent/tickets/{ticket.id}?panel=history"

    alone = agent_client.get(address, headers=FRAGMENT).text
    inside = agent_client.get(address).text

    for text in ("refund not there", "3 results", "Get a refund"):
        assert text in alone
        assert text in inside
    assert alone.lstrip().startswith("<section")
    assert "refund not there" not in agent_client.get(f"/agent/tickets/{ticket.id}").text


def test_a_requester_without_searches_is_said_to_have_none(agent_client):
    panel = agent_client.get(f"/agent/tickets/{open_ticket().id}?panel=history", headers=FRAGMENT).text

    assert "They did not search before writing." in panel


def test_news_on_a_ticket_are_announced_with_the_name(agent_client):
    ticket = open_ticket(requester=make_person(name="Noor Haddad"))
    last = ticket.messages[-1].id
    quiet = agent_client.get(f"/agent/tickets/{ticket.id}/arrivals?after={last}", headers=FRAGMENT).text
    assert "New message" not in quiet

    write_as_requester(ticket)
    news = agent_client.get(f"/agent/tickets/{ticket.id}/arrivals?after={last}", headers=FRAGMENT).text
    assert "New message from Noor Haddad" in news


@pytest.mark.parametrize("after", ["9" * 25, "9" * 5000, "-1", "x", ""])
def test_news_after_a_message_that_cannot_be_are_no_error(agent_client, after: str):
    ticket = open_ticket()

    assert agent_client.get(f"/agent/tickets/{ticket.id}/arrivals?after={after}").status_code == 200


def solved_with(ticket: Ticket, agent: Agent, comment: str) -> None:
    """A reply, the requester's yes and what they say about it, a minute later each time."""
    now = max(event.occurred_at for event in ticket.events) + timedelta(minutes=1)
    actions.send_reply(
        ticket, agent=agent, body="Try again.", status_after=Status.PENDING, last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.message_count}", now=now,
    )  # fmt: skip
    record_answer(ticket, is_solved=True, now=now)
    add_comment(ticket, comment, now=now)


def test_each_comment_on_an_answer_stands_once_and_stays(agent_client):
    ticket = open_ticket()
    solved_with(ticket, agent_client.agent, "You were far too slow.")
    solved_with(ticket, agent_client.agent, "Great now.")
    for minutes in (5, 6):
        add_comment(ticket, "Great now!", now=utcnow() + timedelta(minutes=minutes))

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert re.findall(r'<q dir="auto">([^<]*)</q>', page) == ["You were far too slow.", "Great now.", "Great now!"]


def test_comments_recorded_before_events_held_them_are_still_shown(agent_client):
    ticket = open_ticket()
    for comment in ("You were far too slow.", "Great now."):
        solved_with(ticket, agent_client.agent, comment)
    for event in ticket.events:
        if event.kind == "rating_commented":
            event.payload = {}
    db.session.commit()
    db.session.expire_all()

    page = agent_client.get(f"/agent/tickets/{ticket.id}").text

    assert re.findall(r'<q dir="auto">([^<]*)</q>', page) == ["You were far too slow.", "Great now."]


@pytest.mark.parametrize(
    ("media_type", "name", "disposition", "served_as"),
    [
        ("image/png", "picture.png", "inline", "image/png"),
        ("image/svg+xml", "evil.svg", "attachment", "application/octet-stream"),
        ("text/html", "evil.html", "attachment", "application/octet-stream"),
        ("application/pdf", "رسالة.pdf", "attachment", "application/octet-stream"),
    ],
)
def test_files_are_downloaded_and_cannot_run(
    app: Flask, agent_client, media_type: str, name: str, disposition: str, served_as: str
):
    content = b"<script>alert(1)</script>"
    digest = app.extensions["blobs"].put(content)
    ticket = open_ticket(files=[StoredFile(digest, name, media_type, len(content))])
    attachment = ticket.messages[0].attachments[0]
    assert name in agent_client.get(f"/agent/tickets/{ticket.id}").text

    response = agent_client.get(f"/agent/tickets/{ticket.id}/files/{attachment.public_id}")

    assert response.data == content
    assert response.headers["Content-Disposition"].startswith(disposition)
    assert response.mimetype == served_as
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


def test_a_file_is_reached_through_its_own_ticket_only(app: Flask, agent_client):
    digest = app.extensions["blobs"].put(b"text")
    ticket = open_ticket(files=[StoredFile(digest, "a.txt", "text/plain", 4)])
    public_id = ticket.messages[0].attachments[0].public_id

    assert agent_client.get(f"/agent/tickets/{open_ticket().id}/files/{public_id}").status_code == 404
    app.extensions["blobs"].delete(digest)
    assert agent_client.get(f"/agent/tickets/{ticket.id}/files/{public_id}").status_code == 404
