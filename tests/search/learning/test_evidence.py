"""Where evidence comes from, how it is taken back, and what privacy asks of it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.clock import utcnow
from portal.contact.models import ContactDraft
from portal.database import db
from portal.jobs.queue import run_now
from portal.people.events import people_merged, person_erased
from portal.search.learning import actions, decisions
from portal.search.learning.givers import network_giver, person_giver
from portal.search.learning.models import EvidenceSource, StaleModel
from portal.search.learning.votes import LearnedVotes
from portal.search.models import SuggestionImpression
from portal.tickets.actions import change_status, send_reply
from portal.tickets.models import Status, Ticket
from portal.tickets.satisfaction import record_answer
from tests.factories import NOW, make_agent, make_translation
from tests.search.learning.evidence import all_evidence, learned_of, solve_with
from tests.tickets.agent_cases import open_ticket, write_as_requester

LATER = NOW + timedelta(hours=1)


def offer(session_hash: str, *article_ids: int, opened: dict[int, int] | None = None) -> None:
    """Suggestions shown to a contact session; `opened`: article → after how many minutes."""
    for position, article_id in enumerate(article_ids, start=1):
        db.session.add(
            SuggestionImpression(
                session_hash=session_hash,
                ranker_version="test",
                article_id=article_id,
                locale="en",
                position=position,
                score=0.5,
                shown_at=NOW,
                opened_at=NOW + timedelta(minutes=opened[article_id]) if opened and article_id in opened else None,
            )
        )
    db.session.commit()


def answered_ids(session_hash: str) -> list[int]:
    actions.note_answered(session_hash, "Where is my money?", locale="en", giver="network:1", now=LATER)
    db.session.commit()
    return [each.article_id for each in all_evidence()]


def ticket_with_reply(reply: str, **values: str) -> Ticket:
    """A ticket that an agent has answered with `reply`."""
    ticket = open_ticket(now=NOW, **values)
    send_reply(
        ticket,
        agent=make_agent(),
        body=reply,
        status_after=Status.PENDING,
        last_seen_message_id=ticket.messages[-1].id,
        idempotency_key=f"reply-{ticket.id}",
        now=NOW,
    )
    return ticket


# The contact form ------------------------------------------------------------------------------------------------


def test_the_article_opened_last_is_the_one_that_answered(app):
    first, second, third = (make_translation().article_id for _ in range(3))
    offer("draft", first, second, third, opened={first: 5, third: 2})
    assert answered_ids("draft") == [first]


def test_an_article_offered_alone_needs_no_opening(app):
    only = make_translation().article_id
    offer("draft", only)
    assert answered_ids("draft") == [only]


def test_of_several_unopened_articles_none_is_said_to_have_answered(app):
    offer("draft", make_translation().article_id, make_translation().article_id)
    assert answered_ids("draft") == []


def test_this_answered_my_question_becomes_evidence_from_the_form(client: FlaskClient):
    translation = make_translation(title="Get a refund")
    form = {"subject": "Refund for order", "message": "Write to noor@example.org, I want my money back."}
    client.post("/en/contact/draft", data=form)
    session_hash = db.session.scalars(select(SuggestionImpression.session_hash)).first() or _only_draft_hash()
    offer(session_hash, translation.article_id)

    client.post("/en/contact/answered", data=form)

    (evidence,) = all_evidence()
    assert (evidence.article_id, evidence.source, evidence.locale) == (
        translation.article_id,
        EvidenceSource.ANSWERED,
        "en",
    )
    assert "money back" in evidence.text
    assert "noor@example.org" not in evidence.text
    assert (evidence.person_id, evidence.ticket_id) == (None, None)
    assert evidence.giver == network_giver("127.0.0.1", secret=client.application.secret_key, now=utcnow())


@pytest.mark.parametrize("path", ["/en/contact/answered/undo", "/en/contact/unanswered"])
def test_what_did_not_answer_after_all_is_taken_back(client: FlaskClient, path: str):
    form = {"subject": "Refund for order", "message": "I want my money back."}
    client.post("/en/contact/draft", data=form)
    offer(_only_draft_hash(), make_translation().article_id)
    client.post("/en/contact/answered", data=form)
    assert len(all_evidence()) == 1

    client.post(path)

    assert all_evidence() == []


def test_who_writes_on_was_not_answered(client: FlaskClient):
    form = {"subject": "Refund for order", "message": "I want my money back."}
    client.post("/en/contact/draft", data=form)
    offer(_only_draft_hash(), make_translation().article_id)
    client.post("/en/contact/answered", data=form)

    client.post("/en/contact/answered", data={**form, "message": "It says nothing about gift cards."})

    # The first answer is gone; the second one stands for the new words.
    assert [each.text for each in all_evidence()] == ["Refund for order\nIt says nothing about gift cards."]


@pytest.mark.parametrize(("addresses", "is_learned"), [(("192.0.2.1", "192.0.2.2", "192.0.2.3"), True),
                                                       (("192.0.2.1", "192.0.2.1", "192.0.2.1"), False)])  # fmt: skip
def test_three_people_who_were_answered_teach_search_and_one_person_in_three_windows_does_not(
    app: Flask, addresses: tuple[str, ...], is_learned: bool
):
    translation = make_translation(title="Gift cards")
    for address in addresses:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        form = {"subject": "My quokka is gone", "message": "Where is my quokka?"}
        client.post("/en/contact/draft", data=form)
        newest = select(ContactDraft.token_hash).order_by(ContactDraft.id.desc()).limit(1)
        offer(db.session.scalars(newest).one(), translation.article_id)
        client.post("/en/contact/answered", data=form)
    assert len(all_evidence()) == 3

    with clock.frozen(utcnow() + actions.REFIT_DELAY):
        run_now(actions.REFIT_JOB)

    ballot = LearnedVotes(db.engine).ballot("en", "quokka", np.arange(1, 100))
    assert bool(ballot and ballot.votes.any()) is is_learned


def test_a_question_of_which_masking_leaves_nothing_is_not_kept(app):
    solve_with(make_translation(), "noor@example.org")
    assert all_evidence() == []


def _only_draft_hash() -> str:
    return db.session.scalars(select(ContactDraft.token_hash)).one()


# Tickets ---------------------------------------------------------------------------------------------------------


def test_a_verified_ticket_is_evidence_for_the_articles_that_replies_link_to(app):
    translation = make_translation(slug="get-a-refund")
    ticket = ticket_with_reply("See http://localhost/en/articles/get-a-refund.", body="My money is not back.")
    assert all_evidence() == []

    record_answer(ticket, is_solved=True, now=LATER)

    (evidence,) = all_evidence()
    assert (evidence.article_id, evidence.source) == (translation.article_id, EvidenceSource.SOLVED)
    assert evidence.text == "Cannot sign in\nMy money is not back."
    assert (evidence.giver, evidence.ticket_id) == (person_giver(ticket.requester_id), ticket.id)
    assert learned_of(translation).evidence_count == 0


def test_several_links_share_the_weight(app):
    for slug in ("one", "two"):
        make_translation(slug=slug)
    ticket = ticket_with_reply("http://localhost/en/articles/one or http://localhost/en/articles/two#steps")
    record_answer(ticket, is_solved=True, now=LATER)
    assert [each.weight for each in all_evidence()] == [0.5, 0.5]


@pytest.mark.parametrize(
    "body", ["No link.", "http://elsewhere.example/en/articles/one", "http://localhost/en/articles/unknown"]
)
def test_a_reply_without_our_articles_teaches_nothing(app, body: str):
    make_translation(slug="one")
    record_answer(ticket_with_reply(body), is_solved=True, now=LATER)
    assert all_evidence() == []


def test_the_requesters_own_links_teach_nothing(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("We are looking.", body="I read http://localhost/en/articles/one already.")
    record_answer(ticket, is_solved=True, now=LATER)
    assert all_evidence() == []


def test_not_yet_takes_the_evidence_back(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)
    record_answer(ticket, is_solved=False, now=LATER)
    assert all_evidence() == []


def test_a_reply_that_reopens_the_ticket_takes_the_evidence_back(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)
    write_as_requester(ticket)
    assert all_evidence() == []


def test_a_ticket_that_agents_reopen_and_solve_again_keeps_what_the_requester_said(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)
    agent = make_agent()

    change_status(ticket, Status.OPEN, agent=agent, now=LATER)
    assert all_evidence() == []
    change_status(ticket, Status.SOLVED, agent=agent, now=LATER)
    assert len(all_evidence()) == 1


@pytest.mark.parametrize(("status_after", "is_kept"), [(Status.OPEN, False), (Status.SOLVED, True)])
def test_a_further_reply_takes_the_evidence_back_only_if_it_reopens_the_ticket(
    app, status_after: Status, is_kept: bool
):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)

    send_reply(
        ticket,
        agent=make_agent(),
        body="You are welcome.",
        status_after=status_after,
        last_seen_message_id=ticket.messages[-1].id,
        idempotency_key="further",
        now=LATER,
    )

    assert bool(all_evidence()) is is_kept


def test_saying_yes_twice_is_one_piece_of_evidence(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)
    actions.note_solved(ticket.id, [1], "again", locale="en", person_id=ticket.requester_id, now=LATER)
    db.session.commit()
    assert len(all_evidence()) == 1


def test_an_answer_counts_even_when_learning_fails(app, monkeypatch: pytest.MonkeyPatch):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    monkeypatch.setattr(actions, "mask", lambda *_arguments: 1 / 0)

    record_answer(ticket, is_solved=True, now=LATER)

    assert ticket.status is Status.SOLVED
    assert all_evidence() == []


# Privacy ---------------------------------------------------------------------------------------------------------


def test_forgetting_a_person_removes_their_evidence_and_has_the_model_fitted_at_once(app):
    translation = make_translation()
    first, _second = solve_with(translation, "refund please", "money back")
    assert db.session.get_one(StaleModel, "en").due_at == NOW + actions.REFIT_DELAY

    assert actions.forget_person(first, now=NOW) == 1
    db.session.commit()

    assert [each.text for each in all_evidence()] == ["money back"]
    assert db.session.get_one(StaleModel, "en", populate_existing=True).due_at == NOW


def test_whoever_erases_a_person_reaches_their_evidence_through_the_signal(app):
    person_id, _other = solve_with(make_translation(), "refund please", "money back")
    person_erased.send("test", person_id=person_id, now=NOW)
    assert [each.text for each in all_evidence()] == ["money back"]


def test_merged_people_count_as_one(app):
    one, other = solve_with(make_translation(), "refund please", "money back")
    people_merged.send("test", from_person_id=one, to_person_id=other, now=NOW)
    db.session.expire_all()
    assert {(each.person_id, each.giver) for each in all_evidence()} == {(other, person_giver(other))}


def test_what_an_author_refused_stays_refused_when_the_answer_is_given_again(app):
    make_translation(slug="one")
    ticket = ticket_with_reply("http://localhost/en/articles/one")
    record_answer(ticket, is_solved=True, now=LATER)
    decisions.refuse_evidence(all_evidence()[0], agent=make_agent(), now=LATER)

    record_answer(ticket, is_solved=False, now=LATER)
    record_answer(ticket, is_solved=True, now=LATER)

    assert [each.refused_at for each in all_evidence()] == [LATER]


def test_nothing_is_kept_for_an_article_whose_learning_is_stopped(app):
    translation = make_translation()
    solve_with(translation, "refund please")
    decisions.pause_learning(learned_of(translation), agent=make_agent(), now=NOW)
    solve_with(translation, "money back")
    assert [each.text for each in all_evidence()] == ["refund please"]


def test_people_at_one_address_in_one_month_are_one_person():
    def giver(address: str, day: int = 23, month: int = 11) -> str:
        return network_giver(address, secret="secret", now=NOW.replace(day=day, month=month))

    assert giver("192.0.2.1") == giver("192.0.2.1", day=1)
    assert giver("192.0.2.1") != giver("192.0.2.2")
    assert giver("192.0.2.1") != giver("192.0.2.1", month=10)
    assert giver("2001:db8::1") == giver("2001:db8::ffff")
    assert giver("2001:db8:0:1::1") != giver("2001:db8:0:2::1")
    assert "192.0.2.1" not in giver("192.0.2.1")
    assert network_giver("192.0.2.1", secret="other", now=NOW) != giver("192.0.2.1")
    assert giver("a socket").startswith("network:")
