"""The short form of ``make crash``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import run


@pytest.mark.xdist_group("servers")
def test_nothing_acknowledged_is_lost_when_server_and_worker_are_killed(tmp_path: Path):
    report = run(tmp_path, submissions=24, kills=4)
    assert report.problems == []
    assert report.acknowledged == 24
    assert report.kills.total() >= 2
