"""Mails handed in over HTTP: only with the token, and acknowledged only when they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import load_settings
from portal.database import db, writing
from portal.errors import ConfigurationError
from portal.mail import inbound_routes
from portal.mail.inbound_models import InboundMail
from tests.conftest import make_settings

TOKEN = "a-token-that-nobody-guesses-0123456789"
RAW = b"From: noor@example.org\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture
def inbound_app(instance_dir: Path) -> Iterator[Flask]:
    app = create_app(make_settings(instance_dir, inbound_token=TOKEN))
    with app.app_context(), writing():
        yield app
        db.session.remove()
        db.engine.dispose()


def post(
    app: Flask, raw: bytes = RAW, *, token: str | None = TOKEN, kind: str = "message/rfc822", **query: Any
) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().post("/mail/inbound", data=raw, query_string=query, content_type=kind, headers=headers)


def mails() -> list[InboundMail]:
    return list(db.session.scalars(select(InboundMail)))


def test_a_mail_is_stored_when_it_is_accepted(inbound_app: Flask):
    answer = post(inbound_app, sender="", recipient="support+r-1@help.example")
    (mail,) = mails()
    assert (answer.status_code, inbound_app.extensions["blobs"].get(mail.digest)) == (202, RAW)
    assert (mail.mailbox, mail.envelope_from, mail.envelope_to) == ("main", "<>", "support+r-1@help.example")


def test_without_a_token_in_the_settings_there_is_no_such_page(app: Flask):
    assert post(app, token="").status_code == 404


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "é"])
def test_a_stranger_is_refused(inbound_app: Flask, token: str | None):
    assert (post(inbound_app, token=token).status_code, mails()) == (401, [])


def test_a_browser_of_another_site_is_refused_even_with_the_token(inbound_app: Flask):
    headers = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "cross-site"}
    answer = inbound_app.test_client().post("/mail/inbound", data=RAW, content_type="message/rfc822", headers=headers)
    assert (answer.status_code, mails()) == (403, [])


def test_more_than_25_mb_are_refused(inbound_app: Flask):
    assert (post(inbound_app, b"x" * (25 * 1024 * 1024 + 1)).status_code, mails()) == (413, [])


@pytest.mark.parametrize(
    ("values", "status"), [({"kind": "text/html"}, 415), ({"mailbox": "nowhere"}, 400), ({"raw": b""}, 400)]
)
def test_what_is_no_mail_for_us_is_refused(inbound_app: Flask, values: dict[str, Any], status: int):
    assert (post(inbound_app, **values).status_code, mails()) == (status, [])


@pytest.mark.parametrize("error", [OperationalError("INSERT", {}, Exception("locked")), OSError(28, "No space left")])
def test_what_cannot_be_stored_is_not_accepted(inbound_app: Flask, error: Exception, monkeypatch: pytest.MonkeyPatch):
    def fail(*_arguments: object, **_values: object) -> None:
        raise error

    monkeypatch.setattr(inbound_routes, "receive", fail)
    answer = post(inbound_app)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_a_token_that_could_be_guessed_is_refused():
    with pytest.raises(ConfigurationError, match="PORTAL_INBOUND_TOKEN"):
        load_settings(_env_file=None, environment="test", inbound_token="short")
