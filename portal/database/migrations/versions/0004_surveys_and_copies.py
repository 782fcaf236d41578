"""Questions by mail about solved requests: which were asked about, who wants none; whom mails were copied to."""

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
    op.add_column("inbound_mail", sa.Column("copied_to", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_ticket_status_solved_at", "ticket", ["status", "solved_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_status_solved_at", table_name="ticket")
    op.drop_column("inbound_mail", "copied_to")
    op.drop_column("person", "surveys_refused_at")
    op.drop_column("ticket", "surveyed_at")
