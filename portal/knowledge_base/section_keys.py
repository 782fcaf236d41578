"""Which key each section of a text gets: the anchor that stays the same in every language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from portal.knowledge_base.slugs import UniqueNames, ascii_slug

MAXIMUM_KEY_LENGTH = 100
# Ids that the page around an article uses itself.
_RESERVED_KEYS = """
    main search alert live helpful topics topics-title results suggested toc related thread solve list details
    composer conversation presence updates error-summary error-summary-title agent-search language"""
RESERVED_KEYS = frozenset(_RESERVED_KEYS.split())
_UNSAFE = re.compile(r"[^\w:.-]+")


class Heading(NamedTuple):
    """A heading as the author wrote it: its level in the text, its words, the key written beside it or ""."""

    level: int
    text: str
    explicit_key: str = ""


class SectionShape(NamedTuple):
    """What a translation needs to know of a section of its source."""

    key: str
    level: int


def settle_levels(levels: Sequence[int]) -> list[int]:
    """Heading levels for a page whose only h1 is the title: they begin at 2 and never skip a level downwards."""
    if not levels:
        return []
    shift = 2 - min(levels)
    settled: list[int] = []
    previous = 1
    for level in levels:
        previous = max(2, min(level + shift, previous + 1, 6))
        settled.append(previous)
    return settled


def assign_keys(headings: Sequence[Heading], source: Sequence[SectionShape] = ()) -> list[str]:
    """A unique key for each heading: the written one; else the source's, if both texts are built alike; else its words.

    `headings` have settled levels. `source` are the source text's sections in order, without its lead.
    """
    is_alike = [heading.level for heading in headings] == [shape.level for shape in source]
    names = UniqueNames(RESERVED_KEYS)
    # Written keys first, so that a key made from words never takes one that an author chose.
    keys = [names.take(key) if key else "" for key in (_written_key(heading.explicit_key) for heading in headings)]
    for index, heading in enumerate(headings):
        if not keys[index]:
            inherited = source[index].key if is_alike else ""
            keys[index] = names.take(inherited or ascii_slug(heading.text) or f"section-{index + 1}")
    return keys


def _written_key(key: str) -> str:
    return _UNSAFE.sub("-", key).strip("-")[:MAXIMUM_KEY_LENGTH]
