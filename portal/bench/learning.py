"""Learning from the solved tickets of a set, as the worker learns from those of the portal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from portal.bench.retrieval_sets import SolvedTicket
from portal.search.calibration import PRIOR, Calibration
from portal.search.engine import SearchEngine
from portal.search.learning.combining import Ballot
from portal.search.learning.fitting import Ints
from portal.search.learning.model import Example, LearnedModel, fit
from portal.search.semantic import Embedder


class TaughtVotes:
    """Models in memory, with what the engine asks of those that a portal keeps in its database."""

    def __init__(self, models: dict[str, LearnedModel]) -> None:
        self._models = models

    def ballot(self, locale: str, text: str, article_ids: Ints, embedder: Embedder | None = None) -> Ballot | None:
        """The votes of these articles on `text`; None where nothing was taught. `embedder` tells what it means."""
        model = self._models.get(locale)
        return model.ballot(text, article_ids, embedder) if model else None

    def evidence_count(self, locale: str, article_id: int) -> int:
        """How many tickets an article was learned from."""
        model = self._models.get(locale)
        return model.evidence_count(article_id) if model else 0

    def calibration(self, locale: str) -> Calibration:
        """That of a portal without verdicts."""
        return PRIOR


def teach(engine: SearchEngine, tickets: Iterable[SolvedTicket]) -> None:
    """Have the engine know exactly these tickets; nothing for none."""
    by_locale: dict[str, list[Example]] = defaultdict(list)
    for ticket in tickets:
        by_locale[ticket.locale].append(Example(ticket.text, ticket.article_id, 1.0))
    embedder = engine.folder.embedder
    engine.learned = TaughtVotes(
        {
            # Words are learned as of any language, meanings where the embedder helps.
            locale: fit(examples, locale=locale if embedder and embedder.helps(locale) else "und", embedder=embedder)
            for locale, examples in by_locale.items()
        }
    )
