"""Where in a mail something begins that somebody wrote before: quote marks, header blocks, "On … Jane wrote:".

All looks at the first characters of a line and at a handful of lines around it, so the work grows with the lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from portal.mail import quote_marks as words

# No line by which a program introduces a quote is longer; wrapped ones have at most this many lines.
INTRODUCTION_CHARACTERS: Final = 320
INTRODUCTION_LINES: Final = 4
HEADER_BLOCK_LINES: Final = 16
LABEL_CHARACTERS: Final = 28

_INVISIBLE: Final = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, 0xFEFF, 0x061C, 0x00AD, *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
_QUOTE_SIGNS: Final = ">＞"
_DECORATION: Final = " \t\xa0-–—―─━_=*#~·•.>"
_DIGIT: Final = re.compile(r"\d")
_INITIALS: Final = re.compile(r"[A-Z]{2,3}>\s")
_DATE: Final = re.compile(r"\d{4}|\d{1,2}[./-]\s?\d{1,2}[./-]|\d{1,2}\s?[月월]")
_TIME: Final = re.compile(r"\d{1,2}\s?[:.h時时点시]\s?\d{2}")
_WROTE: Final = re.compile("|".join(re.escape(verb) for verb in sorted(set(words.WROTE), key=len, reverse=True)))
# A person tells that they wrote; no program does.
_FIRST_PERSON: Final = re.compile(r"\b(?:i|you|ich|j'ai|vous avez|ik|я)\b(?!\.)")


class Mark(Enum):
    """What kind of beginning a mark is."""

    INTRODUCTION = "introduction"  # "On … Jane wrote:"
    HEADERS = "headers"  # From, Sent, To, Subject
    DIVIDER = "divider"  # "-----Original Message-----", or "reply above this line"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `plain` is what stands behind its quote marks, in folded case, only its beginning."""

    raw: str
    depth: int
    blanks_before: int
    plain: str

    @property
    def ends(self) -> str:
        """`plain` without trailing decoration, to see what it ends in."""
        return self.plain.rstrip(" *_\xa0\"'")


@dataclass(frozen=True, slots=True)
class MarkAt:
    """A mark on the lines from `start` up to `end`, which is not part of it."""

    start: int
    end: int
    kind: Mark


def read_line(raw: str, blanks_before: int) -> Line:
    """`raw` with its quote marks counted. mbox's ">From " is no quote."""
    head = raw.lstrip()[:8000]
    depth = 0
    position = 0
    while position < len(head) and (head[position] in _QUOTE_SIGNS or head[position] in " \t\xa0"):
        depth += head[position] in _QUOTE_SIGNS
        position += 1
    if head.startswith((">From ", ">>From ", "><", ">_", ">.<", ">:")):
        depth = position = 0
    initials = _INITIALS.match(head) if not depth else None
    if initials:
        depth, position = 1, initials.end()
    # QQ writes the entity into plain text.
    body = head[position : position + 2000].replace("&nbsp;", " ")
    plain = unicodedata.normalize("NFC", body).translate(_INVISIBLE).replace("\xa0", " ").strip().casefold()
    return Line(raw, depth, blanks_before, plain)


def mark_at(lines: Sequence[Line], start: int) -> MarkAt | None:
    """The mark that begins on line `start`, or None."""
    line = lines[start]
    if not line.plain or len(line.plain) > INTRODUCTION_CHARACTERS:
        return None
    if marks_forward(lines, start):
        return MarkAt(start, start + 1, Mark.FORWARD)
    return _divider(lines, start) or _header_block(lines, start) or _introduction(lines, start)


def _core(line: Line) -> tuple[str, int]:
    """The words between the dashes of a line, and how many signs of decoration stood around them."""
    core = line.plain.strip(_DECORATION)
    return " ".join(core.split()), len(line.plain) - len(core)


def marks_forward(lines: Sequence[Line], start: int) -> bool:
    """Whether line `start` says that what follows is another mail, passed on."""
    core, decoration = _core(lines[start])
    if not core.lstrip("[<").startswith(words.FORWARDED_MESSAGE) or len(core) > 120:
        return False
    return decoration >= 3 or core.endswith((":", "：")) or _labels_from(lines, start + 1) is not None


def _divider(lines: Sequence[Line], start: int) -> MarkAt | None:
    line = lines[start]
    core, decoration = _core(line)
    if any(phrase in line.plain for phrase in words.REPLY_ABOVE) and len(line.plain) < 160:
        return MarkAt(start, start + 1, Mark.DIVIDER)
    if core:
        named = core.rstrip(" :：]").lstrip("[").startswith(words.ORIGINAL_MESSAGE) and len(core) <= 60
        block = _labels_from(lines, start + 1) if named else None
        if named and (decoration >= 4 or block):
            return MarkAt(start, block.end if block else start + 1, Mark.HEADERS if block else Mark.DIVIDER)
        return None
    # A rule of underscores or dashes counts with a header block under it.
    if decoration >= 5:
        block = _labels_from(lines, start + 1)
        return MarkAt(start, block.end, Mark.HEADERS) if block else None
    return None


def _header_block(lines: Sequence[Line], start: int) -> MarkAt | None:
    block = _labels_from(lines, start)
    if block is None:
        return None
    block_lines = lines[start : block.end]
    kinds = {header_kind(line) for line in block_lines}
    has_address = any("@" in line.plain for line in block_lines)
    enough = {"from", "subject"} <= kinds and len(kinds & {"date", "to"}) > 0
    return block if enough or (has_address and {"from", "date", "to"} <= kinds) else None


def header_kind(line: Line) -> str:
    """Which header a line repeats ("from", "date", "to", "copy", "subject", "other"); "" when none."""
    text = line.plain.lstrip("*|_ <[")
    head = text[:LABEL_CHARACTERS]
    cut = min((at for at in (head.find(":"), head.find("："), head.find("|")) if at > 0), default=0)
    return words.HEADER_LABELS.get(" ".join(head[:cut].strip(" *_").split()), "") if cut else ""


def _labels_from(lines: Sequence[Line], start: int) -> MarkAt | None:
    """A block of at least two kinds of header lines, one saying from whom, that begins on line `start`."""
    if start >= len(lines) or not header_kind(lines[start]):
        return None
    kinds: set[str] = set()
    end = start
    for at in range(start, min(start + HEADER_BLOCK_LINES, len(lines))):
        kind = header_kind(lines[at])
        # Only two lines may lie between: a folded list of addresses, or a value under its label.
        if kind and kind not in kinds and at - end <= 2:
            kinds.add(kind)
            end = at + 1
        elif at - end > 2:
            break
    found = "from" in kinds and len(kinds - {"other"}) >= 2
    return MarkAt(start, end, Mark.HEADERS) if found else None


def _introduction(lines: Sequence[Line], start: int) -> MarkAt | None:
    """ "On … Jane wrote:", on one line or wrapped on a few."""
    window: list[str] = []
    for end in range(start + 1, min(start + INTRODUCTION_LINES, len(lines)) + 1):
        line = lines[end - 1]
        if window and (line.blanks_before or line.depth != lines[start].depth):
            return None
        window.append(line.plain)
        text = " ".join(window)
        if len(text) > INTRODUCTION_CHARACTERS:
            return None
        if _is_dashed_introduction(text):
            return MarkAt(start, end, Mark.INTRODUCTION)
        if line.ends.endswith((":", "：")):
            followed = end < len(lines) and lines[end].depth > lines[start].depth
            found = _introduces(text, followed) and (end == start + 1 or _begins_here(window, followed))
            return MarkAt(start, end, Mark.INTRODUCTION) if found else None
    return None


def _begins_here(window: Sequence[str], followed_by_quote: bool) -> bool:
    """Whether a wrapped introduction begins with the first of its lines, not with a later one."""
    first = window[0]
    if first.endswith(">") and "@" in first:
        return True
    for later in range(1, len(window)):
        rest = " ".join(window[later:])
        is_whole = "@" in rest or _WROTE.search(rest)
        if is_whole and _is_opener(window[later]) and _introduces(rest, followed_by_quote):
            return False
    return _is_opener(first) or "@" in first or bool(_DATE.search(first))


def _is_opener(text: str) -> bool:
    return text[:1].isdigit() or (text.startswith(words.WROTE_OPENERS) and bool(_DIGIT.search(text)))


def _is_dashed_introduction(text: str) -> bool:
    # Zoho: "---- On Mon, … Jane wrote ----"; Notes: "-----Jane wrote: -----".
    core = text.strip(" -")
    dashed = text.startswith("--") and text.endswith("--")
    return dashed and bool(_WROTE.search(core)) and ("@" in core or bool(_DATE.search(core)))


def _introduces(text: str, followed_by_quote: bool) -> bool:
    if "<" not in text and _FIRST_PERSON.search(text):
        return False
    has_date, has_time, has_address = bool(_DATE.search(text)), bool(_TIME.search(text)), "@" in text
    has_verb = bool(_WROTE.search(text))
    dated = has_date and (has_address or has_time)
    if followed_by_quote:
        return dated or has_verb or has_address or text.startswith(words.QUOTING)
    if has_date and has_time and "<" in text and has_address:
        return True
    ends_in_address = has_address and text.rstrip(" :：*").endswith((">", ")", "]"))
    return dated and (has_verb or ends_in_address)
