"""Which locales have published articles: asked on every request in a language that is not shipped."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from portal.knowledge_base.queries import published_locales

LIFETIME = timedelta(seconds=30)


class SiteLocales:
    """Calling it gives the locales with visible articles, looked up at most once in `lifetime`."""

    def __init__(self, lifetime: timedelta = LIFETIME) -> None:
        self._lifetime_seconds = lifetime.total_seconds()
        self._locales: frozenset[str] = frozenset()
        self._expires_at = float("-inf")
        self._lock = threading.Lock()

    def __call__(self) -> frozenset[str]:
        # A clock that cannot be set back: this is a matter of load, not of dates.
        now = time.monotonic()
        with self._lock:
            if now >= self._expires_at:
                self._locales = published_locales()
                self._expires_at = now + self._lifetime_seconds
            return self._locales
