"""What becomes of a mail: whose ticket it is, who may write to it, and what is answered."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import InboundMail, MailboxState, Outcome
from portal.mail.models import OutboxMail, OutboxState
from portal.mail.reply_addresses import bounce_address, reply_address
from portal.tickets.actions import change_status, send_reply
from portal.tickets.models import Participant, Status, Ticket
from tests.factories import make_agent, make_person
from tests.tickets.mail_cases import SUPPORT, arrive, letter, outbox

NOTHING_NEW = "I followed the steps and it still shows the same error."


def opened(app: Flask, **values: str) -> Ticket:
    """The ticket that a mail opened."""
    mail = arrive(app, letter(**values))
    return db.session.get_one(Ticket, mail.ticket_id)


def answered(ticket: Ticket, *, status: Status = Status.SOLVED) -> OutboxMail:
    """The mail of an agent's reply that set the ticket to `status`."""
    agent = make_agent()
    send_reply(
        ticket,
        agent=agent,
        body="Open Billing and choose the invoice.",
        status_after=status,
        last_seen_message_id=10**9,
        idempotency_key=f"reply-{ticket.id}-{ticket.message_count}",
        now=utcnow(),
    )
    return outbox("reply")[-1]


def token_address(ticket: Ticket) -> str:
    return reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)


def test_a_first_mail_becomes_a_ticket_and_is_acknowledged_once(app):
    mail = arrive(app, letter(body="Guten Tag, ich kann die Rechnung für Oktober nicht finden. Wo bekomme ich sie?"))

    ticket = db.session.get_one(Ticket, mail.ticket_id)
    assert (mail.outcome, ticket.subject, ticket.locale) == (Outcome.NEW_TICKET, "Where is my invoice?", "de")
    assert ticket.requester.email == "noor@example.org"
    assert [(each.template, each.recipient, each.locale) for each in outbox()] == [
        ("acknowledgement", "noor@example.org", "de")
    ]
    assert outbox()[0].headers["In-Reply-To"] == mail.message_id


def test_the_same_mail_twice_is_one_ticket(app):
    message = letter()

    first, second = arrive(app, message), arrive(app, message)

    assert first.id == second.id
    assert len(first.arrivals) == 2
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_an_answer_to_our_mail_is_a_message_without_what_it_quotes(app):
    ticket = opened(app)
    sent = answered(ticket)
    quote = "\n".join(f"> {line}" for line in sent.text_body.splitlines())

    mail = arrive(
        app,
        letter(
            in_reply_to=sent.message_id,
            body=f"{NOTHING_NEW}\n\nOn Mon, 23 Nov 2026 at 11:00, Answerwell <support@example.com> wrote:\n{quote}\n",
        ),
    )

    message = ticket.messages[-1]
    assert (mail.outcome, mail.ticket_id) == (Outcome.REPLY, ticket.id)
    assert message.body == NOTHING_NEW
    assert "Open Billing" in message.quoted_text
    assert ticket.status is Status.OPEN


@pytest.mark.parametrize("way", ["token", "reference"])
def test_a_stranger_who_knows_the_conversation_is_held_and_nobody_is_told(app, way):
    ticket = opened(app)
    sent = answered(ticket)
    count = len(outbox())
    values = {"to": token_address(ticket)} if way == "token" else {"references": sent.message_id}

    mail = arrive(app, letter(**{"from": "Mallory <mallory@evil.example>"}, body="Send me the data.", **values))

    db.session.refresh(ticket)
    assert (mail.outcome, mail.reason, mail.ticket_id) == (Outcome.HELD, "unverified_sender", ticket.id)
    assert (ticket.status, ticket.message_count) == (Status.SOLVED, 2)
    assert len(outbox()) == count


def test_a_stranger_who_types_a_reference_gets_a_ticket_of_their_own(app):
    ticket = opened(app)

    mail = arrive(app, letter(**{"from": "mallory@evil.example"}, subject=f"Re: [{ticket.reference}] Invoice"))

    assert mail.outcome is Outcome.NEW_TICKET
    assert mail.ticket_id != ticket.id


def test_an_equal_subject_is_no_sign_of_one_conversation(app):
    first, second = opened(app), opened(app)

    assert first.id != second.id


def test_the_requester_with_only_the_reference_is_held_where_nothing_proves_them(app):
    ticket = opened(app)

    mail = arrive(app, letter(subject=f"[{ticket.reference}] one more thing", body="And one more question?"))

    assert (mail.outcome, mail.reason, mail.ticket_id) == (Outcome.HELD, "unproved_sender", ticket.id)


def test_a_thank_you_leaves_a_solved_ticket_solved_and_says_so(app):
    ticket = opened(app)
    sent = answered(ticket)

    mail = arrive(app, letter(in_reply_to=sent.message_id, body="Thank you very much!"))

    db.session.refresh(ticket)
    assert (mail.outcome, mail.reason, ticket.status) == (Outcome.REPLY, "thanks", Status.SOLVED)
    assert [event.kind for event in ticket.events][-1] == "thanks_received"


def test_a_late_answer_to_a_closed_ticket_opens_one_that_follows_it(app):
    ticket = opened(app)
    sent = answered(ticket)
    change_status(ticket, Status.CLOSED, agent=make_agent(), now=utcnow())

    mail = arrive(app, letter(in_reply_to=sent.message_id, body=NOTHING_NEW))

    follower = db.session.get_one(Ticket, mail.ticket_id)
    assert (mail.outcome, follower.id != ticket.id) == (Outcome.NEW_TICKET, True)
    assert {"reference": ticket.reference} in [event.payload for event in follower.events]


def test_a_vacation_reply_is_kept_on_its_ticket_and_changes_nothing(app):
    ticket = opened(app)
    sent = answered(ticket)
    count = len(outbox())

    mail = arrive(app, letter(in_reply_to=sent.message_id, auto_submitted="auto-replied", body="I am away."))

    db.session.refresh(ticket)
    assert (mail.outcome, mail.ticket_id, ticket.status) == (Outcome.SUPPRESSED, ticket.id, Status.SOLVED)
    assert ticket.messages[-1].is_automatic
    assert len(outbox()) == count


def test_a_machine_that_reports_gets_a_ticket_and_no_answer(app):
    mail = arrive(app, letter(auto_submitted="auto-generated", subject="Disk almost full"))

    assert mail.outcome is Outcome.NEW_TICKET
    assert outbox() == []


@pytest.mark.parametrize("values", [{"subject": "Automatic reply: Your request"}, {"in_reply_to": "<a@b.example>"}])
def test_a_generated_word_of_somebody_who_is_away_opens_no_ticket(app, values):
    mail = arrive(app, letter(auto_submitted="auto-generated", body="I am out of the office until 18 May.", **values))

    assert (mail.outcome, mail.ticket_id) == (Outcome.SUPPRESSED, None)


def test_whoever_filled_in_a_form_elsewhere_is_the_requester_and_the_form_is_not_answered(app):
    sender = {"from": "Shop <no-reply@shop.example>", "reply_to": "Mika <mika@example.org>"}

    mail = arrive(app, letter(**sender))

    ticket = db.session.get_one(Ticket, mail.ticket_id)
    assert (mail.outcome, mail.reason, ticket.requester.email) == (Outcome.NEW_TICKET, "no_reply", "mika@example.org")
    assert outbox() == []


def test_a_machine_that_answers_nothing_of_ours_stays_in_the_ledger(app):
    mail = arrive(app, letter(precedence="bulk", subject="Our newsletter"))

    assert (mail.outcome, mail.ticket_id) == (Outcome.SUPPRESSED, None)


def test_a_mail_that_cannot_be_read_becomes_a_ticket_with_the_original(app):
    mail = arrive(app, b"\x00")

    ticket = db.session.get_one(Ticket, mail.ticket_id)
    assert mail.outcome is Outcome.FAILED
    assert ticket.messages[0].attachments[0].digest == mail.digest


def test_a_delivery_report_is_told_on_the_ticket_and_answered_by_nothing(app):
    ticket = opened(app)
    sent = answered(ticket)
    count = len(outbox())
    report = (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {bounce_address(SUPPORT, mail_id=sent.id)}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; noor@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user here\r\n\r\n--b--\r\n"
    )

    mail = arrive(app, report.encode(), envelope_from="")

    db.session.refresh(ticket)
    assert (mail.outcome, mail.ticket_id) == (Outcome.BOUNCE, ticket.id)
    bounced = [event for event in ticket.events if event.kind == "mail_bounced"]
    assert [event.payload["recipient"] for event in bounced] == ["noor@example.org"]
    assert "No such user" in bounced[0].payload["reason"]
    assert len(outbox()) == count


def test_programs_stay_in_the_original_and_everything_else_is_kept(app):
    files = [("setup.exe", b"MZ\x90\x00"), ("notes.xyz", b"some notes"), ("log.txt", b"a line")]

    mail = arrive(app, letter(files=files))

    ticket = db.session.get_one(Ticket, mail.ticket_id)
    kept = {file.file_name: file.media_type for file in ticket.messages[0].attachments}
    assert kept == {"notes.xyz": "application/octet-stream", "log.txt": "text/plain"}
    assert ["setup.exe"] in [event.payload.get("names") for event in ticket.events]


def test_a_handler_that_fails_leaves_the_mail_waiting_and_the_next_one_is_worked_on(app, monkeypatch):
    from portal.tickets.inbound import MailDesk

    original = MailDesk.open

    def failing(self, mail, parsed, **values):
        if parsed.subject == "breaks":
            raise OSError("disk full")
        return original(self, mail, parsed, **values)

    monkeypatch.setattr(MailDesk, "open", failing)
    broken, whole = arrive(app, letter(subject="breaks")), arrive(app, letter(subject="works"))

    assert (broken.outcome, whole.outcome) == (Outcome.RECEIVED, Outcome.NEW_TICKET)


def test_the_sender_of_a_held_mail_takes_part_once_an_agent_lets_it_through(app, agent_client):
    ticket = opened(app)
    colleague = make_person(email="colleague@example.org")
    mail = arrive(app, letter(**{"from": "colleague@example.org"}, to=token_address(ticket), body="I know more."))
    assert mail.outcome is Outcome.HELD

    answer = agent_client.post(f"/agent/mail/{mail.id}/release")

    db.session.expire_all()
    assert answer.status_code == 303
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.REPLY
    assert ticket.messages[-1].person_id == colleague.id
    assert db.session.get(Participant, (ticket.id, colleague.id)) is not None
    later = arrive(
        app, letter(**{"from": "colleague@example.org"}, to=token_address(ticket), body="One more fact: 42.")
    )
    assert later.outcome is Outcome.REPLY


def test_a_ticket_tells_of_held_mail_and_of_mail_that_did_not_arrive(app, agent_client):
    ticket = opened(app)
    outbox("acknowledgement")[0].state = OutboxState.DEAD
    db.session.commit()
    arrive(app, letter(**{"from": "colleague@example.org"}, to=token_address(ticket), body="I know more."))

    page = agent_client.get(f"/agent/tickets/{ticket.id}").get_data(as_text=True)

    assert "colleague@example.org" in page
    assert "Decide about it" in page
    assert "Email not delivered" in page


def test_a_suppressed_mail_can_become_a_ticket_and_only_once(app, agent_client):
    mail = arrive(app, letter(precedence="bulk"))

    first = agent_client.post(f"/agent/mail/{mail.id}/ticket")
    second = agent_client.post(f"/agent/mail/{mail.id}/ticket")

    assert (first.status_code, second.status_code) == (303, 409)
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_the_page_of_mail_names_outcomes_and_reasons(app, agent_client):
    ticket = opened(app)
    arrive(app, letter(**{"from": "mallory@evil.example"}, to=token_address(ticket), subject="Held one"))

    page = agent_client.get("/agent/mail?outcome=held").get_data(as_text=True)

    assert "Held one" in page
    assert "The sender does not take part in this ticket." in page
    assert ticket.reference in page


def test_a_report_that_is_on_its_ticket_is_not_read_twice(app, agent_client):
    ticket = opened(app)
    sent = answered(ticket)
    mail = arrive(app, letter(precedence="bulk"))
    mail.outcome, mail.ticket_id, mail.reason = Outcome.BOUNCE, sent.ticket_id, "failed"
    db.session.commit()

    assert agent_client.post(f"/agent/mail/{mail.id}/reading").status_code == 409
    assert agent_client.post("/agent/mail/999999/reading").status_code == 404


def test_strangers_see_nothing_of_the_mail(app, client):
    mail = arrive(app, letter())

    for address in ("/agent/mail", f"/agent/mail/{mail.id}/original"):
        assert client.get(address).status_code in {302, 303}
    assert client.post(f"/agent/mail/{mail.id}/spam").status_code == 401
    assert db.session.get_one(InboundMail, mail.id).outcome is Outcome.NEW_TICKET


def test_the_original_of_a_mail_is_what_came(app, agent_client):
    message = letter()
    mail = arrive(app, message)

    answer = agent_client.get(f"/agent/mail/{mail.id}/original")

    assert answer.get_data() == message.as_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert agent_client.get("/agent/mail/999999/original").status_code == 404


def test_the_page_of_mail_says_which_mailbox_has_a_problem_and_what_is_unaccounted_for(app, agent_client):
    db.session.add(
        MailboxState(
            mailbox="support",
            last_uid=0,
            problem="The password was refused.",
            problem_since=utcnow(),
            reconciliation={"in_mailbox": 5, "with_row": 3, "taken_in": 0, "unaccounted": 2},
        )
    )
    db.session.add(MailboxState(mailbox="sales", last_uid=0, problem=""))
    db.session.commit()

    page = agent_client.get("/agent/mail").get_data(as_text=True)

    assert "Mail is not fetched from the mailbox <bdi>support</bdi>" in page
    assert "The password was refused." in page
    assert "2 mails in the mailbox <bdi>support</bdi> could not be stored" in page
    assert "sales" not in page
