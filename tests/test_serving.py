"""The supervisor: what dies is started again, what is told to stop stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import click
import pytest
from flask import Flask

from portal.cli import _refuse_taken_port, _use_demo_settings
from portal.serving import network_location, serve_pages
from tests.conftest import skip_or_fail

SUPERVISE = """
import os, sys
from portal.serving import Supervisor
note = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(60)"
Supervisor({name: [sys.executable, "-c", note, f"{name}.pids"] for name in ("web", "worker")}, os.environ).run()
"""


def wait_for(folder: Path, name: str, count: int) -> list[int]:
    """The process ids that were written so far, once there are `count`."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        file = folder / f"{name}.pids"
        pids = [int(pid) for pid in file.read_text().split()] if file.exists() else []
        if len(pids) >= count:
            return pids
        time.sleep(0.05)
    raise AssertionError(f"{name} was not started {count} times")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_comes_back_and_all_stop_together(tmp_path: Path):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE], cwd=tmp_path, env=environment)
    try:
        worker = wait_for(tmp_path, "worker", 1)[0]
        web = wait_for(tmp_path, "web", 1)[0]
        os.kill(worker, signal.SIGKILL)
        second_worker = wait_for(tmp_path, "worker", 2)[1]
        assert is_running(web)
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(20) == 0
        assert not is_running(web)
        assert not is_running(second_worker)
    finally:
        supervisor.kill()
        supervisor.wait()


def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE], cwd=tmp_path, env=environment)
    pids = [wait_for(tmp_path, name, 1)[0] for name in ("web", "worker")]
    supervisor.kill()
    supervisor.wait()
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [is_running(pid) for pid in pids] == [False, False]


@pytest.fixture
def ipv6() -> None:
    """Skips where the machine has no IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError as error:
        skip_or_fail(f"no IPv6: {error}")


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("::1", "[::1]:8000"),
        ("::", "[::]:8000"),
        ("127.0.0.1", "127.0.0.1:8000"),
        ("help.example", "help.example:8000"),
    ],
)
def test_an_ipv6_host_has_brackets_in_an_address(host: str, location: str):
    assert network_location(host, 8000) == location


def test_the_demo_knows_its_ipv6_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", {"PORTAL_INSTANCE_DIR": str(tmp_path)})
    _use_demo_settings("::1", 8000)
    assert os.environ["PORTAL_BASE_URL"] == "http://[::1]:8000"


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_is_taken_only_while_somebody_listens(ipv6, family: socket.AddressFamily, host: str):
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(click.ClickException, match="is taken"):
            _refuse_taken_port(host, port)
    _refuse_taken_port(host, port)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_not_ours_is_not_called_taken(host: str):
    with pytest.raises(click.ClickException, match="Cannot listen on port 8000 of"):
        _refuse_taken_port(host, 8000)


def test_pages_are_served_on_ipv6(ipv6, tmp_path: Path):
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_INSTANCE_DIR": str(tmp_path),
        "PORTAL_BASE_URL": f"http://[::1]:{port}",
    }
    command = [sys.executable, "-m", "portal", "web", "--host", "::1", "--port", str(port), "--processes", "1"]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        assert status_of("::1", port, "/healthz") == 200
    finally:
        server.terminate()
        server.wait(20)


def status_of(host: str, port: int, path: str) -> int:
    """The status of the answer, once there is a server."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        connection = HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("the server did not start")


def test_what_a_serving_process_has_loaded_is_no_garbage(tmp_path: Path):
    program = "import gc, json; from portal.garbage import spare_what_is_loaded; spare_what_is_loaded(); "
    program += "print(json.dumps([gc.get_freeze_count(), gc.get_count()[2], gc.get_threshold()[0]]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    frozen, old_collections, threshold = json.loads(done.stdout)

    assert frozen > 1_000
    assert old_collections == 0
    assert threshold > 700


def test_pages_are_served_after_the_collector_was_told(monkeypatch: pytest.MonkeyPatch):
    called: list[str] = []
    monkeypatch.setattr("portal.serving.spare_what_is_loaded", lambda: called.append("spared"))
    monkeypatch.setattr("portal.serving._WebServer.run", lambda _server: called.append("served"))

    serve_pages(Flask("portal"), host="127.0.0.1", port=0, processes=1, threads=1)

    assert called == ["spared", "served"]
