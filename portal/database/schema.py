"""Bringing the database to this release's schema, and asking whether it is there.

Alembic is loaded where migrations are run or written: web processes only ask, and it would cost each 7 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import column, inspect, select, table

from portal.database.engine import MIGRATIONS_DIR, db, writing
from portal.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

_VERSION_TABLE: Final = "alembic_version"


def upgrade_schema() -> None:
    """Run the migrations that are missing; nothing happens when there are none."""
    from alembic import command

    with writing():
        command.upgrade(_config(), "head")


def write_revision(message: str) -> None:
    """Write a migration for what the models have and the database has not (for developers)."""
    from alembic import command

    number = len(list((MIGRATIONS_DIR / "versions").glob("*.py"))) + 1
    command.revision(_config(), message=message, autogenerate=True, rev_id=f"{number:04}")


def schema_is_current() -> bool:
    """Whether every migration of this release has run."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION_TABLE):
            return False
        return connection.scalars(select(column("version_num")).select_from(table(_VERSION_TABLE))).all() == [_head()]


def schema_differences() -> list[Any]:
    """What the models and the database disagree on; empty when all is well."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def require_current_schema() -> None:
    """Refuse to go on with an older database.

    Raises:
        ConfigurationError: a migration of this release has not run.
    """
    if not schema_is_current():
        raise ConfigurationError("The database is not at this release's schema. Run `portal db upgrade` first.")


def _head() -> str:
    """The newest migration: files begin with their number, which :func:`write_revision` counts up."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS_DIR / "versions").glob("[0-9]*.py"))


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    return config
