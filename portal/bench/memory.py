"""How much memory this process holds, as Linux counts it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROLLUP: Final = Path("/proc/self/smaps_rollup")
_LINE = re.compile(r"^(\w+):\s+(\d+) kB$", re.MULTILINE)
_MEGABYTE: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory in megabytes (2**20 bytes).

    `resident` counts everything, `proportional` shares what several processes map among them, `private` is what would
    be freed if this process ended, `anonymous` leaves out all files, whose pages can be dropped and read again.
    """

    resident: float
    proportional: float
    private: float
    anonymous: float


def memory_in_use() -> Memory | None:
    """The memory of this process now; None where the system does not tell (anything but Linux)."""
    try:
        content = _ROLLUP.read_text("ascii")
    except OSError:
        return None
    return memory_from(content)


def memory_from(rollup: str) -> Memory:
    """The figures of a smaps_rollup file; see proc_pid_smaps_rollup(5)."""
    kilobytes = {name: int(value) for name, value in _LINE.findall(rollup)}

    def megabytes(*names: str) -> float:
        return sum(kilobytes.get(name, 0) for name in names) / 1024

    return Memory(
        resident=megabytes("Rss"),
        proportional=megabytes("Pss"),
        private=megabytes("Private_Clean", "Private_Dirty"),
        anonymous=megabytes("Anonymous"),
    )


def peak_memory() -> float | None:
    """The most memory in megabytes that this process ever held; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MEGABYTE


def size_on_disk(folder: Path) -> float:
    """The size in megabytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MEGABYTE
