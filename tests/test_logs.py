"""Log lines say where something failed, never what people wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.database import db
from portal.logs import configure_logs

SECRET = "lantern-harbour-secret"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def _fail_with(password: str) -> None:
    _ = {"password": password}
    db.session.execute(text("SELECT nothing FROM nowhere WHERE password = :password"), {"password": password})


def _logged(style: Literal["json", "console"], capsys: pytest.CaptureFixture[str]) -> str:
    configure_logs(style)
    try:
        _fail_with(SECRET)
    except SQLAlchemyError:
        structlog.get_logger().exception("request failed", path="/agent/sign-in")
    db.session.rollback()
    return capsys.readouterr().err


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_failure_names_its_place_and_no_values(
    app: Flask, style: Literal["json", "console"], capsys: pytest.CaptureFixture[str]
):
    line = _logged(style, capsys)
    assert "request failed" in line
    assert "_fail_with" in line
    assert "nowhere" in line
    assert SECRET not in line


def test_a_failure_is_one_line_of_json(app: Flask, capsys: pytest.CaptureFixture[str]):
    entry = json.loads(_logged("json", capsys))
    assert entry["exception"][0]["exc_type"] in {"OperationalError", "ProgrammingError"}


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_failed_request_does_not_log_its_form(
    app: Flask,
    style: Literal["json", "console"],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    def fail(**_more: object) -> None:
        raise ValueError("a fault")

    configure_logs(style)
    monkeypatch.setattr("portal.agents.routes.take_sign_in_attempt", fail)
    answer = app.test_client().post("/agent/sign-in", data={"email": "lead@help.example", "password": SECRET})
    assert answer.status_code == 500
    line = capsys.readouterr().err
    assert "request failed" in line
    assert SECRET not in line
