"""kill -9 of the worker around SMTP: every mail arrives, under one Message-ID, at most once more for each kill.

``python -m tests.mail_crash --mails 5000 --kills 300`` (part of make crash), which then kills around mail that comes
in (tests.mail_crash_inbound) and measures pages while the mail server hangs (tests.mail_latency).
"""

from __future__ import annotations

import argparse
import asyncio
import email
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from portal.app import create_app
from portal.database import db, writing
from portal.mail.models import OutboxMail
from tests.conftest import make_settings
from tests.crash import free_port
from tests.killing import START, Killer, LoggedPortal, run_out_leases, told

CONNECT, SENDER, RECIPIENT, DATA, ANSWERED = (
    "at connect",
    "at MAIL FROM",
    "at RCPT TO",
    "between DATA and 250",
    "after 250",
)
# Within this after a 250 the worker notes it: some kills come before the commit and some after.
NOTING_SECONDS = 0.006
# A dead worker's lease runs for a minute more, and the next look comes within another.
WAIT_SECONDS = 300
_MOST_LINES = 200


class Post:
    """An SMTP server that keeps what it is given and tells each step of it."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        # In which life of the worker each of them came.
        self.lives: list[int] = []
        self.killer: Killer | None = None
        self.port = free_port()
        post = self

        class Door(SMTP):
            def connection_made(self, transport):
                super().connection_made(transport)
                post.tell(CONNECT)

        class Place(Controller):
            def factory(self):
                return Door(self.handler, hostname="localhost", loop=self.loop, data_size_limit=None)

        self._controller = Place(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Post:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    def tell(self, step: str) -> None:
        if self.killer is not None:
            self.killer.passes(step)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.tell(SENDER)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tell(RECIPIENT)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        # From here on the mail would be delivered, whether or not the worker hears of it.
        self.received.append(envelope.content)
        self.lives.append(self.killer.kills.total() if self.killer else 0)
        self.tell(DATA)
        asyncio.get_running_loop().call_later(random.uniform(0, NOTING_SECONDS), self.tell, ANSWERED)
        return "250 OK"


@dataclass
class Report:
    """What was counted; `problems` is empty when every promise was kept."""

    mails: int
    kills: Counter[str]
    arrived: int
    duplicates: int
    seconds: float
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"out: {self.mails} mails, {self.kills.total()} kills ({told(self.kills)}), {self.arrived} arrived, "
            f"{self.duplicates} twice, {self.seconds:.0f} s: {verdict(self.problems)}"
        )


def verdict(problems: list[str]) -> str:
    """ "ok", or what is broken."""
    return "ok" if not problems else "\n".join([f"{len(problems)} BROKEN", *problems[:20]])


def run(folder: Path, *, mails: int, kills: int, is_patient: bool = True) -> Report:
    """Send `mails` mails by a worker that is killed `kills` times. Without patience its leases are cut short."""
    started = time.monotonic()
    with Post() as post:
        portal = LoggedPortal(folder, post.port)
        portal.prepare()
        fill_outbox(folder, mails)
        killer = post.killer = Killer(portal)
        try:
            for number in range(kills):
                _live(killer, mails_a_kill=(mails - len(post.received)) / (kills - number))
            if not is_patient:
                run_out_leases(portal)
            killer.live_on()
            _wait_until_sent(portal)
        finally:
            portal.stop()
    ids = Counter(str(_parsed(raw)["Message-ID"]) for raw in post.received)
    report = Report(mails, killer.kills, len(ids), ids.total() - len(ids), time.monotonic() - started)
    report.problems += problems_of(portal, post.received, mails=mails)
    if report.duplicates > killer.kills.total():
        report.problems.append(f"{report.duplicates} came twice, more than one for each kill")
    # A mail that comes again was in the hands of a worker when it was killed: of each no more than one.
    in_hand = Counter(life for life, mail in lives_of_first_copies(post) if ids[mail] > 1)
    report.problems += [f"kill {life} sent {count} mails twice" for life, count in in_hand.items() if count > 1]
    return report


def lives_of_first_copies(post: Post) -> list[tuple[int, str]]:
    """The worker's life in which each mail came first, and its Message-ID."""
    first: dict[str, int] = {}
    for life, raw in zip(post.lives, post.received, strict=True):
        first.setdefault(str(_parsed(raw)["Message-ID"]), life)
    return [(life, message_id) for message_id, life in first.items()]


def fill_outbox(folder: Path, mails: int) -> None:
    """Mails of many lengths whose last line tells whether all of it is there."""
    app = create_app(make_settings(folder))
    now = datetime.now(UTC)
    with app.app_context(), writing():
        for number in range(mails):
            text = f"Mail {number}\n{'Grüße and more text. ' * 4}\n" * random.randint(1, _MOST_LINES)
            db.session.add(
                OutboxMail(
                    message_id=f"<crash-{number}@help.example>",
                    idempotency_key=f"crash-{number}",
                    template="reply",
                    locale="en",
                    recipient=f"person{number}@example.org",
                    recipient_name="Noor",
                    subject=f"Your request {number}",
                    text_body=f"{text}End of {number}\n",
                    html_body=f"<p>End of {number}</p>",
                    headers={},
                    created_at=now,
                    next_attempt_at=now,
                )
            )
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _live(killer: Killer, *, mails_a_kill: float) -> None:
    step = random.choice([START, CONNECT, SENDER, RECIPIENT, DATA, DATA, ANSWERED, ANSWERED, ANSWERED])
    times = 1 if step == CONNECT else random.randint(1, max(1, int(mails_a_kill * 1.8)))
    # Every fourth at no step in particular: while it is composed, sent or noted.
    is_loose = step == SENDER or (step != START and random.random() < 0.15)
    killer.live(step, times=times, seconds_after=random.uniform(0.001, 0.05) if is_loose else 0)


def _wait_until_sent(portal: LoggedPortal) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with portal.database() as database:
            if not database.execute("SELECT 1 FROM outbox_mail WHERE state != 'sent' LIMIT 1").fetchone():
                return
        time.sleep(0.2)


def problems_of(portal: LoggedPortal, received: list[bytes], *, mails: int) -> list[str]:
    """Every broken promise about mail that goes out, a line each."""
    with portal.database() as database:
        rows = database.execute(
            "SELECT message_id, recipient, text_body, state, last_error FROM outbox_mail"
        ).fetchall()
        integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    texts = {recipient: (message_id, text) for message_id, recipient, text, _state, _error in rows}
    problems = [] if len(rows) == mails else [f"{mails} mails became {len(rows)}"]
    problems += [f"{recipient}: {state} {error}" for _id, recipient, _text, state, error in rows if state != "sent"]
    arrived: set[str] = set()
    for raw in received:
        mail = _parsed(raw)
        recipient = mail["To"].addresses[0].addr_spec
        message_id, text = texts[recipient]
        arrived.add(recipient)
        body = mail.get_body(("plain",))
        if mail["Message-ID"] != message_id:
            problems.append(f"{recipient}: arrived as {mail['Message-ID']}, not as {message_id}")
        if body is None or body.get_content().replace("\r\n", "\n") != text:
            problems.append(f"{recipient}: only a part of it arrived")
    problems += [f"{recipient}: lost" for recipient in texts.keys() - arrived]
    if integrity != "ok":
        problems.append(f"database: {integrity}")
    return problems + portal.errors("worker")


def _parsed(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def main() -> int:
    """Both directions, then pages beside a mail server that hangs; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--inbound-kills", type=int, default=12)
    parser.add_argument("--share", type=float, default=1.0, help="share of the sample mails that come in")
    parser.add_argument("--parts", default="out,in,pages")
    options = parser.parse_args()
    # They build on this module.
    from tests import mail_crash_inbound, mail_latency

    parts, has_problem = options.parts.split(","), False
    with tempfile.TemporaryDirectory() as folder:
        if "out" in parts:
            report = run(_new(folder, "out"), mails=options.mails, kills=options.kills)
            print(report, flush=True)
            has_problem |= bool(report.problems)
        if "in" in parts:
            inbound = mail_crash_inbound.run(_new(folder, "in"), kills=options.inbound_kills, share=options.share)
            print(inbound, flush=True)
            has_problem |= bool(inbound.problems)
        if "pages" in parts:
            for figures in mail_latency.run(_new(folder, "pages")):
                print(figures, flush=True)
    return 1 if has_problem else 0


def _new(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


if __name__ == "__main__":
    sys.exit(main())
