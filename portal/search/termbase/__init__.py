"""The terms of customer support and of general language, by concept: synonyms within a language, translations between.

A table's first line names its languages; each further line is a concept, with the terms that mean it in each. Names
of countries, languages, currencies, months, days and cities come from CLDR, for every language.

Cutting and stemming a language's few thousand terms takes some tenths of a second, so the outcome is kept in a file
beside the index (see :func:`keep_in`); reading that takes some thousandths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from portal.search import analyzers
from portal.search.termbase import kept
from portal.search.termbase.compiling import GENERAL, LONGEST_PHRASE, SEPARATOR, SYNONYMS, Compiled, compiled, stem_of

__all__ = ["GENERAL", "SYNONYMS", "Phrase", "Terms", "keep_in", "make_ready", "stem_of", "synonyms_of", "terms_of"]

_LONGEST_IN_RUN: Final = 8


class Phrase(NamedTuple):
    """A term found in a text: its words from `first` to before `end`, and the concepts that it names.

    In scripts without spaces `first` is the run of characters in which it stands, and `text` the characters.
    """

    first: int
    end: int
    concepts: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one language; with `table`, only those of that table."""

    _compiled: Compiled
    table: str = ""

    def forms(self, concept: str) -> tuple[str, ...]:
        """The terms for a concept as written, the usual one first; none when the language has none."""
        written = self._compiled.forms.get(concept)
        return tuple(written.split(SEPARATOR)) if written else ()

    def concepts(self, words: Sequence[str]) -> tuple[str, ...]:
        """What stems (or in scripts without spaces the characters) of a term mean, the likeliest first."""
        named = self._compiled.phrases.get(SEPARATOR.join(words))
        if named is None:
            return ()
        found = named.split(SEPARATOR)
        return tuple(concept for concept in found if not self.table or concept.startswith(f"{self.table}:"))

    def find(self, words: Sequence[analyzers.Word]) -> Iterator[Phrase]:
        """The terms in a text, the longest first where several begin; none overlap."""
        at = 0
        while at < len(words):
            if words[at].script is analyzers.Script.DENSE:
                yield from self._in_run(words[at].folded, at)
                at += 1
                continue
            found = self._beginning_at(words, at)
            if found is not None:
                yield found
            at = found.end if found is not None else at + 1

    def _beginning_at(self, words: Sequence[analyzers.Word], at: int) -> Phrase | None:
        near = words[at : at + LONGEST_PHRASE]
        stems, forms = [stem_of(word) for word in near], [word.folded for word in near]
        for length in range(len(near), 0, -1):
            if length == 1 and near[0].is_stop_word:
                break
            concepts = self.concepts(stems[:length]) or self.concepts(forms[:length])
            if concepts:
                return Phrase(at, at + length, concepts)
        return None

    def _in_run(self, run: str, number: int) -> Iterator[Phrase]:
        start = 0
        while start < len(run):
            found = next(
                (
                    (end, concepts)
                    for end in range(min(len(run), start + _LONGEST_IN_RUN), start, -1)
                    if (concepts := self.concepts((run[start:end],)))
                ),
                None,
            )
            if found is not None:
                yield Phrase(number, number + 1, found[1], run[start : found[0]])
            start = found[0] if found is not None else start + 1


@lru_cache(maxsize=16)
def terms_of(locale: str) -> Terms:
    """All terms of a locale's language, and what CLDR names in it."""
    return Terms(_compiled_for(locale))


@lru_cache(maxsize=16)
def synonyms_of(locale: str) -> Terms:
    """Those terms of a locale's language of which one can stand for another; none when no table has it."""
    return Terms(_compiled_for(locale), SYNONYMS)


_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Read terms from this folder from now on, and write there what has to be made."""
    global _folder
    _folder = folder


def make_ready(locales: Sequence[str]) -> None:
    """Have a file for each of these locales, so that other processes need not make it."""
    for locale in locales:
        if _folder is not None and not kept.path_of(_folder, locale).exists():
            kept.write(_folder, locale, _compiled_for(locale))


@lru_cache(maxsize=16)
def _compiled_for(locale: str) -> Compiled:
    found = kept.read(_folder, locale) if _folder is not None else None
    if found is None:
        found = compiled(locale)
        if _folder is not None:
            kept.write(_folder, locale, found)
    return found
