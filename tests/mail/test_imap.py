"""The walk through a mailbox of a real IMAP server: everything is stored once, whatever happens in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.app import create_app
from portal.clock import utcnow
from portal.database import db, writing
from portal.jobs.queue import run_now
from portal.mail import imap, mailbox_watch, reconciling
from portal.mail.cli import group
from portal.mail.imap import WALK_JOB, walk
from portal.mail.imap_connection import ImapFolder, MailboxProblem
from portal.mail.inbound_models import InboundMail, MailArrival, MailboxState
from portal.mail.inbound_readiness import inbound_readiness
from portal.mail.mailboxes import Mailbox, configured_mailboxes
from portal.mail.reconciling import Reconciliation, latest_night, reconcile, reconcile_due
from portal.mail.telling import Told
from tests.conftest import make_settings, skip_or_fail
from tests.mail import dovecot
from tests.mail.dovecot import Dovecot, running_dovecot


def raw(number: int, body: str = "Hello") -> bytes:
    return (
        f"From: Noor <noor@example.org>\r\nTo: support@help.example\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n\r\n{body} {number}\r\n"
    ).encode()


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Dovecot]:
    if dovecot.problem():
        skip_or_fail(dovecot.problem())
    with running_dovecot() as server:
        yield server


@pytest.fixture
def server(shared_server: Dovecot) -> Dovecot:
    with shared_server.client() as client:
        # By UID, which an empty folder takes too.
        client.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        client.expunge()
    return shared_server


@pytest.fixture
def mail_app(instance_dir: Path, server: Dovecot, tmp_path: Path) -> Iterator[Flask]:
    file = tmp_path / "mailboxes.toml"
    file.write_text(
        f"""
        [mailboxes.support]
        address = "{dovecot.USER}"
        [mailboxes.support.imap]
        host = "127.0.0.1"
        port = {server.port}
        security = "none"
        password = "{dovecot.PASSWORD}"
        timeout_seconds = 10
        """
    )
    app = create_app(make_settings(instance_dir, mailboxes_file=str(file)))
    with app.app_context(), writing():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def mailbox(mail_app: Flask) -> Mailbox:
    return configured_mailboxes(mail_app.extensions["settings"])[0]


def changed(mailbox: Mailbox, **values: Any) -> Mailbox:
    assert mailbox.imap is not None
    return mailbox.model_copy(update={"imap": mailbox.imap.model_copy(update=values)})


def walked(mailbox: Mailbox) -> imap.Walk:
    result = walk(mailbox)
    assert result is not None
    return result


def count(model: type[InboundMail | MailArrival]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def state() -> MailboxState:
    db.session.expire_all()
    return db.session.scalars(select(MailboxState)).one()


def test_a_walk_stores_all_mails_as_they_lie_there_and_marks_them(server: Dovecot, mailbox: Mailbox, mail_app: Flask):
    server.put(raw(1), raw(2))
    result = walked(mailbox)
    mails = db.session.scalars(select(InboundMail).order_by(InboundMail.id)).all()
    assert len(result.stored) == 2
    assert [mail_app.extensions["blobs"].get(mail.digest) for mail in mails] == [raw(1), raw(2)]
    assert all("\\Seen" in flags for flags in server.flags())
    assert (state().problem, state().last_uid) == ("", max(result.stored))


def test_a_mail_that_somebody_has_read_is_stored_too(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1))
    with server.client() as client:
        client.store("1", "+FLAGS", "\\Seen")
    assert len(walked(mailbox).stored) == 1


def test_a_second_walk_takes_only_what_is_new(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1))
    walked(mailbox)
    server.put(raw(2))
    assert (len(walked(mailbox).stored), count(MailArrival)) == (1, 2)


def test_the_same_mail_twice_in_the_mailbox_is_one_mail_with_two_arrivals(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1), raw(1))
    walked(mailbox)
    assert (count(InboundMail), count(MailArrival)) == (1, 2)


def test_after_a_kill_between_store_and_mark_the_mail_is_marked_and_not_stored_again(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    server.put(raw(1), raw(2))

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ImapFolder, "mark", killed)
        with pytest.raises(KeyboardInterrupt):
            walked(mailbox)
    assert not any("\\Seen" in flags for flags in server.flags())
    assert walked(mailbox).stored == []
    assert (count(InboundMail), count(MailArrival)) == (2, 2)
    assert all("\\Seen" in flags for flags in server.flags())


def test_a_mail_that_cannot_be_fetched_holds_up_none_and_is_tried_again(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    server.put(raw(1), raw(2), raw(3))
    fetch = ImapFolder.fetch
    broken: list[int] = []

    def break_over_the_second(self: ImapFolder, uid: int, **values: Any) -> bytes | None:
        content = fetch(self, uid, **values)
        if content == raw(2):
            broken.append(uid)
            self.box.client.shutdown()
            raise ConnectionResetError
        return content

    with monkeypatch.context() as patched:
        patched.setattr(ImapFolder, "fetch", break_over_the_second)
        result = walked(mailbox)
    assert (len(result.stored), result.failed) == (2, broken)
    assert "tried again" in state().problem
    assert state().last_uid == broken[0] - 1
    assert len(walked(mailbox).stored) == 1
    assert (count(InboundMail), count(MailArrival), state().problem) == (3, 3, "")


def test_nothing_is_marked_while_the_database_fails(server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    server.put(raw(1))

    def fail(*_arguments: object, **_values: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with monkeypatch.context() as patched:
        patched.setattr(imap, "receive", fail)
        result = walked(mailbox)
    assert "cannot be stored" in str(result.problem)
    assert not any("\\Seen" in flags for flags in server.flags())
    assert len(walked(mailbox).stored) == 1


def test_a_changed_uidvalidity_walks_anew_and_adds_no_mail(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1), raw(2))
    walked(mailbox)
    with writing():
        row = state()
        assert row.uid_validity is not None
        row.uid_validity -= 1
        for arrival in db.session.scalars(select(MailArrival)):
            arrival.uid_validity = row.uid_validity
        db.session.commit()
    assert len(walked(mailbox).stored) == 2
    assert (count(InboundMail), count(MailArrival)) == (2, 4)


def test_a_keyword_marks_instead_and_a_folder_takes_what_is_stored(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1))
    walked(changed(mailbox, mark="keyword"))
    assert ["$AnswerwellStored" in flags and "\\Seen" not in flags for flags in server.flags()] == [True]
    with server.client() as client:
        client.create("Stored")
    server.put(raw(2))
    walked(changed(mailbox, move_to="Stored"))
    with server.client("Stored") as client:
        assert len(client.search(None, "ALL")[1][0].split()) >= 1
    assert len(server.flags()) == 1


def test_what_the_server_would_not_move_is_moved_in_the_night(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    with server.client() as client:
        client.create("Late")
    moving = changed(mailbox, move_to="Late")
    server.put(raw(1))

    def refuse(_folder: ImapFolder, _uids: list[int]) -> None:
        raise MailboxProblem(Told("Mails cannot be marked."))

    with monkeypatch.context() as patched:
        patched.setattr(ImapFolder, "mark", refuse)
        assert len(walked(moving).stored) == 1
    assert len(server.flags()) == 1

    assert reconcile(moving, now=utcnow()) == Reconciliation(in_mailbox=1, with_row=1, taken_in=0, unaccounted=0)
    with server.client() as client:
        assert client.search(None, "ALL")[1] == [b""]
    assert count(InboundMail) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "refused support@help.example"),
        ({"folder": "Nowhere"}, "There are:"),
        ({"port": 1}, "Nothing listens"),
        ({"security": "tls"}, "does not speak TLS"),
        ({"host": "imap.invalid"}, "no host named"),
        ({"password": "", "password_env": "NOT_SET_ANYWHERE"}, "is empty"),
        ({"password": "", "password_command": ("false",)}, "Try it by hand"),
        ({"move_to": "Missing"}, "cannot be marked"),
    ],
)
def test_a_problem_is_noted_in_plain_words(server: Dovecot, mailbox: Mailbox, values: dict[str, Any], words: str):
    server.put(raw(1))
    walked(changed(mailbox, **values))
    assert words in str(state().told_problem)
    assert "wrong" not in state().problem
    assert state().problem_since is not None
    walked(mailbox)
    assert (state().problem, state().problem_since) == ("", None)


def test_the_password_may_be_what_a_command_prints(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1))
    printing = changed(mailbox, password="", password_command=("echo", dovecot.PASSWORD))
    assert len(walked(printing).stored) == 1


def test_the_job_waits_longer_after_each_failure(
    server: Dovecot, mail_app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    assert mailbox.imap is not None
    monkeypatch.setattr(imap, "configured_mailboxes", lambda _settings: (changed(mailbox, port=1),))
    monkeypatch.setattr(imap, "_pauses", {})
    run_now(WALK_JOB)
    first = state().walked_at
    run_now(WALK_JOB)
    assert state().walked_at == first
    assert imap._pauses["support"].until > utcnow() + timedelta(seconds=50)


def test_a_very_large_mail_is_stored_cut_and_stays_unmarked(
    server: Dovecot, mailbox: Mailbox, mail_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(imap, "LARGEST_WHOLE_BYTES", 1000)
    monkeypatch.setattr(imap, "_CUT_BYTES", 500)
    large = raw(1, "x" * 2000)
    server.put(large)
    walked(mailbox)
    mail = db.session.scalars(select(InboundMail)).one()
    assert mail_app.extensions["blobs"].get(mail.digest) == large[:500]
    assert "\\Seen" not in server.flags()[0]


def test_reconciling_takes_in_what_the_walk_has_passed_by(server: Dovecot, mailbox: Mailbox):
    server.put(raw(1), raw(2), raw(3))
    walked(mailbox)
    db.session.delete(db.session.scalars(select(MailArrival)).first())
    db.session.commit()
    assert reconcile(mailbox, now=utcnow()) == Reconciliation(in_mailbox=3, with_row=2, taken_in=1, unaccounted=0)
    assert reconcile(mailbox, now=utcnow()) == Reconciliation(in_mailbox=3, with_row=3, taken_in=0, unaccounted=0)


def test_what_cannot_be_taken_in_is_unaccounted_for(server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    server.put(raw(1))

    def refuse(self: ImapFolder, uid: int, **_values: Any) -> bytes | None:
        raise self.box.client.error("NO")

    now = utcnow()
    with monkeypatch.context() as patch:
        patch.setattr(ImapFolder, "fetch", refuse)
        assert reconcile(mailbox, now=now).unaccounted == 1
        assert (state().unaccounted, state().reconciled_at) == (1, now)

        walk(mailbox)
        assert state().unaccounted == 1, "the walk does not clear what it passes by"
        assert not inbound_readiness()["well"]

    assert reconcile(mailbox, now=utcnow()).taken_in == 1
    assert state().unaccounted == 0


def test_a_mailbox_is_compared_once_a_night_whoever_restarts(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reconciling, "configured_mailboxes", lambda _settings: (mailbox,))
    monkeypatch.setattr(reconciling, "_tried_at", {})
    server.put(raw(1))

    reconcile_due()
    first = state().reconciled_at
    reconciling._tried_at.clear()
    reconcile_due()

    assert state().reconciled_at == first
    assert state().reconciliation == {"in_mailbox": 1, "with_row": 0, "taken_in": 1, "unaccounted": 0}


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-24T03:59:00+01:00", "2026-11-23T04:00:00+01:00"),
        ("2026-11-24T04:00:00+01:00", "2026-11-24T04:00:00+01:00"),
        # The clocks go back at three.
        ("2026-10-25T03:30:00+01:00", "2026-10-24T04:00:00+02:00"),
    ],
)
def test_the_night_begins_at_four_by_the_clocks_of_the_place(now: str, night: str):
    berlin = ZoneInfo("Europe/Berlin")
    assert latest_night(datetime.fromisoformat(now), berlin) == datetime.fromisoformat(night)


def test_idle_wakes_the_walk_within_seconds(
    server: Dovecot, mailbox: Mailbox, mail_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    woken = threading.Semaphore(0)
    monkeypatch.setattr(mailbox_watch, "wake", lambda _name: woken.release())
    monkeypatch.setattr(mailbox_watch, "IDLE_SECONDS", 2)
    is_over = threading.Event()
    thread = threading.Thread(target=mailbox_watch.watch_mailbox, args=(mailbox, mail_app.app_context, is_over))
    thread.start()
    try:
        assert woken.acquire(timeout=10), "it wakes the walk when it begins to watch"
        time.sleep(0.3)
        began = time.monotonic()
        server.put(raw(1))
        assert woken.acquire(timeout=10)
        assert time.monotonic() - began < 5
    finally:
        is_over.set()
        thread.join(20)


def run(app: Flask, *words: str) -> Any:
    # The command has a session of its own, which the test's transaction must not lock out.
    db.session.rollback()
    return CliRunner().invoke(group, list(words), obj=lambda: app)


def test_check_and_walk_say_what_they_did(server: Dovecot, mail_app: Flask, mailbox: Mailbox):
    server.put(raw(1))
    checked = run(mail_app, "check")
    assert (checked.exit_code, count(InboundMail)) == (0, 0), checked.output
    assert "signed in as support@help.example" in checked.output
    assert "1 stored" in run(mail_app, "walk").output


def test_check_fails_where_mails_cannot_be_moved(
    server: Dovecot, mail_app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    moving = (changed(mailbox, move_to="Missing"),)
    monkeypatch.setattr("portal.mail.cli.configured_mailboxes", lambda _settings: moving)
    checked = run(mail_app, "check")
    assert checked.exit_code == 1
    assert "Make it on the server" in checked.output


def test_readiness_tells_of_a_mailbox_with_a_problem_without_its_words(
    server: Dovecot, mail_app: Flask, mailbox: Mailbox
):
    def mail_check() -> dict[str, Any]:
        return mail_app.test_client().get("/readyz").json["checks"]["mail"]  # type: ignore[index,no-any-return]

    walked(mailbox)
    assert mail_check()["mailboxes"]["support"]["well"] is True
    walked(changed(mailbox, port=1))
    assert mail_check()["well"] is False
    assert "127.0.0.1" not in str(mail_check())
