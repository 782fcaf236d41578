"""What fitting a model reads, and what serving processes read of the fitted ones. All in the caller's connection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, case, distinct, func, select

from portal.knowledge_base.models import Article, Revision, Section, Translation
from portal.knowledge_base.queries import visible_articles
from portal.search.calibration import Calibration, Verdict
from portal.search.learning.models import (
    FittedCalibration,
    FittedModel,
    LearnedArticle,
    LearnedWord,
    LearningEvidence,
)
from portal.search.learning.queries import EvidenceCount
from portal.search.learning.verdicts import Offer, verdicts_of_session
from portal.search.learning.words import PEOPLE_NEEDED
from portal.search.models import SuggestionArm, SuggestionImpression
from portal.search.rankers import MEANING_RANKER_VERSION, RANKER_VERSION

# The newest ones: what people asked years ago about an article that has changed since teaches little.
MAXIMUM_EXAMPLES = 50_000
# Beside the articles with evidence, so that they do not take what is said in others; more would only cost time.
MAXIMUM_ARTICLES = 3_000
# Of one giver for one article, the newest: whoever asks, or opens results, again and again is still one person.
MAXIMUM_OF_ONE_GIVER = 5
# Of the sessions with suggestions, the newest ones. A year later nobody knows what an article said then; and what was
# held to be unlikely, so that nobody is shown it any more, gets another try.
MAXIMUM_JUDGED_SESSIONS = 2_000
VERDICTS_COUNT_FOR = timedelta(days=365)
_OPENING_SECTIONS = 3
_STATEMENT_SIZE = 500
_USED = LearningEvidence.refused_at.is_(None)


class UsableEvidence(NamedTuple):
    """A piece of evidence that may be learned from: no author refused it, and its article has it from enough people."""

    article_id: int
    text: str
    weight: float
    giver: str


def usable_evidence(connection: Connection, locale: str) -> Sequence[Row[int, str, float, str]]:
    """What a locale's model is fitted on, newest first: article, text, weight, giver.

    Only articles with evidence from enough different people; also those for which an author stopped the learning.
    At most `MAXIMUM_OF_ONE_GIVER` of one giver for one article.
    """
    newest_first = (LearningEvidence.created_at.desc(), LearningEvidence.id.desc())
    enough = (
        select(LearningEvidence.article_id)
        .where(LearningEvidence.locale == locale, _USED)
        .group_by(LearningEvidence.article_id)
        .having(func.count(distinct(LearningEvidence.giver)) >= PEOPLE_NEEDED)
    )
    per_giver = (LearningEvidence.article_id, LearningEvidence.giver)
    numbered = (
        select(
            LearningEvidence.id,
            func.row_number().over(partition_by=per_giver, order_by=newest_first).label("number_of_giver"),
        )
        .where(LearningEvidence.locale == locale, _USED, LearningEvidence.article_id.in_(enough))
        .subquery()
    )
    return connection.execute(
        select(LearningEvidence.article_id, LearningEvidence.text, LearningEvidence.weight, LearningEvidence.giver)
        .join(numbered, numbered.c.id == LearningEvidence.id)
        .where(numbered.c.number_of_giver <= MAXIMUM_OF_ONE_GIVER)
        .order_by(*newest_first)
        .limit(MAXIMUM_EXAMPLES)
    ).all()


def paused_article_ids(connection: Connection, locale: str) -> frozenset[int]:
    """The articles for which an author stopped the learning."""
    paused = select(LearnedArticle.article_id).where(
        LearnedArticle.locale == locale, LearnedArticle.paused_at.is_not(None)
    )
    return frozenset(connection.scalars(paused))


def evidence_counts(connection: Connection, locale: str) -> dict[int, EvidenceCount]:
    """Article → how much evidence there is in a locale, whether it is enough or not."""
    rows = connection.execute(
        select(
            LearningEvidence.article_id, func.count().label("evidence"), func.count(distinct(LearningEvidence.giver))
        )
        .where(LearningEvidence.locale == locale, _USED)
        .group_by(LearningEvidence.article_id)
    )
    return {article_id: EvidenceCount(evidence, people) for article_id, evidence, people in rows}


def known_words(connection: Connection, locale: str, *, will_change: bool = False) -> Sequence[Any]:
    """The learned words of a locale: id, article, term, word, people, strength, decision.

    With `will_change` on they stay as they are until the transaction ends.
    """
    query = select(
        LearnedWord.id,
        LearnedWord.article_id,
        LearnedWord.term,
        LearnedWord.word,
        LearnedWord.people_count,
        LearnedWord.strength,
        LearnedWord.decision,
    ).where(LearnedWord.locale == locale)
    return connection.execute(query.with_for_update() if will_change else query).all()


def article_texts(connection: Connection, article_ids: Collection[int], locale: str) -> dict[int, str]:
    """Article → all that readers of a locale see of it; those that they do not see are left out."""
    if not article_ids:
        return {}
    rows = connection.execute(
        visible_articles(locale=locale)
        .where(Translation.article_id.in_(article_ids))
        .join(Section, Section.revision_id == Revision.id)
        .with_only_columns(
            Translation.article_id, Revision.title, Revision.summary, Revision.keywords, Section.heading, Section.text
        )
    )
    found: dict[int, list[str]] = {}
    for article_id, title, summary, keywords, heading, text in rows:
        parts = found.setdefault(article_id, [title, summary, *keywords])
        parts += [heading, text]
    return {article_id: "\n".join(parts) for article_id, parts in found.items()}


def article_openings(connection: Connection, article_ids: Collection[int], locale: str) -> dict[int, tuple[str, str]]:
    """Article → title and how it begins, for `article_ids` and others that readers of a locale see, popular first."""
    others = visible_articles(locale=locale).with_only_columns(Translation.article_id)
    popular_first = (func.coalesce(Article.popular_position, MAXIMUM_ARTICLES), Article.id)
    wanted = {*article_ids, *connection.scalars(others.order_by(*popular_first).limit(MAXIMUM_ARTICLES))}
    found: dict[int, tuple[str, str]] = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), _STATEMENT_SIZE):
        rows = connection.execute(
            visible_articles(locale=locale)
            .join(Section, Section.revision_id == Revision.id)
            .where(
                Translation.article_id.in_(ids[start : start + _STATEMENT_SIZE]), Section.position < _OPENING_SECTIONS
            )
            .with_only_columns(Translation.article_id, Revision.title, Revision.summary, Section.heading, Section.text)
            .order_by(Translation.article_id, Section.position)
        )
        for article_id, title, summary, heading, text in rows:
            _title, known = found.get(article_id, ("", summary))
            found[article_id] = (title, f"{known}\n{heading}\n{text}")
    return found


def translation_ids_of(connection: Connection, article_ids: Collection[int], locale: str) -> list[int]:
    """The translations of articles in a locale."""
    return list(
        connection.scalars(
            select(Translation.id).where(Translation.article_id.in_(article_ids), Translation.locale == locale)
        )
    )


def verdicts(connection: Connection, locale: str, *, now: datetime) -> list[Verdict]:
    """What people said of a locale's suggestions by the rankers of this release, newest first.

    Other rankers' chances were others: after a change of ranker the prior holds until there are verdicts on its own.
    """
    counts = [
        SuggestionImpression.locale == locale,
        SuggestionImpression.chance.is_not(None),
        SuggestionImpression.ranker_version.in_([RANKER_VERSION, MEANING_RANKER_VERSION]),
    ]
    newest = (
        select(SuggestionImpression.session_hash)
        .where(
            *counts,
            SuggestionImpression.arm == SuggestionArm.SHOWN,
            SuggestionImpression.verdict.is_not(None),
            SuggestionImpression.shown_at >= now - VERDICTS_COUNT_FOR,
        )
        .group_by(SuggestionImpression.session_hash)
        .order_by(func.max(SuggestionImpression.id).desc())
        .limit(MAXIMUM_JUDGED_SESSIONS)
    )
    rows = connection.execute(
        select(
            SuggestionImpression.session_hash,
            case((and_(*counts), SuggestionImpression.chance)).label("chance"),
            SuggestionImpression.opened_at,
            SuggestionImpression.verdict,
        )
        .where(
            SuggestionImpression.session_hash.in_(newest),
            SuggestionImpression.arm == SuggestionArm.SHOWN,
        )
        .order_by(SuggestionImpression.id.desc())
    )
    sessions: defaultdict[str, list[Offer]] = defaultdict(list)
    for session_hash, chance, opened_at, verdict in rows:
        sessions[session_hash].append(Offer(chance, opened_at, verdict))
    return [verdict for offers in sessions.values() for verdict in verdicts_of_session(offers)]


def judged_locales(connection: Connection) -> list[str]:
    """The locales in which somebody said something of a suggestion."""
    judged = (SuggestionImpression.chance.is_not(None), SuggestionImpression.verdict.is_not(None))
    return list(connection.scalars(select(SuggestionImpression.locale).where(*judged).distinct()))


def calibrations(connection: Connection) -> dict[str, Calibration]:
    """Locale → its calibration; those without enough verdicts are left out."""
    rows = connection.execute(select(FittedCalibration.locale, FittedCalibration.slope, FittedCalibration.offset))
    return {locale: Calibration(slope, offset) for locale, slope, offset in rows}


def model_versions(connection: Connection) -> dict[str, int]:
    """Locale → version of its model."""
    rows = connection.execute(select(FittedModel.locale, FittedModel.version))
    return {row.locale: row.version for row in rows}


def model_content(connection: Connection, locale: str) -> Row[int, bytes] | None:
    """Version and bytes of a locale's model; None before the first fit."""
    return connection.execute(
        select(FittedModel.version, FittedModel.content).where(FittedModel.locale == locale)
    ).one_or_none()
