"""Kill web server and worker while people write in: what was acknowledged is there, and every acknowledgement arrives.

``python -m tests.crash --submissions 500 --kills 40`` (make crash); the suite runs a short form of it.
"""

from __future__ import annotations

import argparse
import email
import http.client
import os
import random
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller

ROOT = Path(__file__).parent.parent
CLIENTS = 24
# A form that comes back sooner is taken for a machine's.
READING_SECONDS = 2.2
PATIENCE_SECONDS = 60
_STAMP = re.compile(r'name="shown_at"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="shown_at"')
_REFERENCE = re.compile(r"HX-[0-9A-Z]{6}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Catcher:
    """An SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@dataclass
class Portal:
    """Web server and worker as two process groups that can be killed and come back."""

    folder: Path
    smtp_port: int
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PORTAL_ENVIRONMENT": "production", "PORTAL_SECRET_KEY": "s" * 40, "PORTAL_INSTANCE_DIR": str(self.folder),
            "PORTAL_BASE_URL": f"http://127.0.0.1:{self.port}", "PORTAL_SMTP_PORT": str(self.smtp_port),
            "PORTAL_PROXY_COUNT": "1", "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def prepare(self) -> None:
        command = [sys.executable, "-m", "portal", "db", "upgrade"]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True, capture_output=True)

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "portal", name]
        if name == "web":
            command += ["--port", str(self.port), "--threads", "12"]
        self.processes[name] = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )

    def kill(self, name: str) -> None:
        """kill -9 of the whole group, then a new start."""
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(name)

    def seconds_until_up(self) -> float:
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE_SECONDS:
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    break
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        return time.monotonic() - started

    def stop(self) -> None:
        for process in self.processes.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def request(self, method: str, path: str, data=None, headers=None) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            body = urllib.parse.urlencode(data) if data is not None else None
            sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode()
            cookies = "; ".join(value.split(";")[0] for name, value in response.getheaders() if name == "Set-Cookie")
            return response.status, {"cookie": cookies, "location": response.getheader("Location", "")}, text
        finally:
            connection.close()


def patiently(portal: Portal, *request, **options) -> tuple[int, dict[str, str], str]:
    """A request, repeated as a person would press the button again while the server is away."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = portal.request(*request, **options)
            if answer[0] < 500:
                return answer
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(request[1])
        time.sleep(0.1)


def write_in(portal: Portal, number: int) -> tuple[str, str]:
    """One person's way through the form without scripts; returns reference and message of what was acknowledged."""
    headers = {"X-Forwarded-For": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
    message = f"My download stops at {number} percent. {secrets.token_hex(8)}"
    _status, _headers, page = patiently(portal, "GET", "/en/contact", headers=headers)
    time.sleep(READING_SECONDS)
    form = {"subject": f"Download {number}", "message": message, "shown_at": stamp_of(page)}
    _status, answer, _page = patiently(portal, "POST", "/en/contact", data=form, headers=headers)
    headers["Cookie"] = answer["cookie"]
    _status, _headers, page = patiently(portal, "GET", "/en/contact/details", headers=headers)
    time.sleep(READING_SECONDS)
    form = {"email": f"person{number}@example.org", "name": "", "reply_locale": "en", "shown_at": stamp_of(page)}
    status, _answer, page = patiently(portal, "POST", "/en/contact/details", data=form, headers=headers)
    if status != 303:
        raise AssertionError(f"{status}: {page}")
    _status, _answer, page = patiently(portal, "GET", "/en/contact/sent", headers=headers)
    return _REFERENCE.findall(page)[0], message


def stamp_of(page: str) -> str:
    """The signed time of a form."""
    found = _STAMP.search(page)
    if found is None:
        raise AssertionError(page)
    return found[1] or found[2]


@dataclass(frozen=True)
class Report:
    """What was counted; `problems` is empty when every promise was kept."""

    acknowledged: int
    kills: Counter
    slowest_return_seconds: float
    mails: int
    duplicate_mails: int
    seconds: float
    problems: list[str]


def run(folder: Path, *, submissions: int, kills: int) -> Report:
    """`submissions` people write in while web server and worker are killed `kills` times."""
    catcher = Catcher()
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port())
    controller.start()
    portal = Portal(folder, controller.port)
    started, done, killed, returns = time.monotonic(), threading.Event(), Counter(), [0.0]
    try:
        portal.prepare()
        for name in ("web", "worker"):
            portal.start(name)
        portal.seconds_until_up()

        def kill_now_and_then() -> None:
            pause = max(0.5, submissions * 2 * READING_SECONDS / CLIENTS / kills)
            while killed.total() < kills and not done.wait(random.uniform(0.5, 1.5) * pause):
                name = random.choice(["web", "worker"])
                portal.kill(name)
                killed[name] += 1
                if name == "web":
                    returns.append(portal.seconds_until_up())

        killer = threading.Thread(target=kill_now_and_then)
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as people:
            acknowledged = list(people.map(lambda number: write_in(portal, number), range(submissions)))
        done.set()
        killer.join()
        wait_for_mails(catcher, {reference for reference, _message in acknowledged})
    finally:
        portal.stop()
        controller.stop()
    duplicates = len(catcher.mails) - len({mail["Message-ID"] for mail in catcher.mails})
    problems = problems_of(folder, acknowledged, catcher)
    if duplicates > killed["worker"]:
        problems.append(f"{duplicates} mails came twice, more than one for each of {killed['worker']} kills")
    return Report(
        len(acknowledged), killed, max(returns), len(catcher.mails), duplicates, time.monotonic() - started, problems
    )


def wait_for_mails(catcher: Catcher, references: set[str]) -> None:
    """Give the worker time to finish; a killed worker's lease runs for two minutes."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if references <= {found for mail in list(catcher.mails) for found in _REFERENCE.findall(mail["Subject"])}:
            return
        time.sleep(0.2)


def problems_of(folder: Path, acknowledged: list[tuple[str, str]], catcher: Catcher) -> list[str]:
    """Every broken promise, a line each, read from the database file and the caught mail."""
    database = sqlite3.connect(folder / "portal.sqlite3")
    rows = database.execute(
        "SELECT reference, body FROM ticket JOIN message ON message.ticket_id = ticket.id"
    ).fetchall()
    integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    database.close()
    kept = dict(rows)
    mailed = {found for mail in catcher.mails for found in _REFERENCE.findall(mail["Subject"])}
    problems = [
        f"{reference} was acknowledged and is gone" for reference, _text in acknowledged if reference not in kept
    ]
    problems += [f"{reference} lost its text" for reference, text in acknowledged if kept.get(reference, text) != text]
    problems += [
        f"{reference} was never acknowledged by mail" for reference, _text in acknowledged if reference not in mailed
    ]
    problems += [
        f"{count} tickets of one message" for count in Counter(body for _reference, body in rows).values() if count > 1
    ]
    if integrity != "ok":
        problems.append(f"database: {integrity}")
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--kills", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), submissions=options.submissions, kills=options.kills)
    print(
        f"{report.acknowledged} acknowledged, {report.kills['web']} kills of the web server, "
        f"{report.kills['worker']} of the worker, {report.mails} mails ({report.duplicate_mails} twice), "
        f"slowest return {report.slowest_return_seconds:.1f} s, {report.seconds:.0f} s in all"
    )
    for problem in report.problems:
        print("BROKEN:", problem)
    sys.exit(1 if report.problems else 0)


if __name__ == "__main__":
    main()
