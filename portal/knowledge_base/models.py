"""Topic; Article → Translation → Revision → Section; and what readers say about them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model


class ArticleKind(StrEnum):
    """The shape an article has; error articles say what it means, why it happens, what to do."""

    HOWTO = "howto"
    ERROR = "error"
    EXPLANATION = "explanation"


class TranslationState(StrEnum):
    """Whether readers see a translation. Draft: not yet; withdrawn: no longer."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Significance(StrEnum):
    """A major revision makes the translations of the source outdated; a minor one does not."""

    MINOR = "minor"
    MAJOR = "major"


class Origin(StrEnum):
    """Where a revision was written."""

    IMPORT = "import"
    PORTAL = "portal"


class Topic(Model):
    """A subject of the help centre, in two levels; its key stands in addresses and never changes."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("parent_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    key: Mapped[str] = mapped_column(String(80), index=True)
    icon: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)

    parent: Mapped[Topic | None] = relationship(back_populates="children", remote_side="Topic.id")
    children: Mapped[list[Topic]] = relationship(back_populates="parent", order_by="Topic.position")
    names: Mapped[list[TopicName]] = relationship(back_populates="topic", cascade="all, delete-orphan")


class TopicName(Model):
    """A topic's name and one-sentence description in one locale."""

    __tablename__ = "topic_name"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(300), default="")

    topic: Mapped[Topic] = relationship(back_populates="names")


class Article(Model):
    """What all language versions of one article share. `key` is the folder or file it is imported from."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)
    source_locale: Mapped[str] = mapped_column(String(16))
    kind: Mapped[ArticleKind] = mapped_column(default=ArticleKind.HOWTO)
    error_code: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    popular_position: Mapped[int | None]
    related_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    review_due_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime]

    topic: Mapped[Topic | None] = relationship()
    translations: Mapped[list[Translation]] = relationship(back_populates="article", order_by="Translation.locale")


class Translation(Model):
    """An article in one locale, with its own state and its own address."""

    __tablename__ = "translation"
    __table_args__ = (
        UniqueConstraint("article_id", "locale"),
        UniqueConstraint("locale", "slug"),
        Index("ix_translation_locale_state", "locale", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    locale: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[TranslationState] = mapped_column(default=TranslationState.DRAFT)
    # Bare number, not a foreign key: revision points here, and a circle of keys helps nobody.
    published_revision_id: Mapped[int | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    article: Mapped[Article] = relationship(back_populates="translations")
    revisions: Mapped[list[Revision]] = relationship(back_populates="translation", order_by="Revision.number")
    published_revision: Mapped[Revision | None] = relationship(
        primaryjoin="foreign(Translation.published_revision_id) == Revision.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}


class Revision(Model):
    """One state of a translation's text, never changed. `based_on_number` is the source revision it was made from.

    Numbers come from the author's files (``version:``) or count up, so they may start above 1.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("translation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    translation_id: Mapped[int] = mapped_column(ForeignKey("translation.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    based_on_number: Mapped[int | None]
    significance: Mapped[Significance] = mapped_column(default=Significance.MAJOR)
    origin: Mapped[Origin] = mapped_column(default=Origin.IMPORT)
    file_digest: Mapped[str] = mapped_column(String(64), default="")
    front_matter: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]

    translation: Mapped[Translation] = relationship(back_populates="revisions")
    sections: Mapped[list[Section]] = relationship(
        back_populates="revision", order_by="Section.position", cascade="all, delete-orphan"
    )


class Section(Model):
    """A heading with the text under it; `key` is its anchor, the same in every language.

    The text before the first heading is a section with an empty key, heading and level 1.
    `source_hash` is the content hash of the source section that this one was made from ("" when unknown).
    """

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    key: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    level: Mapped[int]
    heading: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64), default="")

    revision: Mapped[Revision] = relationship(back_populates="sections")


class SlugHistory(Model):
    """An address a translation had before; it redirects for good."""

    __tablename__ = "slug_history"

    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)
    translation_id: Mapped[int] = mapped_column(ForeignKey("translation.id"))
    replaced_at: Mapped[datetime]

    translation: Mapped[Translation] = relationship()


class ArticlePicture(Model):
    """A picture of an article: the name its text uses → the blob it is served from."""

    __tablename__ = "article_picture"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(60))
    width: Mapped[int | None]
    height: Mapped[int | None]


class ArticleChange(Model):
    """The change sequence that search indexes follow: a row for every (un)published translation, in commit order."""

    __tablename__ = "article_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    translation_id: Mapped[int] = mapped_column(ForeignKey("translation.id"))
    # By the database's clock as the row is written, not as its import began: followers ask how young a change is.
    changed_at: Mapped[datetime] = mapped_column(default=func.now())


class FeedbackReason(StrEnum):
    """Why an article did not help."""

    NOT_SOLVED = "not_solved"
    HARD_TO_UNDERSTAND = "hard_to_understand"
    OUT_OF_DATE = "out_of_date"
    OTHER = "other"


class ArticleFeedback(Model):
    """One answer to "Was this helpful?"; reason and comment follow a no. Holds nothing about who answered."""

    __tablename__ = "article_feedback"
    __table_args__ = (Index("ix_article_feedback_translation_id_created_at", "translation_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    translation_id: Mapped[int] = mapped_column(ForeignKey("translation.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    is_helpful: Mapped[bool]
    reason: Mapped[FeedbackReason | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    # Public receipt with which the same reader adds a reason to the answer just given.
    receipt: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime]


class TranslationRequest(Model):
    """A reader's wish for an article in a language it lacks, counted per day."""

    __tablename__ = "translation_request"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    requested_on: Mapped[date] = mapped_column(Date, primary_key=True)
    count: Mapped[int] = mapped_column(default=1)
