"""Header values: what people wrote is text in them, whatever they wrote."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.mail.headers import NotAnAddress, mailbox_value
from portal.mail.models import OutboxMail
from portal.mail.transports import compose
from tests.factories import NOW

RECIPIENT = "noor@example.org"
PIECES = st.sampled_from(
    [*',;:<>@()[]\\". =?_', "é", "名", "م", "=?utf-8?q?a=2C?=", "=?utf-8?q?a=0D=0ABcc:_v@evil.example?=", "\r\nBcc: v",
     "victim@evil.example", "<v@evil.example>", "=?utf-8?b?PHZAZXZpbC5leGFtcGxlPiw=?=", "x" * 40, "\x00", "\x1b"]
)  # fmt: skip
NASTY = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=12).map("".join)
COMPOSED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def raw_mail(*, name: str = "Noor", subject: str = "Hi") -> bytes:
    mail = OutboxMail(
        message_id="<1@help.example>", recipient=RECIPIENT, recipient_name=name, subject=subject,
        text_body="Hello\n", html_body="<p>Hello</p>", headers={}, created_at=NOW,
    )  # fmt: skip
    return compose(mail).as_bytes()


def one_line(text: str) -> str:
    return " ".join(text.split())


def readers_of(raw: bytes) -> tuple[EmailMessage, Message]:
    """The same mail as a modern and as an old program read it."""
    return message_from_bytes(raw, policy=default), message_from_bytes(raw)


@COMPOSED
@given(name=NASTY)
@example(name="é, victim@evil.example,")
@example(name="Zoë <zoe@evil.example>")
@example(name="=?utf-8?b?PHZAZXZpbC5leGFtcGxlPiw=?=")
@example(name=">" + "a" * 40 + '"longer longer longer <v@evil.example>')
def test_whatever_somebody_is_called_the_mail_goes_to_their_address_only(app: Flask, name: str):
    modern, old = readers_of(raw_mail(name=name))
    assert [address.addr_spec for address in modern["To"].addresses] == [RECIPIENT]
    [(written, address)] = getaddresses([str(old["To"])])
    assert (str(make_header(decode_header(written))), address) == (one_line(name), RECIPIENT)


@COMPOSED
@given(subject=NASTY)
@example(subject="[HX-1] =?utf-8?b?YQ0KQmNjOiB2QGV2aWwuZXhhbXBsZQ0KDQpib2R5?=")
@example(subject="long " * 90)
def test_a_subject_is_read_as_it_was_written_and_starts_no_header(app: Flask, subject: str):
    modern, old = readers_of(raw_mail(subject=subject))
    assert old.keys() == readers_of(raw_mail())[1].keys()
    assert modern["Subject"] == one_line(subject) == str(make_header(decode_header(old["Subject"])))


def test_a_plain_name_stays_readable():
    assert mailbox_value("Noor Haddad", RECIPIENT, header="To") == "Noor Haddad <noor@example.org>"
    assert mailbox_value("Haddad, N.", RECIPIENT, header="To") == '"Haddad, N." <noor@example.org>'


@pytest.mark.parametrize("address", ["support", "", "a@b.example, c@d.example", "<v@evil.example> a@b.example"])
def test_an_address_field_takes_one_address(address: str):
    with pytest.raises(NotAnAddress):
        mailbox_value("Noor", address, header="To")
