"""The supervisor: what dies is started again, what is told to stop stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
