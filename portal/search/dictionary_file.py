"""A bilingual dictionary in a file: mapped into memory, so that processes share it and reading costs nothing.

For each direction there are the sorted 64-bit keys of its terms, and beside each where its translations begin: the
numbers of terms in one list of strings, with their probabilities.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from portal.search.bilingual import MOST_TRANSLATIONS, Translations
from portal.search.flat_postings import Array, read_arrays, write_arrays

_THERE: Final = "there"
_BACK: Final = "back"


class Dictionary(Protocol):
    """Term of one language → terms of another."""

    def get(self, term: str, default: Sequence[tuple[str, float]], /) -> Sequence[tuple[str, float]]:
        """The translations with their probabilities (0.0 to 1.0), likeliest first; `default` when there are none."""


EMPTY: Final[Translations] = {}


class _Kept:
    """One direction of a file."""

    def __init__(self, arrays: Mapping[str, Array], direction: str) -> None:
        self._keys, self._starts = arrays[f"{direction}_keys"], arrays[f"{direction}_starts"]
        self._others, self._shares = arrays[f"{direction}_others"], arrays[f"{direction}_shares"]
        self._string_starts, self._strings = arrays["string_starts"], arrays["strings"]
        if len(self._starts) != len(self._keys) + 1 or not len(self._others) == len(self._shares) == self._starts[-1]:
            raise ValueError("the arrays of the dictionary do not fit each other")
        if self._others.max(initial=0) >= max(1, len(self._string_starts) - 1):
            raise ValueError("a translation is none of the terms")

    def get(self, term: str, default: Sequence[tuple[str, float]], /) -> Sequence[tuple[str, float]]:
        key = _key(term)
        at = int(np.searchsorted(self._keys, key))
        if at == len(self._keys) or self._keys[at] != key:
            return default
        places = range(int(self._starts[at]), int(self._starts[at + 1]))
        return [(self._string(int(self._others[place])), float(self._shares[place])) for place in places]

    def _string(self, number: int) -> str:
        start, end = int(self._string_starts[number]), int(self._string_starts[number + 1])
        return self._strings[start:end].tobytes().decode("utf-8", "replace")


class Through:
    """What two dictionaries say together, the second going on where the first arrives."""

    def __init__(self, one: Dictionary, other: Dictionary) -> None:
        self._one, self._other = one, other

    def get(self, term: str, default: Sequence[tuple[str, float]], /) -> Sequence[tuple[str, float]]:
        """The translations of a term."""
        ends: dict[str, float] = {}
        for middle, share in self._one.get(term, ()):
            for end, further in self._other.get(middle, ()):
                ends[end] = max(ends.get(end, 0.0), share * further)
        return sorted(ends.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_TRANSLATIONS] if ends else default


def write(path: Path, there: Translations, back: Translations) -> None:
    """Keep what was learned; readers see the old or the new file."""
    numbers: dict[str, int] = {}
    arrays = {**_arrays(_THERE, there, numbers), **_arrays(_BACK, back, numbers)}
    strings = [term.encode("utf-8", "replace") for term in numbers]
    arrays["string_starts"] = np.array([0, *accumulate(map(len, strings))], dtype=np.uint32)
    arrays["strings"] = np.frombuffer(b"".join(strings), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with temporary.open("wb") as file:
        write_arrays(file, arrays)
    temporary.replace(path)


def read(path: Path) -> tuple[Dictionary, Dictionary]:
    """What :func:`write` kept, there and back; nothing where there is no such file, or another than it wrote."""
    try:
        _, arrays = read_arrays(path)
        return _Kept(arrays, _THERE), _Kept(arrays, _BACK)
    except (OSError, ValueError, KeyError, struct.error):
        return EMPTY, EMPTY


def _arrays(direction: str, table: Translations, numbers: dict[str, int]) -> Mapping[str, Array]:
    by_key = sorted((_key(term), others) for term, others in table.items())
    found = [entry for _, others in by_key for entry in others]
    return {
        f"{direction}_keys": np.array([key for key, _ in by_key], dtype=np.uint64),
        f"{direction}_starts": np.array([0, *accumulate(len(others) for _, others in by_key)], dtype=np.uint32),
        f"{direction}_others": np.array([numbers.setdefault(term, len(numbers)) for term, _ in found], dtype=np.uint32),
        f"{direction}_shares": np.array([share for _, share in found], dtype=np.float32),
    }


def _key(term: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little"))
