"""What readers say about articles. Nothing is kept about who said it."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite

from portal.database import db
from portal.knowledge_base.models import ArticleFeedback, FeedbackReason, TranslationRequest

RECEIPT_BYTES = 16
# Long enough to write a comment, too short for a link that somebody passes on.
REASON_WINDOW = timedelta(hours=2)


def record_answer(*, translation_id: int, revision_id: int, is_helpful: bool, now: datetime) -> ArticleFeedback:
    """Keep an answer to “Was this helpful?”; its receipt lets the same reader add a reason. Commits."""
    feedback = ArticleFeedback(
        translation_id=translation_id,
        revision_id=revision_id,
        is_helpful=is_helpful,
        receipt=secrets.token_urlsafe(RECEIPT_BYTES),
        created_at=now,
    )
    db.session.add(feedback)
    db.session.commit()
    return feedback


def takes_reason(feedback: ArticleFeedback, *, now: datetime) -> bool:
    """Whether a reason may still be added: after a no, once, and not long after it."""
    return not feedback.is_helpful and feedback.reason is None and now - feedback.created_at < REASON_WINDOW


def record_reason(feedback: ArticleFeedback, *, reason: FeedbackReason, comment: str, now: datetime) -> None:
    """Add why the article did not help; changes nothing when the answer takes no reason any more. Commits."""
    if takes_reason(feedback, now=now):
        feedback.reason = reason
        feedback.comment = comment.strip()
    db.session.commit()


def count_translation_request(*, article_id: int, locale: str, today: date) -> None:
    """Count one more reader who wants an article in `locale`. Commits."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    counted = insert(TranslationRequest).values(article_id=article_id, locale=locale, requested_on=today, count=1)
    db.session.execute(
        counted.on_conflict_do_update(
            index_elements=[
                TranslationRequest.article_id,
                TranslationRequest.locale,
                TranslationRequest.requested_on,
            ],
            set_={"count": TranslationRequest.count + 1},
        )
    )
    db.session.commit()
