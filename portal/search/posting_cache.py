"""Decoded postings in memory: what is asked often is read from disk once."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

_CAPACITY: Final = 1_500_000


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of one segment that contain a term, ascending, with the term's weight in each."""

    documents: array[int]
    weights: array[float]


NO_POSTINGS: Final = Postings(array("I"), array("f"))


class PostingCache:
    """Decoded postings, shared by all snapshots; the least recently used go first."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._held = 0
        self._entries: OrderedDict[tuple[str, str, str], Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> Postings | None:
        """What is held under a key (segment, field, term)."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, str], postings: Postings) -> None:
        """Keep postings; an entry costs its length and a little for itself."""
        with self._lock:
            if key not in self._entries:
                self._entries[key] = postings
                self._held += len(postings.documents) + 16
            while self._held > self._capacity:
                _, dropped = self._entries.popitem(last=False)
                self._held -= len(dropped.documents) + 16
