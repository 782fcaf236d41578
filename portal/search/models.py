"""What people searched for, what was suggested to them, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


class SearchSurface(StrEnum):
    """Where somebody searched."""

    RESULTS = "results"
    SUGGEST = "suggest"
    AGENT = "agent"


class SearchQuery(Model):
    """One search with its result count. Typing is one entry: the row grows with the words until a pause.

    `visit` is a random token that the reader's browser tab makes for itself; it names nobody.
    """

    __tablename__ = "search_query"
    __table_args__ = (
        Index("ix_search_query_visit_updated_at", "visit", "updated_at"),
        Index("ix_search_query_locale_created_at", "locale", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[str] = mapped_column(String(32), default="")
    surface: Mapped[SearchSurface] = mapped_column(default=SearchSurface.RESULTS)
    locale: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(500))
    result_count: Mapped[int]
    other_language_count: Mapped[int] = mapped_column(default=0)
    ranker_version: Mapped[str] = mapped_column(String(24), default="", server_default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SuggestionArm(StrEnum):
    """Whether the reader saw the suggestion or belongs to the hold-out."""

    SHOWN = "shown"
    HELD_OUT = "held_out"


class SuggestionVerdict(StrEnum):
    """What the reader said of a suggestion; none while they said nothing."""

    ANSWERED = "answered"
    REJECTED = "rejected"


class SuggestionImpression(Model):
    """An article offered once to one contact session. Deflection, learning and quality read this one table.

    `chance` is the one that it answers, from 0.0 to 1.0, before people's verdicts, which are learned from it; None for
    articles in other languages, whose chances are not.
    """

    __tablename__ = "suggestion_impression"
    __table_args__ = (UniqueConstraint("session_hash", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_hash: Mapped[str] = mapped_column(String(64))
    surface: Mapped[str] = mapped_column(String(24), default="contact")
    arm: Mapped[SuggestionArm] = mapped_column(default=SuggestionArm.SHOWN)
    ranker_version: Mapped[str] = mapped_column(String(24))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    score: Mapped[float]
    chance: Mapped[float | None]
    query_text: Mapped[str] = mapped_column(Text, default="")
    shown_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    verdict: Mapped[SuggestionVerdict | None]
    verdict_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(60), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
