"""Mail that comes in: the ledger, arrivals, mailboxes, participants; whose mail goes out and whether a machine's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox_state",
        sa.Column("mailbox", sa.String(length=60), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciliation", sa.JSON(), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_state")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedup_key", sa.String(length=64), nullable=False),
        sa.Column("mailbox", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("envelope_from", sa.String(length=320), nullable=False),
        sa.Column("envelope_to", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "received",
                "new_ticket",
                "reply",
                "bounce",
                "suppressed",
                "held",
                "spam",
                "failed",
                name="outcome",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_inbound_mail_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_inbound_mail_dedup_key")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_mail_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_mail_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_inbound_mail_outcome_next_attempt_at", ["outcome", "next_attempt_at"], unique=False)
        batch_op.create_index("ix_inbound_mail_received_at", ["received_at", "id"], unique=False)
        batch_op.create_index("ix_inbound_mail_outcome_received_at", ["outcome", "received_at", "id"], unique=False)
        batch_op.create_index("ix_inbound_mail_ticket_id", ["ticket_id", "outcome"], unique=False)

    op.create_table(
        "participant",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["joined_by_id"], ["agent.id"], name=op.f("fk_participant_joined_by_id_agent")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participant_person_id_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_participant_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "acknowledgement_topic",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["agent.id"], name=op.f("fk_acknowledgement_topic_chosen_by_id_agent")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_acknowledgement_topic_team_id_team")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_acknowledgement_topic_topic_id_topic")),
        sa.PrimaryKeyConstraint("team_id", "topic_id", name=op.f("pk_acknowledgement_topic")),
    )
    op.create_table(
        "mail_arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inbound_mail_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=60), nullable=False),
        sa.Column("way_in", sa.String(length=8), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_mail_id"], ["inbound_mail.id"], name=op.f("fk_mail_arrival_inbound_mail_id_inbound_mail")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_arrival")),
        sa.UniqueConstraint("mailbox", "uid_validity", "uid", name=op.f("uq_mail_arrival_mailbox_uid_validity_uid")),
    )
    with op.batch_alter_table("mail_arrival", schema=None) as batch_op:
        batch_op.create_index("ix_mail_arrival_arrived_at", ["arrived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_arrival_inbound_mail_id"), ["inbound_mail_id"], unique=False)

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content_id", sa.String(length=255), server_default="", nullable=False))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inbound_mail_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quoted_text", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_message_inbound_mail_id"), ["inbound_mail_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_message_inbound_mail_id_inbound_mail"), "inbound_mail", ["inbound_mail_id"], ["id"]
        )

    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("from_name", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("from_address", sa.String(length=254), server_default="", nullable=False))
        batch_op.create_index("ix_outbox_mail_recipient_created_at", ["recipient", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mail_recipient_created_at")
        batch_op.drop_column("from_address")
        batch_op.drop_column("from_name")
        batch_op.drop_column("is_automatic")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_inbound_mail_id_inbound_mail"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_message_inbound_mail_id"), type_="unique")
        batch_op.drop_column("is_automatic")
        batch_op.drop_column("quoted_text")
        batch_op.drop_column("inbound_mail_id")

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_column("content_id")

    with op.batch_alter_table("mail_arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_arrival_inbound_mail_id"))
        batch_op.drop_index("ix_mail_arrival_arrived_at")

    op.drop_table("mail_arrival")
    op.drop_table("acknowledgement_topic")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participant_person_id"))

    op.drop_table("participant")
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_mail_ticket_id")
        batch_op.drop_index("ix_inbound_mail_received_at")
        batch_op.drop_index("ix_inbound_mail_outcome_next_attempt_at")
        batch_op.drop_index(batch_op.f("ix_inbound_mail_message_id"))
        batch_op.drop_index(batch_op.f("ix_inbound_mail_digest"))

    op.drop_table("inbound_mail")
    op.drop_table("mailbox_state")
