"""Mail through servers with every kind of fault: all of it arrives or is dead with a reason, under one Message-ID.

``python -m tests.mail_faults --mails 500``; the suite runs a short form of it. Time passes as fast as mails go: each
round is set to the moment at which all that waits is due.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import email
import logging
import os
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import func, select

from portal import clock
from portal.app import create_app
from portal.database import db, writing
from portal.database.schema import upgrade_schema
from portal.jobs.queue import run_now
from portal.mail.models import OutboxMail, OutboxState
from tests.conftest import make_settings
from tests.crash import free_port

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
# So many rounds the server is ill; mails are tried again well beyond them.
FAULTY_ROUNDS = 3
MAXIMUM_ROUNDS = 60
TIMEOUT_SECONDS = 0.5
WAITING = (OutboxState.QUEUED, OutboxState.RETRY, OutboxState.LEASED)


@dataclass
class Server:
    """An SMTP server on loopback that is ill as `fault` says, in about `share` of the mails, until it is well."""

    fault: str
    share: float
    certificate: Path | None = None
    is_ill: bool = True
    received: list[tuple[str, str]] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    _random: random.Random = field(default_factory=lambda: random.Random(4))
    _controller: Controller | None = None

    def start(self) -> None:
        """Listen, with the certificate where the fault is about TLS."""
        options: dict[str, Any] = {}
        if self.fault == "tls":
            assert self.certificate is not None
            options["tls_context"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            options["tls_context"].load_cert_chain(self.certificate)
            options["require_starttls"] = True
        if self.fault == "auth":
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def recover(self) -> None:
        """From now on everything is well; a port that was closed is open."""
        self.is_ill = False
        if self._controller is None:
            self.start()
        if self.fault == "tls":
            os.environ["SSL_CERT_FILE"] = str(self.certificate)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self._strikes("5xx") and self._random.random() < 0.5:
            return "550 5.1.1 No such mailbox"
        if self._strikes("4xx") and self._random.random() < 0.5:
            return "450 4.2.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self._strikes("4xx"):
            return "451 4.3.0 Busy"
        if self._strikes("5xx"):
            return "554 5.7.1 Not wanted"
        if self._strikes("time-out"):
            await asyncio.sleep(TIMEOUT_SECONDS * 2)
            return "451 4.3.0 Too late"
        if self.fault == "slow":
            await asyncio.sleep(TIMEOUT_SECONDS * 0.1 * self._random.random())
        message_id = str(email.message_from_bytes(envelope.content)["Message-ID"])
        self.received.append((envelope.rcpt_tos[0], message_id))
        if self._strikes("drop after data"):
            server.transport.close()
        return "250 OK"

    def _strikes(self, fault: str) -> bool:
        return self.is_ill and self.fault == fault and self._random.random() < self.share

    def _authenticate(self, _server, _session, _envelope, _mechanism, _data) -> AuthResult:
        return AuthResult(success=not self.is_ill, handled=False)


@dataclass(frozen=True)
class Kind:
    """A kind of fault. `copes`: what must be true of every mail's (state, attempts, copies) at the end."""

    fault: str
    copes: Callable[[OutboxState, int, int], bool]
    share: float = 0.6
    settings: dict[str, Any] = field(default_factory=dict)


SENT, DEAD = OutboxState.SENT, OutboxState.DEAD
KINDS = (
    Kind("refuse", lambda state, attempts, copies: (state, attempts, copies) == (SENT, FAULTY_ROUNDS + 1, 1)),
    Kind("4xx", lambda state, _attempts, copies: (state, copies) == (SENT, 1)),
    Kind("5xx", lambda state, attempts, copies: (state, attempts, copies) in {(SENT, 1, 1), (DEAD, 1, 0)}),
    Kind("time-out", lambda state, _attempts, copies: (state, copies) == (SENT, 1), share=0.25),
    Kind("drop after data", lambda state, attempts, copies: state is SENT and copies == attempts),
    Kind("slow", lambda state, attempts, copies: (state, attempts, copies) == (SENT, 1, 1)),
    # A certificate that nobody vouches for and a refused sign-in stop the channel: no mail pays for them.
    Kind(
        "tls",
        lambda state, attempts, copies: (state, attempts, copies) == (SENT, 1, 1),
        settings={"smtp_security": "starttls"},
    ),
    Kind(
        "auth",
        lambda state, attempts, copies: (state, attempts, copies) == (SENT, 1, 1),
        settings={"smtp_username": "portal", "smtp_password": "secret"},
    ),
)


@dataclass
class Report:
    """What became of the mails of one kind; `problems` is empty when the promise was kept."""

    fault: str
    states: Counter[str]
    attempts: int
    copies: int
    seconds: float
    problems: list[str]

    def __str__(self) -> str:
        states = ", ".join(f"{number} {state}" for state, number in sorted(self.states.items()))
        verdict = "ok" if not self.problems else f"{len(self.problems)} PROBLEMS: {self.problems[:3]}"
        return (
            f"{self.fault:16} {states}; {self.attempts} attempts, {self.copies} copies, {self.seconds:.1f} s: {verdict}"
        )


def run(folder: Path, kind: Kind, *, mails: int) -> Report:
    """Send `mails` mails through a server that is ill with `kind` for some rounds, then well."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = make_certificate(folder) if kind.fault == "tls" else None
    server = Server(kind.fault, kind.share, certificate)
    settings = make_settings(
        folder, mail_transport="smtp", smtp_port=server.port, smtp_timeout_seconds=TIMEOUT_SECONDS, **kind.settings
    )
    started = time.monotonic()
    app = create_app(settings)
    with app.app_context(), writing(), unchanged_environment("SSL_CERT_FILE"):
        upgrade_schema()
        _queue(mails)
        if kind.fault != "refuse":
            server.start()
        try:
            _deliver_all(server)
        finally:
            server.stop()
        report = _judge(kind, server, mails, seconds=time.monotonic() - started)
        db.session.remove()
        db.engine.dispose()
    return report


def make_certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody vouches for, in one file with its key."""
    path = folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(path.with_suffix(".key")), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text("ascii") + path.with_suffix(".key").read_text("ascii"), "ascii")
    return path


def has_openssl() -> bool:
    """Whether certificates can be made here."""
    return shutil.which("openssl") is not None


@contextlib.contextmanager
def unchanged_environment(name: str) -> Iterator[None]:
    """After the block the variable is what it was."""
    before = os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def _queue(mails: int) -> None:
    words = {"subject": "Your request", "text_body": "Hello\n", "html_body": "<p>Hello</p>"}
    for number in range(mails):
        db.session.add(
            OutboxMail(
                message_id=f"<{number}@help.example>",
                idempotency_key=f"mail-{number}",
                template="reply",
                locale="en",
                recipient=f"person{number}@example.org",
                recipient_name="Noor",
                headers={},
                created_at=NOW,
                next_attempt_at=NOW,
                **words,
            )
        )
    db.session.commit()


def _deliver_all(server: Server) -> None:
    at = NOW
    for number in range(MAXIMUM_ROUNDS):
        if number == FAULTY_ROUNDS:
            server.recover()
        with clock.frozen(at):
            run_now("mail.deliver")
        due = db.session.scalar(select(func.max(OutboxMail.next_attempt_at)).where(OutboxMail.state.in_(WAITING)))
        db.session.rollback()
        if due is None:
            return
        at = max(at, due)


def _judge(kind: Kind, server: Server, mails: int, *, seconds: float) -> Report:
    rows = db.session.scalars(select(OutboxMail)).all()
    copies = Counter(recipient for recipient, _message_id in server.received)
    message_ids: dict[str, set[str]] = {}
    for recipient, message_id in server.received:
        message_ids.setdefault(recipient, set()).add(message_id)
    problems = [] if len(rows) == mails else [f"{mails} mails became {len(rows)}"]
    for mail in rows:
        if not kind.copes(mail.state, mail.attempts, copies[mail.recipient]):
            problems.append(
                f"{mail.message_id}: {mail.state}, {mail.attempts} attempts, {copies[mail.recipient]} copies"
            )
        if mail.state is DEAD and not mail.last_error:
            problems.append(f"{mail.message_id}: dead without a reason")
        if message_ids.get(mail.recipient, {mail.message_id}) != {mail.message_id}:
            problems.append(f"{mail.message_id}: arrived as {message_ids[mail.recipient]}")
    states = Counter(mail.state.value for mail in rows)
    return Report(kind.fault, states, sum(mail.attempts for mail in rows), copies.total(), seconds, problems)


def main() -> int:
    """Every kind in turn; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500, help="mails for each kind of fault")
    count = parser.parse_args().mails
    # Every fault is told in the logs, as it should be.
    logging.disable(logging.CRITICAL)
    reports = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            report = run(Path(folder), kind, mails=count)
        print(report, flush=True)
        reports.append(report)
    return 1 if any(report.problems for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
