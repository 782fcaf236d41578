"""Token buckets: how often one address, account or sender may still do something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


class RateBucket(Model):
    """Tokens left under a key; refilled by time when it is next asked."""

    __tablename__ = "rate_bucket"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    tokens: Mapped[float]
    refilled_at: Mapped[datetime]
