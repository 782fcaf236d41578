"""What authors decide about what was learned. Each commits, is on the audit trail, and can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from portal.agents.actions import record_audit
from portal.agents.models import Agent
from portal.database import db
from portal.knowledge_base.actions import announce_changes
from portal.knowledge_base.models import ArticleChange
from portal.search.learning.actions import mark_stale
from portal.search.learning.fit_queries import translation_ids_of
from portal.search.learning.models import LearnedArticle, LearnedWord, LearningEvidence, WordDecision

# An author makes several decisions in a row; one fit is enough for them.
_REFIT_DELAY: Final = timedelta(minutes=1)


def decide_word(word: LearnedWord, decision: WordDecision, *, agent: Agent, now: datetime) -> None:
    """Accept a word into the article's index, refuse it, or leave it open again. Commits."""
    before = word.decision
    if before is decision:
        return
    word.decision = decision
    word.decided_at = now
    word.decided_by_id = agent.id
    _record(f"learning.word_{decision.value}", word, agent, now, word=word.word)
    if WordDecision.REFUSED in {before, decision}:
        mark_stale(word.locale, due_at=now + _REFIT_DELAY)
    _commit(word, index_changes=WordDecision.ACCEPTED in {before, decision})


def refuse_evidence(evidence: LearningEvidence, *, agent: Agent, now: datetime) -> None:
    """Learn nothing from this question. Commits."""
    if evidence.refused_at is None:
        evidence.refused_at, evidence.refused_by_id = now, agent.id
        _evidence_decided(evidence, "learning.evidence_refused", agent, now)


def restore_evidence(evidence: LearningEvidence, *, agent: Agent, now: datetime) -> None:
    """Learn from this question after all. Commits."""
    if evidence.refused_at is not None:
        evidence.refused_at = evidence.refused_by_id = None
        _evidence_decided(evidence, "learning.evidence_restored", agent, now)


def pause_learning(learned: LearnedArticle, *, agent: Agent, now: datetime) -> None:
    """Learn nothing for this article in this locale, and use nothing of what was learned. Commits."""
    if learned.paused_at is None:
        learned.paused_at, learned.paused_by_id = now, agent.id
        _article_decided(learned, "learning.paused", agent, now)


def resume_learning(learned: LearnedArticle, *, agent: Agent, now: datetime) -> None:
    """Learn for this article again; what was learned before is used again. Commits."""
    if learned.paused_at is not None:
        learned.paused_at = learned.paused_by_id = None
        _article_decided(learned, "learning.resumed", agent, now)


def _evidence_decided(evidence: LearningEvidence, action: str, agent: Agent, now: datetime) -> None:
    _record(action, evidence, agent, now)
    mark_stale(evidence.locale, due_at=now + _REFIT_DELAY)
    _commit(evidence, index_changes=False)


def _article_decided(learned: LearnedArticle, action: str, agent: Agent, now: datetime) -> None:
    _record(action, learned, agent, now)
    mark_stale(learned.locale, due_at=now + _REFIT_DELAY)
    _commit(learned, index_changes=True)


def _record(
    action: str, about: LearnedWord | LearningEvidence | LearnedArticle, agent: Agent, now: datetime, **details: str
) -> None:
    record_audit(
        action,
        now=now,
        agent_id=agent.id,
        object_type="article",
        object_id=str(about.article_id),
        locale=about.locale,
        **details,
    )


def _commit(about: LearnedWord | LearningEvidence | LearnedArticle, *, index_changes: bool) -> None:
    ids = translation_ids_of(db.session.connection(), [about.article_id], about.locale) if index_changes else []
    db.session.add_all(ArticleChange(translation_id=translation_id) for translation_id in ids)
    db.session.commit()
    announce_changes(ids)
