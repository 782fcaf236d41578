"""What is new in the text of a mail, what it repeats, and how it is signed. Nothing is lost: each line is in one part.

First comes the comparison with what we sent, then the marks that programs leave. In doubt a line is new: a quote too
many in view is a nuisance, an answer folded away is a loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby, pairwise
from typing import Final

from portal.mail import quote_marks as words
from portal.mail.quote_lines import Line, Mark, MarkAt, mark_at, marks_forward, read_line
from portal.mail.sent_text import Known, known_lines, letter_count
from portal.mail.signatures import signature_lines

CHARACTERS_LOOKED_AT: Final = 64 * 1024
LINES_LOOKED_AT: Final = 2000
# So many letters of ours in a row are a quote, though nothing marks them; fewer may be chance.
UNMARKED_QUOTE_LETTERS: Final = 40
# A longer quote with one answer below is a whole mail, not the sentence that is answered.
SNIPPET_LINES: Final = 5
BLANKS_KEPT: Final = 2

_SUBJECT_PREFIX: Final = re.compile(r"\s*([^\s:：\[\]][^:：\[\]]{0,18})[:：]")
_WRAPPED_AT: Final = 60
_WRAPPED_REST: Final = 100
_WRAPPED_REST_WITHOUT_CASE: Final = 30
_SENTENCE_ENDS: Final = frozenset(".?!:;。？！：؟")


class Part(Enum):
    """Where a line belongs."""

    NEW = "new"
    QUOTE = "quote"  # repeated, and may be what an answer below it refers to
    FOLDED = "folded"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The parts of a text. Each of its lines that is not blank is in exactly one, in its order, as it was written.

    `new` is blank only if the whole text is. `is_forward`: it passes on another mail, which is then part of `new`.
    """

    new: str
    folded: str
    signature: str
    is_forward: bool


def split_text(text: str, *, sent: Sequence[str] = (), subject: str = "") -> ReplyText:
    """The parts of a mail's plain text (LF line ends).

    `sent` are the plain texts of what we sent on its ticket, newest first. A `subject` with "Fwd:" or its like in many
    languages tells a forward from a reply where the text alone looks the same (Outlook). Looks at the first
    LINES_LOOKED_AT lines and CHARACTERS_LOOKED_AT characters, blank lines not counted; what follows is folded.
    Time grows with the length of the text and of `sent`.
    """
    lines, rest = _read(text)
    if not lines:
        return ReplyText("", "", "", is_forward=False)
    known = known_lines([line.plain for line in lines], sent)
    forwards = _is_forward_subject(subject, lines)
    parts, marks, forward_at = _first_look(lines, known, passes_on=forwards)
    end = len(lines) if forward_at is None else forward_at
    _join_wrapped(lines, parts, end)
    _sign(lines, parts, end)
    if forward_at is None:
        _show_pasted(lines, known, parts, marks)
        _keep_answered(parts, marks)
    parts = [Part.FOLDED if part is Part.QUOTE else part for part in parts]
    _leave_something(lines, parts)
    return _assemble(lines, parts, rest, is_forward=forward_at is not None)


def _read(text: str) -> tuple[list[Line], str]:
    """The lines to look at that are not blank, and the text that follows them, as it is."""
    lines: list[Line] = []
    room = CHARACTERS_LOOKED_AT
    blanks = 0
    start = 0
    while start < len(text):
        if room <= 0 or len(lines) >= LINES_LOOKED_AT:
            break
        end = text.find("\n", start)
        raw = text[start:] if end < 0 else text[start:end]
        if not raw or raw.isspace():
            blanks += 1
        else:
            lines.append(read_line(raw, blanks))
            room -= len(raw)
            blanks = 0
        start += len(raw) + 1
    return lines, text[start:].strip("\n")


def _is_forward_subject(subject: str, lines: Sequence[Line]) -> bool:
    match = _SUBJECT_PREFIX.match(subject[:200])
    prefix = match.group(1).strip().casefold() if match else ""
    if prefix == words.SCANDINAVIAN_FORWARD:
        return any(line.plain.startswith(words.SCANDINAVIAN_FROM) for line in lines)
    return prefix in words.FORWARD_SUBJECTS


def _first_look(
    lines: Sequence[Line], known: Sequence[Known], *, passes_on: bool
) -> tuple[list[Part], list[MarkAt], int | None]:
    """Parts by marks and comparison; the marks, in order; the line on which a forward begins."""
    parts = [Part.NEW] * len(lines)
    marks: list[MarkAt] = []
    for at in _unmarked_quotes(lines, known):
        parts[at] = Part.QUOTE
    at = 0
    while at < len(lines):
        if lines[at].depth:
            if marks_forward(lines, at) and (at == 0 or not lines[at - 1].depth) and not marks:
                parts[at:] = [Part.NEW] * (len(lines) - at)
                return parts, marks, at
            parts[at] = Part.QUOTE
            at += 1
            continue
        mark = mark_at(lines, at)
        if mark is None:
            at += 1
            continue
        if mark.kind is Mark.FORWARD or (passes_on and mark.kind is not Mark.INTRODUCTION):
            parts[at:] = [Part.NEW] * (len(lines) - at)
            return parts, marks, at
        marks.append(mark)
        parts[mark.start : mark.end] = [Part.FOLDED] * (mark.end - mark.start)
        at = mark.end
        answered_above = Part.NEW in parts[: mark.start]
        marked_below = at < len(lines) and lines[at].depth > 0
        if not marked_below or (answered_above and mark.kind is Mark.HEADERS):
            _fold_tail(lines, known, parts, at, answered_above=answered_above)
            break
    return parts, marks, None


def _unmarked_quotes(lines: Sequence[Line], known: Sequence[Known]) -> Iterator[int]:
    for is_known, run in groupby(range(len(lines)), key=lambda at: known[at] > Known.NO):
        numbers = list(run)
        ours = [at for at in numbers if known[at] is Known.OURS]
        if is_known and sum(letter_count(lines[at].plain) for at in ours) >= UNMARKED_QUOTE_LETTERS:
            # A name above what we wrote is the writer's, below it ours.
            yield from (at for at in numbers if at >= ours[0])


def _fold_tail(
    lines: Sequence[Line], known: Sequence[Known], parts: list[Part], start: int, *, answered_above: bool
) -> None:
    """Fold what follows a mark whose quote is not marked line by line, but for the answers in it.

    What we sent is known; what stands between two lines of it, or below it in a mail that has nothing above it, is new.
    """
    parts[start:] = [Part.FOLDED] * (len(lines) - start)
    end = next((at for at in range(start, len(lines)) if mark_at(lines, at)), len(lines))
    ours = [at for at in range(start, end) if known[at]]
    if ours:
        last = end if not answered_above else ours[-1]
        answers = [at for at in range(ours[0], last) if not known[at] and not lines[at].depth]
        answers = [at for at in answers if letter_count(lines[at].plain) > 1 and not _is_address(lines[at])]
        for at in [*ours, *range(ours[0], last)] if answers else ():
            parts[at] = Part.QUOTE
        for at in answers:
            parts[at] = Part.NEW
    elif answered_above and _says_answers_inside(lines, parts):
        parts[start:end] = [Part.NEW] * (end - start)


def _is_address(line: Line) -> bool:
    return line.plain.startswith(("http://", "https://", "<http", "[http", "(http", "www."))


def _says_answers_inside(lines: Sequence[Line], parts: Sequence[Part]) -> bool:
    above = " ".join(line.plain[:400] for line, part in zip(lines, parts, strict=True) if part is Part.NEW)
    return len(above) <= 4000 and any(phrase in above for phrase in words.ANSWERS_INSIDE)


def _join_wrapped(lines: Sequence[Line], parts: list[Part], end: int) -> None:
    """The rest of a quoted line that a program wrapped without a mark is quoted too."""
    for at in range(1, end - 1):
        before, line, after = lines[at - 1 : at + 2]
        stands_between = before.depth and after.depth and not line.blanks_before and not after.blanks_before
        if parts[at] is not Part.NEW or not stands_between or len(before.raw) < _WRAPPED_AT:
            continue
        first = line.raw.strip()[:1]
        goes_on = (
            before.plain[-1:] not in _SENTENCE_ENDS and not first.isupper() and not line.plain.endswith(("!", "?"))
        )
        if goes_on and len(line.raw) <= (_WRAPPED_REST if first.islower() else _WRAPPED_REST_WITHOUT_CASE):
            parts[at] = Part.QUOTE


def _sign(lines: Sequence[Line], parts: list[Part], end: int) -> None:
    """Find the signature at the end of the first piece of new text and of the last."""
    pieces = [list(run) for part, run in groupby(range(end), key=lambda at: parts[at]) if part is Part.NEW]
    for piece in pieces[:1] + pieces[1:][-1:]:
        # Below a quote a signature may stand alone: what it signs is above.
        start = piece[0] if piece is pieces[0] else piece[0] - 1
        for at in signature_lines(lines, start, piece[-1] + 1):
            parts[at] = Part.SIGNATURE


def _show_pasted(lines: Sequence[Line], known: Sequence[Known], parts: list[Part], marks: Sequence[MarkAt]) -> None:
    """Marked lines that the writer announces ("I get this:") and that we did not send are theirs: a log, a list."""
    introduced = {mark.end for mark in marks}
    for part, run in groupby(range(len(parts)), key=lambda at: parts[at]):
        if part is not Part.QUOTE:
            continue
        numbers = list(run)
        first = numbers[0]
        announced = first > 0 and parts[first - 1] is Part.NEW and lines[first - 1].ends.endswith((":", "："))
        if announced and first not in introduced and not any(known[at] is Known.OURS for at in numbers):
            parts[first : numbers[-1] + 1] = [Part.NEW] * len(numbers)


def _keep_answered(parts: list[Part], marks: Sequence[MarkAt]) -> None:
    """Keep in view what is answered piece by piece."""
    runs = [(part, list(run)) for part, run in groupby(range(len(parts)), key=lambda at: parts[at])]
    shown = [(part, run) for part, run in runs if part in (Part.NEW, Part.QUOTE)]
    answered = [quote for (part, quote), (below, _) in pairwise(shown) if part is Part.QUOTE and below is Part.NEW]
    if not answered:
        return
    first, last = answered[0][0], max(run[-1] for part, run in shown if part is Part.NEW)
    introduced = any(mark.end == first for mark in marks)
    is_snippet = shown[0][0] is Part.NEW and not introduced and len(answered[0]) <= SNIPPET_LINES
    if len(answered) > 1 or shown[-1][0] is Part.QUOTE or is_snippet:
        parts[first : last + 1] = [part if part is Part.SIGNATURE else Part.NEW for part in parts[first : last + 1]]


def _leave_something(lines: Sequence[Line], parts: list[Part]) -> None:
    """A mail of a signature alone is its signature; one that is all quote, or but for a greeting, is new altogether."""
    new = [line.plain for line, part in zip(lines, parts, strict=True) if part is Part.NEW]
    if len(new) == 1 and new[0].startswith(words.GREETINGS) and new[0].endswith((",", "，", "、", "،")):
        parts[:] = [Part.NEW] * len(parts)
    elif not new:
        kept = Part.SIGNATURE if Part.SIGNATURE in parts else Part.FOLDED
        parts[:] = [Part.NEW if part is kept else part for part in parts]


def _assemble(lines: Sequence[Line], parts: Sequence[Part], rest: str, *, is_forward: bool) -> ReplyText:
    texts: dict[Part, list[str]] = {Part.NEW: [], Part.FOLDED: [], Part.SIGNATURE: []}
    previous: Part | None = None
    for line, part in zip(lines, parts, strict=True):
        into = texts[part]
        if into:
            into += [""] * (min(line.blanks_before, BLANKS_KEPT) if part is previous else 1)
        into.append(line.raw)
        previous = part
    if rest and not rest.isspace():
        texts[Part.FOLDED].append(rest)
    new, folded, signature = ("\n".join(texts[part]) for part in (Part.NEW, Part.FOLDED, Part.SIGNATURE))
    return ReplyText(new, folded, signature, is_forward)
