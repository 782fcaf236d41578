"""The reader of mail: every fixture as it is expected, no mail that breaks it, and limits that hold."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.bench.mail_fixtures import outcomes, read_fixtures
from portal.mail import tnef
from portal.mail.header_fields import addresses, value_and_parameters
from portal.mail.mail_charsets import codec_of, decoded
from portal.mail.mail_contents import MAXIMUM_TEXT_CHARACTERS
from portal.mail.mail_html import plain_text
from portal.mail.mime_parts import MAXIMUM_DEPTH, MAXIMUM_FIELDS, MAXIMUM_PARTS
from portal.mail.parsing import MAXIMUM_BYTES, UnreadableMail, dedup_key, parse_mail
from portal.mail.rich_text_format import decompressed
from portal.mail.transfer_encodings import base64_bytes, uu_files
from tests.mail_torture import fixtures, mutants

FIXTURES = list(read_fixtures(Path(__file__).parent / "fixtures" / "parsing"))
ORDINARY = (
    b"From: Anna <anna@example.com>\r\nTo: support@help.example\r\nSubject: A question\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWhere is my order?\r\n"
)


def with_body(content_type: str, body: bytes, *, fields: bytes = b"") -> bytes:
    return (
        b"From: a@example.com\nMessage-ID: <1@example.com>\n"
        + fields
        + (b"Content-Type: " + content_type.encode() + b"\n\n" + body)
    )


@pytest.mark.parametrize(("name", "raw", "expected"), FIXTURES, ids=[name for name, _raw, _expected in FIXTURES])
def test_a_mail_is_read_as_its_fixture_says(name: str, raw: bytes, expected: dict[str, Any]):
    misses = [each for each in outcomes(name, raw, expected) if not each.is_right]
    assert not misses


def test_there_are_fixtures_and_each_expects_something():
    assert len(FIXTURES) >= 150
    assert all(expected for _name, _raw, expected in FIXTURES)


def assert_readable(raw: bytes) -> None:
    """Refused or read; never another error, never a text that the database cannot hold."""
    assert len(dedup_key(raw)) == 64
    try:
        mail = parse_mail(raw)
    except UnreadableMail:
        return
    texts = [
        mail.subject,
        mail.text,
        mail.html,
        mail.message_id,
        mail.delivery_status,
        *mail.references,
        *mail.in_reply_to,
    ]
    texts += [each.file_name for each in mail.files] + [value for values in mail.headers.values() for value in values]
    texts += [part for each in (*mail.to, *mail.cc, *mail.reply_to) for part in (each.name, each.address)]
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text
    assert "\r" not in mail.text + mail.html


def test_no_mutant_of_a_fixture_breaks_the_reader():
    for raw in mutants(fixtures(), 1500, seed=20):
        assert_readable(raw)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw: bytes):
    assert_readable(raw)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["From", "Subject", "Date", "Content-Type", "References", "Message-ID"]))
def test_no_header_value_breaks_the_reader(value: str, name: str):
    assert_readable(f"{name}: {value}\n\nbody".encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/\"'=!-ab &#;x1 \n", max_size=300))
def test_no_html_breaks_the_reader_and_no_tag_is_left(html: str):
    text = plain_text(f"{html}<p>end</p>")
    assert "<p>" not in text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_winmail_breaks_its_reader(content: bytes):
    assert tnef.opened(b"\x78\x9f\x3e\x22\x01\x00" + content) is not None
    decompressed(b"\xff\x00\x00\x00\xff\xff\x00\x00LZFu\x00\x00\x00\x00" + content)


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=100), st.sampled_from(["", "utf-8", "idna", "zlib", "utf-7", "gb2312", "no-such", "\0", "unicode"])
)
def test_every_charset_gives_a_text(text: str, charset: str):
    decoded(text.encode("utf-8", "surrogatepass"), charset)[0].encode("utf-8")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_base64_comes_back_whatever_is_strewn_into_it(content: bytes):
    letters = base64.encodebytes(content).rstrip(b"=\n")
    assert base64_bytes(b"\r\n *".join(letters[at : at + 7] for at in range(0, len(letters), 7))) == content


# --- the key


def test_the_way_a_mail_took_does_not_change_its_key():
    traced = (
        b"Return-Path: <x@example.com>\r\nReceived: from a by b\r\nDKIM-Signature: v=1\r\nX-Spam-Score: 1\r\n"
        + ORDINARY
    )
    assert dedup_key(traced) == dedup_key(ORDINARY) == dedup_key(ORDINARY.replace(b"\r\n", b"\n"))


def test_another_transfer_encoding_is_the_same_mail():
    head, body = ORDINARY.split(b"\r\n\r\n")
    encoded = head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    assert dedup_key(encoded) == dedup_key(ORDINARY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Where is", b"Where was"),
        (b"anna@", b"mallory@"),
        (b"A question", b"Another"),
        (b"<1@", b"<2@"),
    ],
)
def test_what_somebody_wrote_changes_the_key(old: bytes, new: bytes):
    assert dedup_key(ORDINARY.replace(old, new)) != dedup_key(ORDINARY)


def test_another_file_under_the_same_message_id_is_another_mail():
    scan = with_body("application/pdf; name=scan.pdf", b"one")
    assert dedup_key(scan) != dedup_key(scan.replace(b"one", b"two"))


def test_without_a_message_id_headers_that_the_way_adds_do_not_count():
    bare = ORDINARY.replace(b"Message-ID: <1@example.com>\r\n", b"")
    assert dedup_key(b"Received: from a by b\r\nARC-Seal: i=1\r\n" + bare) == dedup_key(bare)
    assert dedup_key(bare.replace(b"10:00:00", b"10:00:01")) != dedup_key(bare)


def test_bytes_beyond_the_limit_count_for_the_key():
    long = ORDINARY + b"x" * MAXIMUM_BYTES
    assert dedup_key(long + b"y") != dedup_key(long + b"z")


# --- limits


def test_a_mail_over_the_limit_is_refused():
    with pytest.raises(UnreadableMail, match="limit"):
        parse_mail(ORDINARY + b"x" * MAXIMUM_BYTES)


def test_text_beyond_the_limit_is_left_out_and_noted():
    mail = parse_mail(with_body("text/plain", b"word \n" * (MAXIMUM_TEXT_CHARACTERS // 3)))
    assert len(mail.text) <= MAXIMUM_TEXT_CHARACTERS
    assert any("too long" in problem for problem in mail.problems)


def test_many_long_texts_share_one_limit():
    part = b"--b\n\n" + b"x" * (MAXIMUM_TEXT_CHARACTERS // 2) + b"\n"
    mail = parse_mail(with_body("multipart/mixed; boundary=b", part * 5 + b"--b--\n"))
    assert len(mail.text) <= MAXIMUM_TEXT_CHARACTERS


def test_only_so_many_parts_are_read():
    part = b"--b\nContent-Type: text/csv; name=a.csv\n\na,b\n"
    mail = parse_mail(with_body("multipart/mixed; boundary=b", part * 5000 + b"--b--\n"))
    assert len(mail.files) == MAXIMUM_PARTS - 1
    assert any("left out" in problem for problem in mail.problems)


def test_parts_are_read_to_a_depth_and_no_further():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(500))
    mail = parse_mail(b"From: a@example.com\n" + nested + b"\nbottom")
    assert "bottom" not in mail.text
    assert any(f"{MAXIMUM_DEPTH} deep" in problem for problem in mail.problems)


def test_only_so_many_header_fields_are_kept():
    mail = parse_mail(b"From: a@example.com\n" + b"X-A: b\n" * (MAXIMUM_FIELDS + 5) + b"\nx")
    assert sum(map(len, mail.headers.values())) == MAXIMUM_FIELDS


def test_quotes_within_quotes_make_no_text_that_grows_with_their_square():
    assert len(plain_text("<blockquote>x<br>" * 5000)) < 5000 * 100


def test_a_uuencoded_bomb_of_files_is_bounded():
    _text, files = uu_files("begin 644 a\n#0V%T\n#0V%T\nend\n" * 500)
    assert len(files) == 20


# --- single rules


@pytest.mark.parametrize(
    ("declared", "python"),
    [
        ("X-SJIS", "cp932"),
        ('"UTF-8"', "utf-8"),
        ("windows-1252", "cp1252"),
        ("cp-850", "cp850"),
        ("ISO-8859-8-I", "iso8859-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("rot13", ""),
        ("zlib", ""),
        ("no-such-thing", ""),
    ],
)
def test_a_charset_is_what_its_senders_mean(declared: str, python: str):
    assert codec_of(declared) == python


def test_a_name_never_becomes_an_address():
    [found] = addresses(['"a@one.example, b@two.example" <c@three.example>'])
    assert (found.name, found.address) == ("a@one.example, b@two.example", "c@three.example")


def test_each_address_comes_once():
    assert len(addresses(["A <a@example.com>, a@example.com", "A@EXAMPLE.COM"])) == 1


def test_parameters_in_sections_are_joined_in_their_order():
    _value, parameters = value_and_parameters("a/b; name*1*=%C3%BC.txt; name*0*=utf-8''M")
    assert parameters == {"name": "Mü.txt"}


def test_compressed_rtf_is_unpacked():
    # The example of [MS-OXRTFCP] 4.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
