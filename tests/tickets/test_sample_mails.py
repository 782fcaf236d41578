"""Every sample mail twice, in any order: each is one row with an end. `MAIL_SAMPLES=all` is the long form."""

from __future__ import annotations

import os
import random
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal.clock import utcnow
from portal.database import db
from portal.jobs.queue import run_now
from portal.mail.inbound_models import InboundMail, MailArrival, Outcome
from portal.mail.parsing import dedup_key
from portal.mail.receiving import receive
from portal.tickets.models import Message

SAMPLES = sorted((Path(__file__).parents[1] / "mail" / "fixtures").rglob("*.eml"))
STEP = 1 if os.environ.get("MAIL_SAMPLES") == "all" else 9


def test_sample_mails_delivered_twice_have_one_end_each(app: Flask) -> None:
    raws = [path.read_bytes() for path in SAMPLES[::STEP]]
    assert len(raws) > 30
    twice = raws * 2
    random.Random(4).shuffle(twice)

    for raw in twice:
        receive(raw, mailbox="main", way_in="pipe", now=utcnow())
    run_now("mail.process")

    mails = db.session.scalars(select(InboundMail)).all()
    assert len(mails) == len({dedup_key(raw) for raw in raws})
    assert db.session.scalar(select(func.count()).select_from(MailArrival)) == len(twice)
    assert [mail.subject for mail in mails if mail.outcome is Outcome.RECEIVED] == []
    on_tickets = [mail for mail in mails if mail.outcome in {Outcome.NEW_TICKET, Outcome.REPLY, Outcome.FAILED}]
    messages = select(func.count(Message.id)).where(Message.inbound_mail_id.in_([mail.id for mail in on_tickets]))
    assert db.session.scalar(messages) == len(on_tickets)
