"""What an address says in words: whoever follows a dead link still tells what they were looking for."""

from __future__ import annotations

import re
from typing import Final

from portal.search import analyzers

_PAGE_ENDINGS: Final = frozenset({"html", "htm", "xhtml", "md", "aspx", "jsp"})
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,5})$")
# Other help centres put a number before the words: 360001234-How-to-reset-your-password.
_LEADING_NUMBER = re.compile(r"^\d{5,}(?=\D|$)")
_BETWEEN_WORDS = re.compile(r"[-_+~.,\s]+")
_LEAST_LETTERS: Final = 3
_LEAST_DENSE_SIGNS: Final = 2


def words_of_address(path: str) -> str:
    """The words of a page's path (decoded), from its last part; "" when it names a file or nothing that can be read."""
    last = path.rstrip("/").rpartition("/")[2]
    ending = _ENDING.search(last)
    if ending:
        if ending[1].lower() not in _PAGE_ENDINGS:
            return ""
        last = last[: ending.start()]
    words = " ".join(part for part in _BETWEEN_WORDS.split(_LEADING_NUMBER.sub("", last)) if part)
    return words if _tells_something(words) else ""


def _tells_something(words: str) -> bool:
    letters = [char for char in words if char.isalpha()]
    if any(analyzers.script_of(char) is not analyzers.Script.SPACED for char in letters):
        return len(letters) >= _LEAST_DENSE_SIGNS
    return any(sum(char.isalpha() for char in word) >= _LEAST_LETTERS for word in words.split())
