"""What a web process does without: memory counts once for each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Made as a web process makes it; prints which of the named packages that took.
LOADED = """
import sys
from portal.app import create_app
from portal.config import load_settings
create_app(load_settings(
    _env_file=None, environment="test", secret_key="x" * 40, base_url="http://localhost", instance_dir=sys.argv[1],
))
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


@pytest.mark.parametrize("package", ["holidays", "portal.bench.running"])
def test_a_web_process_without_use_for_a_large_package_does_not_load_it(package: str, tmp_path: Path):
    command = [sys.executable, "-c", LOADED, str(tmp_path), package, "portal.search.engine"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    # The search engine shows that names are found at all.
    assert done.stdout.split() == ["portal.search.engine"]
