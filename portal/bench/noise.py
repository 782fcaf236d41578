"""How people spoil a question: slips of the finger, half a word, missing accents, a letter around it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from portal.bench.letters import letter_for
from portal.search.folding import fold

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f])*", re.UNICODE)
_LAST_WORD = re.compile(r"([^\W_]+)[^\w]*$")
_SHORTEST_MISSPELLED: Final = 4
_TWO_SLIPS_FROM: Final = 6
_SHORTEST_CUT: Final = 5
_SHORTEST_REST: Final = 3

Noise = Callable[[str, str, random.Random], str]


def seeded(*parts: object) -> random.Random:
    """Random numbers that are the same each time for the same parts."""
    return random.Random("|".join(map(str, parts)))  # noqa: S311 - measurements must be repeatable


def _neighbouring_keys() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _ROWS:
        for left, right in pairwise(row):
            found[left] = found.get(left, "") + right
            found[right] = found.get(right, "") + left
    return found


_NEIGHBOURS: Final = _neighbouring_keys()


def slip(word: str, rng: random.Random) -> str:
    """The word with one slip: two letters swapped, one dropped, one doubled, or a neighbouring key; the first stays."""
    if len(word) < 2:
        return word
    at = rng.randrange(1, len(word))
    kind = rng.choice(("swap", "drop", "double", "neighbour"))
    if kind == "swap" and at + 1 < len(word) and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    # Scripts whose keyboard is not known: a letter of the word itself.
    return word[:at] + rng.choice(_NEIGHBOURS.get(word[at].lower(), word[at - 1])) + word[at + 1 :]


def misspelled(text: str, rng: random.Random, *, slips: int = 1, portion: float = 1.0) -> str:
    """The text with slips in each word of four letters or more, or in a portion of them."""

    def spoil(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < _SHORTEST_MISSPELLED or rng.random() >= portion:
            return word
        for _ in range(slips if len(word) >= _TWO_SLIPS_FROM else 1):
            word = slip(word, rng)
        return word

    return _WORD.sub(spoil, text)


def unfinished(text: str) -> str:
    """The text while its last word is half typed; unchanged where that is short."""
    match = _LAST_WORD.search(text)
    if match is None or len(match[1]) < _SHORTEST_CUT:
        return text
    return text[: match.start(1) + max(_SHORTEST_REST, len(match[1]) // 2)]


def without_accents(text: str) -> str:
    """The text as somebody types it who leaves accents out; letters of other scripts stay as they are."""
    return "".join(_bare(char) for char in unicodedata.normalize("NFC", text))


def _bare(char: str) -> str:
    is_accented = unicodedata.decomposition(char) != "" or char in "ßøłđıæœ"
    if not is_accented or not unicodedata.name(char, "").startswith("LATIN"):
        return char
    bare = fold(char.lower())
    return bare.upper() if char.isupper() else bare


def as_letter(text: str, locale: str, rng: random.Random) -> str:
    """The question inside a message with greeting, circumstances, a request and a signature."""
    letter = letter_for(locale)
    before, after = rng.sample(letter.circumstances, 2)
    lines = [rng.choice(letter.greetings), "", before, text.strip(), after, rng.choice(letter.requests), ""]
    return "\n".join([*lines, rng.choice(letter.closings)])


NOISES: Final[dict[str, Noise]] = {
    "clean": lambda text, _locale, _rng: text,
    "typo": lambda text, _locale, rng: misspelled(text, rng),
    "typo2": lambda text, _locale, rng: misspelled(text, rng, slips=2),
    "typo20": lambda text, _locale, rng: misspelled(text, rng, portion=0.2),
    "prefix": lambda text, _locale, _rng: unfinished(text),
    "email": as_letter,
    "noaccent": lambda text, _locale, _rng: without_accents(text),
    "upper": lambda text, _locale, _rng: text.upper(),
}
