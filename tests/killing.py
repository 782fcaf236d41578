"""One life of the worker after the other: each ends with kill -9, at a chosen step of a mail's way or at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import Portal

# Nothing of an installation is up sooner; a worker is killed while it starts as well.
STARTING_SECONDS = (0.2, 2.5)
# A worker that does not come to the chosen step is killed where it is.
LONGEST_LIFE_SECONDS = 5
START = "start"
OTHERWISE = "elsewhere"


@dataclass
class LoggedPortal(Portal):
    """Portal with more settings, and with what its processes say in a file each."""

    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"PORTAL_SUPPORT_EMAIL": "support@help.example", **self.extra}

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "portal", name]
        if name == "web":
            command += ["--port", str(self.port), "--threads", "12"]
        with self.log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, start_new_session=True, stdout=log, stderr=log
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """A connection of somebody beside the installation; commits at the end."""
        connection = sqlite3.connect(self.folder / "portal.sqlite3", timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def errors(self, name: str) -> list[str]:
        """Each thing that a process called an error, and each traceback, in one line."""
        found = []
        lines = self.log(name).read_text("utf-8", "replace").splitlines()
        for number, line in enumerate(lines):
            if line.startswith("Traceback"):
                # The error itself stands below the indented places.
                said = next((each for each in lines[number + 1 :] if not each.startswith(" ")), "")
                found.append(f"{name}: traceback, {said} ({lines[number - 1][:200] if number else 'first line'})")
            elif line.startswith("{"):
                with contextlib.suppress(ValueError):
                    if json.loads(line).get("level") in {"error", "critical"}:
                        found.append(f"{name}: {line[:500]}")
        return found


class Killer:
    """Kills the worker when a step was reached so many times. Servers and clients tell the steps."""

    def __init__(self, portal: LoggedPortal) -> None:
        self.kills: Counter[str] = Counter()
        self._portal = portal
        self._lock = threading.Lock()
        self._step, self._left, self._is_exact = "", 0, True
        self._reached = threading.Event()

    def passes(self, step: str) -> None:
        """`step` is reached just now."""
        with self._lock:
            if step != self._step or self._reached.is_set():
                return
            self._left -= 1
            if self._left <= 0:
                if self._is_exact:
                    self._kill()
                self._reached.set()

    def live(self, step: str, *, times: int = 1, seconds_after: float = 0) -> None:
        """Start the worker, and kill it at `step` or a while after it; returns when it is dead."""
        with self._lock:
            self._reached.clear()
            self._step, self._left, self._is_exact = step, times, seconds_after == 0
        self._portal.start("worker")
        name = step
        if step == START:
            time.sleep(random.uniform(*STARTING_SECONDS))
        elif not self._reached.wait(LONGEST_LIFE_SECONDS):
            name = OTHERWISE
        elif seconds_after:
            name = f"soon after {step}"
            time.sleep(seconds_after)
        self._kill()
        self._portal.processes["worker"].wait()
        # What it sent at last belongs to this life still.
        time.sleep(0.05)
        self.kills[name] += 1

    def live_on(self) -> None:
        """Start the worker and leave it alone."""
        with self._lock:
            self._step = ""
        self._portal.start("worker")

    def end(self) -> None:
        """Kill the worker that was left alone."""
        self._kill()
        self._portal.processes["worker"].wait()
        self.kills[OTHERWISE] += 1

    def _kill(self) -> None:
        process = self._portal.processes["worker"]
        # It is dead already when the step itself has killed it.
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def run_out_leases(portal: LoggedPortal) -> None:
    """As if minutes had gone by since the last kill: what dead workers had in hand is due."""
    with portal.database() as database:
        database.execute("UPDATE outbox_mail SET leased_until = created_at WHERE state = 'leased'")
        database.execute("UPDATE inbound_mail SET next_attempt_at = received_at WHERE outcome = 'received'")


def told(kills: Counter[str]) -> str:
    """The kills by step, in words."""
    return ", ".join(f"{number} {step}" for step, number in sorted(kills.items()))
