"""Fitting a locale's model and words anew, by the worker, whenever enough has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, delete, func, select, update

from portal.clock import utcnow
from portal.database import db, writing
from portal.knowledge_base.actions import announce_changes
from portal.knowledge_base.models import ArticleChange
from portal.search import semantic
from portal.search.calibration import PRIOR, Calibration
from portal.search.learning import fit_queries, packing
from portal.search.learning.actions import insert_into
from portal.search.learning.fit_queries import UsableEvidence
from portal.search.learning.model import ArticleText, Example, fit
from portal.search.learning.models import (
    FittedCalibration,
    FittedModel,
    LearnedArticle,
    LearnedWord,
    LearningEvidence,
    StaleModel,
    WordDecision,
)
from portal.search.learning.queries import EvidenceCount
from portal.search.learning.verdicts import calibration_of
from portal.search.learning.words import Proposal, Question, Usage, proposals, units, without_rare_words
from portal.search.published import read_only

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FitReport:
    """What a locale's model was fitted on, and how many words it proposes or has accepted.

    `calibration` is what the `verdict_count` verdicts on suggestions say of their chances; the prior if these are few.
    """

    locale: str
    example_count: int
    article_count: int
    people_count: int
    word_count: int
    verdict_count: int
    calibration: Calibration


@dataclass(slots=True)
class _Learned:
    """What one fit found out."""

    locale: str
    examples: list[Example]
    people_count: int
    content: bytes
    counts: dict[int, EvidenceCount]
    words: dict[tuple[int, str], Proposal]
    verdict_count: int
    calibration: Calibration


def due_locales(*, now: datetime) -> Sequence[str]:
    """The locales whose models are to be fitted now: something is new, or they know another embedder's vectors."""
    with read_only(db.engine) as connection:
        stale = connection.execute(select(StaleModel.locale).where(StaleModel.due_at <= now)).scalars().all()
        return list(dict.fromkeys([*stale, *_locales_of_other_vectors(connection)]))


def _locales_of_other_vectors(connection: Connection) -> list[str]:
    """The locales whose models were fitted with vectors that are no more, or without those that there are now."""
    start = func.substr(FittedModel.content, 1, packing.LONGEST_START)
    rows = connection.execute(select(FittedModel.locale, start.label("start")).where(FittedModel.example_count > 0))
    return [row.locale for row in rows if not bytes(row.start).startswith(_wanted_start(row.locale))]


def _wanted_start(locale: str) -> bytes:
    embedder = semantic.in_use()
    return packing.start_of(embedder.name if embedder and embedder.helps(locale) else "")


def refit_due() -> None:
    """Fit the models that are due. One that cannot be fitted does not hold up the others."""
    now = utcnow()
    for locale in due_locales(now=now):
        try:
            refit(locale, now=now)
        except Exception:
            db.session.rollback()
            logger.exception("the model was not fitted", locale=locale)


def refit(locale: str, *, now: datetime) -> FitReport:
    """Fit the model of a locale on the evidence there is now, choose its words, calibrate its chances. Commits.

    Only reading takes long: nobody is kept from writing meanwhile, and the old model serves.
    """
    while (learned := _learn_and_store(locale, now=now)) is None:
        # Somebody fitted it meanwhile, and may have known that evidence is gone which this fit still read.
        logger.info("a model was fitted elsewhere and is fitted once more", locale=locale)
    report = FitReport(
        locale=locale,
        example_count=len(learned.examples),
        article_count=len({example.article_id for example in learned.examples}),
        people_count=learned.people_count,
        word_count=len(learned.words),
        verdict_count=learned.verdict_count,
        calibration=learned.calibration,
    )
    logger.info("a model was fitted", locale=locale, examples=report.example_count, articles=report.article_count)
    return report


def refit_all(*, now: datetime) -> list[FitReport]:
    """Fit every locale that has evidence, verdicts or a model."""
    with read_only(db.engine) as connection:
        locales = {
            *connection.scalars(select(LearningEvidence.locale).distinct()),
            *connection.scalars(select(FittedModel.locale)),
            *fit_queries.judged_locales(connection),
        }
    return [refit(locale, now=now) for locale in sorted(locales)]


def _learn_and_store(locale: str, *, now: datetime) -> _Learned | None:
    """One fit; None, and nothing written, when another one was stored since the evidence was read. Commits."""
    with read_only(db.engine) as connection:
        version = fit_queries.model_versions(connection).get(locale, 0)
        change_count = connection.scalar(select(StaleModel.change_count).where(StaleModel.locale == locale)) or 0
        learned = _learn(connection, locale, now=now)
    with writing():
        if not _store_model(learned, version, now=now):
            db.session.rollback()
            return None
        _store_counts(learned)
        _store_calibration(learned, now=now)
        changed_ids = _store_words(learned)
        # What changed since the evidence was read leaves the mark: then this fit was not the last.
        db.session.execute(
            delete(StaleModel).where(StaleModel.locale == locale, StaleModel.change_count == change_count)
        )
        db.session.commit()
    announce_changes(changed_ids)
    return learned


def _learn(connection: Connection, locale: str, *, now: datetime) -> _Learned:
    evidence = [UsableEvidence(*row) for row in fit_queries.usable_evidence(connection, locale)]
    known = fit_queries.known_words(connection, locale)
    paused = fit_queries.paused_article_ids(connection, locale)
    refused: defaultdict[int, set[str]] = defaultdict(set)
    decided: defaultdict[int, set[str]] = defaultdict(set)
    for row in known:
        if row.decision is not WordDecision.PROPOSED:
            decided[row.article_id].add(row.term)
        if row.decision is WordDecision.REFUSED:
            refused[row.article_id].add(row.term)
    own_terms = _own_terms(connection, {each.article_id for each in evidence}, locale)
    usage = Usage(locale, published=set().union(*own_terms.values()))
    for each in evidence:
        usage.add(Question(each.text, each.giver))
    examples = [
        Example(text, each.article_id, each.weight)
        for each in evidence
        if each.article_id not in paused
        and (text := without_rare_words(each.text, usage, refused[each.article_id])).strip()
    ]
    verdicts = fit_queries.verdicts(connection, locale, now=now)
    return _Learned(
        locale=locale,
        examples=examples,
        people_count=len(usage.people),
        content=_fitted(connection, examples, locale),
        counts=fit_queries.evidence_counts(connection, locale),
        words=_proposed_words(evidence, usage, own_terms, decided),
        verdict_count=len(verdicts),
        calibration=calibration_of(verdicts),
    )


def _fitted(connection: Connection, examples: Sequence[Example], locale: str) -> bytes:
    """The bytes of a model; none without examples."""
    if not examples:
        return b""
    openings = fit_queries.article_openings(connection, {example.article_id for example in examples}, locale)
    articles = {article_id: ArticleText(*opening) for article_id, opening in openings.items()}
    return fit(examples, locale=locale, articles=articles, embedder=semantic.in_use()).to_bytes()


def _own_terms(connection: Connection, article_ids: Collection[int], locale: str) -> dict[int, set[str]]:
    """Article → the terms that readers of a locale find in it."""
    texts = fit_queries.article_texts(connection, article_ids, locale)
    return {article_id: {unit.term for unit in units(text, locale)} for article_id, text in texts.items()}


def _proposed_words(
    evidence: Sequence[UsableEvidence],
    usage: Usage,
    own_terms: Mapping[int, Collection[str]],
    decided: Mapping[int, Collection[str]],
) -> dict[tuple[int, str], Proposal]:
    """(article, term) → the word, for those that articles could learn and those that authors `decided` about."""
    by_article: defaultdict[int, list[Question]] = defaultdict(list)
    for each in evidence:
        by_article[each.article_id].append(Question(each.text, each.giver))
    return {
        (article_id, proposal.term): proposal
        for article_id, questions in by_article.items()
        for proposal in proposals(questions, usage, own_terms.get(article_id, ()), decided.get(article_id, ()))
    }


def _store_model(learned: _Learned, version: int, *, now: datetime) -> bool:
    """Write the model in the place of that `version`; False when there is another one by now."""
    added = insert_into(
        FittedModel,
        locale=learned.locale,
        version=1,
        fitted_at=now,
        example_count=len(learned.examples),
        article_count=len({example.article_id for example in learned.examples}),
        people_count=learned.people_count,
        content=learned.content,
    )
    fresh = {name: added.excluded[name] for name in ("fitted_at", "example_count", "article_count", "people_count")}
    stored = added.on_conflict_do_update(
        index_elements=[FittedModel.locale],
        set_={**fresh, "content": added.excluded.content, "version": FittedModel.version + 1},
        where=FittedModel.version == version,
    )
    return db.session.scalar(stored.returning(FittedModel.version)) is not None


def _store_counts(learned: _Learned) -> None:
    rows = db.session.scalars(select(LearnedArticle).where(LearnedArticle.locale == learned.locale))
    for row in rows:
        count = learned.counts.get(row.article_id, EvidenceCount())
        row.evidence_count, row.people_count = count.evidence, count.people


def _store_calibration(learned: _Learned, *, now: datetime) -> None:
    """Write the calibration in the place of the last one; the prior needs no row."""
    if learned.calibration == PRIOR:
        db.session.execute(delete(FittedCalibration).where(FittedCalibration.locale == learned.locale))
        return
    fitted = {
        "slope": learned.calibration.slope,
        "offset": learned.calibration.offset,
        "verdict_count": learned.verdict_count,
        "fitted_at": now,
    }
    added = insert_into(FittedCalibration, locale=learned.locale, **fitted)
    db.session.execute(added.on_conflict_do_update(index_elements=[FittedCalibration.locale], set_=fitted))


def _store_words(learned: _Learned) -> list[int]:
    """Bring the table of words in line with what was found; authors' decisions stay with the words that stay.

    Returns the translations whose words in the index changed by it.
    """
    missing = dict(learned.words)
    gone: list[int] = []
    changed: set[int] = set()
    # Authors may have decided while the model was fitted.
    for row in fit_queries.known_words(db.session.connection(), learned.locale, will_change=True):
        proposal = missing.pop((row.article_id, row.term), None)
        if row.decision is WordDecision.ACCEPTED and (proposal is None or proposal.word != row.word):
            changed.add(row.article_id)
        if proposal is None:
            gone.append(row.id)
        elif (row.word, row.people_count, row.strength) != (proposal.word, proposal.people_count, proposal.strength):
            values = {
                "word": proposal.word,
                "people_count": proposal.people_count,
                "strength": proposal.strength,
            }
            db.session.execute(update(LearnedWord).where(LearnedWord.id == row.id).values(**values))
    for start in range(0, len(gone), 500):
        db.session.execute(delete(LearnedWord).where(LearnedWord.id.in_(gone[start : start + 500])))
    for (article_id, _term), proposal in missing.items():
        added = insert_into(
            LearnedWord,
            article_id=article_id,
            locale=learned.locale,
            term=proposal.term,
            word=proposal.word,
            people_count=proposal.people_count,
            strength=proposal.strength,
        )
        db.session.execute(added.on_conflict_do_nothing())
    translation_ids = (
        fit_queries.translation_ids_of(db.session.connection(), changed, learned.locale) if changed else []
    )
    db.session.add_all(ArticleChange(translation_id=translation_id) for translation_id in translation_ids)
    return translation_ids
