"""Two rankers on the same questions: how often they differ, and which one puts what helped people first. Pure.

What people opened they were shown by the ranker of that day, first ones more often than later ones. So a new ranker is
judged too harshly where it finds what nobody was shown; a difference in its favour is the surer one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from portal.search.documents import Hit
from portal.search.learning.masking import mask
from portal.search.measures import Estimate, Latency, latency, mean
from portal.search.models import SearchSurface

_DEPTH: Final = 10
_TOP: Final = 3
_SHOWN_CHARACTERS: Final = 80
_NO_ARTICLES: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """What was asked on one surface in one locale, `count` times alike.

    `opened` are the articles that somebody opened then. `helped` are those that answered: the person said so, or
    neither searched on nor wrote to us after opening them.
    """

    surface: str
    locale: str
    text: str
    count: int = 1
    opened: frozenset[int] = _NO_ARTICLES
    helped: frozenset[int] = _NO_ARTICLES
    is_message: bool = False

    @property
    def is_unfinished(self) -> bool:
        """Whether it was answered while it was being typed."""
        return self.surface == SearchSurface.SUGGEST


Ask = Callable[[LoggedQuestion], Sequence[Hit]]
Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Example:
    """A question whose answers differ, masked and shortened; titles of the first three, best first."""

    text: str
    locale: str
    surface: str
    count: int
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both rankers on the questions for which it is known what people opened, or what helped them.

    `mrr_*` is the mean of 1 ÷ rank of the first such article (0 when it is not among ten), `gain` the mean difference.
    `preference` is from −1 (always the old one) to 1: team-draft interleaving, in which the two rankers pick articles
    in turn into one list and whoever picked what people took wins.
    """

    questions: int
    mrr_old: Estimate | None
    mrr_new: Estimate | None
    gain: Estimate | None
    preference: Estimate | None
    wins: int
    losses: int
    ties: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two rankers make of the same questions; shares are of all searches, questions asked often counting often.

    `overlap` is the share of articles that both have among their first three. `silent_*` is the share of questions
    that get nothing.
    """

    questions: int
    searches: int
    first_changed: Estimate | None
    top_changed: Estimate | None
    overlap: Estimate | None
    silent_old: Estimate | None
    silent_new: Estimate | None
    opened: Judgement
    helped: Judgement
    latency_old: Latency
    latency_new: Latency
    examples: tuple[Example, ...]


def compare(
    questions: Iterable[LoggedQuestion],
    old: Ask,
    new: Ask,
    *,
    examples: int = 10,
    on_question: Callable[[], None] = lambda: None,
) -> Comparison:
    """Ask both rankers every question. Examples are those asked most often among the questions whose first changed."""
    tally = _Tally()
    for question in questions:
        tally.add(question, old, new)
        on_question()
    return tally.result(examples)


def interleaving_preference(old: Ids, new: Ids, taken: frozenset[int], *, depth: int = _DEPTH) -> float:
    """How much more of what people took the new ranker would bring into an interleaved list, from −1.0 to 1.0.

    Team-draft interleaving (Radlinski, Kurup and Joachims, "How does clickthrough data reflect retrieval quality?",
    2008): in each round a coin decides who picks first. Here it is the mean over all throws, not one of them.
    """
    if not taken:
        return 0.0
    return _credit(old, new, taken, (), depth) / len(taken)


def reciprocal_rank(ids: Ids, taken: frozenset[int]) -> float:
    """1 ÷ rank of the first article that people took; 0.0 if it is not among the first ten."""
    return next((1 / rank for rank, article in enumerate(ids[:_DEPTH], start=1) if article in taken), 0.0)


def _credit(old: Ids, new: Ids, taken: frozenset[int], picked: tuple[int, ...], room: int) -> float:
    """What both get from here on: new minus old, averaged over the coins still to be thrown."""
    if room <= 0:
        return 0.0
    outcomes = []
    for teams in (((new, 1), (old, -1)), ((old, -1), (new, 1))):
        credit, seen = 0.0, picked
        for ids, sign in teams[:room]:
            choice = next((article for article in ids if article not in seen), None)
            if choice is not None:
                seen = (*seen, choice)
                credit += sign * (choice in taken)
        if seen == picked:
            return 0.0
        outcomes.append(credit + _credit(old, new, taken, seen, room - len(teams)))
    return sum(outcomes) / len(outcomes)


@dataclass(slots=True)
class _Judged:
    """The judged questions so far: one entry in each list for each."""

    counts: list[int] = field(default_factory=list)
    old: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    preferences: list[float] = field(default_factory=list)

    def add(self, count: int, old: Ids, new: Ids, taken: frozenset[int]) -> None:
        if taken:
            self.counts.append(count)
            self.old.append(reciprocal_rank(old, taken))
            self.new.append(reciprocal_rank(new, taken))
            self.preferences.append(interleaving_preference(old, new, taken))

    def result(self) -> Judgement:
        gains = [new - old for old, new in zip(self.old, self.new, strict=True)]
        return Judgement(
            questions=len(self.counts),
            mrr_old=mean(self.old, self.counts),
            mrr_new=mean(self.new, self.counts),
            gain=mean(gains, self.counts),
            preference=mean(self.preferences, self.counts),
            wins=sum(preference > 0 for preference in self.preferences),
            losses=sum(preference < 0 for preference in self.preferences),
            ties=sum(preference == 0 for preference in self.preferences),
        )


@dataclass(slots=True)
class _Tally:
    """All questions so far: one entry in each list for each."""

    counts: list[int] = field(default_factory=list)
    first_changed: list[float] = field(default_factory=list)
    top_changed: list[float] = field(default_factory=list)
    overlap: list[float] = field(default_factory=list)
    silent: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    seconds: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    opened: _Judged = field(default_factory=_Judged)
    helped: _Judged = field(default_factory=_Judged)
    examples: list[Example] = field(default_factory=list)

    def add(self, question: LoggedQuestion, old: Ask, new: Ask) -> None:
        before, after = (self._timed(number, ask, question) for number, ask in enumerate((old, new)))
        ids, new_ids = [hit.article_id for hit in before], [hit.article_id for hit in after]
        self.counts.append(question.count)
        self.first_changed.append(float(ids[:1] != new_ids[:1]))
        self.top_changed.append(float(ids[:_TOP] != new_ids[:_TOP]))
        self.overlap.append(_overlap(ids[:_TOP], new_ids[:_TOP]))
        self.silent[0].append(float(not ids))
        self.silent[1].append(float(not new_ids))
        self.opened.add(question.count, ids, new_ids, question.opened | question.helped)
        self.helped.add(question.count, ids, new_ids, question.helped)
        if ids[:1] != new_ids[:1]:
            self.examples.append(_example(question, before, after))

    def _timed(self, number: int, ask: Ask, question: LoggedQuestion) -> Sequence[Hit]:
        began = time.perf_counter()
        hits = ask(question)
        self.seconds[number].append(time.perf_counter() - began)
        return hits[:_DEPTH]

    def result(self, examples: int) -> Comparison:
        return Comparison(
            questions=len(self.counts),
            searches=sum(self.counts),
            first_changed=mean(self.first_changed, self.counts),
            top_changed=mean(self.top_changed, self.counts),
            overlap=mean(self.overlap, self.counts),
            silent_old=mean(self.silent[0], self.counts),
            silent_new=mean(self.silent[1], self.counts),
            opened=self.opened.result(),
            helped=self.helped.result(),
            latency_old=latency(self.seconds[0]),
            latency_new=latency(self.seconds[1]),
            examples=tuple(sorted(self.examples, key=lambda example: -example.count)[:examples]),
        )


def _overlap(old: Ids, new: Ids) -> float:
    longest = max(len(old), len(new))
    return len(set(old) & set(new)) / longest if longest else 1.0


def _example(question: LoggedQuestion, old: Sequence[Hit], new: Sequence[Hit]) -> Example:
    words = " ".join(mask(question.text, question.locale).split())
    shown = words if len(words) <= _SHOWN_CHARACTERS else words[: _SHOWN_CHARACTERS - 1] + "…"
    before, after = (tuple(hit.title for hit in hits[:_TOP]) for hits in (old, new))
    return Example(shown, question.locale, question.surface, question.count, before, after)
