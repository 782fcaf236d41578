"""The index files that this process has mapped: how much of them counts as its memory, and giving that back.

Whatever is read of a mapped file stays with the process, and Linux maps sixteen pages for each one touched: some ten
searches among ten thousand articles hold whole files. They are in the system's cache all the while, so a page that
was given back costs less than a microsecond when it is wanted again.
"""

from __future__ import annotations

import ctypes
import mmap
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")
_KEPT_MEGABYTES: Final = 16
# A search reads some twenty times.
_LOOK_EVERY_USES: Final = 8
# Room given back has to be asked for again.
_TRIM_EVERY_SECONDS: Final = 10.0


class MappedMemory:
    """The maps of a process; threads may share it. Where the system tells nothing (not Linux), they are left to it."""

    def __init__(self, kept_megabytes: float = _KEPT_MEGABYTES) -> None:
        self._kept_pages = int(kept_megabytes * 2**20 / mmap.PAGESIZE)
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
        self._pages_before: int | None = None
        self._uses = 0
        self._trimmed_at = 0.0
        self._lock = threading.Lock()

    def add(self, mapped: mmap.mmap) -> None:
        """Count a file from now on; it may be closed at any time."""
        with self._lock:
            if self._pages_before is None:
                # Programs and libraries are mapped files as well.
                self._pages_before = file_pages()
            self._maps.add(mapped)

    def note_use(self) -> None:
        """Call it after reading: when much of the files is held, all of it is given back; reading goes on as before."""
        # Asking costs some fifteen microseconds; that threads may count one too few does no harm.
        self._uses += 1
        if self._uses % _LOOK_EVERY_USES:
            return
        if file_pages() > self._kept_pages + (self._pages_before or 0):
            self.give_back()

    def give_back(self) -> None:
        """Let the system have the memory of all files."""
        with self._lock:
            for mapped in self._maps:
                mapped.madvise(mmap.MADV_DONTNEED)
        self._return_free_memory()

    def _return_free_memory(self) -> None:
        """Scores of ten thousand articles are large for a moment; glibc keeps the room of those that are gone."""
        now = time.monotonic()
        if _trim is not None and now - self._trimmed_at > _TRIM_EVERY_SECONDS:
            self._trimmed_at = now
            _trim(0)


def _malloc_trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        # Another system, or another C library: those have their own ways.
        return None
    return trim


_trim: Final = _malloc_trim()


def file_pages() -> int:
    """How many pages of files this process holds, see proc_pid_statm(5); 0 where the system does not tell."""
    try:
        return int(_STATM.read_bytes().split()[2])
    except (OSError, ValueError, IndexError):
        return 0


MAPPED: Final = MappedMemory()
