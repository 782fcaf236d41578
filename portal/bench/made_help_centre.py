"""A help centre of any size: each article is made from its number, so it can be made again alone.

Lengths, number of sections and the share of an article's own words are about those of public help centres; every
article says some words again and again and takes the rest from the whole language.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from portal.bench.letters import letter_for
from portal.bench.noise import seeded, slip
from portal.bench.vocabulary import Vocabulary, random_ranks
from portal.errors import PortalError
from portal.search.documents import IndexedArticle, IndexedSection, Upsert

_OWN_WORDS: Final = 14
# An article's own words are neither the language's function words nor its rarest ones.
_OWN_RANKS: Final = (40, 30_000)
_OWN_SHARE: Final = 0.3
_OWN_SHARE_OF_TITLE: Final = 0.65
_MEDIAN_SECTION_WORDS: Final = 55
_SPREAD_OF_LENGTHS: Final = 0.6
_MEAN_SECTIONS: Final = 3.5
_SENTENCE_WORDS: Final = (7, 18)
_WITH_CODE: Final = 0.05
_TOPICS: Final = 40
_MISSPELLED_QUERIES: Final = 0.2
_MESSAGE_WORDS: Final = (100, 250)
_LETTER_CIRCUMSTANCES: Final = 3


class UnknownVocabulary(PortalError):
    """The bundled articles are not written in that language, so none can be made."""


class _Words(NamedTuple):
    """What an article is about: its own words, the first ones most often, and its title."""

    own: list[str]
    title: list[str]


class MadeHelpCentre:
    """`count` articles in one locale, numbered from 1; the same for the same seed.

    Raises:
        UnknownVocabulary: nothing is bundled in this language.
    """

    def __init__(self, locale: str, count: int, *, seed: int = 1) -> None:
        self.locale = locale
        self.count = count
        self._seed = [seed, zlib.crc32(locale.encode())]
        self._vocabulary = Vocabulary(locale)
        if not self._vocabulary.real_count:
            raise UnknownVocabulary(f"there are no bundled articles in {locale} to take words from")

    def __iter__(self) -> Iterator[Upsert]:
        return (Upsert(self.article(number)) for number in range(1, self.count + 1))

    def article(self, number: int, *, addition: str = "") -> IndexedArticle:
        """The article of that number; `addition` is put in front of its text, as an author's edit would."""
        rng = self._random("article", number)
        words = self._subject(number)
        sections = [self._section(rng, words, position) for position in range(1 + rng.poisson(_MEAN_SECTIONS))]
        opening = IndexedSection("", "", f"{addition} {sections[0].text}".strip())
        topic = int(rng.integers(_TOPICS))
        return IndexedArticle(
            article_id=number,
            locale=self.locale,
            title=self._joined(words.title).capitalize(),
            keywords=tuple(words.own[at] for at in rng.integers(_OWN_WORDS, size=rng.integers(5))),
            summary=self._sentence(rng, words, 18),
            topic_key=f"topic-{topic // 5}/part-{topic}",
            error_code=f"AW-{1000 + number}" if rng.random() < _WITH_CODE else "",
            popularity=1 / number if number <= 10 else 0.0,
            sections=(opening, *sections[1:]),
        )

    def queries(self, count: int, *, seed: int = 1) -> list[str]:
        """Short queries of two to four words as people type them: of some article's words, a fifth misspelled."""
        rng = seeded("queries", self.locale, self._seed, seed)
        found = []
        for _ in range(count):
            words = self._subject(rng.randint(1, self.count))
            pool = list(dict.fromkeys([*words.title, *words.own[:6]]))
            chosen = rng.sample(pool, min(len(pool), rng.randint(2, 4)))
            if rng.random() < _MISSPELLED_QUERIES:
                longest = max(range(len(chosen)), key=lambda at: len(chosen[at]))
                chosen[longest] = slip(chosen[longest], rng)
            found.append(self._joined(chosen))
        return found

    def messages(self, count: int, *, seed: int = 1) -> list[str]:
        """Messages of 100 to 250 words with greeting and signature, each about some article."""
        return [self._message(seed, number) for number in range(count)]

    def _message(self, seed: int, number: int) -> str:
        rng = self._random("message", seed, number)
        choice = seeded("message", self.locale, self._seed, seed, number)
        letter = letter_for(self.locale)
        words = self._subject(int(rng.integers(1, self.count + 1)))
        circumstances = choice.sample(letter.circumstances, _LETTER_CIRCUMSTANCES)
        ends = [choice.choice(letter.greetings), choice.choice(letter.requests), choice.choice(letter.closings)]
        around = " ".join([*circumstances, *ends])
        said = len(around) // 2 if self._vocabulary.is_dense else len(around.split())
        length = max(20, int(rng.integers(*_MESSAGE_WORDS)) - said)
        question = self._text(rng, words, length)
        return "\n".join([ends[0], "", circumstances[0], question, *circumstances[1:], ends[1], "", ends[2]])

    def _subject(self, number: int) -> _Words:
        rng = self._random("subject", number)
        first, last = _OWN_RANKS
        ranks = random_ranks(rng, _OWN_WORDS, first=first, last=last)
        own = [self._vocabulary.word(int(rank)) for rank in ranks]
        return _Words(own, self._drawn(rng, own, int(rng.integers(3, 8)), _OWN_SHARE_OF_TITLE))

    def _section(self, rng: np.random.Generator, words: _Words, position: int) -> IndexedSection:
        length = int(_MEDIAN_SECTION_WORDS * rng.lognormal(0.0, _SPREAD_OF_LENGTHS))
        heading = self._joined(self._drawn(rng, words.own, int(rng.integers(2, 6)), _OWN_SHARE_OF_TITLE))
        return IndexedSection(f"part-{position}", heading.capitalize(), self._text(rng, words, max(8, length)))

    def _text(self, rng: np.random.Generator, words: _Words, length: int) -> str:
        sentences = []
        while length > 0:
            count = int(rng.integers(*_SENTENCE_WORDS))
            sentences.append(self._sentence(rng, words, count))
            length -= count
        return self._vocabulary.joiner.join(sentences)

    def _sentence(self, rng: np.random.Generator, words: _Words, count: int) -> str:
        end = "。" if self._vocabulary.is_dense else "."
        return self._joined(self._drawn(rng, words.own, count, _OWN_SHARE)).capitalize() + end

    def _drawn(self, rng: np.random.Generator, own: list[str], count: int, own_share: float) -> list[str]:
        """Words of the whole language with the article's own ones among them; of these the first come most often."""
        word = self._vocabulary.word
        ranks = random_ranks(rng, count).tolist()
        is_own = (rng.random(count) < own_share).tolist()
        which = (len(own) * rng.random(count) ** 2).astype(int).tolist()
        return [own[at] if mine else word(rank) for rank, mine, at in zip(ranks, is_own, which, strict=True)]

    def _joined(self, words: list[str]) -> str:
        return self._vocabulary.joiner.join(words)

    def _random(self, *parts: Any) -> np.random.Generator:
        return np.random.default_rng([*self._seed, *(zlib.crc32(str(part).encode()) for part in parts)])
