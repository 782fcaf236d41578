"""Bringing the database to this release's schema, and asking whether it is there."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.database.engine import MIGRATIONS_DIR, db, writing
from portal.errors import ConfigurationError


def upgrade_schema() -> None:
    """Run the migrations that are missing; nothing happens when there are none."""
    with writing():
        command.upgrade(_config(), "head")


def write_revision(message: str) -> None:
    """Write a migration for what the models have and the database has not (for developers)."""
    number = len(list((MIGRATIONS_DIR / "versions").glob("*.py"))) + 1
    command.revision(_config(), message=message, autogenerate=True, rev_id=f"{number:04}")


def schema_is_current() -> bool:
    """Whether every migration of this release has run."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


def schema_differences() -> list[Any]:
    """What the models and the database disagree on; empty when all is well."""
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


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    return config
