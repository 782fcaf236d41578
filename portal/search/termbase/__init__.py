"""The terms of customer support and of general language, by concept: synonyms within a language, translations between.

A table's first line names its languages; each further line is a concept, with the terms that mean it in each. Names
of countries, languages, currencies, months, days and cities come from CLDR, for every language.

Cutting and stemming a language's few thousand terms takes some tenths of a second, so the outcome is kept in a file
beside the index (see :func:`keep_in`); reading that takes some thousandths.

An operator's own terms come beside them, from a file that they write (see :func:`use_own` and
:mod:`portal.search.termbase.own`).
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
from portal.search.termbase.own import NO_TERMS, OWN, OwnTerms, Watched

__all__ = [
    "GENERAL",
    "SYNONYMS",
    "OwnTerms",
    "Phrase",
    "Terms",
    "is_own",
    "keep_in",
    "make_ready",
    "own_terms",
    "stem_of",
    "synonyms_of",
    "terms_of",
    "use_own",
]

# サブスクリプション has nine characters, and names in an operator's own terms may have more.
_LONGEST_IN_RUN: Final = 16


class Phrase(NamedTuple):
    """A term found in a text: its words from `first` to before `end`, and the concepts that it names.

    In scripts without spaces `first` is the run of characters in which it stands, and `text` the characters.
    """

    first: int
    end: int
    concepts: tuple[str, ...]
    text: str = ""


_NOTHING: Final = Compiled({}, {})


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one language; with `table`, of those that come with the portal only that table's."""

    _compiled: Compiled
    table: str = ""
    _own: Compiled = _NOTHING

    def forms(self, concept: str) -> tuple[str, ...]:
        """The terms for a concept as written, the usual one first; none when the language has none."""
        written = (self._own if is_own(concept) else self._compiled).forms.get(concept)
        return tuple(written.split(SEPARATOR)) if written else ()

    def concepts(self, words: Sequence[str]) -> tuple[str, ...]:
        """What stems (or in scripts without spaces the characters) of a term mean, the likeliest first."""
        key = SEPARATOR.join(words)
        named = [found for each in (self._own, self._compiled) if (found := each.phrases.get(key))]
        if not named:
            return ()
        meant = dict.fromkeys(SEPARATOR.join(named).split(SEPARATOR))
        return tuple(
            concept for concept in meant if not self.table or is_own(concept) or concept.startswith(f"{self.table}:")
        )

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


def terms_of(locale: str) -> Terms:
    """All terms of a locale's language, and what CLDR names in it."""
    return _terms(locale, "")


def synonyms_of(locale: str) -> Terms:
    """Those terms of a locale's language of which one can stand for another; none when no table has it."""
    return _terms(locale, SYNONYMS)


def _terms(locale: str, table: str) -> Terms:
    shipped, own = _compiled_for(locale), own_terms()
    return Terms(shipped, table, own.compiled(locale, shipped) if own.rows else _NOTHING)


def is_own(concept: str) -> bool:
    """Whether a concept is one of the operator's own file."""
    return concept.startswith(OWN)


_own_file: Watched | None = None


def use_own(path: Path | None) -> None:
    """Join the terms of an operator's file from now on; None for none. Its mistakes are logged at once."""
    global _own_file
    _own_file = Watched(path) if path else None
    own_terms()


def own_terms() -> OwnTerms:
    """The operator's own terms, as their file holds them now."""
    return _own_file.terms() if _own_file else NO_TERMS


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
