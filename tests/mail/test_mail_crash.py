"""The short form of ``python -m tests.mail_crash``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mail_crash, mail_crash_inbound
from tests.conftest import skip_or_fail
from tests.mail import dovecot


@pytest.mark.xdist_group("servers")
def test_killed_workers_lose_no_mail_and_send_at_most_one_twice_a_kill(tmp_path: Path):
    report = mail_crash.run(tmp_path, mails=24, kills=3, is_patient=False)
    assert report.problems == []
    assert (report.arrived, report.kills.total()) == (24, 3)
    assert report.duplicates <= 3


@pytest.mark.xdist_group("servers")
def test_mails_that_come_in_twice_while_everything_is_killed_have_one_end_each(tmp_path: Path):
    if dovecot.problem():
        skip_or_fail(dovecot.problem())
    report = mail_crash_inbound.run(tmp_path, kills=3, share=0.05, is_patient=False)
    assert report.problems == []
    assert report.kills.total() == 3
    assert report.handed_in.total() == 2 * report.handed_in["imap"]
    assert report.mails == report.handed_in["imap"]
    assert "received" not in report.outcomes
