"""Vendored files are what their lock files say: unchanged, complete, with their licence."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOCK_FILES = (ROOT / "portal/static/vendor/vendor.lock.json", ROOT / "tests/browser/vendor/vendor.lock.json")


def _packages() -> list[Any]:
    return [
        pytest.param(lock.parent.parent, package, id=package["name"])
        for lock in LOCK_FILES
        for package in json.loads(lock.read_text("utf-8"))["packages"]
    ]


@pytest.mark.parametrize(("folder", "package"), _packages())
def test_a_vendored_file_is_the_locked_one_with_its_licence(folder: Path, package: dict[str, str]):
    digest = base64.b64encode(hashlib.sha384((folder / package["file"]).read_bytes()).digest()).decode()

    assert package["sha384"] == f"sha384-{digest}"
    assert package["version"]
    assert package["licence"]
    assert (folder / package["licence_file"]).stat().st_size > 0


@pytest.mark.parametrize("lock", LOCK_FILES, ids=lambda lock: lock.parts[-4])
def test_every_vendored_file_is_in_its_lock_file(lock: Path):
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    # Licences of what a package contains are named in its notes.
    named = " ".join(str(entry) for package in packages for entry in package.values())

    missing = [path.name for path in lock.parent.iterdir() if path != lock and f"vendor/{path.name}" not in named]
    assert missing == []
