"""Files: at once or with the form, kept through errors, refused with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.contact.models import ContactDraft, DraftFile
from portal.database import db
from portal.storage import BlobStore
from portal.tickets.models import Attachment
from tests.contact.conftest import MONDAY, Visitor

FRAGMENT = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def upload(name: str, content: bytes = PNG) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def names() -> list[str]:
    return list(db.session.scalars(select(DraftFile.file_name).order_by(DraftFile.id)))


def test_a_file_uploaded_at_once_is_listed_and_sent_with_the_message(visitor: Visitor, app: Flask):
    response = visitor.post("/files", {"files": upload("screen.png")}, headers=FRAGMENT)
    assert response.status_code == 200
    assert 'class="file-list" id="contact-files"' in visitor.text
    assert "Remove screen.png" in visitor.text
    visitor.ask()
    visitor.send()

    attachment = db.session.scalars(select(Attachment)).one()
    assert (attachment.file_name, attachment.media_type) == ("screen.png", "image/png")
    assert app.extensions["blobs"].get(attachment.digest) == PNG
    assert names() == []


def test_files_come_with_the_form_and_stay_when_it_has_errors(visitor: Visitor):
    visitor.ask("", files=[upload("one.png"), upload("two.log", b"line")])
    assert visitor.page.status_code == 422
    assert "one.png" in visitor.text
    assert "two.log" in visitor.text
    visitor.ask()
    visitor.send()

    assert len(db.session.scalars(select(Attachment)).all()) == 2


def test_a_file_is_removed_and_the_text_stays(visitor: Visitor):
    visitor.ask(files=[upload("one.png"), upload("two.png")])
    public_id = db.session.scalars(select(DraftFile.public_id).order_by(DraftFile.id)).first()
    response = visitor.post(data={"subject": "New subject", "message": "New text", "remove_file": public_id})

    assert response.status_code == 303
    assert names() == ["two.png"]
    assert "New text" in visitor.client.get(response.location).get_data(as_text=True)


REFUSED = [
    ("big.png", PNG + b"\x00" * (10 * 1024 * 1024), "big.png is larger than 10 MB. Choose a smaller file."),
    ("setup.exe", b"MZ\x90\x00", "setup.exe is a program."),
    ("invoice.pdf.exe", b"MZ\x90\x00", "invoice.pdf.exe is a program."),
    ("holiday.png", b"MZ\x90\x00", "holiday.png is a program."),
    ("run.txt", b"#!/bin/sh\nrm -rf /", "run.txt is a program."),
    ("page.html", b"<script>alert(1)</script>", "We cannot open page.html."),
    ("drawing.svg", b"<svg onload=alert(1)>", "We cannot open drawing.svg."),
    ("photo.png", b"not a picture", "The content of photo.png does not match its name."),
    ("empty.txt", b"", "empty.txt is empty."),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_refused_file_says_why_and_the_text_is_kept(visitor: Visitor, name: str, content: bytes, sentence: str):
    response = visitor.ask(files=[upload(name, content), upload("good.png")])

    assert response.status_code == 422
    assert sentence in visitor.text
    assert "I want my money back." in visitor.text
    assert names() == ["good.png"]


def test_a_script_gets_the_reason_as_plain_text(visitor: Visitor):
    response = visitor.post("/files", {"files": upload("setup.exe", b"MZ")}, headers=FRAGMENT)

    assert response.status_code == 422
    assert response.mimetype == "text/plain"
    assert visitor.text.startswith("setup.exe is a program.")


def test_a_sixth_file_is_refused(visitor: Visitor):
    visitor.ask(files=[upload(f"{number}.png") for number in range(6)])

    assert "You can attach up to 5 files. Remove one to add another." in visitor.text
    assert len(names()) == 5


class WatchfulBlobs:
    """Notes whether anything holds the database while a file is being stored; `meanwhile` happens then."""

    def __init__(self, blobs: BlobStore, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.blobs = blobs
        self.meanwhile = meanwhile
        self.waiting: list[bool] = []

    def put(self, content: bytes) -> str:
        self.waiting.append(db.session().in_transaction())
        self.meanwhile()
        return self.blobs.put(content)


@pytest.mark.parametrize("has_draft", [True, False])
@pytest.mark.parametrize("path", ["", "/files"])
def test_nobody_waits_for_the_database_while_files_are_stored(visitor: Visitor, app: Flask, path: str, has_draft: bool):
    blobs = app.extensions["blobs"] = WatchfulBlobs(app.extensions["blobs"])
    if has_draft:
        visitor.ask()
    db.session.commit()
    visitor.post(path, {"subject": "A", "message": "B", "files": [upload("1.png"), upload("2.png", PNG + b"2")]})

    assert blobs.waiting == [False, False]
    assert names() == ["1.png", "2.png"]


def test_files_that_others_fill_up_meanwhile_are_refused(visitor: Visitor, app: Flask):
    visitor.ask(files=[upload(f"{number}.png") for number in range(4)])
    stored = db.session.scalars(select(ContactDraft)).one().id

    def add_one() -> None:
        with Session(db.engine) as other:
            row = DraftFile(draft_id=stored, public_id="p", digest="0" * 64, file_name="other.png")
            row.media_type, row.size_bytes, row.created_at = "image/png", 1, MONDAY
            other.add(row)
            other.commit()

    db.session.commit()
    app.extensions["blobs"] = WatchfulBlobs(app.extensions["blobs"], add_one)
    response = visitor.post("/files", {"files": upload("late.png")}, headers=FRAGMENT)

    assert response.status_code == 422
    assert visitor.text == "You can attach up to 5 files. Remove one to add another."
    assert names() == ["0.png", "1.png", "2.png", "3.png", "other.png"]


def test_names_are_shown_as_text(visitor: Visitor):
    visitor.post("/files", {"files": upload("<img src=x onerror=alert(1)>.png")}, headers=FRAGMENT)

    assert "<img src=x" not in visitor.page.get_data(as_text=True)
