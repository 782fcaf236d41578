"""The session, the declarative base, and what each engine needs to keep the promises of durability."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Enum, MetaData, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, registry

from portal.database.types import UTCDateTime

BUSY_TIMEOUT_MS = 5_000
ENGINE_OPTIONS = {
    # A database that was started again costs nobody an error page.
    "pool_pre_ping": True,
    # Errors go to the log, and parameters are what people wrote.
    "hide_parameters": True,
}
MIGRATIONS_DIR = Path(__file__).parent / "migrations"

write_intent: ContextVar[bool] = ContextVar("write_intent", default=False)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Flask-SQLAlchemy copies this class, so the map has to sit on the registry.
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: UTCDateTime(),
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                create_constraint=False,
                length=24,
                values_callable=lambda members: [str(member.value) for member in members],
            ),
        },
    )


# Rows stay readable after commit: a template shows what an action has just committed.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# What tables derive from. Flask-SQLAlchemy makes the class at run time, where type checkers cannot see it.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@contextmanager
def writing(intent: bool = True) -> Iterator[None]:
    """Transactions begun inside the block may write (on SQLite they take the write lock at BEGIN), or only read."""
    token = write_intent.set(intent)
    try:
        yield
    finally:
        write_intent.reset(token)


def give_up_transaction() -> None:
    """Undo what this session has not committed; says nothing when the database is gone and took that with it."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def configure_engine(engine: Engine) -> None:
    """Attach the per-connection set-up; call once for each engine."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins too late and never IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write_intent.get() else "BEGIN")
