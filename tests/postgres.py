"""A real PostgreSQL server for tests: databases that are made for one test and dropped after it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

SERVER = os.environ.get("ANSWERWELL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def server_problem() -> str | None:
    """Why the server cannot be used; None when it can."""
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL at {SERVER}: {error}"
    return None


@contextmanager
def temporary_database(template: str = "template1") -> Iterator[str]:
    """The address of a fresh copy of `template`, dropped afterwards whoever is still connected."""
    name = f"answerwell_{secrets.token_hex(6)}"
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        _execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
