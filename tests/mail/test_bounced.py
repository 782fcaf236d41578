"""Delivery reports put down what became of a mail, on that mail and on no other."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.database import db
from portal.mail.bounced import note_bounce
from portal.mail.bounces import DeliveryReport, Kind
from portal.mail.models import OutboxMail, OutboxState
from tests.mail.test_delivery import make_mail


def report(kind: Kind = "failed", *, is_permanent: bool = True) -> DeliveryReport:
    return DeliveryReport(kind, "noor@example.org", "5.1.1", "No such mailbox", "<1@help.example>", is_permanent)


def noted(kind: Kind = "failed", **values) -> OutboxMail | None:
    return note_bounce(report(kind), **{"mail_id": None, "original_message_id": "", **values})


@pytest.fixture
def sent(app: Flask) -> OutboxMail:
    return make_mail(state=OutboxState.SENT, attempts=1)


def test_a_mail_that_bounced_is_dead_and_says_why(sent: OutboxMail):
    assert noted(mail_id=sent.id) is sent
    db.session.commit()
    assert (sent.state, sent.last_error) == (OutboxState.DEAD, "bounced: 5.1.1 No such mailbox")


def test_a_mail_is_found_by_its_message_id_where_the_address_names_none(sent: OutboxMail):
    assert noted(original_message_id=sent.message_id) is sent
    assert sent.state is OutboxState.DEAD


def test_the_signed_address_is_believed_before_the_message_id(sent: OutboxMail):
    other = make_mail(state=OutboxState.SENT)

    assert noted(mail_id=other.id, original_message_id=sent.message_id) is other
    assert (sent.state, other.state) == (OutboxState.SENT, OutboxState.DEAD)


@pytest.mark.parametrize("known", [{}, {"mail_id": 999}, {"original_message_id": "<else@example.org>"}])
def test_a_report_about_something_else_changes_nothing(sent: OutboxMail, known: dict):
    assert noted(**known) is None
    assert sent.state is OutboxState.SENT


def test_a_delay_is_noted_and_forgotten_when_the_mail_arrives(sent: OutboxMail):
    noted("delayed", mail_id=sent.id)
    assert (sent.state, sent.last_error) == (OutboxState.SENT, "delayed: 5.1.1 No such mailbox")
    noted("delivered", mail_id=sent.id)
    assert (sent.state, sent.last_error) == (OutboxState.SENT, "")


def test_a_late_report_does_not_kill_a_mail_that_is_being_sent_again(app: Flask):
    mail = make_mail(state=OutboxState.QUEUED)

    assert noted(mail_id=mail.id) is mail
    assert (mail.state, mail.last_error) == (OutboxState.QUEUED, "")


def test_the_first_reason_of_a_dead_mail_stays(app: Flask):
    mail = make_mail(state=OutboxState.DEAD, last_error="550 no")

    noted(mail_id=mail.id)
    assert mail.last_error == "550 no"
