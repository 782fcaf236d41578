"""Every sample mail twice, in random order, by IMAP and by LMTP, HTTP or pipe, while worker and web server are killed.

A part of ``python -m tests.mail_crash``. Who hands a mail over tries again until it is taken, as mail servers do.
"""

from __future__ import annotations

import contextlib
import email
import hashlib
import http.client
import random
import re
import smtplib
import socket
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from portal.mail.parsing import dedup_key
from tests.crash import free_port
from tests.killing import START, Killer, LoggedPortal, run_out_leases, told
from tests.mail.dovecot import PASSWORD, USER, Dovecot, running_dovecot
from tests.mail_crash import ANSWERED, CONNECT, DATA, Post, verdict

SAMPLES = Path(__file__).parent / "mail" / "fixtures"
TOKEN = "t" * 40
FETCH, MARK, MARKED = "at IMAP FETCH", "before the mark", "after the mark"
HANDED, TAKEN = "after LMTP DATA", "after LMTP 250"
SENDERS = 6
# So many mails are under way beside those that the kills so far let through.
AHEAD = 24
PATIENCE_SECONDS = 240
WAIT_SECONDS = 300
# A process each: no more than a few.
PIPE_SHARE = 0.06
_STEPS = (START, FETCH, FETCH, MARK, MARKED, HANDED, HANDED, TAKEN, TAKEN, CONNECT, DATA, ANSWERED)
_WORD_STEPS = ((b"BODY.PEEK[]", FETCH), (b"STORE ", MARK))
_FAULTS = (OSError, http.client.HTTPException, smtplib.SMTPException, subprocess.SubprocessError)


@dataclass
class Report:
    """What was counted; `problems` is empty when every promise was kept."""

    mails: int
    handed_in: Counter[str]
    kills: Counter[str]
    web_kills: int
    outcomes: Counter[str]
    seconds: float
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ways = ", ".join(f"{number} {way}" for way, number in sorted(self.handed_in.items()))
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.outcomes.items()))
        return (
            f"in: {self.mails} mails ({ways}), {self.kills.total()} kills of the worker ({told(self.kills)}), "
            f"{self.web_kills} of the web server: {outcomes}, {self.seconds:.0f} s: {verdict(self.problems)}"
        )


class ImapDoor(socketserver.ThreadingTCPServer):
    """Stands between worker and dovecot, and tells the steps of a walk."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, dovecot: Dovecot, killer: Killer) -> None:
        self.target, self.killer = ("127.0.0.1", dovecot.port), killer
        super().__init__(("127.0.0.1", 0), _ImapCall)


class _ImapCall(socketserver.BaseRequestHandler):
    server: ImapDoor

    def handle(self) -> None:
        with socket.create_connection(self.server.target) as target:
            answers = threading.Thread(
                target=self._pass_on, args=(target, self.request, ((b"tore completed", MARKED),))
            )
            answers.start()
            self._pass_on(self.request, target, _WORD_STEPS)
            answers.join()

    def _pass_on(self, source: socket.socket, target: socket.socket, steps: tuple[tuple[bytes, str], ...]) -> None:
        try:
            while chunk := source.recv(65_536):
                for word, step in steps:
                    if word in chunk:
                        self.server.killer.passes(step)
                target.sendall(chunk)
        except OSError:
            # A killed worker says no farewell.
            pass
        finally:
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


class Sender:
    """Hands mails in, each until it is taken. The worker's lives set the pace, so that mail is on its way in all."""

    def __init__(self, portal: LoggedPortal, dovecot: Dovecot, killer: Killer, *, per_kill: float) -> None:
        self.handed_in: Counter[str] = Counter()
        self.keys: set[str] = set()
        self._portal, self._dovecot, self._killer, self._per_kill = portal, dovecot, killer, per_kill
        self._lock = threading.Lock()

    def hand_in(self, delivery: tuple[int, str, bytes]) -> None:
        number, way, raw = delivery
        while number > AHEAD + self._killer.kills.total() * self._per_kill:
            time.sleep(0.02)
        try_once = {"imap": self._append, "lmtp": self._lmtp, "http": self._post, "pipe": self._pipe}[way]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not try_once(raw):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{way} never took a mail of {len(raw)} bytes")
            time.sleep(random.uniform(0.05, 0.3))
        with self._lock:
            self.handed_in[way] += 1
            if way != "imap":
                self.keys.add(dedup_key(raw))

    def _append(self, raw: bytes) -> bool:
        self._dovecot.put(raw)
        return True

    def _lmtp(self, raw: bytes) -> bool:
        try:
            with smtplib.LMTP("127.0.0.1", int(self._portal.extra["PORTAL_LMTP_PORT"]), timeout=20) as client:
                client.ehlo_or_helo_if_needed()
                if client.mail("relay@example.org")[0] != 250 or client.rcpt(USER)[0] != 250:
                    return False
                client.docmd("DATA")
                client.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
                self._killer.passes(HANDED)
                is_taken = client.getreply()[0] == 250
                self._killer.passes(TAKEN)
                return is_taken
        except _FAULTS:
            return False

    def _post(self, raw: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._portal.port, timeout=20)
        headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {TOKEN}"}
        try:
            connection.request("POST", f"/mail/inbound?recipient={USER}", raw, headers)
            return connection.getresponse().status == 202
        except _FAULTS:
            return False
        finally:
            connection.close()

    def _pipe(self, raw: bytes) -> bool:
        """By a process that is now and then killed as well."""
        command = [sys.executable, "-m", "portal", "mail", "deliver", "--recipient", USER]
        patience = random.uniform(0.5, 4) if random.random() < 0.3 else 60
        try:
            # run() kills with SIGKILL what takes longer.
            done = subprocess.run(
                command, input=raw, cwd=self._portal.folder, env=self._portal.environment, timeout=patience,
                capture_output=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def run(folder: Path, *, kills: int, share: float = 1, is_patient: bool = True) -> Report:
    """Hand in that share of the sample mails while the worker is killed `kills` times, the web server half as often."""
    started = time.monotonic()
    deliveries = _deliveries(share)
    with running_dovecot() as dovecot, Post() as post:
        portal = LoggedPortal(folder, post.port)
        killer = post.killer = Killer(portal)
        with ImapDoor(dovecot, killer) as door:
            threading.Thread(target=door.serve_forever, daemon=True).start()
            _configure(portal, imap_port=door.server_address[1])
            portal.prepare()
            sender = Sender(portal, dovecot, killer, per_kill=len(deliveries) / max(1, kills - 3))
            try:
                web_kills = _live_through(portal, killer, sender, deliveries, kills)
                if not is_patient:
                    run_out_leases(portal)
                killer.live_on()
                _wait_until_settled(portal, dovecot)
            finally:
                portal.stop()
                door.shutdown()
        in_mailbox = _lying_in(dovecot)
    with portal.database() as database:
        outcomes = Counter(dict(database.execute("SELECT outcome, count(*) FROM inbound_mail GROUP BY outcome")))
        keys = sender.keys | {dedup_key(raw) for raw in in_mailbox}
        problems = _ledger_problems(database, keys) + _ticket_problems(database) + _blob_problems(database, folder)
        problems += _arrival_problems(database, handed_in=sender.handed_in, in_mailbox=len(in_mailbox))
    problems += _sending_problems(post.received, kills=killer.kills.total())
    # One sample's sender has an address that this mail server cannot be told: its acknowledgement is rightly dead.
    problems += [error for error in portal.errors("worker") + portal.errors("web") if "SMTPUTF8" not in error]
    seconds = time.monotonic() - started
    return Report(len(keys), sender.handed_in, killer.kills, web_kills, outcomes, seconds, problems)


def _deliveries(share: float) -> list[tuple[int, str, bytes]]:
    """Each sample once by IMAP and once by another way, in random order."""
    by_key = {dedup_key(raw): raw for raw in (path.read_bytes() for path in sorted(SAMPLES.rglob("*.eml")))}
    raws = random.sample(list(by_key.values()), max(1, round(share * len(by_key))))
    twice = []
    for raw in raws:
        # Line ends as mail servers hand them over. What cannot be said in SMTP comes in otherwise.
        sent = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        is_plain = sent.endswith(b"\r\n") and b"\0" not in sent
        way = "pipe" if random.random() < PIPE_SHARE else random.choice(["lmtp", "lmtp", "http"])
        twice += [("imap", sent.replace(b"\0", b"?")), (way if is_plain or way != "lmtp" else "http", sent)]
    random.shuffle(twice)
    return [(number, way, raw) for number, (way, raw) in enumerate(twice)]


def _configure(portal: LoggedPortal, *, imap_port: int) -> None:
    file = portal.folder / "mailboxes.toml"
    file.write_text(
        f'[mailboxes.support]\naddress = "{USER}"\n[mailboxes.support.imap]\nhost = "127.0.0.1"\nport = {imap_port}\n'
        f'security = "none"\npassword = "{PASSWORD}"\n'
    )
    portal.extra |= {
        "PORTAL_MAILBOXES_FILE": str(file),
        "PORTAL_LMTP_PORT": str(free_port()),
        "PORTAL_INBOUND_TOKEN": TOKEN,
    }


def _live_through(
    portal: LoggedPortal, killer: Killer, sender: Sender, deliveries: list[tuple[int, str, bytes]], kills: int
) -> int:
    """All lives of the worker but the last; returns when every mail was taken. How often the web server was killed."""
    portal.start("web")
    is_over, web_kills = threading.Event(), 0
    with ThreadPoolExecutor(SENDERS + 1) as people:
        killing = people.submit(_kill_web, portal, is_over, kills // 2)
        handed = [people.submit(sender.hand_in, delivery) for delivery in deliveries]
        try:
            for _ in range(kills - 1):
                step = random.choice(_STEPS)
                times = random.randint(1, 8) if step in {FETCH, HANDED, TAKEN} else 1
                # Soon after mails were taken they are worked on.
                loose = random.uniform(0.005, 0.4) if step == TAKEN or random.random() < 0.2 else 0
                killer.live(step, times=times, seconds_after=0 if step == START else loose)
        finally:
            is_over.set()
            web_kills = killing.result()
        killer.live_on()
        for each in handed:
            each.result()
    # Once more, with whatever is half done.
    killer.end()
    return web_kills


def _kill_web(portal: LoggedPortal, is_over: threading.Event, kills: int) -> int:
    done = 0
    while done < kills and not is_over.wait(random.uniform(1, 7)):
        portal.kill("web")
        done += 1
    return done


def _wait_until_settled(portal: LoggedPortal, dovecot: Dovecot) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with portal.database() as database:
            (waiting,) = database.execute(
                "SELECT (SELECT count(*) FROM inbound_mail WHERE outcome = 'received')"
                " + (SELECT count(*) FROM outbox_mail WHERE state IN ('queued', 'leased', 'retry'))"
            ).fetchone()
        if not waiting and all("Seen" in flags for flags in dovecot.flags()):
            return
        time.sleep(0.3)


def _lying_in(dovecot: Dovecot) -> list[bytes]:
    with dovecot.client() as client:
        _kind, data = client.fetch("1:*", "(BODY.PEEK[])")
        return [part[1] for part in data if isinstance(part, tuple)]


def _ledger_problems(database: sqlite3.Connection, keys: set[str]) -> list[str]:
    rows = database.execute("SELECT id, dedup_key, outcome, detail FROM inbound_mail").fetchall()
    known = [key for _id, key, _outcome, _detail in rows]
    problems = [f"a mail was taken and is lost: {key}" for key in keys - set(known)]
    problems += [f"nobody sent the mail {key}" for key in set(known) - keys]
    problems += [f"{count} rows of one mail" for count in Counter(known).values() if count > 1]
    problems += [f"mail {number} has no end" for number, _key, outcome, _detail in rows if outcome == "received"]
    problems += [
        f"mail {number} was given up: {detail}"
        for number, _key, outcome, detail in rows
        if outcome == "failed" and "several times" in detail
    ]
    (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
    return problems if integrity == "ok" else [*problems, f"database: {integrity}"]


def _ticket_problems(database: sqlite3.Connection) -> list[str]:
    ends = dict(database.execute("SELECT id, outcome FROM inbound_mail"))
    told_by = database.execute("SELECT inbound_mail_id FROM message WHERE inbound_mail_id IS NOT NULL")
    messages = Counter(number for (number,) in told_by)
    opened = Counter(
        int(key.partition(":")[2])
        for (key,) in database.execute("SELECT idempotency_key FROM ticket WHERE idempotency_key LIKE 'mail:%'")
    )
    problems = [f"mail {number} is {count} messages" for number, count in messages.items() if count > 1]
    problems += [f"mail {number} is {count} tickets" for number, count in opened.items() if count > 1]
    for number, outcome in ends.items():
        if (opened[number] == 1) != (outcome in {"new_ticket", "failed"}):
            problems.append(f"mail {number} ended as {outcome} with {opened[number]} tickets")
        if outcome in {"new_ticket", "reply", "failed"} and messages[number] != 1:
            problems.append(f"mail {number} ended as {outcome} with {messages[number]} messages")
    (without,) = database.execute(
        "SELECT count(*) FROM ticket WHERE NOT EXISTS (SELECT 1 FROM message WHERE ticket_id = ticket.id)"
    ).fetchone()
    problems += [f"{without} tickets without a message"] if without else []
    twice = database.execute(
        "SELECT ticket_id, count(*) FROM outbox_mail WHERE template = 'acknowledgement'"
        " AND last_error NOT LIKE 'cap: %' GROUP BY ticket_id HAVING count(*) > 1"
    ).fetchall()
    problems += [f"ticket {number} is acknowledged {count} times" for number, count in twice]
    unsent = database.execute(
        "SELECT id, state, last_error FROM outbox_mail WHERE state != 'sent' AND last_error NOT LIKE 'cap: %'"
        " AND NOT (state = 'dead' AND last_error LIKE '%SMTPUTF8%')"
    ).fetchall()
    return problems + [f"acknowledgement {number}: {state} {error}" for number, state, error in unsent]


def _blob_problems(database: sqlite3.Connection, folder: Path) -> list[str]:
    problems = []
    for number, digest, size in database.execute("SELECT id, digest, size_bytes FROM inbound_mail"):
        path = folder / "files" / digest[:2] / digest
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != digest or len(content) != size:
            problems.append(f"mail {number}: its bytes are not those that came")
    return problems


def _arrival_problems(database: sqlite3.Connection, *, handed_in: Counter[str], in_mailbox: int) -> list[str]:
    """Every time that a mail was taken is in the ledger; what is fetched again by IMAP is known by its UID."""
    arrivals = Counter(dict(database.execute("SELECT way_in, count(*) FROM mail_arrival GROUP BY way_in")))
    problems = [
        f"{count} mails were taken by {way} and {arrivals[way]} noted"
        for way, count in handed_in.items()
        if arrivals[way] < count
    ]
    if arrivals["imap"] != in_mailbox:
        problems.append(f"{in_mailbox} mails lie in the mailbox and {arrivals['imap']} were noted")
    return problems


def _sending_problems(received: list[bytes], *, kills: int) -> list[str]:
    ids = Counter(str(email.message_from_bytes(raw)["Message-ID"]) for raw in received)
    duplicates = ids.total() - len(ids)
    return [f"{duplicates} acknowledgements came twice in {kills} kills"] if duplicates > kills else []
