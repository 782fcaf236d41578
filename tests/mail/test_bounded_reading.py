"""A mail gets so much time and no more; the one behind it is read all the same."""

from __future__ import annotations

import os
import signal

import pytest

from portal.mail.bounded_reading import BoundedReader
from portal.mail.parsing import UnreadableMail, parse_mail

ORDINARY = b"From: Anna <anna@example.com>\nSubject: A question\nMessage-ID: <1@example.com>\n\nWhere is my order?\n"
HUGE = b"From: a@example.com\nContent-Type: text/html\n\n" + b"<blockquote><div>x" * 1_400_000


def test_a_mail_is_read_as_in_the_same_process_and_so_is_the_next():
    reader = BoundedReader()
    try:
        assert [reader.read(ORDINARY), reader.read(ORDINARY)] == [parse_mail(ORDINARY)] * 2
        with pytest.raises(UnreadableMail, match="empty"):
            reader.read(b" ")
        assert reader.read(ORDINARY) == parse_mail(ORDINARY)
    finally:
        reader.close()


def test_a_mail_that_takes_longer_than_it_may_is_unreadable_and_its_process_is_gone():
    reader = BoundedReader(seconds=0.02)

    with pytest.raises(UnreadableMail, match=r"too long: more than 0\.02 s"):
        reader.read(HUGE)

    assert reader.child_id is None


def test_a_reader_whose_process_died_starts_another():
    reader = BoundedReader()
    try:
        reader.read(ORDINARY)
        first = reader.child_id
        assert first is not None
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)

        assert reader.read(ORDINARY) == parse_mail(ORDINARY)
        assert reader.child_id != first
    finally:
        reader.close()
