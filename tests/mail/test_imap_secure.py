"""Signing in to a real IMAP server as providers want it: by TLS, by STARTTLS, with a password or an access token."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from portal.mail.imap_connection import MailboxProblem, open_folder
from portal.mail.mailboxes import Mailbox
from tests.conftest import skip_or_fail
from tests.mail import dovecot
from tests.mail.dovecot import PASSWORD, USER, Dovecot, access_token, running_dovecot

MAIL = b"From: noor@example.org\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    missing = dovecot.problem() or ("" if shutil.which("openssl") else "openssl is missing")
    if missing:
        skip_or_fail(missing)
    with running_dovecot(with_tls=True) as running:
        running.put(MAIL)
        yield running


def mailbox(server: Dovecot, security: str, **values: Any) -> Mailbox:
    secret = {} if "password" in values or "password_command" in values else {"password": PASSWORD}
    account = {
        "host": "127.0.0.1",
        "port": server.tls_port if security == "tls" else server.port,
        "security": security,
        "ca_file": str(server.certificate),
        "timeout_seconds": 10,
        **secret,
        **values,
    }
    return Mailbox.model_validate({"name": "support", "address": USER, "imap": account})


def problem_of(wanted: Mailbox) -> str:
    with pytest.raises(MailboxProblem) as problem, open_folder(wanted):
        pass
    return str(problem.value)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("sign_in", ["password", "oauth2"])
def test_mail_is_fetched_by_each_way_to_sign_in(server, security, sign_in):
    secret = access_token() if sign_in == "oauth2" else PASSWORD
    with open_folder(mailbox(server, security, sign_in=sign_in, password=secret)) as folder:
        (uid,) = folder.uids()
        assert b"Subject: Hello" in (folder.fetch(uid) or b"")


def test_a_token_is_asked_for_anew_at_each_connection(server, tmp_path):
    token = tmp_path / "token"
    wanted = mailbox(server, "tls", sign_in="oauth2", password_command=("cat", str(token)))
    token.write_text(access_token(valid_seconds=-5))
    assert "with this access token" in problem_of(wanted)
    token.write_text(access_token())
    with open_folder(wanted) as folder:
        assert len(folder.uids()) == 1


@pytest.mark.parametrize("secret", ["no token", access_token(user="somebody@else.example")])
def test_a_token_that_is_not_valid_is_named_and_not_told(server, secret):
    said = problem_of(mailbox(server, "tls", sign_in="oauth2", password=secret))
    assert "with this access token" in said
    assert secret not in said


def test_a_certificate_that_nobody_vouches_for_is_refused(server):
    for security in ("tls", "starttls"):
        said = problem_of(mailbox(server, security, ca_file=""))
        assert "is not valid for us" in said
        assert "ca_file" in said


def test_the_name_of_the_certificate_counts(server):
    assert "is not valid for us" in problem_of(mailbox(server, "tls", host="localhost"))


def test_plain_talk_to_the_port_for_tls_is_explained(server):
    assert "Port 993 wants" in problem_of(mailbox(server, "tls", port=server.port))
