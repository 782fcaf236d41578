"""The database: one SQLAlchemy session for the request or job, UTC instants, durable SQLite.

Reading is the default. Whoever writes says so first (`write_intent`), so that SQLite takes its one write lock
at BEGIN, where waiting is possible, and not in mid-transaction, where it is not.
"""

from portal.database.engine import (
    ENGINE_OPTIONS,
    Base,
    Model,
    configure_engine,
    db,
    give_up_transaction,
    write_intent,
    writing,
)
from portal.database.types import UTCDateTime

__all__ = [
    "ENGINE_OPTIONS",
    "Base",
    "Model",
    "UTCDateTime",
    "configure_engine",
    "db",
    "give_up_transaction",
    "write_intent",
    "writing",
]
