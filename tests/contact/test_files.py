"""Files: at once or with the form, kept through errors, refused with a reason."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contact.models import DraftFile
from portal.database import db
from portal.tickets.models import Attachment
from tests.contact.conftest import Visitor

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


def test_names_are_shown_as_text(visitor: Visitor):
    visitor.post("/files", {"files": upload("<img src=x onerror=alert(1)>.png")}, headers=FRAGMENT)

    assert "<img src=x" not in visitor.page.get_data(as_text=True)
