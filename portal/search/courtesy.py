"""Within a process, indexing lets searches go first: they share one interpreter, and somebody waits for a search."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# So long at most a small piece of work is held up, and so long all of a commit: searches may come without a pause.
_MAXIMUM_WAIT_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 0.2


class Courtesy:
    """Shared by the searches and the writer of one index."""

    def __init__(self) -> None:
        self._searches = 0
        self._free = threading.Condition()

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Around a search."""
        with self._free:
            self._searches += 1
        try:
            yield
        finally:
            with self._free:
                self._searches -= 1
                if not self._searches:
                    self._free.notify_all()

    def give_way(self) -> None:
        """Wait while somebody searches, but not for long. The writer calls it after each small piece of work."""
        if self._searches:
            with self._free:
                self._free.wait_for(lambda: not self._searches, timeout=_MAXIMUM_WAIT_SECONDS)

    def with_patience(self) -> Callable[[], None]:
        """The same for a commit that somebody waits for: it gives way for a fifth of a second in all."""
        left = _PATIENCE_SECONDS

        def give_way() -> None:
            nonlocal left
            if self._searches and left > 0:
                began = time.monotonic()
                self.give_way()
                left -= time.monotonic() - began

        return give_way
