"""The tables and CLDR's names → what a language's terms are found by."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from portal.search import analyzers

FOLDER: Final = Path(__file__).parent
# Only the concepts of this table name things so exactly that its terms stand for each other.
SYNONYMS: Final = "support"
GENERAL: Final = "general"
LONGEST_PHRASE: Final = 5
# Between the words of a phrase, the concepts of a phrase, the terms of a concept: it is in none of them.
SEPARATOR: Final = "\n"


class Compiled(NamedTuple):
    """The terms of one language, in few objects: `forms` by concept, and the concepts by the stems of `phrases`.

    What is several is one string with :data:`SEPARATOR` between.
    """

    forms: Mapping[str, str]
    phrases: Mapping[str, str]


def compiled(locale: str) -> Compiled:
    """The terms of a locale's language; takes some tenths of a second."""
    written = {**_written(locale, SYNONYMS), **_written(locale, GENERAL)}
    names = _names(locale)
    phrases: dict[str, dict[str, None]] = defaultdict(dict)
    # Names are hardly inflected, and stemming thousands of them takes long.
    for rows, language in ((written, locale), (names, "und")):
        for concept, texts in rows.items():
            for text in texts:
                if key := key_of(text, language):
                    phrases[key][concept] = None
    return Compiled(
        {sys.intern(concept): SEPARATOR.join(texts) for concept, texts in (names | written).items()},
        {phrase: sys.intern(SEPARATOR.join(concepts)) for phrase, concepts in phrases.items()},
    )


def key_of(text: str, locale: str) -> str:
    """What a term is found by: its stems, in scripts without spaces its characters; "" when it has too many words."""
    words = analyzers.words(text, locale)
    if any(word.script is analyzers.Script.DENSE for word in words):
        return "".join(word.folded for word in words)
    return SEPARATOR.join(map(stem_of, words)) if len(words) <= LONGEST_PHRASE else ""


def stem_of(word: analyzers.Word) -> str:
    """The term by which a word is compared: its stem, in hyphenated words that of the part."""
    return word.terms[-1].text if word.script is analyzers.Script.SPACED else word.folded


def _written(locale: str, name: str) -> dict[str, tuple[str, ...]]:
    language = locale.split("_")[0]
    header, rows = table(name)
    # The tables have Chinese in simplified characters.
    if language not in header or "Hant" in locale:
        return {}
    column = header.index(language)
    return {f"{name}:{number}": row[column] for number, row in enumerate(rows) if row[column]}


@cache
def table(name: str) -> tuple[list[str], list[list[tuple[str, ...]]]]:
    """The languages of a table, and for each concept the terms in each."""
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    header, *rows = (line.split("|") for line in lines if line.strip() and not line.startswith("#"))
    concepts = [[tuple(term.strip() for term in cell.split(",") if term.strip()) for cell in row] for row in rows]
    return [code.strip() for code in header], concepts


def _names(locale: str) -> dict[str, tuple[str, ...]]:
    """CLDR's names by code: what is called differently in different languages without being a word."""
    try:
        known = Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for kind, names in (
        ("territory", known.territories),
        ("language", known.languages),
        ("currency", known.currencies),
        ("month", known.months["format"]["wide"]),
        ("day", known.days["format"]["wide"]),
    ):
        found.update({f"{kind}:{code}": (str(name),) for code, name in names.items()})
    for zone in get_global("zone_territories"):
        # Where CLDR names no city, it is called as the zone is.
        city = known.time_zones.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
        found[f"city:{zone}"] = (str(city),)
    return found
