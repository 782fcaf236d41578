"""Which words of people's questions may be learned, and which of them say something about an article. Pure.

A word is learned or shown only when enough different people used it, for what only one of them wrote may name them;
or when it stands in an article, where everybody can read it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from portal.search import analyzers
from portal.search.analyzers import Script, Word

PEOPLE_NEEDED: Final = 3
WORDS_PER_ARTICLE: Final = 40
_MAXIMUM_LENGTH: Final = 80
# How much more of an article's people use a word than of the others', for it to say something about the article.
_LEAST_LIFT: Final = 2.0
# As if so many others had been asked who do not use the word: the first articles have nobody to compare with.
_OTHER_PEOPLE: Final = 20
_LONGEST_RUN: Final = 4
# A part of a longer run is left out when nearly all of its people wrote the whole of it.
_SAME_PEOPLE: Final = 0.8


class Question(NamedTuple):
    """What somebody asked. `giver` tells people apart."""

    text: str
    giver: str


class Unit(NamedTuple):
    """Something that can be learned, and where it stands: a word, or a few characters in scripts without spaces."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word for an article. `strength` is above 0 and orders words by how much they say."""

    term: str
    word: str
    people_count: int
    strength: float


@dataclass(slots=True)
class Usage:
    """Who used which terms, in all questions of a locale. `published` are the terms of articles: they name nobody."""

    locale: str
    published: set[str] = field(default_factory=set)
    givers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    people: set[str] = field(default_factory=set)

    def add(self, question: Question) -> None:
        """Count one more question."""
        self.people.add(question.giver)
        for unit in units(question.text, self.locale):
            self.givers[unit.term].add(question.giver)

    def is_common(self, term: str) -> bool:
        """Whether enough different people used a term for it to name nobody."""
        return term in self.published or len(self.givers.get(term, ())) >= PEOPLE_NEEDED


def units(text: str, locale: str) -> Iterator[Unit]:
    """What can be learned from a text, with repeats; words that say nothing are left out."""
    for word in analyzers.words(text, locale):
        if word.script is not Script.SPACED:
            yield from _runs(word, text)
        elif not word.is_stop_word and len(word.folded) > 1:
            yield Unit(word.terms[0].text[:_MAXIMUM_LENGTH], word.start, word.end)


def without_rare_words(text: str, usage: Usage, refused: Collection[str] = ()) -> str:
    """The text as a model may learn it: without what too few people wrote, and without what an author `refused`."""
    found = analyzers.words(text, usage.locale)
    kept: list[str] = []
    position = 0
    for word in found:
        if word.is_stop_word and word.script is Script.SPACED:
            continue
        kept.append(text[position : word.start])
        position = max(position, word.end)
        if word.script is not Script.SPACED:
            kept.append(_common_part(word, text, usage, refused))
        elif usage.is_common(word.terms[0].text[:_MAXIMUM_LENGTH]) and word.terms[0].text not in refused:
            kept.append(text[word.start : word.end])
    kept.append(text[position:])
    return "".join(kept)


def proposals(
    questions: Iterable[Question], usage: Usage, own_terms: Collection[str], decided: Collection[str] = ()
) -> list[Proposal]:
    """The words that people used for an article and that it does not have itself (`own_terms`), strongest first.

    Words that an author `decided` about stay as long as enough people used them. `usage` counts all questions of the
    locale, those of this article among them. The strength is the share of the article's people who used the word
    times the logarithm of its lift over other people.
    """
    givers: defaultdict[str, set[str]] = defaultdict(set)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    people: set[str] = set()
    for question in questions:
        people.add(question.giver)
        for unit in units(question.text, usage.locale):
            givers[unit.term].add(question.giver)
            spellings[unit.term][question.text[unit.start : unit.end]] += 1
    found, kept = [], []
    for term, users in givers.items():
        if len(users) < PEOPLE_NEEDED:
            continue
        lift = _lift(len(users), len(people), len(usage.givers[term]), len(usage.people))
        strength = len(users) / len(people) * math.log(max(1.0, lift))
        proposal = Proposal(term, _usual(spellings[term]), len(users), strength)
        if term in decided:
            kept.append(proposal)
        elif lift >= _LEAST_LIFT and term not in own_terms and not _ends_in_grammar(term):
            found.append(proposal)
    strongest = sorted(_without_parts(found, givers), key=lambda each: (-each.strength, each.term))
    return sorted(kept + strongest[:WORDS_PER_ARTICLE], key=lambda each: (-each.strength, each.term))


def _lift(users: int, people: int, all_users: int, all_people: int) -> float:
    others = max(0, all_users - users) + 0.5
    return (users / people) / (others / (max(0, all_people - people) + _OTHER_PEOPLE))


def _usual(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))[:_MAXIMUM_LENGTH]


def _without_parts(found: list[Proposal], givers: Mapping[str, set[str]]) -> list[Proposal]:
    """Without pieces of a longer run of characters that the same people wrote."""
    runs = [each for each in found if _is_run(each.term)]
    return [
        each
        for each in found
        if not any(
            each.term in longer.term
            and len(each.term) < len(longer.term)
            and len(givers[longer.term]) >= _SAME_PEOPLE * len(givers[each.term])
            for longer in runs
        )
    ]


def _ends_in_grammar(term: str) -> bool:
    # Japanese writes endings and particles in hiragana: what ends there is no word to show.
    return "\u3041" <= term[-1] <= "\u309f"


def _is_run(term: str) -> bool:
    return analyzers.script_of(term[0]) is not Script.SPACED


def _pairs(word: Word) -> list[Unit]:
    """The overlapping pairs of characters of a run, or its only character."""
    found = [Unit(term.text, word.start + term.start, word.start + term.end) for term in word.terms]
    whole = len(found) > 1 and found[0].end == found[-1].end and found[0].start == found[1].start
    return found[1:] if whole else found


def _runs(word: Word, text: str) -> Iterator[Unit]:
    pairs = _pairs(word)
    yield from pairs
    for length in range(3, _LONGEST_RUN + 1):
        for first, last in zip(pairs, pairs[length - 2 :], strict=False):
            yield Unit(text[first.start : last.end], first.start, last.end)


def _common_part(word: Word, text: str, usage: Usage, refused: Collection[str]) -> str:
    """The characters of a run that stand in a common pair; what is missing leaves a space."""
    covered: set[int] = set()
    for pair in _pairs(word):
        if usage.is_common(pair.term) and pair.term not in refused:
            covered.update(range(pair.start, pair.end))
    for unit in _runs(word, text) if refused else ():
        if unit.term in refused:
            covered.difference_update(range(unit.start, unit.end))
    return "".join(text[at] if at in covered else " " for at in range(word.start, word.end))
