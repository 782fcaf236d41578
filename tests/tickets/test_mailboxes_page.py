"""The page of mailboxes: what it tells, and what its buttons find."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.agents.models import Role
from portal.clock import utcnow
from portal.database import db
from portal.mail.inbound_models import MailboxState
from portal.mail.telling import told
from tests.factories import make_agent, signed_in_client
from tests.tickets.mail_cases import arrive, letter

PAGE = "/agent/mail/mailboxes"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return signed_in_client(app, make_agent(role=Role.ADMIN))


def configure(app: Flask, **values: Any) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=values)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def mailboxes_file(folder: Path, port: int) -> str:
    path = folder / "mailboxes.toml"
    path.write_text(
        f"""
        [mailboxes.support]
        address = "support@example.com"
        locale = "de"
        [mailboxes.support.imap]
        host = "127.0.0.1"
        port = {port}
        security = "none"
        password = "violet"
        """
    )
    return str(path)


def trial_of(client: FlaskClient, part: str) -> str:
    answer = client.post(f"{PAGE}/test", data={"part": part})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_without_a_file_the_support_address_is_the_mailbox(app, admin):
    page = admin.get(PAGE).get_data(as_text=True)

    assert app.extensions["settings"].support_email in page
    assert "Your mail server or a program hands the mail over." in page
    assert "This works." in trial_of(admin, "mailbox:main")


def test_a_mailbox_whose_server_does_not_run_says_so_with_what_to_do(app, admin, tmp_path):
    port = closed_port()
    configure(app, mailboxes_file=mailboxes_file(tmp_path, port))

    page = trial_of(admin, "mailbox:support")

    assert "This does not work." in page
    assert f"Nothing listens at 127.0.0.1:{port}. Check the port, and whether the server runs." in page
    assert "violet" not in page


def test_what_is_wrong_is_said_in_the_language_of_the_agent(app, tmp_path):
    configure(app, mailboxes_file=mailboxes_file(tmp_path, closed_port()))
    client = signed_in_client(app, make_agent(role=Role.ADMIN, locale="de"))

    page = trial_of(client, "mailbox:support")

    assert "Nothing listens" not in page
    assert "lauscht niemand" in page


def test_sending_and_the_port_for_mail_servers_are_tested_as_well(app, admin):
    configure(app, mail_transport="smtp", smtp_host="127.0.0.1", smtp_port=closed_port(), lmtp_port=closed_port())

    assert "Check PORTAL_SMTP_HOST, PORTAL_SMTP_PORT and the firewall between." in trial_of(admin, "sending")
    assert "Is the worker running, and the port free?" in trial_of(admin, "door")


def test_a_part_that_is_not_there_is_not_found(app, admin):
    for part in ("", "mailbox:other", "main", "door", "sending2"):
        assert admin.post(f"{PAGE}/test", data={"part": part}).status_code == 404


def test_yesterdays_mail_is_counted_by_what_became_of_it(app, admin):
    for number in range(3):
        mail = arrive(app, letter(subject=f"Mail {number}"))
        mail.received_at = utcnow() - timedelta(days=1)
        db.session.commit()
    arrive(app, letter(subject="Today"))
    db.session.add(MailboxState(mailbox="main", last_uid=0, problem="", reconciliation={"unaccounted": 2}))
    db.session.commit()

    page = " ".join(admin.get(PAGE).get_data(as_text=True).split())

    assert "3 mails: New ticket 3" in page
    assert "Not accounted for: 2" in page


def test_the_latest_problem_of_a_mailbox_stands_there(app, admin):
    problem = told("There is no host named %(host)s. Check its spelling in the mailboxes file.", host="imap.example")
    db.session.add(MailboxState(mailbox="main", last_uid=0, problem=problem.stored(), problem_since=utcnow()))
    db.session.commit()

    for address in (PAGE, "/agent/mail"):
        assert "There is no host named imap.example." in admin.get(address).get_data(as_text=True)


def test_only_administrators_test_mailboxes(app, agent_client, client):
    assert agent_client.get(PAGE).status_code == 403
    assert agent_client.post(f"{PAGE}/test", data={"part": "sending"}).status_code == 403
    assert PAGE not in agent_client.get("/agent/mail").get_data(as_text=True)
    assert client.get(PAGE).status_code == 303
