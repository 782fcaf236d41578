"""Tickets that were merged into others; what somebody wrote and did is found by the person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ticket_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_ticket_merged_into_id_ticket"), "ticket", ["merged_into_id"], ["id"])
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"])
    op.create_index(op.f("ix_ticket_event_person_id"), "ticket_event", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_event_person_id"), table_name="ticket_event")
    op.drop_index(op.f("ix_message_person_id"), table_name="message")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ticket_merged_into_id_ticket"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ticket_merged_into_id"))
        batch_op.drop_column("merged_into_id")
