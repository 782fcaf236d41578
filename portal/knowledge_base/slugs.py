"""Words → the short names that stand in addresses and anchors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "", "'": ""}
)
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


def ascii_slug(text: str, *, limit: int = 80) -> str:
    """Lower-case ASCII words joined by hyphens; "" when the text has none (Arabic, Japanese …)."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return _NOT_ASCII_WORD.sub("-", plain.translate(_LETTERS)).strip("-")[:limit].rstrip("-")


def unicode_slug(text: str, *, limit: int = 160) -> str:
    """Lower-case words of any script joined by hyphens; "" when the text has no letter and no digit."""
    composed = unicodedata.normalize("NFC", text.casefold().replace("'", "").replace("’", ""))
    # Marks belong to their letter: Hindi and Thai words would fall apart without them.
    spaced = "".join(
        character if character.isalnum() or unicodedata.category(character).startswith("M") else " "
        for character in composed
    )
    return "-".join(spaced.split())[:limit].rstrip("-")


class UniqueNames:
    """Hands out names: the wanted one, else `wanted-2`, `wanted-3` … until it is free."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """A name that was not taken before; it is taken now."""
        name = wanted
        while name in self._taken:
            number = self._next.get(wanted, 2)
            self._next[wanted] = number + 1
            name = f"{wanted}-{number}"
        self._taken.add(name)
        return name
