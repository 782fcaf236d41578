"""Break every mail fixture in many ways, and read mails of hostile sizes: nothing may raise, nothing may take a second.

``python -m tests.mail_torture --mutants 50000`` (make mail-torture); the suite runs a short form without the clock.
"""

from __future__ import annotations

import argparse
import base64
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.mail.parsing import MAXIMUM_BYTES, UnreadableMail, dedup_key, parse_mail

FIXTURES = Path(__file__).parent / "mail" / "fixtures"
LIMIT_SECONDS = 1.0
_HEAD = b"From: a@b.example\nSubject: x\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nMessage-ID: <a@b.example>\n"
_TOKENS = [
    b"\0",
    b"\r",
    b"\n",
    b"\n\n",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"=?utf-8?B?",
    b"=?x?Q?=FF?=",
    b"?=",
    b"<",
    b">",
    b'"',
    b"(",
    b";",
    b"--",
    b"=",
    b"=3D",
    b"\x1b$B",
    b"+AGE-",
    b"&#",
    b"&#x110000;",
    b"<!--",
    b"<blockquote>",
    b"begin 644 x\n",
    b"charset=",
    b"charset=utf-7",
    b"charset=idna",
    b"charset=zlib",
    b"boundary=",
    b"Content-Type: multipart/mixed; boundary=a\n\n--a\n",
    b"filename*0*=",
    b"''%FF",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: x-uuencode\n",
    b" ",
    b"\t",
    b"\x78\x9f\x3e\x22",
]


def fixtures(folder: Path = FIXTURES) -> list[bytes]:
    """The bytes of every mail fixture, by name."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]


def mutants(mails: list[bytes], count: int, *, seed: int = 1) -> Iterator[bytes]:
    """So many broken mails: each a fixture with one to six faults."""
    chance = random.Random(seed)
    for number in range(count):
        mail = mails[number % len(mails)]
        for _fault in range(chance.randint(1, 6)):
            mail = chance.choice(_FAULTS)(mail, mails, chance)
        yield mail


def _place(mail: bytes, chance: random.Random) -> int:
    # Half of the faults strike the first bytes, where the header is.
    return chance.randrange(min(len(mail), 1500) + 1) if chance.random() < 0.5 else chance.randrange(len(mail) + 1)


def _flip(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    at = _place(mail, chance)
    return mail[:at] + bytes([chance.randrange(256)]) + mail[at + 1 :]


def _cut(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    at = _place(mail, chance)
    return mail[:at] + mail[at + chance.randint(1, 200) :]


def _end(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    return mail[: _place(mail, chance)]


def _insert(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    at = _place(mail, chance)
    return mail[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 50)) + mail[at:]


def _repeat(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    at = _place(mail, chance)
    return mail[:at] + mail[at : at + chance.randint(1, 300)] * chance.randint(2, 20) + mail[at:]


def _splice(mail: bytes, mails: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(mails)
    return mail[: _place(mail, chance)] + other[_place(other, chance) :]


def _shuffle_lines(mail: bytes, _mails: list[bytes], chance: random.Random) -> bytes:
    lines = mail.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


_FAULTS: list[Callable[[bytes, list[bytes], random.Random], bytes]] = [
    _flip,
    _cut,
    _end,
    _insert,
    _repeat,
    _splice,
    _shuffle_lines,
]


def hostile_mails() -> Iterator[tuple[str, bytes]]:
    """(name, mail) of every size and shape that has made a mail program hang."""

    def mail(content_type: bytes, body: bytes, fields: bytes = b"") -> bytes:
        return _HEAD + fields + b"Content-Type: " + content_type + b"\n\n" + body

    megabyte = 1_000_000
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(1000))
    encoded = base64.encodebytes(bytes(range(256)) * (18 * megabyte // 256))
    pdf = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    yield "50,000 empty lines", mail(b"text/plain", b"\n" * 50_000 + b"x")
    yield "5,000 quote depths", mail(b"text/plain", b"\n".join(b">" * depth + b" x" for depth in range(1, 5001)))
    yield (
        "5,000 flowed depths",
        mail(b"text/plain; format=flowed", b" \n".join(b">" * depth + b" x" for depth in range(1, 5001))),
    )
    yield "line of 1 MB", mail(b"text/plain", b"x" * megabyte)
    yield "spaces of 1 MB", mail(b"text/plain", b" " * megabyte + b"x")
    yield "HTML line of 1 MB", mail(b"text/html", b"x" * megabyte)
    for name, piece in {
        "blockquotes": b"<blockquote>x",
        "paragraphs": b"<p>x",
        "brackets": b"<",
        "open tags": b"<a ",
        "open quotes": b'<a "',
        "odd quotes": b'<a ">',
        "comments": b"<!--",
        "scripts": b"<script>",
        "styles": b"<style></b>",
        "entities": b"&amp",
        "links": b"<a href=http://x>y<br>",
        "lists": b"<ul><li>x",
        "cells": b"<td>x",
        "hidden": b'<p style="display:none">',
    }.items():
        yield f"HTML of {name}", mail(b"text/html", piece * (megabyte // len(piece)))
    yield "long entity", mail(b"text/html", b"&#" + b"9" * megabyte)
    yield "10,000 header fields", b"X-A: b\n" * 10_000 + _HEAD + b"\nx"
    yield "1,000,000 header fields", b"X-A: b\n" * megabyte + _HEAD + b"\nx"
    for name, piece in {
        "addresses": b"a@b.c,",
        "quotes": b'"a',
        "comments": b"(",
        "brackets": b"<",
        "colons": b":",
        "words": b"=?u?q?",
        "letters": b"x",
    }.items():
        yield f"From of {name}", b"From: " + piece * (megabyte // len(piece)) + b"\n\nx"
        yield f"Subject of {name}", b"Subject: " + piece * (megabyte // len(piece)) + b"\n\nx"
        yield f"References of {name}", b"References: " + piece * (megabyte // len(piece)) + b"\n\nx"
        yield f"Content-Type of {name}", b"Content-Type: a/b;" + piece * (megabyte // len(piece)) + b"\n\nx"
    yield "1,000 multiparts deep", _HEAD + nested + b"\nhi"
    yield "100,000 parts", mail(b"multipart/mixed; boundary=b", b"--b\n\nx\n" * 100_000)
    yield "500,000 near boundaries", mail(b"multipart/mixed; boundary=b", b"--bx\n" * 500_000)
    yield "500,000 lost boundaries", mail(b"multipart/mixed", b"--bx\nA: b\n" * 250_000)
    yield "base64 of padding", mail(b"text/plain", b"QQ==" * megabyte, b"Content-Transfer-Encoding: base64\n")
    yield "20,000 uuencoded files", mail(b"text/plain", (b"begin 644 a\n" + b"#0V%T\n" * 5) * 20_000)
    yield "25 MB of text", mail(b"text/plain", b"hello world foo bar\n" * 1_250_000)
    yield "25 MB of HTML", mail(b"text/html", b"<p>hello <b>world</b></p>\n" * 950_000)
    yield "25 MB attached", mail(b"multipart/mixed; boundary=b", b"--b\n\nhi\n--b\n" + pdf + encoded + b"--b--\n")
    yield "25 MB of colons", b":" * (20 * megabyte)
    yield "utf-7 of 1 MB", mail(b"text/plain; charset=utf-7", b"+" * megabyte)


def seconds_of(mail: bytes) -> float:
    """The processor time of reading a mail and making its key. Refusing it is an answer; any other error is raised."""
    start = time.thread_time()
    try:
        parsed = parse_mail(mail)
    except UnreadableMail:
        pass
    else:
        for text in (parsed.subject, parsed.text, parsed.html, *(each.file_name for each in parsed.files)):
            text.encode("utf-8")
            if "\0" in text or "\r" in text:
                raise AssertionError("a text with NUL or CR")
    if len(dedup_key(mail)) != 64:
        raise AssertionError("a key of another length")
    return time.thread_time() - start


def main() -> int:
    """Run it and print the figures; 1 where something raised or took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    mails = fixtures()
    faults = 0
    slowest = 0.0
    for number, mail in enumerate(mutants(mails, options.mutants, seed=options.seed)):
        try:
            seconds = seconds_of(mail)
        except Exception as error:  # noqa: BLE001 - counting them is the purpose
            faults += 1
            print(f"mutant {number}: {error!r}")
            continue
        slowest = max(slowest, seconds)
    print(f"{options.mutants} mutants of {len(mails)} mails: {faults} errors, slowest {slowest:.3f} s")
    too_slow = int(slowest > LIMIT_SECONDS)
    for name, mail in hostile_mails():
        seconds = seconds_of(mail[:MAXIMUM_BYTES])
        too_slow += seconds > LIMIT_SECONDS
        print(f"{name}: {seconds:.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{too_slow} over {LIMIT_SECONDS} s; largest memory {peak} MB")
    return int(bool(faults or too_slow))


if __name__ == "__main__":
    sys.exit(main())
