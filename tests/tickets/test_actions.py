"""Changes to tickets: what they record, what they refuse, what twice means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.database import db
from portal.errors import RuleViolation
from portal.mail.models import OutboxMail
from portal.tickets import actions
from portal.tickets.lifecycle import summarise
from portal.tickets.models import Channel, ComposerTab, Message, Note, Priority, ReplyDraft, Status, Ticket
from portal.tickets.satisfaction import add_comment, record_answer
from tests.factories import NOW, make_agent, make_person, make_team

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def agent(app):
    return make_agent(name="Robin Vale")


def open_ticket(key: str = "first", **values) -> Ticket:
    """A ticket opened through the action, as the form does it."""
    requester = values.pop("requester", None) or make_person(locale="de")
    ticket = actions.open_ticket(
        subject="Download hängt", body="Bei 40 %.", requester=requester, locale="de", channel=Channel.FORM,
        team=values.pop("team", None), idempotency_key=key, now=NOW, **values,
    )  # fmt: skip
    db.session.commit()
    return ticket


def reply(ticket: Ticket, agent, *, key: str = "reply-1", status: Status = Status.PENDING, **values) -> Message:
    seen = values.pop("seen", max(message.id for message in ticket.messages))
    return actions.send_reply(
        ticket,
        agent=agent,
        body="Bitte neu starten.",
        status_after=status,
        last_seen_message_id=seen,
        idempotency_key=key,
        now=LATER,
        **values,
    )


def test_opening_records_event_message_and_promise(app):
    ticket = open_ticket(team=make_team())
    assert [event.kind for event in ticket.events] == ["opened"]
    assert ticket.messages[0].body == "Bei 40 %."
    assert ticket.waiting_since == NOW
    assert ticket.expected_reply_at > NOW
    assert ticket.next_due_at is not None
    assert ticket.reference.startswith("HX-")


def test_opening_twice_with_one_key_is_one_ticket(app):
    assert open_ticket().id == open_ticket(requester=make_person()).id
    assert db.session.scalar(select(func.count(Ticket.id))) == 1


def test_a_reply_goes_out_by_mail_and_belongs_to_the_writer(app, agent):
    ticket = open_ticket()
    message = reply(ticket, agent)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.template, mail.locale, mail.recipient) == ("reply", "de", ticket.requester.email)
    assert mail.message_id == message.mail_message_id
    assert "Auto-Submitted" not in mail.headers
    assert (ticket.assignee, ticket.status, ticket.next_due_at) == (agent, Status.PENDING, None)
    assert ticket.first_responded_at == LATER


def test_the_same_reply_twice_is_one_message_and_one_mail(app, agent):
    ticket = open_ticket()
    assert reply(ticket, agent).id == reply(ticket, agent).id
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 1


def test_replies_of_one_ticket_are_threaded(app, agent):
    ticket = open_ticket()
    reply(ticket, agent, key="one")
    reply(ticket, agent, key="two")
    first, second = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    assert second.headers["In-Reply-To"] == first.message_id
    assert first.message_id in second.headers["References"]


def test_a_reply_over_an_unseen_message_is_stopped_and_can_be_sent_anyway(app, agent):
    ticket = open_ticket()
    seen = ticket.messages[-1].id
    newer = actions.add_requester_message(
        ticket, body="Geht wieder!", files=(), channel=Channel.PAGE, idempotency_key="more", now=LATER
    )
    with pytest.raises(actions.NewerMessages) as caught:
        reply(ticket, agent, seen=seen)
    assert [message.id for message in caught.value.messages] == [newer.id]
    assert reply(ticket, agent, seen=seen, despite_newer=True).id > newer.id


def test_an_answer_of_the_requester_opens_the_ticket_again(app, agent):
    ticket = open_ticket()
    reply(ticket, agent, status=Status.SOLVED)
    actions.add_requester_message(
        ticket, body="Leider nein.", files=(), channel=Channel.PAGE, idempotency_key="no", now=LATER
    )
    assert (ticket.status, ticket.reopen_count, ticket.waiting_since) == (Status.OPEN, 1, LATER)


def test_a_closed_ticket_takes_no_message(app, agent):
    ticket = open_ticket()
    actions.change_status(ticket, Status.CLOSED, agent=agent, now=LATER)
    with pytest.raises(RuleViolation):
        reply(ticket, agent)
    with pytest.raises(RuleViolation):
        actions.add_requester_message(
            ticket, body="Hallo?", files=(), channel=Channel.PAGE, idempotency_key="late", now=LATER
        )


def test_a_note_sends_nothing_and_changes_no_clock(app, agent):
    ticket = open_ticket()
    actions.add_note(ticket, agent=agent, body="Looks like LP-2016.", idempotency_key="note", now=LATER)
    actions.add_note(ticket, agent=agent, body="Looks like LP-2016.", idempotency_key="note", now=LATER)
    assert db.session.scalar(select(func.count(Note.id))) == 1
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 0
    assert ticket.waiting_since == NOW


def test_priority_moves_the_deadline(app, agent):
    ticket = open_ticket()
    before = ticket.next_due_at
    actions.change_priority(ticket, Priority.URGENT, agent=agent, now=LATER)
    assert ticket.next_due_at < before


@pytest.mark.parametrize("names", [[f"tag-{number}" for number in range(11)], ["x" * 31]])
def test_too_many_or_too_long_tags_are_refused(app, agent, names):
    with pytest.raises(RuleViolation):
        actions.change_tags(open_ticket(), names, agent=agent, now=LATER)


def test_tags_are_tidied_and_shared(app, agent):
    one, other = open_ticket("one"), open_ticket("other", requester=make_person())
    actions.change_tags(one, [" Refund ", "refund", "", "Two  Step"], agent=agent, now=LATER)
    actions.change_tags(other, ["refund"], agent=agent, now=LATER)
    assert [tag.name for tag in one.tags] == ["refund", "two step"]
    assert other.tags[0].id == one.tags[0].id


def test_a_ticket_is_not_given_to_somebody_who_left(app, agent):
    with pytest.raises(RuleViolation):
        actions.assign_ticket(open_ticket(), make_agent(is_active=False), agent=agent, now=LATER)


def test_a_sent_reply_leaves_no_draft_but_the_notes_one(app, agent):
    ticket = open_ticket()
    actions.save_reply_draft(ticket.id, agent.id, ComposerTab.REPLY, "Bitte", now=NOW)
    actions.save_reply_draft(ticket.id, agent.id, ComposerTab.NOTE, "Hm", now=NOW)
    reply(ticket, agent)
    assert [draft.tab for draft in db.session.scalars(select(ReplyDraft))] == [ComposerTab.NOTE]


def test_yes_solves_and_not_yet_opens_again(app, agent):
    ticket = open_ticket()
    reply(ticket, agent)
    record_answer(ticket, is_solved=True, now=LATER)
    assert ticket.status is Status.SOLVED
    rating = record_answer(ticket, is_solved=False, now=LATER)
    assert (ticket.status, rating.score.value, len(ticket.ratings)) == (Status.OPEN, "bad", 1)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SOLVED])
def test_after_not_yet_the_requester_waits_for_an_answer(app, agent, status):
    ticket = open_ticket()
    reply(ticket, agent, status=status)
    record_answer(ticket, is_solved=False, now=LATER)
    db.session.expire_all()
    assert (ticket.status, ticket.waiting_since) == (Status.OPEN, LATER)
    assert summarise(ticket.events).waiting_since == LATER


def test_every_reply_may_be_rated_once(app, agent):
    ticket = open_ticket()
    reply(ticket, agent, key="one")
    record_answer(ticket, is_solved=False, now=LATER)
    reply(ticket, agent, key="two")
    record_answer(ticket, is_solved=True, now=LATER)
    assert [rating.score.value for rating in ticket.ratings] == ["bad", "good"]


def test_an_answer_can_be_changed_for_fourteen_days(app, agent):
    ticket = open_ticket()
    reply(ticket, agent)
    record_answer(ticket, is_solved=True, now=LATER)
    with pytest.raises(RuleViolation):
        record_answer(ticket, is_solved=False, now=LATER + timedelta(days=15))


def test_there_is_nothing_to_rate_before_a_reply(app):
    ticket = open_ticket()
    with pytest.raises(RuleViolation):
        record_answer(ticket, is_solved=True, now=LATER)
    with pytest.raises(RuleViolation):
        add_comment(ticket, "Good", now=LATER)


def test_the_row_says_what_the_events_say(app, agent):
    ticket = open_ticket()
    reply(ticket, agent, status=Status.SOLVED)
    record_answer(ticket, is_solved=False, now=LATER)
    actions.change_status(ticket, Status.PENDING, agent=agent, now=LATER)
    db.session.expire_all()
    summary = summarise(ticket.events)
    assert (ticket.status, ticket.waiting_since, ticket.reopen_count) == (
        summary.status, summary.waiting_since, summary.reopen_count,
    )  # fmt: skip
