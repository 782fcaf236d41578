"""Structured header fields, read as leniently as mail programs write them: addresses, ids, dates, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from portal.mail.encoded_words import bytes_text, header_text
from portal.mail.mail_charsets import decoded
from portal.mail.parsed import MailAddress

MAXIMUM_REFERENCES: Final = 50
MAXIMUM_ADDRESSES: Final = 1000
MAXIMUM_ID_CHARACTERS: Final = 255

_ATOM_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,256}@[^\s<>()\\,;:\"@]{1,256}")
_ADDRESS: Final = re.compile(r"(?:\"[^\"\s<>]{1,256}\"|[^\s<>\"@,;:]{1,256})@(?:[^\s<>@,;:\"()]{1,255})")
_MESSAGE_ID: Final = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID: Final = re.compile(r"[^\s<>,;\"'()]{1,900}@[^\s<>,;\"'()]{1,900}")
_PARAMETER: Final = re.compile(r";\s*([^\s=;:\"]{1,80})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)(?:\"|$)|([^;\"]*+))", re.DOTALL)
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_COMMENT_IN_DATE: Final = re.compile(r"\([^()]*\)")
_WEEKDAY_OF_DATE: Final = re.compile(r"^[^\d,]{1,20},?\s+(?=\d)")


# --- addresses


def addresses(values: Iterable[str]) -> tuple[MailAddress, ...]:
    """Everybody named in address fields (raw values), in order, each address once.

    Groups are opened; what has no address is left out; a comma in a name that nobody quoted stays in the name.
    """
    found: dict[str, MailAddress] = {}
    for value in values:
        for name, address in _mailboxes(value):
            if len(found) >= MAXIMUM_ADDRESSES:
                return tuple(found.values())
            found.setdefault(address, MailAddress(name, address))
    return tuple(found.values())


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    # As written first: what an encoded word hides is a name and never an address. Only where that finds
    # nobody at all was the whole field encoded.
    found = list(_split_mailboxes(value))
    if not found and "=?" in value:
        found = list(_split_mailboxes(header_text(value)))
    yield from found


def _split_mailboxes(value: str) -> Iterator[tuple[str, str]]:
    words: list[str] = []
    comments: list[str] = []
    for kind, text in _tokens(value):
        if kind == "angle":
            if address := _address_in(text):
                yield _name_of(words, comments, address), address
            words, comments = [], []
        elif kind == "comment":
            comments.append(text)
        elif text == ":" and kind == "special":
            words = []
        elif kind == "special":
            # The end of a mailbox without brackets, or a comma within a name that should be quoted.
            address = _bare_address(words)
            if address:
                yield _name_of([], comments, address), address
                words, comments = [], []
            elif text == ";":
                words, comments = [], []
            elif words:
                words.append(",")
        else:
            words.append(text)
    if address := _bare_address(words):
        yield _name_of([word for word in words if "@" not in word], comments, address), address


def _tokens(value: str) -> Iterator[tuple[str, str]]:
    """(kind, text): word, quoted, comment, angle or special. One walk; what is not closed ends with the value."""
    position = 0
    while position < len(value):
        letter = value[position]
        if letter == '"':
            text, position = _quoted_string(value, position + 1)
            # "local part"@domain is an address; any other quoted string is a name.
            yield ("word", f'"{text}"') if value[position : position + 1] == "@" else ("quoted", text)
        elif letter == "(":
            text, position = _comment(value, position + 1)
            yield "comment", text
        elif letter == "<":
            stop = value.find(">", position)
            again = value.find("<", position + 1, stop if stop >= 0 else len(value))
            if again >= 0:
                # "<<a@b>>" and "name <name <a@b>": the innermost counts.
                position = again
                continue
            stop = len(value) if stop < 0 else stop
            yield "angle", value[position + 1 : stop]
            position = stop + 1
        elif letter in ",;" or (letter == ":" and "@" not in value[max(0, position - 80) : position].split(",")[-1]):
            yield "special", letter
            position += 1
        elif letter.isspace() or letter == ">":
            position += 1
        else:
            match = _PLAIN_WORD.match(value, position)
            stop = match.end() if match else position + 1
            yield "word", value[position:stop]
            position = stop


_PLAIN_WORD: Final = re.compile(r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,8000}\?=|[^\s\"(<>,;:])++|:")


def _quoted_string(value: str, position: int) -> tuple[str, int]:
    start = position
    pieces: list[str] = []
    while (stop := _first_of(value, '"\\', position)) >= 0 and value[stop] == "\\":
        pieces.append(value[start:stop] + value[stop + 1 : stop + 2])
        start = position = stop + 2
    stop = len(value) if stop < 0 else stop
    return "".join([*pieces, value[start:stop]]), stop + 1


def _comment(value: str, position: int) -> tuple[str, int]:
    depth = 1
    start = position
    while (stop := _first_of(value, "()\\", position)) >= 0:
        if value[stop] == "\\":
            position = stop + 2
            continue
        depth += 1 if value[stop] == "(" else -1
        position = stop + 1
        if depth == 0:
            return value[start:stop], position
    return value[start:], len(value)


def _first_of(value: str, letters: str, position: int) -> int:
    match = _FIRST_OF[letters].search(value, position)
    return match.start() if match else -1


_FIRST_OF: Final = {'"\\': re.compile(r"[\"\\]"), "()\\": re.compile(r"[()\\]")}


def _address_in(text: str) -> str:
    """The address of ``<…>``, in lower case; "" where there is none. A source route before it is left out."""
    text = bytes_text(text)
    if text.lstrip().startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    text = re.sub(r"^\s*mailto:", "", text, flags=re.IGNORECASE)
    if '"' in text and len(text.split()) > 1:
        # Spaces within a quoted local part belong to it, and no such address can be written to.
        return ""
    text = "".join(text.split()).strip("'`.,;")
    match = _ADDRESS.fullmatch(text) or _ADDRESS.search(text)
    if not match or len(match[0]) > 320:
        return ""
    return match[0].rstrip(".").lower()


def _bare_address(words: list[str]) -> str:
    """The address among words without brackets. What an encoded word hides is none."""
    plain = [word for word in words if not word.startswith("=?")]
    for word in [*plain, "".join(plain)]:
        if "@" in word and (address := _address_in(word)):
            return address
    return ""


def _name_of(words: list[str], comments: list[str], address: str) -> str:
    name = header_text(" ".join(words).replace(" , ", ", ").replace(" ,", ","))
    if not name and comments:
        name = header_text(comments[0])
    name = name.strip().strip("\"'").strip()
    return "" if name.lower() == address else name[:320]


# --- ids


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """The ids in Message-ID, In-Reply-To or References, with angle brackets, each once; at most 50.

    Of more than 50 the first, which began the conversation, and the last are kept.
    """
    found: dict[str, None] = {}
    for value in values:
        ids = ["".join(each.split()) for each in _MESSAGE_ID.findall(value)] or _BARE_ID.findall(value)
        found.update((f"<{bytes_text(each)}>", None) for each in ids if each and len(each) <= MAXIMUM_ID_CHARACTERS - 2)
    ids = list(found)
    return tuple(ids if len(ids) <= MAXIMUM_REFERENCES else [ids[0], *ids[-(MAXIMUM_REFERENCES - 1) :]])


def message_id(value: str) -> str:
    """The one id of a Message-ID field with angle brackets; "" where it has none that is usable."""
    ids = message_ids([value])
    if ids:
        return ids[0]
    bare = "".join(value.split()).strip("<>")
    return f"<{bytes_text(bare)}>" if bare and len(bare) <= MAXIMUM_ID_CHARACTERS - 2 else ""


# --- dates


def date(value: str) -> datetime | None:
    """The time of a Date field, aware; None where nobody can tell. Without a zone it is UTC."""
    text = header_text(value[:300])
    without_comment = _COMMENT_IN_DATE.sub("", text).strip()
    for candidate in (text, without_comment, _WEEKDAY_OF_DATE.sub("", without_comment)):
        for read in (parsedate_to_datetime, datetime.fromisoformat):
            try:
                found = read(candidate)
                found = found if found.tzinfo else found.replace(tzinfo=UTC)
                found = found.astimezone(UTC)
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
            if 1980 <= found.year <= 2200:
                return found
    return None


# --- parameters


def value_and_parameters(raw: str) -> tuple[str, dict[str, str]]:
    """``text/plain; charset=utf-8`` → the value in lower case, and its parameters by lower-case name.

    Values are decoded: in sections and with charsets (RFC 2231), as encoded words, or as bare bytes.
    """
    value = raw.partition(";")[0].strip().strip("\"'").lower()
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(_without_comments(raw[:20_000])):
        text = re.sub(r"\\([\"\\])", r"\1", match[2]) if match[2] is not None else match[3].strip()
        name = _SECTION.fullmatch(match[1].lower())
        if name is None:
            continue
        parts = sections.setdefault(name[1], {})
        # "name" and "name*0" beside each other are one thing written twice; the coded one is exact.
        number = int(name[2]) if name[2] else (0 if name[3] else -1)
        parts.setdefault(number, (text, bool(name[3])))
    return value, {name: _joined(parts) for name, parts in sections.items()}


def _without_comments(raw: str) -> str:
    return re.sub(r"\s\([^()\"]*\)(?=\s*(?:;|$))", "", raw) if "(" in raw else raw


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    numbered = sorted(number for number in parts if number >= 0)
    if not numbered:
        return header_text(parts[-1][0])
    charset = ""
    content = b""
    for number in numbered:
        text, is_coded = parts[number]
        if is_coded and number == numbered[0] and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if is_coded else raw
    text = decoded(content, charset)[0]
    return header_text(text) if "=?" in text else text
