"""The database: one SQLAlchemy session for the request or job, UTC instants, durable SQLite.

Reading is the default. Whoever writes says so first (`write_intent`), so that SQLite takes its one write lock
at BEGIN, where waiting is possible, and not in mid-transaction, where it is not.
"""

from portal.database.engine import Base, Model, configure_engine, db, write_intent, writing
from portal.database.types import UTCDateTime

__all__ = ["Base", "Model", "UTCDateTime", "configure_engine", "db", "write_intent", "writing"]
