"""Delivery reports, standard and not, name the recipient, the kind and the reason; what is none stays none."""

from __future__ import annotations

from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from portal.bench.mail_fixtures import outcomes, read_fixtures
from portal.mail.bounce_reasons import plain_reason, status_in
from portal.mail.bounces import delivery_report
from portal.mail.parsed import MailAddress, ParsedMail

FIXTURES = list(read_fixtures(Path(__file__).parent / "fixtures" / "bounces"))


def make_report(text: str = "", **fields: Any) -> ParsedMail:
    values: dict[str, Any] = {
        "message_id": "<r1@mx.example.net>",
        "in_reply_to": (),
        "references": (),
        "sender": MailAddress("", "mailer-daemon@mx.example.net"),
        "reply_to": (),
        "to": (MailAddress("", "support@help.example"),),
        "cc": (),
        "subject": "Undelivered Mail Returned to Sender",
        "sent_at": None,
        "text": text,
    }
    return ParsedMail(**(values | fields))


def test_there_are_reports_of_many_programs() -> None:
    assert len(FIXTURES) >= 30


@pytest.mark.parametrize(("name", "raw", "expected"), FIXTURES, ids=[name for name, _, _ in FIXTURES])
def test_a_report_is_read_as_expected(name: str, raw: bytes, expected: dict[str, Any]) -> None:
    wrong = [(it.field, it.expected, it.found) for it in outcomes(name, raw, expected) if not it.is_right]

    assert wrong == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("smtp; 550 5.1.1 <jo@firm.example>... User unknown", "User unknown"),
        (
            "550-5.7.26 Unauthenticated mail is prohibited\n550 5.7.26 by policy",
            "Unauthenticated mail is prohibited by policy",
        ),
        ("smtp; 452 4.2.2 The email account is over quota", "The email account is over quota"),
        ("Remote Server returned '550 5.7.1 Message rejected'", "Message rejected"),
        ("smtp; 550 5.1.1", ""),
        ("smtp; 421 Try 3 times on 12.05.2026", "Try 3 times on 12.05.2026"),
        ("", ""),
    ],
)
def test_a_reason_is_what_the_server_said_without_codes(said: str, reason: str) -> None:
    assert plain_reason(said) == reason


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("550 5.1.1 unknown", "5.1.1"),
        ("host mx[192.0.2.44] said: 550 unknown", "5.1.1"),
        ("552 no room", "5.2.2"),
        ("421 busy", "4.0.0"),
        ("at 10.5.1.1 nothing", ""),
        ("no code", ""),
    ],
)
def test_a_status_is_a_code_and_no_address_of_a_host(said: str, status: str) -> None:
    assert status_in(said) == status


def test_a_failure_among_several_recipients_is_told_before_a_delay() -> None:
    status = (
        "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; slow@firm.example\nAction: delayed\n"
        "Status: 4.4.1\n\nFinal-Recipient: rfc822; gone@firm.example\nAction: failed\nStatus: 5.1.1\n"
    )

    report = delivery_report(make_report(delivery_status=status, content_type="multipart/report"))

    assert report is not None
    assert (report.kind, report.recipient, report.is_permanent) == ("failed", "gone@firm.example", True)


def test_a_failure_after_a_temporary_error_is_not_permanent() -> None:
    status = "Final-Recipient: rfc822; gone@firm.example\nAction: failed\nStatus: 4.4.7\n"

    report = delivery_report(make_report(delivery_status=status, content_type="multipart/report"))

    assert report is not None
    assert (report.kind, report.is_permanent) == ("failed", False)


def test_the_words_of_a_report_written_by_a_person_are_no_report() -> None:
    text = "<jo@firm.example>: host mail.firm.example said: 550 5.1.1 User unknown. It could not be delivered."

    assert delivery_report(make_report(text, sender=MailAddress("Pat", "pat@firm.example"))) is None
    assert delivery_report(make_report(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "a@" * 500_000,
        "could not be delivered " * 50_000,
        "<" * 1_000_000,
        "\n".join(["550 "] * 100_000),
        "host " * 200_000 + "[",
        "Reason: " * 100_000,
        "a.b" * 300_000 + "@",
    ],
)
def test_hostile_reports_take_no_time(text: str) -> None:
    began = thread_time()

    delivery_report(make_report(text, delivery_status=f"Action: failed\nDiagnostic-Code: {text}"))

    assert thread_time() - began < 5.0
