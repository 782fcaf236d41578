"""The one place where the program asks for the time.

Routes and jobs call :func:`utcnow` and pass the instant on; rules and actions take it as an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_frozen_at: datetime | None = None


def utcnow() -> datetime:
    """The current instant, timezone-aware, in UTC."""
    return _frozen_at or datetime.now(UTC)


def freeze(instant: datetime | None) -> None:
    """Stop the clock at an aware instant (for tests and screenshots); None lets it run again."""
    global _frozen_at
    if instant is not None and instant.tzinfo is None:
        raise ValueError("a frozen clock needs a timezone-aware instant")
    _frozen_at = instant


@contextmanager
def frozen(instant: datetime) -> Iterator[datetime]:
    """The clock stands at `instant` inside the block."""
    before = _frozen_at
    freeze(instant)
    try:
        yield instant
    finally:
        freeze(before)
