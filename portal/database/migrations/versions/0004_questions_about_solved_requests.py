"""Questions by mail about solved requests: which were asked about, and who wants none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("surveyed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("surveys_refused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_ticket_status_solved_at", "ticket", ["status", "solved_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_status_solved_at", table_name="ticket")
    op.drop_column("person", "surveys_refused_at")
    op.drop_column("ticket", "surveyed_at")
