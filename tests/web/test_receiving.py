"""What happens to a request before the database is asked."""

from __future__ import annotations

import io
import json
import socket
import sqlite3
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.app import create_app
from portal.contact.models import ContactDraft
from portal.database import db
from portal.web.receiving import MAXIMUM_FORM_BYTES
from tests import factories
from tests.conftest import make_settings

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
TOO_MUCH = b"x" * (MAXIMUM_FORM_BYTES + 1)
SERVE = """
import sys
from pathlib import Path
from portal.app import create_app
from portal.serving import serve_pages
from tests.conftest import make_settings
app = create_app(make_settings(Path(sys.argv[1])))
serve_pages(app, host="127.0.0.1", port=int(sys.argv[2]), processes=1, threads=2)
"""


def multipart(name: str, content: bytes) -> bytes:
    """A body with one field."""
    return b"--b\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n--b--\r\n" % (name.encode(), content)


class SlowBody(io.RawIOBase):
    """A body that arrives while somebody else wants to write to the database."""

    def __init__(self, content: bytes, database: Path) -> None:
        self.writes = 0
        self._content = io.BytesIO(content)
        self._database = database

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        connection = sqlite3.connect(self._database, timeout=0, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        connection.close()
        self.writes += 1
        return self._content.readinto(buffer)


@pytest.mark.parametrize("path", ["/en/contact", "/en/contact/files", "/en/contact/draft"])
def test_others_can_write_while_an_upload_arrives(instance_dir: Path, path: str):
    client = create_app(make_settings(instance_dir)).test_client()
    client.post("/en/contact/draft", data={"subject": "A draft, which the upload looks for"})
    content = multipart('"files"; filename="a.txt"', b"Some text")
    body = SlowBody(content, instance_dir / "portal.sqlite3")
    answer = client.post(
        path,
        content_type=MULTIPART,
        headers={"Content-Length": str(len(content))},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert answer.status_code < 500
    assert body.writes > 0


def test_what_was_asked_for_last_gives_no_right_to_write(instance_dir: Path):
    client = create_app(make_settings(instance_dir)).test_client()
    client.post("/en/contact/draft", data={"subject": "Hello"})
    writer = sqlite3.connect(instance_dir / "portal.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert client.get("/en/").status_code == 200
    writer.close()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [(URLENCODED, b"subject=" + TOO_MUCH), (MULTIPART, multipart('"subject"', TOO_MUCH))],
    ids=["urlencoded", "multipart"],
)
def test_a_form_of_too_much_text_is_refused_and_kept_nowhere(client: FlaskClient, content_type: str, body: bytes):
    answer = client.post("/en/contact/draft", data=body, content_type=content_type)
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    assert db.session.scalar(select(func.count()).select_from(ContactDraft)) == 0


def test_a_long_form_that_fits_is_taken(client: FlaskClient):
    assert client.post("/en/contact/draft", data={"message": "x" * (MAXIMUM_FORM_BYTES - 100)}).status_code < 400


def test_files_may_be_larger_than_text(client: FlaskClient):
    body = multipart('"files"; filename="long.txt"', TOO_MUCH)
    assert client.post("/en/contact/files", data=body, content_type=MULTIPART).status_code < 400


def test_who_sends_too_much_still_hears_so(instance_dir: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(instance_dir), str(port)], cwd=Path(__file__).parent.parent.parent
    )
    try:
        wait_until_served(port)
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        # Far more than the buffers between client and server hold.
        text = b"a" * 16_000_000
        connection.request("POST", "/theme", text, {"Content-Type": URLENCODED})
        assert connection.getresponse().status == 413
        connection.close()
    finally:
        server.terminate()
        server.wait(20)


def wait_until_served(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.mark.parametrize("path", ["/en/articles/a%00b", "/en/topics/%00", "/media/%00/x", "/%00", "/agent/%00"])
def test_an_address_with_a_nul_leads_nowhere(client: FlaskClient, path: str):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "We could not find that page" in answer.text


@pytest.mark.parametrize("query", ["q=a%00b", "q=reset&topic=%00", "q=reset&%00=1", "q=a&q=%00"])
def test_a_query_with_a_nul_is_answered_with_what_to_do(client: FlaskClient, query: str):
    for path in ("/en/search", "/en/search/suggestions", "/en/contact"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "check what you entered" in answer.text


def test_agents_lists_refuse_a_nul_too(app: Flask, agent_client: FlaskClient):
    factories.make_ticket()
    assert agent_client.get("/agent/tickets?q=%00").status_code == 400


def test_a_body_that_nobody_reads_is_no_form(client: FlaskClient):
    answer = client.post("/theme", data=json.dumps({"theme": "dark"}), content_type="application/json")
    assert answer.status_code == 303
