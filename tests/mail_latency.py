"""How long pages take while the mail server is well, hangs or is away: figures of a real web server and worker.

A part of ``python -m tests.mail_crash``; nothing fails by a figure.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.crash import free_port, write_in
from tests.killing import LoggedPortal

TICKETS = 48
WRITERS = 8
FRONT_PAGE, TICKET = ("GET", "/en/"), ("POST", "/en/contact/details")
# The settings' own time-out is 20 seconds: the worker is held up in all of the measurement.
HANGING_SECONDS = 30
CASES = ("well", "hangs after DATA", "refuses connections")


@dataclass
class TimedPortal(LoggedPortal):
    """Notes how long each request took."""

    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def request(self, method: str, path: str, data=None, headers=None) -> tuple[int, dict[str, str], str]:
        started = time.monotonic()
        answer = super().request(method, path, data=data, headers=headers)
        self.seconds.setdefault((method, path), []).append(time.monotonic() - started)
        return answer


class _Mailer:
    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs

    async def handle_DATA(self, server, session, envelope):
        if self._hangs:
            await asyncio.sleep(HANGING_SECONDS)
        return "250 OK"


def run(folder: Path) -> Iterator[str]:
    """A line of figures for each state of the mail server."""
    for number, case in enumerate(CASES):
        place = folder / str(number)
        place.mkdir()
        yield f"pages, mail server {case}: {_figures(_measure(place, case))}"


def _measure(folder: Path, case: str) -> dict[tuple[str, str], list[float]]:
    controller = Controller(_Mailer(hangs=case == CASES[1]), hostname="127.0.0.1", port=free_port())
    # Conversations that hang are cut off at the end.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    portal = TimedPortal(folder, controller.port)
    portal.prepare()
    if case != CASES[2]:
        controller.start()
    try:
        for name in ("web", "worker"):
            portal.start(name)
        portal.seconds_until_up()
        # The first of everything is slower, and from here on a mail is in the worker's hands.
        write_in(portal, 0)
        portal.seconds.clear()
        is_over = threading.Event()
        reader = threading.Thread(target=_read, args=(portal, is_over))
        reader.start()
        with ThreadPoolExecutor(WRITERS) as people:
            list(people.map(lambda number: write_in(portal, number), range(1, TICKETS + 1)))
        is_over.set()
        reader.join()
    finally:
        portal.stop()
        with contextlib.suppress(AssertionError):
            controller.stop()
    return portal.seconds


def _read(portal: TimedPortal, is_over: threading.Event) -> None:
    while not is_over.wait(0.05):
        portal.request(*FRONT_PAGE)


def _figures(seconds: dict[tuple[str, str], list[float]]) -> str:
    parts = []
    for (method, path), name in ((FRONT_PAGE, "front page"), (TICKET, "ticket")):
        times = seconds[method, path]
        shares = statistics.quantiles(times, n=20, method="inclusive")
        parts.append(f"{name} p50 {shares[9] * 1000:.0f} ms, p95 {shares[18] * 1000:.0f} ms ({len(times)})")
    return "; ".join(parts)
