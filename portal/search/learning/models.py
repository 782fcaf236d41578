"""What people's questions taught: evidence, the words and models learned from it, and what authors decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


class EvidenceSource(StrEnum):
    """How somebody showed that an article answers a question."""

    ANSWERED = "answered"
    SOLVED = "solved"
    OPENED = "opened"


class LearningEvidence(Model):
    """A question, masked, that an article answered.

    `giver` tells people apart without naming them: see ``givers``. `origin` is what happened ("ticket:7"), so that
    it can be taken back; `person_id` is known for tickets only.
    """

    __tablename__ = "learning_evidence"
    __table_args__ = (
        UniqueConstraint("origin", "article_id"),
        Index("ix_learning_evidence_article_locale_created", "article_id", "locale", "created_at", "id"),
        Index("ix_learning_evidence_locale_created", "locale", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    locale: Mapped[str] = mapped_column(String(16))
    source: Mapped[EvidenceSource]
    weight: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(80))
    giver: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    created_at: Mapped[datetime]
    refused_at: Mapped[datetime | None]
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class LearnedArticle(Model):
    """An article in a locale that has evidence. Counts are those of the last refit; refused evidence is left out."""

    __tablename__ = "learned_article"
    __table_args__ = (
        UniqueConstraint("article_id", "locale"),
        Index("ix_learned_article_evidence_count", "evidence_count", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    locale: Mapped[str] = mapped_column(String(16))
    evidence_count: Mapped[int] = mapped_column(default=0)
    people_count: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class WordDecision(StrEnum):
    """What an author said of a learned word; proposed while nobody said anything."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class LearnedWord(Model):
    """A word that enough people used for what an article answers. `word` is as they wrote it, `term` as search sees it.

    `strength` says how much more often it is used for this article than for others; it only orders the list.
    """

    __tablename__ = "learned_word"
    __table_args__ = (UniqueConstraint("article_id", "locale", "term"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    locale: Mapped[str] = mapped_column(String(16))
    term: Mapped[str] = mapped_column(String(80))
    word: Mapped[str] = mapped_column(String(80))
    people_count: Mapped[int]
    strength: Mapped[float]
    decision: Mapped[WordDecision] = mapped_column(default=WordDecision.PROPOSED)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class FittedModel(Model):
    """The model of a locale, for every machine. The version grows with each fit; empty bytes: nothing is learned."""

    __tablename__ = "fitted_model"

    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[int]
    fitted_at: Mapped[datetime]
    example_count: Mapped[int]
    article_count: Mapped[int]
    people_count: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FittedCalibration(Model):
    """What people's verdicts say of the chances of a locale's suggestions: see ``portal.search.calibration``.

    A locale with too few verdicts has no row.
    """

    __tablename__ = "fitted_calibration"

    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    slope: Mapped[float]
    offset: Mapped[float]
    verdict_count: Mapped[int]
    fitted_at: Mapped[datetime]


class StaleModel(Model):
    """A locale whose evidence or decisions changed since its model was fitted, and when to fit it again."""

    __tablename__ = "stale_model"

    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_at: Mapped[datetime]
    change_count: Mapped[int] = mapped_column(default=1)


class ResultOpening(Model):
    """A result that somebody opened. `ended_search` is None until it is clear whether they searched on."""

    __tablename__ = "result_opening"
    __table_args__ = (
        UniqueConstraint("search_query_id", "article_id"),
        Index("ix_result_opening_ended_search_opened_at", "ended_search", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    search_query_id: Mapped[int] = mapped_column(ForeignKey("search_query.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    position: Mapped[int]
    ranker_version: Mapped[str] = mapped_column(String(24))
    giver: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    ended_search: Mapped[bool | None]
