"""What can be wrong with an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class IndexUnavailable(Exception):
    """There is no usable index: never built, of another format, or damaged."""


class IndexBusy(Exception):
    """Another process or thread is writing to the index."""


@contextmanager
def reading() -> Iterator[None]:
    """Whatever damaged files make of the code inside becomes one error.

    Raises:
        IndexUnavailable: something could not be read.
    """
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:  # Whoosh meets damaged files with every kind of error, plain Exception included
        raise IndexUnavailable(f"{type(error).__name__}: {error}") from error
