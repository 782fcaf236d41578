"""Blobs on disk: whole or not at all, and there after a power failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.storage import FolderBlobStore


def test_the_same_content_is_stored_once(tmp_path: Path):
    blobs = FolderBlobStore(tmp_path)

    assert blobs.put(b"hello") == blobs.put(b"hello")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("broken", ["os.fsync", "pathlib.Path.replace"])
def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str):
    blobs = FolderBlobStore(tmp_path)
    blobs.put(b"first")
    # The folder of the next digest is there already, so that only the file can fail.
    (tmp_path / "2c").mkdir()

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(broken, fail)
        with pytest.raises(OSError, match="No space left"):
            blobs.put(b"hello")

    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"first"]


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be synced there")
def test_the_names_of_a_new_file_and_of_new_folders_are_on_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    synced: list[tuple[int, bool]] = []
    sync = os.fsync
    root = tmp_path / "instance" / "blobs"

    def note(descriptor: int) -> None:
        status = os.fstat(descriptor)
        is_in_place = any(path.is_file() and len(path.name) == 64 for path in tmp_path.rglob("*"))
        synced.append((status.st_ino, is_in_place))
        sync(descriptor)

    monkeypatch.setattr("os.fsync", note)
    digest = FolderBlobStore(root).put(b"hello")

    file = root / digest[:2] / digest
    inodes = [path.stat().st_ino for path in (tmp_path, root.parent, root, file, file.parent)]
    assert synced == [*((inode, False) for inode in inodes[:-1]), (inodes[-1], True)]
