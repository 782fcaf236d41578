"""A portal's own terms, in a file that its operator writes: beside the tables that come with the portal.

The format is that of synonym files elsewhere, in sections by language::

    # Each of a line finds the others.
    [de]
    Kassenbon, Bon, Quittung
    # Who asks for what is left of the arrow finds what is right of it, too; not the other way round.
    WaWi => Warenwirtschaft

    # Of every language; names, for instance.
    [*]
    LP2, Lumen Player 2

    # Columns as in the header: synonyms within each, translations between them.
    [en | de]
    seat, licence | Lizenz, Platz

The file is read anew when it changes. What cannot be read of it is told, and the rest works.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from babel import Locale, UnknownLocaleError

from portal.search import analyzers
from portal.search.termbase.compiling import LONGEST_PHRASE, SEPARATOR, Compiled, key_of

logger = structlog.get_logger(__name__)

# What the concepts of an operator's file begin with; the rest says which reading of which line.
OWN: Final = "own."
EVERY_LANGUAGE: Final = "*"
_LOOK_EVERY_SECONDS: Final = 3.0
_LARGEST_FILE: Final = 2_000_000
_MOST_TOLD: Final = 20
_HEADER = re.compile(r"\[(.*)\]")
_ARROW = "=>"


class Row(NamedTuple):
    """One concept: by language (or locale, or "*") the terms that ask for it, and those that name it."""

    concept: str
    asking: Mapping[str, tuple[str, ...]]
    naming: Mapping[str, tuple[str, ...]]


class OwnTerms:
    """What one reading of a file holds, and the mistakes in it, each with the number of its line."""

    def __init__(self, rows: Sequence[Row] = (), mistakes: Sequence[str] = ()) -> None:
        self.rows = tuple(rows)
        self.mistakes = tuple(mistakes)
        self._compiled: dict[str, Compiled] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, locales or "*" that have terms."""
        return tuple(sorted({language for row in self.rows for language in row.naming}))

    def compiled(self, locale: str, shipped: Compiled) -> Compiled:
        """The terms of a locale. What is a synonym of a term that the portal knows already means that, too."""
        known = self._compiled.get(locale)
        if known is None:
            known = self._compiled[locale] = _compiled(self.rows, locale, shipped)
        return known


NO_TERMS: Final = OwnTerms()
_readings = count(1)


def read(path: Path) -> OwnTerms:
    """What a file holds; never raises, for mistakes are part of the answer."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return OwnTerms(mistakes=[f"it is larger than {_LARGEST_FILE:,} bytes"])
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return OwnTerms(mistakes=["it is not written in UTF-8"])
    except (OSError, ValueError) as error:
        return OwnTerms(mistakes=[f"it cannot be read ({getattr(error, 'strerror', None) or error})"])
    rows: list[Row] = []
    mistakes: list[str] = []
    reading = next(_readings)
    languages: tuple[str, ...] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        try:
            header = _HEADER.fullmatch(line)
            if header:
                # Nothing may follow a header that was not understood.
                languages = ()
                languages = _languages(header[1])
            elif languages:
                rows.append(_row(line, languages, f"{OWN}{reading}:{number}"))
            elif languages is None:
                raise ValueError("write a section such as [en] before the first terms")
        except ValueError as error:
            mistakes.append(f"line {number}: {error}")
    return OwnTerms(rows, mistakes)


def _languages(header: str) -> tuple[str, ...]:
    found = tuple(part.strip().replace("-", "_") for part in header.split("|"))
    for language in found:
        try:
            if language != EVERY_LANGUAGE:
                Locale.parse(language)
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError(f"[{header}] is no language; write one such as [en], [pt-BR] or [*]") from error
    if len(set(found)) < len(found):
        raise ValueError(f"[{header}] names a language twice")
    return found


def _row(line: str, languages: tuple[str, ...], concept: str) -> Row:
    if len(languages) == 1:
        left, arrow, right = line.partition(_ARROW)
        asking, naming = _terms(left), _terms(right) if arrow else _terms(left)
        if arrow and not (asking and naming):
            raise ValueError(f"write terms on both sides of {_ARROW}")
        if not arrow and len(naming) < 2:
            raise ValueError("write at least two terms with a comma between them")
        return Row(concept, {languages[0]: asking}, {languages[0]: naming})
    cells = line.split("|")
    if len(cells) != len(languages):
        raise ValueError(f"write {len(languages)} columns with | between them, as in the header")
    if _ARROW in line:
        raise ValueError(f"{_ARROW} stands in sections of one language only")
    named = {language: terms for language, cell in zip(languages, cells, strict=True) if (terms := _terms(cell))}
    if not named:
        raise ValueError("write terms in at least one column")
    return Row(concept, named, named)


def _terms(cell: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part for written in cell.split(",") if (part := written.strip())))
    for term in found:
        # No language cuts a term into more words than this.
        length = len(analyzers.words(term, "und"))
        if not length:
            raise ValueError(f"“{term}” has no letters or digits")
        if length > LONGEST_PHRASE:
            raise ValueError(f"“{term}” has more than {LONGEST_PHRASE} words")
    return found


def _of(written: Mapping[str, tuple[str, ...]], locale: str) -> Iterator[str]:
    for language in dict.fromkeys((locale, locale.split("_")[0], EVERY_LANGUAGE)):
        yield from written.get(language, ())


def _compiled(rows: Sequence[Row], locale: str, shipped: Compiled) -> Compiled:
    forms: dict[str, str] = {}
    phrases: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        asking, naming = list(_of(row.asking, locale)), list(_of(row.naming, locale))
        if naming:
            forms[row.concept] = SEPARATOR.join(naming)
        meant = dict.fromkeys([row.concept])
        for term in naming:
            meant.update(dict.fromkeys(filter(None, shipped.phrases.get(key_of(term, locale), "").split(SEPARATOR))))
        for term in asking:
            if key := key_of(term, locale):
                phrases[key].update(meant)
    return Compiled(forms, {phrase: SEPARATOR.join(concepts) for phrase, concepts in phrases.items()})


class Watched:
    """A file of terms, looked at every few seconds. Threads share it."""

    def __init__(self, path: Path, *, every_seconds: float = _LOOK_EVERY_SECONDS) -> None:
        self._path = path
        self._every_seconds = every_seconds
        self._looked_at = float("-inf")
        self._seen: tuple[int, ...] | None = None
        self._terms = NO_TERMS
        self._turn = threading.Lock()

    def terms(self) -> OwnTerms:
        """What the file holds; never raises."""
        if time.monotonic() - self._looked_at >= self._every_seconds and self._turn.acquire(blocking=False):
            try:
                self._look()
                self._looked_at = time.monotonic()
            finally:
                self._turn.release()
        return self._terms

    def _look(self) -> None:
        try:
            status = self._path.stat()
            seen: tuple[int, ...] = (status.st_ino, status.st_mtime_ns, status.st_size)
        except (OSError, ValueError):
            seen = ()
        if seen == self._seen:
            return
        self._terms, self._seen = read(self._path), seen
        if self._terms.mistakes:
            logger.warning(
                "the file of terms has mistakes; search works without what they spoil",
                path=str(self._path),
                mistakes=self._terms.mistakes[:_MOST_TOLD],
            )
        logger.info("the file of terms was read", path=str(self._path), lines=len(self._terms.rows))
