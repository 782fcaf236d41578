"""Submitting works whatever else is broken."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.database import db
from portal.jobs.queue import JobQueue
from portal.mail.models import OutboxMail
from portal.tickets.models import Ticket
from tests.contact.conftest import Visitor


class BrokenBlobs:
    """A store whose disk is full."""

    def put(self, content: bytes) -> str:
        raise OSError(28, "No space left on device")

    def __getattr__(self, name: str):
        raise OSError(5, "Input/output error")


def sent() -> tuple[int, int]:
    return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Ticket, OutboxMail))


def test_without_any_search(visitor: Visitor, app: Flask):
    del app.extensions["search"]
    visitor.ask()
    visitor.send()

    assert sent() == (1, 1)


def test_without_a_place_for_files(visitor: Visitor, app: Flask):
    app.extensions["blobs"] = BrokenBlobs()
    visitor.ask()
    visitor.send()

    assert sent() == (1, 1)


def test_a_file_that_cannot_be_stored_is_named_and_the_text_kept(visitor: Visitor, app: Flask):
    app.extensions["blobs"] = BrokenBlobs()
    response = visitor.ask(files=(io.BytesIO(b"a log"), "a.log"))

    assert response.status_code == 422
    assert "a.log could not be uploaded. Try again." in visitor.text
    assert "I want my money back." in visitor.text


def test_without_a_worker(visitor: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch):
    queue: JobQueue = app.extensions["jobs"]

    def refuse() -> None:
        raise OSError("the queue is gone")

    monkeypatch.setitem(queue.tasks, "mail.deliver", refuse)
    visitor.ask()
    assert visitor.send().location == "/en/contact/sent"

    assert sent() == (1, 1)


def test_without_a_team(client, app: Flask):
    visitor = Visitor(client)
    visitor.wait(0)
    visitor.ask()
    visitor.send()

    assert sent() == (1, 1)
    assert "Message sent" in visitor.get("/sent").get_data(as_text=True)


def test_markup_in_every_field_is_text(visitor: Visitor):
    payload = '"><script>alert(1)</script>'
    visitor.ask(payload, payload)
    for path in ("", "?draft=continue", "/details"):
        assert "<script>alert" not in visitor.get(path).get_data(as_text=True)
    visitor.send(name=payload)
    assert "<script>alert" not in visitor.get("/sent").get_data(as_text=True)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert "<script>alert" not in mail.html_body
    assert payload in mail.text_body


def test_a_subject_with_a_line_break_makes_no_header(visitor: Visitor):
    visitor.ask("Refund\r\nBcc: everybody@example.org")
    visitor.send()

    assert db.session.scalars(select(Ticket.subject)).one() == "Refund Bcc: everybody@example.org"
    assert "\n" not in db.session.scalars(select(OutboxMail.subject)).one()
