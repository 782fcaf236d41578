"""The outbox, and the mailbox that stands in for the world in the demo."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


class OutboxState(StrEnum):
    """queued → leased → sent | retry | dead."""

    QUEUED = "queued"
    LEASED = "leased"
    RETRY = "retry"
    SENT = "sent"
    DEAD = "dead"


class OutboxMail(Model):
    """A mail to send, finished down to its Message-ID, committed with its cause."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_due", "state", "next_attempt_at"),
        # What the caps count: how much went to somebody of late.
        Index("ix_outbox_mail_recipient_created_at", "recipient", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(500))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # A machine's word, counted against the caps; an agent's reply is not.
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whose mail it is; "" for the installation's own address.
    from_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    from_address: Mapped[str] = mapped_column(String(254), default="", server_default="")
    # By name: mail stands before tickets in the order of imports.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")


class CapturedMail(Model):
    """A mail the demo's transport took instead of sending it, byte for byte."""

    __tablename__ = "captured_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    captured_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(500))
    raw: Mapped[bytes]
