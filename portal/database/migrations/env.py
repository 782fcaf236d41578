"""Alembic's environment: migrations run on the app's engine, inside its context (see ``portal db upgrade``)."""

from __future__ import annotations

from typing import Any

from alembic import context

from portal.database import UTCDateTime, db, writing


def run_migrations() -> None:
    """Bring the database to the wanted revision in one transaction."""
    # Flask-SQLAlchemy keeps the tables in a registry of its own.
    metadata = db.metadata
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            process_revision_directives=_skip_empty,
            render_item=_render_plain,
        )
        with context.begin_transaction():
            context.run_migrations()


def _render_plain(kind: str, item: Any, _context: Any) -> str | bool:
    # A migration outlives the code: it names the stored type, not ours.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives and directives[0].upgrade_ops.is_empty():
        directives.clear()


run_migrations()
