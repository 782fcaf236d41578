"""Web server and worker as processes: started together, started again when one dies, stopped together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.garbage import spare_what_is_loaded

logger = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
# A process that dies at once is not started more often than this.
RESTART_PAUSE_SECONDS = 1.0
STOP_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1


def web_command(*, host: str, port: int, processes: int, threads: int) -> list[str]:
    """The command that serves pages."""
    return [
        sys.executable, "-m", "portal", "web",
        "--host", host, "--port", str(port), "--processes", str(processes), "--threads", str(threads),
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The command that works through jobs."""
    return [sys.executable, "-m", "portal", "worker"]


def network_location(host: str, port: int) -> str:
    """`host` and `port` as they stand in an address; an IPv6 host has brackets there."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _WebServer(BaseApplication):
    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve_pages(app: Flask, *, host: str, port: int, processes: int, threads: int) -> None:
    """Serve `app` from this process, which becomes the parent of `processes` others, until it is told to stop."""
    options = {
        "bind": network_location(host, port),
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        # The app is here already and is shared: back sooner after a crash, and less memory for each process.
        "preload_app": True,
        "control_socket_disable": True,
        "graceful_timeout": 10,
        "keepalive": 20,
        "loglevel": "warning",
        "proc_name": "answerwell",
    }
    spare_what_is_loaded()
    _WebServer(app, options).run()


@dataclass
class Supervisor:
    """Keeps named commands running until it is told to stop."""

    commands: Mapping[str, list[str]]
    environment: Mapping[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _started_at: dict[str, float] = field(default_factory=dict)
    _is_stopping: bool = False

    def run(self) -> None:
        """Start everything; return when SIGINT or SIGTERM came and all have ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for name in self.commands:
            self._start(name)
        while not self._is_stopping:
            time.sleep(POLL_SECONDS)
            for name, process in list(self._running.items()):
                if process.poll() is not None and not self._is_stopping:
                    self._restart(name, process.returncode)
        self._stop()

    def _start(self, name: str) -> None:
        self._started_at[name] = time.monotonic()
        self._running[name] = subprocess.Popen(
            self.commands[name], env=dict(self.environment), preexec_fn=_end_with_parent, start_new_session=True
        )

    def _restart(self, name: str, code: int) -> None:
        logger.warning("process ended, starting it again", process=name, exit_code=code)
        lived = time.monotonic() - self._started_at[name]
        time.sleep(max(0.0, RESTART_PAUSE_SECONDS - lived))
        self._start(name)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _stop(self) -> None:
        for name, process in self._running.items():
            # Huey finishes the running job on SIGINT and drops it on SIGTERM; gunicorn is graceful on SIGTERM.
            process.send_signal(signal.SIGINT if name == "worker" else signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def _end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, so that a killed supervisor leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
