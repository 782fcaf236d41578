"""What is read of learning for the index and for the authors' pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, or_, select

from portal.database import db
from portal.errors import NotFound
from portal.knowledge_base.models import Article, Revision, Translation
from portal.knowledge_base.queries import visible_articles
from portal.search.learning.models import (
    EvidenceSource,
    FittedModel,
    LearnedArticle,
    LearnedWord,
    LearningEvidence,
    WordDecision,
)
from portal.search.learning.words import PEOPLE_NEEDED
from portal.search.models import SuggestionArm, SuggestionImpression, SuggestionVerdict
from portal.web.paging import Key, Page, keyset_page

PAGE_SIZE = 50
EVIDENCE_PAGE_SIZE = 20
_USED = LearningEvidence.refused_at.is_(None)


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """Of the people who opened an article that was suggested to them and said something: how many it answered."""

    answered: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceCount:
    """The evidence of an article in a locale that is not refused, and from how many people it is."""

    evidence: int = 0
    people: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether it may be used and shown."""
        return self.people >= PEOPLE_NEEDED


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """A line of the list."""

    learned: LearnedArticle
    title: str
    title_locale: str
    accepted_count: int
    proposed_count: int
    answers: AnswerCount


def learned_words_of(connection: Connection, translation_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Translation → the learned words that an author accepted, as people wrote them; strongest first.

    Those without any are left out, and so are the articles for which learning was stopped.
    """
    if not translation_ids:
        return {}
    rows = connection.execute(
        select(Translation.id, LearnedWord.word)
        .join(LearnedWord, _same(LearnedWord, Translation))
        .outerjoin(LearnedArticle, _same(LearnedArticle, Translation))
        .where(
            Translation.id.in_(translation_ids),
            LearnedWord.decision == WordDecision.ACCEPTED,
            LearnedWord.people_count >= PEOPLE_NEEDED,
            LearnedArticle.paused_at.is_(None),
        )
        .order_by(Translation.id, LearnedWord.strength.desc(), LearnedWord.id)
    )
    found: dict[int, list[str]] = {}
    for translation_id, word in rows:
        found.setdefault(translation_id, []).append(word)
    return {translation_id: tuple(words) for translation_id, words in found.items()}


def learned_page(locale: str, *, cursor: str | None) -> Page[LearnedArticle]:
    """The articles that enough people gave evidence for, those with most first; of all locales if `locale` is ""."""
    query = select(LearnedArticle).where(
        or_(LearnedArticle.people_count >= PEOPLE_NEEDED, LearnedArticle.paused_at.is_not(None))
    )
    if locale:
        query = query.where(LearnedArticle.locale == locale)
    keys = [Key(LearnedArticle.evidence_count, descending=True), Key(LearnedArticle.id)]
    return keyset_page(query, keys, cursor=cursor, size=PAGE_SIZE)


def learned_rows(learned: Sequence[LearnedArticle]) -> list[LearnedRow]:
    """The lines of the list, in the same order."""
    if not learned:
        return []
    titles = titles_of(learned)
    words = _word_counts(learned)
    answers = answer_counts(learned)
    rows = []
    for each in learned:
        place = (each.article_id, each.locale)
        title, title_locale = titles[place]
        accepted, proposed = words.get(place, (0, 0))
        rows.append(LearnedRow(each, title, title_locale, accepted, proposed, answers.get(place, AnswerCount())))
    return rows


def waiting_count(locale: str) -> int:
    """How many articles in `locale` ("" is every one) have evidence from too few people to be used or shown."""
    few = LearnedArticle.people_count.between(1, PEOPLE_NEEDED - 1)
    waiting = select(func.count()).select_from(LearnedArticle).where(few, LearnedArticle.paused_at.is_(None))
    if locale:
        waiting = waiting.where(LearnedArticle.locale == locale)
    return db.session.scalar(waiting) or 0


def learned_locales() -> Sequence[str]:
    """The locales in which something is learned, in alphabetical order."""
    return db.session.scalars(
        select(LearnedArticle.locale)
        .where(LearnedArticle.people_count >= PEOPLE_NEEDED)
        .distinct()
        .order_by(LearnedArticle.locale)
    ).all()


def learned_article(learned_id: int) -> LearnedArticle:
    """One article in one locale.

    Raises:
        NotFound: nothing was ever learned under that number.
    """
    found = db.session.get(LearnedArticle, learned_id)
    if found is None:
        raise NotFound
    return found


def learned_word(word_id: int) -> LearnedWord:
    """One learned word.

    Raises:
        NotFound: it is not there, or no longer: a fit may have found that too few people use it.
    """
    found = db.session.get(LearnedWord, word_id)
    if found is None:
        raise NotFound
    return found


def shown_evidence(evidence_id: int) -> LearningEvidence:
    """One piece of evidence that authors may see.

    Raises:
        NotFound: it is not there, or too few people gave evidence for its article.
    """
    found = db.session.get(LearningEvidence, evidence_id)
    if found is None or not may_be_shown(found.article_id, found.locale):
        raise NotFound
    return found


def learned_article_at(article_id: int, locale: str) -> LearnedArticle:
    """The article in a locale by what it is. Raises NotFound."""
    found = db.session.scalar(
        select(LearnedArticle).where(LearnedArticle.article_id == article_id, LearnedArticle.locale == locale)
    )
    if found is None:
        raise NotFound
    return found


def words_of(learned: LearnedArticle) -> Sequence[LearnedWord]:
    """The learned words of an article in a locale, strongest first."""
    return db.session.scalars(
        select(LearnedWord)
        .where(
            LearnedWord.article_id == learned.article_id,
            LearnedWord.locale == learned.locale,
            LearnedWord.people_count >= PEOPLE_NEEDED,
        )
        .order_by(LearnedWord.strength.desc(), LearnedWord.id)
    ).all()


def evidence_page(learned: LearnedArticle, *, cursor: str | None) -> Page[LearningEvidence]:
    """What people asked, newest first, the refused among it."""
    query = select(LearningEvidence).where(
        LearningEvidence.article_id == learned.article_id, LearningEvidence.locale == learned.locale
    )
    keys = [Key(LearningEvidence.created_at, descending=True), Key(LearningEvidence.id, descending=True)]
    return keyset_page(query, keys, cursor=cursor, size=EVIDENCE_PAGE_SIZE)


def evidence_count(article_id: int, locale: str) -> EvidenceCount:
    """The evidence of an article in a locale as it is now."""
    row = db.session.execute(
        select(func.count(), func.count(distinct(LearningEvidence.giver))).where(
            LearningEvidence.article_id == article_id, LearningEvidence.locale == locale, _USED
        )
    ).one()
    return EvidenceCount(*row)


def may_be_shown(article_id: int, locale: str) -> bool:
    """Whether enough people gave evidence; what authors refused counts, for it is shown so that they can undo it."""
    people = select(func.count(distinct(LearningEvidence.giver))).where(
        LearningEvidence.article_id == article_id, LearningEvidence.locale == locale
    )
    return (db.session.scalar(people) or 0) >= PEOPLE_NEEDED


def source_counts(learned: LearnedArticle) -> dict[EvidenceSource, int]:
    """Where the evidence of an article came from; refused evidence is left out."""
    rows = db.session.execute(
        select(LearningEvidence.source, func.count().label("number"))
        .where(LearningEvidence.article_id == learned.article_id, LearningEvidence.locale == learned.locale, _USED)
        .group_by(LearningEvidence.source)
    )
    return {row.source: row.number for row in rows}


def answer_counts(learned: Sequence[LearnedArticle]) -> dict[tuple[int, str], AnswerCount]:
    """(article, locale) → what people said who opened it when it was suggested to them."""
    rows = db.session.execute(
        select(
            SuggestionImpression.article_id,
            SuggestionImpression.locale,
            func.count().filter(SuggestionImpression.verdict == SuggestionVerdict.ANSWERED),
            func.count(),
        )
        .where(
            SuggestionImpression.article_id.in_({each.article_id for each in learned}),
            SuggestionImpression.locale.in_({each.locale for each in learned}),
            SuggestionImpression.arm == SuggestionArm.SHOWN,
            SuggestionImpression.opened_at.is_not(None),
            SuggestionImpression.verdict.is_not(None),
        )
        .group_by(SuggestionImpression.article_id, SuggestionImpression.locale)
    )
    return {(article_id, locale): AnswerCount(answered, asked) for article_id, locale, answered, asked in rows}


def titles_of(learned: Sequence[LearnedArticle]) -> dict[tuple[int, str], tuple[str, str]]:
    """(article, locale) → title and its locale: that one's, else the source's, else any; the key if there is none."""
    ids = {each.article_id for each in learned}
    rows = db.session.execute(
        select(Article.id, Article.key, Article.source_locale, Translation.locale, Revision.title)
        .outerjoin(Translation, Translation.article_id == Article.id)
        .outerjoin(Revision, Revision.id == Translation.published_revision_id)
        .where(Article.id.in_(ids))
        .order_by(Article.id, Translation.locale)
    ).all()
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for each in learned:
        versions = [row for row in rows if row.id == each.article_id]
        titled = [row for row in versions if row.title]
        titled.sort(key=lambda row: (row.locale != each.locale, row.locale != row.source_locale))
        best = titled[0] if titled else None
        key = versions[0].key if versions else ""
        found[each.article_id, each.locale] = (best.title, best.locale) if best else (key, each.locale)
    return found


def slug_of(learned: LearnedArticle) -> str | None:
    """The address of the article in its locale; None when readers cannot see it there."""
    return db.session.scalar(
        visible_articles(locale=learned.locale)
        .where(Translation.article_id == learned.article_id)
        .with_only_columns(Translation.slug)
    )


def fitted_at(locale: str) -> datetime | None:
    """When a locale's model was fitted; None before the first time."""
    return db.session.scalar(select(FittedModel.fitted_at).where(FittedModel.locale == locale))


def _word_counts(learned: Sequence[LearnedArticle]) -> dict[tuple[int, str], tuple[int, int]]:
    """(article, locale) → how many words are accepted, and how many wait for a decision."""
    rows = db.session.execute(
        select(
            LearnedWord.article_id,
            LearnedWord.locale,
            func.count().filter(LearnedWord.decision == WordDecision.ACCEPTED),
            func.count().filter(LearnedWord.decision == WordDecision.PROPOSED),
        )
        .where(
            LearnedWord.article_id.in_({each.article_id for each in learned}),
            LearnedWord.locale.in_({each.locale for each in learned}),
        )
        .group_by(LearnedWord.article_id, LearnedWord.locale)
    )
    return {(article_id, locale): (accepted, proposed) for article_id, locale, accepted, proposed in rows}


def _same(table: Any, translation: Any) -> ColumnElement[bool]:
    return and_(table.article_id == translation.article_id, table.locale == translation.locale)
