"""Blobs by content digest: attachments and article pictures.

A blob is written once and never changed; two equal files share one. The folder store is the default;
an object store needs only these four methods.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class BlobStore(Protocol):
    """Where file contents live; keys are lower-case SHA-256 hex digests."""

    def put(self, content: bytes) -> str: ...
    def get(self, digest: str) -> bytes: ...
    def exists(self, digest: str) -> bool: ...
    def delete(self, digest: str) -> None: ...


@dataclass(frozen=True)
class StoredFile:
    """A file as its sender named it; its bytes are in the blob store already."""

    digest: str
    file_name: str
    media_type: str
    size_bytes: int


class FolderBlobStore:
    """Blobs as files under `root`, fanned out by the digest's first two characters."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Store `content` durably; returns its digest. Storing the same content again changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        # The database row that names this blob is committed next: bytes and names must be on disk before it.
        _make_folder(path.parent)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The content of a blob. Raises FileNotFoundError when there is none."""
        return self._path(digest).read_bytes()

    def exists(self, digest: str) -> bool:
        """Whether a blob is stored under `digest`."""
        return self._path(digest).exists()

    def delete(self, digest: str) -> None:
        """Remove a blob; a missing one is no error."""
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(character in "0123456789abcdef" for character in digest):
            raise FileNotFoundError(digest)
        return self.root / digest[:2] / digest


def _make_folder(folder: Path) -> None:
    """Make `folder` and those above it, so that they outlast a power failure."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    # A file's own bytes are not its name: that belongs to the folder. Windows keeps it by itself.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
