"""Which characters of a mail repeat what we sent, however it was wrapped, marked or cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

# So many letters in a row are no coincidence; about three words, or a short sentence of Chinese.
SHINGLE_LETTERS: Final = 16
KNOWN_SHARE: Final = 0.8
SENT_CHARACTERS: Final = 256 * 1024

_NOT_LETTERS: Final = re.compile(r"[\W_]+")


class Known(IntEnum):
    """How surely a line repeats what we sent."""

    NO = 0
    SAME_LINE = 1  # a short line that we sent too: a name, a greeting; says something only beside a line that is OURS
    OURS = 2


def known_lines(lines: Sequence[str], sent: Iterable[str]) -> list[Known]:
    """For each line, whether it repeats a text of `sent`. Only letters and digits count, in folded case.

    Takes time in proportion to the characters. At most SENT_CHARACTERS of `sent` are looked at, the first texts first.
    """
    shingles, whole_lines = _shingles(sent)
    if not whole_lines:
        return [Known.NO] * len(lines)
    spelled = [_letters(line) for line in lines]
    stream = "".join(spelled)
    # How many letters before each place are covered by a shingle that we sent.
    covered = [0]
    covered_to = 0
    for at in range(len(stream)):
        if stream[at : at + SHINGLE_LETTERS] in shingles:
            covered_to = at + SHINGLE_LETTERS
        covered.append(covered[-1] + (at < covered_to))
    known = []
    position = 0
    for letters in spelled:
        end = position + len(letters)
        if letters and covered[end] - covered[position] >= KNOWN_SHARE * len(letters):
            known.append(Known.OURS)
        else:
            known.append(Known.SAME_LINE if letters in whole_lines else Known.NO)
        position = end
    return known


def letter_count(line: str) -> int:
    """How much a line says: its letters and digits, those of Chinese, Japanese and Korean counted as three."""
    return sum(3 if "\u3040" <= sign <= "\ud7a3" else 1 for sign in _letters(line))


def _shingles(sent: Iterable[str]) -> tuple[set[str], set[str]]:
    """Every run of SHINGLE_LETTERS letters, and every line in letters."""
    shingles: set[str] = set()
    whole_lines: set[str] = set()
    room = SENT_CHARACTERS
    for text in sent:
        spelled = [_letters(line) for line in text[:room].split("\n")]
        room -= len(text)
        letters = "".join(spelled)
        shingles.update(letters[at : at + SHINGLE_LETTERS] for at in range(len(letters) - SHINGLE_LETTERS + 1))
        whole_lines.update(spelled)
        if room <= 0:
            break
    return shingles, whole_lines - {""}


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
