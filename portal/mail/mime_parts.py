"""A mail's bytes → its header fields and its tree of parts, without copying the bytes.

The parser of the standard library is not used: it raises on charsets it does not know, nests without a limit, keeps
several copies of every part, and takes a wrong boundary for an empty mail. Positions into the raw bytes are all that a
part keeps, so a mail of 25 MB costs what its largest part costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from portal.mail.encoded_words import header_text
from portal.mail.header_fields import value_and_parameters

MAXIMUM_DEPTH: Final = 20
MAXIMUM_PARTS: Final = 100
MAXIMUM_FIELDS: Final = 10_000
_MAXIMUM_HEADER_BYTES: Final = 2_000_000
_MAXIMUM_VALUE_CHARACTERS: Final = 65_536
_MAXIMUM_BOUNDARY: Final = 250

_FIELD_NAME: Final = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_EMPTY_LINE: Final = re.compile(rb"\n\r?\n")
_BLANK_LINE: Final = re.compile(rb"\n[ \t]*\r?\n")
_HTML_TAG: Final = re.compile(rb"<(?:html|body|div|table|p|br)[\s>/]", re.IGNORECASE)
_LOOKS_LIKE_BOUNDARY: Final = re.compile(
    rb"(?:\A|\n)--([^\s][^\r\n]{0,200}?)[ \t]*\r?\n"
    rb"(?:[A-Za-z-]{1,60}:[^\n]*\n|[ \t][^\n]*\n){0,5}?Content-[A-Za-z-]{1,40}:",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Part:
    """A part with its place in the raw bytes. `fields` are (lower-case name, raw value unfolded) in their order."""

    raw: bytes
    start: int
    end: int
    fields: list[tuple[str, str]]
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    children: list[Part] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Every raw value of a header field."""
        return [value for each, value in self.fields if each == name]

    def value(self, name: str) -> str:
        """The first raw value of a header field that is not empty; "" where there is none."""
        return next((value for each, value in self.fields if each == name and value.strip()), "")

    @property
    def content(self) -> bytes:
        """The body's bytes as they stand in the mail."""
        return self.raw[self.start : self.end]

    def leaves(self) -> Iterator[Part]:
        """The parts that are no containers, in their order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(slots=True)
class _Budget:
    parts: int = MAXIMUM_PARTS
    fields: int = MAXIMUM_FIELDS
    problems: dict[str, None] = field(default_factory=dict)

    def note(self, problem: str) -> None:
        self.problems.setdefault(problem)


def part_tree(raw: bytes) -> tuple[Part, tuple[str, ...]]:
    """The mail as a tree of parts, within the limits, and what was wrong with it."""
    budget = _Budget()
    start = _start_of_mail(raw)
    root = _part(raw, start, len(raw), depth=0, default_type="text/plain", budget=budget)
    return root, tuple(budget.problems)


def _start_of_mail(raw: bytes) -> int:
    """After byte order mark, empty lines and the "From " line of a mailbox file."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[start : start + 1] in {b"\n", b"\r", b" ", b"\t"} and start < 10_000:
        start += 1
    if raw[start : start + 5] in {b"From ", b">From"} or raw[start : start + 6] == b">From ":
        stop = raw.find(b"\n", start, start + 1000)
        start = stop + 1 if stop >= 0 else start
    return start


def _part(raw: bytes, start: int, end: int, *, depth: int, default_type: str, budget: _Budget) -> Part:
    budget.parts -= 1
    fields, body = header_fields(raw, start, end, budget)
    part = Part(raw, body, end, fields)
    _set_type(part, default_type)
    if part.content_type.startswith("multipart/"):
        _split(part, depth, budget)
    return part


def _set_type(part: Part, default_type: str) -> None:
    part.content_type, part.parameters = value_and_parameters(part.value("content-type"))
    if not re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,100}", part.content_type):
        guess = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}
        main = re.split(r"[/\s;]", part.content_type)[0]
        part.content_type = guess.get(main, default_type if not part.content_type else "application/octet-stream")
        if part.content_type == "application/octet-stream" and not part.value("content-disposition"):
            part.content_type = default_type


def _split(part: Part, depth: int, budget: _Budget) -> None:
    boundary = part.parameters.get("boundary", "").rstrip()[:_MAXIMUM_BOUNDARY]
    needle = boundary.encode("utf-8", "replace")
    spans, is_closed = _spans(part, needle) if needle else ([], False)
    if not spans:
        found = _LOOKS_LIKE_BOUNDARY.search(part.raw, max(part.start - 1, 0), part.end)
        if found is None:
            budget.note("A part of several has no boundary; it was read as text.")
            part.content_type = "text/html" if _is_html(part) else "text/plain"
            return
        budget.note("The declared boundary between parts is wrong; it was found again.")
        spans, is_closed = _spans(part, found[1])
    if not is_closed:
        budget.note("The last boundary is missing; the mail may be cut short.")
    if depth >= MAXIMUM_DEPTH:
        budget.note(f"Parts more than {MAXIMUM_DEPTH} deep were left out.")
        spans = []
    default_type = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in spans:
        if budget.parts <= 0:
            budget.note(f"Parts after the first {MAXIMUM_PARTS} were left out.")
            break
        part.children.append(_part(part.raw, start, end, depth=depth + 1, default_type=default_type, budget=budget))


def _spans(part: Part, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts between the boundaries lie, and whether the closing boundary is there. At most as many as fit."""
    needle = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened = -1
    position = part.start
    while (found := part.raw.find(needle, position, part.end)) >= 0:
        position = found + len(needle)
        if found > part.start and part.raw[found - 1 : found] != b"\n":
            continue
        tail = part.raw[position : min(position + 200, part.end)].split(b"\n", 1)[0]
        is_last = tail.startswith(b"--") and not tail[2:].strip()
        if tail.strip() and not is_last:
            continue
        if opened >= 0:
            spans.append((opened, _without_line_end(part.raw, opened, found)))
        if is_last:
            return spans, True
        opened = min(position + len(tail) + 1, part.end)
        if len(spans) > MAXIMUM_PARTS:
            return spans, True
    if opened >= 0 and opened < part.end:
        spans.append((opened, part.end))
    return spans, False


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return max(start, end)


def _is_html(part: Part) -> bool:
    return _HTML_TAG.search(part.raw, part.start, part.start + 2000) is not None


def header_fields(raw: bytes, start: int, end: int, budget: _Budget | None = None) -> tuple[list[tuple[str, str]], int]:
    """The header fields from `start` on, and where the body begins.

    Bytes above 127 stand as lone surrogates. A line that is no field ends the header, unless more fields follow it.
    """
    budget = budget or _Budget()
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return [], min(end, raw.find(b"\n", start, end) + 1)
    blank = _EMPTY_LINE.search(raw, start, end) or _BLANK_LINE.search(raw, start, end)
    stop, body = (blank.start() + 1, blank.end()) if blank else (end, end)
    lines = raw[start : min(stop, start + _MAXIMUM_HEADER_BYTES)].split(b"\n")
    if stop - start > _MAXIMUM_HEADER_BYTES:
        budget.note("The header is too long; its end was left out.")
    fields: list[tuple[str, list[bytes]]] = []
    position = start
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1][1].append(line)
        elif match := _FIELD_NAME.match(line):
            if len(fields) >= budget.fields:
                budget.note(f"Header fields after the first {MAXIMUM_FIELDS} were left out.")
                break
            name = match[0][:-1].rstrip().decode("ascii").lower()
            fields.append((name, [line[match.end() :]]))
        elif line.strip():
            if not _fields_follow(raw, position + len(line) + 1, stop):
                budget.note("The empty line between header and text is missing.")
                body = position
                break
            budget.note("A line of the header is no field and was left out.")
        position += len(line) + 1
    budget.fields -= len(fields)
    return [(name, _unfolded(values)) for name, values in fields], body


def _fields_follow(raw: bytes, start: int, stop: int) -> bool:
    return (
        re.match(
            rb"(?:From|To|Cc|Subject|Date|Message-ID|MIME-Version|Content-[A-Za-z-]{1,40}|Received|X-[A-Za-z-]{1,60}|"
            rb"Return-Path|Reply-To|References|In-Reply-To|DKIM-Signature|Sender)[ \t]*:",
            raw[start : min(stop, start + 200)],
            re.IGNORECASE,
        )
        is not None
    )


def _unfolded(lines: list[bytes]) -> str:
    joined = b"".join(line.rstrip(b"\r") for line in lines) if len(lines) > 1 else lines[0].rstrip(b"\r")
    return joined.decode("ascii", "surrogateescape").strip()[:_MAXIMUM_VALUE_CHARACTERS]


def decoded_headers(fields: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Lower-case names with their decoded values, in their order."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(header_text(value))
    return {name: tuple(values) for name, values in found.items()}
