"""What search learns: evidence, learned words, fitted models and calibrations, opened results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fitted_calibration",
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("slope", sa.Double(), nullable=False),
        sa.Column("offset", sa.Double(), nullable=False),
        sa.Column("verdict_count", sa.Integer(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("locale", name=op.f("pk_fitted_calibration")),
    )
    op.create_table(
        "fitted_model",
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example_count", sa.Integer(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("locale", name=op.f("pk_fitted_model")),
    )
    op.create_table(
        "stale_model",
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("locale", name=op.f("pk_stale_model")),
    )
    op.create_table(
        "learned_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_learned_article_article_id_article")),
        sa.ForeignKeyConstraint(["paused_by_id"], ["agent.id"], name=op.f("fk_learned_article_paused_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_article")),
        sa.UniqueConstraint("article_id", "locale", name=op.f("uq_learned_article_article_id_locale")),
    )
    with op.batch_alter_table("learned_article", schema=None) as batch_op:
        batch_op.create_index("ix_learned_article_evidence_count", ["evidence_count", "id"], unique=False)

    op.create_table(
        "learned_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("word", sa.String(length=80), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("proposed", "accepted", "refused", name="worddecision", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_learned_word_article_id_article")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["agent.id"], name=op.f("fk_learned_word_decided_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_word")),
        sa.UniqueConstraint("article_id", "locale", "term", name=op.f("uq_learned_word_article_id_locale_term")),
    )
    op.create_table(
        "learning_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column(
            "source",
            sa.Enum("answered", "solved", "opened", name="evidencesource", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("giver", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_learning_evidence_article_id_article")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_learning_evidence_person_id_person")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["agent.id"], name=op.f("fk_learning_evidence_refused_by_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_learning_evidence_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_evidence")),
        sa.UniqueConstraint("origin", "article_id", name=op.f("uq_learning_evidence_origin_article_id")),
    )
    with op.batch_alter_table("learning_evidence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_learning_evidence_article_locale_created", ["article_id", "locale", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_learning_evidence_locale_created", ["locale", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_evidence_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_evidence_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "result_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_query_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ranker_version", sa.String(length=24), nullable=False),
        sa.Column("giver", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_search", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_result_opening_article_id_article")),
        sa.ForeignKeyConstraint(
            ["search_query_id"], ["search_query.id"], name=op.f("fk_result_opening_search_query_id_search_query")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_opening")),
        sa.UniqueConstraint("search_query_id", "article_id", name=op.f("uq_result_opening_search_query_id_article_id")),
    )
    with op.batch_alter_table("result_opening", schema=None) as batch_op:
        batch_op.create_index("ix_result_opening_ended_search_opened_at", ["ended_search", "opened_at"], unique=False)

    with op.batch_alter_table("search_query", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ranker_version", sa.String(length=24), server_default="", nullable=False))

    with op.batch_alter_table("suggestion_impression", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chance", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("suggestion_impression", schema=None) as batch_op:
        batch_op.drop_column("chance")

    with op.batch_alter_table("search_query", schema=None) as batch_op:
        batch_op.drop_column("ranker_version")

    with op.batch_alter_table("result_opening", schema=None) as batch_op:
        batch_op.drop_index("ix_result_opening_ended_search_opened_at")

    op.drop_table("result_opening")
    with op.batch_alter_table("learning_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_evidence_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_learning_evidence_person_id"))
        batch_op.drop_index("ix_learning_evidence_locale_created")
        batch_op.drop_index("ix_learning_evidence_article_locale_created")

    op.drop_table("learning_evidence")
    op.drop_table("learned_word")
    with op.batch_alter_table("learned_article", schema=None) as batch_op:
        batch_op.drop_index("ix_learned_article_evidence_count")

    op.drop_table("learned_article")
    op.drop_table("stale_model")
    op.drop_table("fitted_model")
    op.drop_table("fitted_calibration")
