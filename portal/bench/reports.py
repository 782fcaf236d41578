"""Quality of a set under several conditions, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.bench.learning import teach
from portal.bench.quality import Quality, Surface, engine_on, measure
from portal.bench.retrieval_sets import RetrievalSet, UnreadableSet, read_set
from portal.localization import lang_tag


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One condition and what came of it. `languages` is "de", or "de → en" where another language answers."""

    set_name: str
    languages: str
    surface: str
    tickets: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is measured. `asked_in` None is each language of the set; `answered_from` None the same, "*" all.

    `tickets` counts those learned from for each article, None being all of them. `held_back` is the share of articles
    left out while their questions stay; `strangers` another set, whose questions are asked too and have no answer here.
    """

    asked_in: str | None = None
    answered_from: str | None = None
    surface: Surface = Surface.SEARCH
    noises: Sequence[str] = ("clean",)
    tickets: Sequence[int | None] = (0,)
    held_back: float = 0.0
    strangers: Path | None = None
    limit: int = 0


def quality_rows(
    folder: Path, conditions: Conditions, *, on_question: Callable[[], None] = lambda: None
) -> Iterator[QualityRow]:
    """One row for each language, number of tickets and noise.

    Raises:
        UnreadableSet: the folder is no set, or has nothing in the languages asked for.
    """
    whole = read_set(folder)
    if conditions.held_back:
        whole = whole.holding_back(conditions.held_back)
    for asked_in in [conditions.asked_in] if conditions.asked_in else whole.locales:
        source = conditions.answered_from or asked_in
        part = whole.narrowed(asked_in=asked_in, answered_from=None if source == "*" else source)
        if not part.questions or not part.articles:
            raise UnreadableSet(f"{folder} has no questions in {asked_in} with articles in {source}")
        if conditions.strangers:
            part = part.asked_also(read_set(conditions.strangers).narrowed(asked_in=asked_in))
        languages = lang_tag(asked_in) if source == asked_in else f"{lang_tag(asked_in)} → {lang_tag(source)}"
        for row in _rows(part.sampled(conditions.limit), conditions, on_question):
            yield QualityRow(whole.name, languages, str(conditions.surface), *row)


def _rows(part: RetrievalSet, conditions: Conditions, on_question: Callable[[], None]) -> Iterator[tuple[str, Quality]]:
    with engine_on(part.articles) as engine:
        for count in conditions.tickets:
            teach(engine, part.learned_from(count))
            for noise in conditions.noises:
                yield (
                    "all" if count is None else str(count),
                    measure(engine, part.questions, noise=noise, surface=conditions.surface, on_question=on_question),
                )
