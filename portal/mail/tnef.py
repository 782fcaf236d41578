"""winmail.dat: the files and the text that Outlook packs for Exchange (TNEF). Bounded by the size of what is read.

Source: [MS-OXTNEF] for the stream, [MS-OXPROPS] for the numbers of the properties.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from portal.mail.file_names import name_by_type, safe_name, type_by_name
from portal.mail.mail_charsets import decoded
from portal.mail.parsed import MailFile
from portal.mail.rich_text_format import decompressed, letter_of

MAXIMUM_FILES: Final = 100
MAXIMUM_PROPERTIES: Final = 2_000

_SIGNATURE: Final = 0x223E9F78
_ATTACHMENT_LEVEL: Final = 2
# Attributes, by the lower half of their number.
_BODY, _MAPI_OF_MESSAGE, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_DATA, _FILE_TITLE, _MAPI_OF_FILE = 0x9002, 0x800F, 0x8010, 0x9005
# Properties.
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_FILE_OBJECT, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID, _DISPLAY_NAME = (
    0x3701, 0x3704, 0x3707, 0x370E, 0x3712, 0x3001,
)  # fmt: skip
_SIZES: Final = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OBJECT, _TEXT_8_BIT, _UTF_16, _BINARY = 0x0D, 0x1E, 0x1F, 0x102
_VARIABLE: Final = frozenset({_OBJECT, _TEXT_8_BIT, _UTF_16, _BINARY})
_MULTIPLE: Final = 0x1000
_NAMED: Final = 0x8000
_INTERFACE_ID_SIZE: Final = 16


@dataclass(slots=True)
class Winmail:
    """What was in a winmail.dat. `is_whole` is False where it broke off."""

    text: str = ""
    html: str = ""
    files: list[MailFile] = field(default_factory=list)
    is_whole: bool = True


@dataclass(slots=True)
class _File:
    title: str = ""
    content: bytes = b""
    properties: dict[int, bytes] = field(default_factory=dict)
    types: dict[int, int] = field(default_factory=dict)


class _Truncated(ValueError):
    """The bytes end within a value."""


def opened(content: bytes) -> Winmail | None:
    """The contents of a winmail.dat; None where it is none."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        return None
    found = Winmail()
    files: list[_File] = []
    message = _File()
    charset = "cp1252"
    try:
        for level, number, value in _attributes(content):
            if level == _ATTACHMENT_LEVEL:
                _read_file_attribute(files, number, value, charset)
            elif number == _CODE_PAGE and len(value) >= 4:
                charset = f"cp{struct.unpack_from('<I', value)[0]}"
            elif number == _BODY:
                found.text = _text(value, charset)
            elif number == _MAPI_OF_MESSAGE:
                _read_properties(value, message)
    except (_Truncated, struct.error):
        found.is_whole = False
    _read_letter(message, found, charset)
    found.files = [_as_file(each, place, charset) for place, each in enumerate(files, 1) if _content_of(each)]
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, number, value) of every attribute, up to the first that is cut short."""
    position = 6
    while position + 9 <= len(content):
        level, number, _kind, size = struct.unpack_from("<BHHI", content, position)
        position += 9
        if position + size > len(content):
            # The value that is cut short still begins a file.
            yield level, number, content[position:]
            raise _Truncated
        yield level, number, content[position : position + size]
        position += size + 2


def _read_file_attribute(files: list[_File], number: int, value: bytes, charset: str) -> None:
    if number == _NEW_FILE:
        if len(files) < MAXIMUM_FILES:
            files.append(_File())
    elif not files:
        return
    elif number == _FILE_DATA:
        files[-1].content = value
    elif number == _FILE_TITLE:
        files[-1].title = _text(value, charset)
    elif number == _MAPI_OF_FILE:
        _read_properties(value, files[-1])


def _read_properties(content: bytes, into: _File) -> None:
    """The property list of [MS-OXTNEF] 2.1.3.4: every value's size is known or stands before it."""
    count = min(struct.unpack_from("<I", content)[0], MAXIMUM_PROPERTIES)
    position = 4
    for _each in range(count):
        kind, number = struct.unpack_from("<HH", content, position)
        position += 4
        if number >= _NAMED:
            position = _after_property_name(content, position)
        value, position = _property_value(content, position, kind)
        into.properties.setdefault(number, value)
        into.types.setdefault(number, kind & ~_MULTIPLE)


def _after_property_name(content: bytes, position: int) -> int:
    by_name = struct.unpack_from("<I", content, position + 16)[0]
    position += 20
    if not by_name:
        return position + 4
    size = struct.unpack_from("<I", content, position)[0]
    return position + 4 + _padded(size)


def _property_value(content: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """The first value of a property, and where the next property begins."""
    is_multiple, kind = bool(kind & _MULTIPLE), kind & ~_MULTIPLE
    count = 1
    if is_multiple or kind in _VARIABLE:
        count = struct.unpack_from("<I", content, position)[0]
        position += 4
    first = b""
    for number in range(min(count, MAXIMUM_PROPERTIES)):
        if kind in _VARIABLE:
            size = struct.unpack_from("<I", content, position)[0]
            position += 4
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise _Truncated
        if position + size > len(content):
            raise _Truncated
        first = content[position : position + size] if number == 0 else first
        position += _padded(size)
    return first, position


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _text(value: bytes, charset: str) -> str:
    return decoded(value.partition(b"\0")[0], charset)[0]


def _property_text(file: _File, number: int, charset: str) -> str:
    value = file.properties.get(number, b"")
    if file.types.get(number) == _UTF_16:
        return value.decode("utf-16-le", "replace").partition("\0")[0]
    return _text(value, charset)


def _read_letter(message: _File, found: Winmail, charset: str) -> None:
    found.text = found.text or _property_text(message, _TEXT, charset)
    if html := message.properties.get(_HTML):
        found.html = decoded(html.rstrip(b"\0"), charset)[0]
    elif (packed := message.properties.get(_RTF)) and not found.text:
        found.text = letter_of(decompressed(packed))


def _content_of(file: _File) -> bytes:
    if file.content:
        return file.content
    content = file.properties.get(_FILE_OBJECT, b"")
    # An object begins with the id of its interface.
    return content[_INTERFACE_ID_SIZE:] if file.types.get(_FILE_OBJECT) == _OBJECT else content


def _as_file(file: _File, number: int, charset: str) -> MailFile:
    content = _content_of(file)
    names = [_property_text(file, each, charset) for each in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME)]
    # The title is the short name of DOS, in the code page of the sender.
    name = next((safe for safe in map(safe_name, [names[0], file.title, *names[1:]]) if safe), "")
    nested = struct.pack("<I", _SIGNATURE)
    if content.startswith(nested) and not name.lower().endswith(".dat"):
        name = f"{name or 'message'}.dat"
    media_type = _property_text(file, _MIME_TYPE, charset).lower() or type_by_name(name)
    content_id = _property_text(file, _CONTENT_ID, charset).strip("<> ")[:250]
    return MailFile(name or name_by_type(media_type, number), media_type, content, content_id)
