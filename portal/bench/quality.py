"""How often the right article comes first, and how seldom a wrong one is offered."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from portal.bench.noise import NOISES, seeded
from portal.bench.retrieval_sets import Question
from portal.search import semantic
from portal.search.documents import Hit, IndexedArticle, Upsert
from portal.search.engine import SearchEngine
from portal.search.measures import Estimate, Latency, auroc, latency, mean, share
from portal.search.rankers import MEANING_RANKER, RANKER

_DEPTH: Final = 10


class Surface(StrEnum):
    """Where a question is asked."""

    SEARCH = "search"
    MESSAGE = "message"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True)
class Quality:
    """What came of one set's questions under one condition.

    Of the answerable questions: `recall` by depth, `mrr`, and `kept`, the share that got any article at all. Of those
    without answer: `wrongly_suggested`, the share that got one nevertheless. `auroc` tells the two kinds apart by the
    first article's score.
    """

    noise: str
    answerable: int
    recall: dict[int, Estimate | None]
    mrr: Estimate | None
    kept: Estimate | None
    unanswerable: int
    wrongly_suggested: Estimate | None
    auroc: float | None
    latency: Latency


@contextmanager
def engine_on(articles: Sequence[IndexedArticle]) -> Iterator[SearchEngine]:
    """The product's search engine on a temporary index of these articles; it knows meanings while an embedder is used.

    See :func:`portal.search.semantic.using`.
    """
    embedder = semantic.in_use()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        engine = SearchEngine(Path(folder), ranker=MEANING_RANKER if embedder else RANKER, embedder=embedder)
        ordered = sorted(articles, key=lambda article: (article.locale, article.article_id))
        engine.rebuild(map(Upsert, ordered), position=1)
        yield engine


def ask(engine: SearchEngine, surface: Surface, text: str, locale: str) -> tuple[Hit, ...]:
    """What somebody would be shown who asks there, best first."""
    if surface is Surface.SEARCH:
        result = engine.search(text, locale, limit=_DEPTH)
        return result.hits or result.other_language_hits
    if surface is Surface.SUGGEST:
        return engine.suggest(text, locale, limit=_DEPTH)
    return engine.suggest_for_message("", text, locale, limit=_DEPTH)


def measure(
    engine: SearchEngine,
    questions: Sequence[Question],
    *,
    noise: str = "clean",
    surface: Surface = Surface.SEARCH,
    on_question: Callable[[], None] = lambda: None,
) -> Quality:
    """Ask all questions, spoiled by `noise` the same way each time."""
    tally = _Tally()
    for question in questions:
        text = NOISES[noise](question.text, question.locale, seeded(noise, question.id))
        began = time.perf_counter()
        hits = ask(engine, surface, text, question.locale)
        tally.add(question, hits, time.perf_counter() - began)
        on_question()
    return tally.result(noise)


@dataclass(slots=True)
class _Tally:
    """What is counted while questions are asked."""

    ranks: list[int | None] = field(default_factory=list)
    kept: int = 0
    wrongly_suggested: int = 0
    answerable_scores: list[float] = field(default_factory=list)
    unanswerable_scores: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, question: Question, hits: Sequence[Hit], seconds: float) -> None:
        self.seconds.append(seconds)
        best = hits[0].score if hits else 0.0
        if not question.relevant:
            self.unanswerable_scores.append(best)
            self.wrongly_suggested += bool(hits)
            return
        self.kept += bool(hits)
        self.answerable_scores.append(best)
        ids = [hit.article_id for hit in hits[:_DEPTH]]
        self.ranks.append(next((rank for rank, number in enumerate(ids, start=1) if number in question.relevant), None))

    def result(self, noise: str) -> Quality:
        count = len(self.ranks)
        return Quality(
            noise=noise,
            answerable=count,
            recall={depth: share(self._within(depth), count) for depth in (1, 3, 5)},
            mrr=mean([1 / rank if rank else 0.0 for rank in self.ranks]),
            kept=share(self.kept, count),
            unanswerable=len(self.unanswerable_scores),
            wrongly_suggested=share(self.wrongly_suggested, len(self.unanswerable_scores)),
            auroc=auroc(self.answerable_scores, self.unanswerable_scores),
            latency=latency(self.seconds),
        )

    def _within(self, depth: int) -> int:
        return sum(rank is not None and rank <= depth for rank in self.ranks)
