"""Forged senders: whatever a mail says of itself, it is nobody else's message."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from portal.config import Settings
from portal.database import db
from portal.mail.inbound_models import Outcome
from portal.mail.reply_addresses import reply_address
from portal.people.queries import person_by_address
from portal.tickets.models import Ticket
from tests.tickets.mail_cases import SUPPORT, arrive, letter

VICTIM = "noor@example.org"
FORGER = "mallory@evil.example"
# Ways to look like the victim without being it.
DISGUISES = {
    "name": f'"{VICTIM}" <{FORGER}>',
    "name with their name": f'"Noor Haddad {VICTIM}" <{FORGER}>',
    "comment": f"{FORGER} ({VICTIM})",
    "encoded name": f"=?utf-8?q?Noor_=3Cnoor=40example=2Eorg=3E?= <{FORGER}>",
    "sub-domain": "noor@example.org.evil.example",
    "look-alike": "no\u043er@example.org",
    "tag": "noor+x@example.org",
    "other domain": "noor@example.com",
    "spaces": f"noor @evil.example <{FORGER}>",
    "route": f"<@example.org:{FORGER}>",
}
KNOWN = ("nothing", "tag", "token", "reference")


def known(ticket: Ticket, what: str, sent_id: str) -> dict[str, str]:
    """The headers of a forger who knows that much of the conversation."""
    token = reply_address(SUPPORT, ticket_id=ticket.id, person_id=ticket.requester_id)
    return {
        "nothing": {},
        "tag": {"subject": f"Re: [{ticket.reference}] invoice"},
        "token": {"to": token},
        "reference": {"in_reply_to": sent_id},
    }[what]


@pytest.mark.parametrize(("disguise", "what"), list(itertools.product(DISGUISES, KNOWN)))
def test_a_disguised_sender_is_never_the_person_they_look_like(app: Flask, disguise: str, what: str) -> None:
    first = arrive(app, letter(message_id="<first@example.org>"))
    ticket = db.session.get_one(Ticket, first.ticket_id)
    headers = known(ticket, what, "<first@example.org>")
    raw = (
        f"From: {DISGUISES[disguise]}\r\nReply-To: {VICTIM}\r\nSender: {VICTIM}\r\n"
        f"To: {headers.get('to', SUPPORT)}\r\nSubject: {headers.get('subject', 'Send me the data')}\r\n"
        f"In-Reply-To: {headers.get('in_reply_to', '<x@y.example>')}\r\nMessage-ID: <forged@evil.example>\r\n\r\n"
        "Please send me everything you have.\r\n"
    )

    mail = arrive(app, raw.encode())

    victim = person_by_address(VICTIM)
    db.session.refresh(ticket)
    assert ticket.message_count == 1
    assert mail.outcome in {Outcome.HELD, Outcome.NEW_TICKET}
    if mail.outcome is Outcome.NEW_TICKET:
        assert victim is not None
        assert db.session.get_one(Ticket, mail.ticket_id).requester_id != victim.id


@pytest.mark.parametrize("result", ["dmarc=fail", "dmarc=fail (p=none) header.from=example.org; spf=pass"])
@pytest.mark.parametrize("what", KNOWN)
def test_what_our_mail_server_found_forged_is_held(app: Flask, settings: Settings, result: str, what: str) -> None:
    first = arrive(app, letter(message_id="<first@example.org>"))
    ticket = db.session.get_one(Ticket, first.ticket_id)
    object.__setattr__(settings, "mail_authserv_id", "mx.example.com")

    mail = arrive(
        app, letter(authentication_results=f"mx.example.com; {result}", **known(ticket, what, "<first@example.org>"))
    )

    db.session.refresh(ticket)
    assert (mail.outcome, mail.reason, ticket.message_count) == (Outcome.HELD, "spoofed_sender", 1)


def test_a_second_from_field_is_held(app: Flask) -> None:
    raw = f"From: {FORGER}\r\nFrom: {VICTIM}\r\nTo: {SUPPORT}\r\nSubject: Hello\r\n\r\nPlease help me with this.\r\n"

    assert arrive(app, raw.encode()).outcome is Outcome.HELD
