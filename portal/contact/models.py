"""The unsent contact form, kept on the server behind a cookie."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model
from portal.search.models import SuggestionArm


class ContactDraft(Model):
    """What somebody is writing. Once sent it keeps only the way to its ticket, so that a reload shows the same page."""

    __tablename__ = "contact_draft"
    __table_args__ = (Index("ix_contact_draft_updated_at", "updated_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    locale: Mapped[str] = mapped_column(String(16))
    visit: Mapped[str] = mapped_column(String(32), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text, default="")
    reply_locale: Mapped[str] = mapped_column(String(16), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    arm: Mapped[SuggestionArm] = mapped_column(default=SuggestionArm.SHOWN)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deflected_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)

    files: Mapped[list[DraftFile]] = relationship(order_by="DraftFile.id", cascade="all, delete-orphan")


class DraftFile(Model):
    """A file uploaded before its message was sent."""

    __tablename__ = "draft_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("contact_draft.id"), index=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]
