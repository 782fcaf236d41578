"""A mail that takes too long to read is kept for somebody to look at, and holds up nobody."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db
from portal.mail.bounded_reading import BoundedReader
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.processing import process_due_mail
from portal.mail.receiving import receive
from portal.tickets.inbound import MailDesk
from portal.tickets.models import Ticket
from tests.tickets.mail_cases import arrive, letter, outbox


def test_a_mail_that_takes_too_long_becomes_a_ticket_with_the_original_and_the_next_is_read(app: Flask):
    huge = b"From: a@example.org\nContent-Type: text/html\n\n" + b"<blockquote><div>x" * 1_400_000
    receive(huge, mailbox="main", way_in="pipe", now=utcnow())
    desk = MailDesk(app.extensions["settings"], app.extensions["blobs"])

    assert process_due_mail(desk.blobs, desk, reader=BoundedReader(seconds=0.02)) == 1

    mail = db.session.scalars(select(InboundMail)).one()
    ticket = db.session.get_one(Ticket, mail.ticket_id)
    assert (mail.outcome, mail.detail) == (Outcome.FAILED, "Reading it took too long: more than 0.02 s.")
    assert [file.size_bytes for file in ticket.messages[0].attachments] == [len(huge)]
    assert outbox() == []
    assert arrive(app, letter()).outcome is Outcome.NEW_TICKET
