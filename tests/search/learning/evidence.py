"""Evidence as it comes in: people who said that an article answered them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from portal.database import db
from portal.knowledge_base.models import Translation
from portal.search.learning.actions import note_solved
from portal.search.learning.models import LearnedArticle, LearnedWord, LearningEvidence
from portal.search.learning.refitting import refit
from portal.search.models import SuggestionImpression, SuggestionVerdict
from portal.search.rankers import RANKER_VERSION
from tests.factories import NOW, make_person, make_ticket

_numbers = itertools.count(1)


def solve_with(translation: Translation, *texts: str, now: datetime = NOW, locale: str | None = None) -> list[int]:
    """Each text is the question of a person of their own, solved with the article; the ids of the people."""
    ids = []
    for text in texts:
        person = make_person()
        ticket = make_ticket(requester=person)
        note_solved(
            ticket.id,
            [translation.article_id],
            text,
            locale=locale or translation.locale,
            person_id=person.id,
            now=now,
        )
        ids.append(person.id)
    db.session.commit()
    return ids


def learn(translation: Translation, *texts: str, now: datetime = NOW) -> LearnedArticle:
    """As `solve_with`, and fitted."""
    solve_with(translation, *texts, now=now)
    refit(translation.locale, now=now)
    return learned_of(translation)


def judge_suggestion(number: int, verdict: SuggestionVerdict = SuggestionVerdict.REJECTED, **values: Any) -> None:
    """An article shown to the contact session of that number as the form records it, opened and judged."""
    defaults = {
        "session_hash": f"session {number}",
        "ranker_version": RANKER_VERSION,
        "locale": "en",
        "position": 1,
        "score": 0.5,
        "chance": 0.5,
        "shown_at": NOW,
        "opened_at": NOW,
        "verdict": verdict,
    }
    db.session.add(SuggestionImpression(**{**defaults, **values}))
    db.session.commit()


def learned_of(translation: Translation) -> LearnedArticle:
    """What the article learned in its language."""
    found = db.session.query(LearnedArticle).filter_by(article_id=translation.article_id, locale=translation.locale)
    return found.one()


def all_evidence() -> list[LearningEvidence]:
    """Every piece, oldest first."""
    return list(db.session.query(LearningEvidence).order_by(LearningEvidence.id))


def words() -> dict[str, LearnedWord]:
    """The learned words by how people wrote them."""
    return {word.word: word for word in db.session.query(LearnedWord)}
