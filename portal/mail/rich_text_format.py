"""Rich Text Format as Outlook writes letters in it: unpacked and read as plain text. Bounded; nothing raises.

Source: [MS-OXRTFCP] for the compression; formatting is not read, only words, paragraphs and cells.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from portal.mail.mail_charsets import decoded

MAXIMUM_BYTES: Final = 4_000_000

_COMPRESSED: Final = 0x75465A4C
_UNCOMPRESSED: Final = 0x414C454D
_HEADER: Final = struct.Struct("<IIII")
# What the window holds at the beginning, as the standard says it.
_DICTIONARY: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
_WINDOW: Final = 4096
_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_LEFT_OUT: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr listtable "
    b"listoverridetable rsidtbl generator themedata colorschememapping latentstyles datastore xmlnstbl fldinst".split()
)
_WORDS: Final = {
    b"par": b"\n", b"line": b"\n", b"sect": b"\n", b"page": b"\n", b"row": b"\n", b"tab": b"\t", b"cell": b" | ",
    b"emdash": b"\x97", b"endash": b"\x96", b"bullet": b"\x95", b"lquote": b"\x91", b"rquote": b"\x92",
    b"ldblquote": b"\x93", b"rdblquote": b"\x94",
}  # fmt: skip


def decompressed(packed: bytes) -> bytes:
    """Compressed RTF unpacked, at most 4,000,000 bytes of it; b"" where it is none."""
    if len(packed) < _HEADER.size:
        return b""
    _size, raw_size, kind, _checksum = _HEADER.unpack_from(packed)
    if kind == _UNCOMPRESSED:
        return packed[_HEADER.size :][: min(raw_size, MAXIMUM_BYTES)]
    return _unpacked(packed, min(raw_size, MAXIMUM_BYTES)) if kind == _COMPRESSED else b""


def _unpacked(packed: bytes, limit: int) -> bytes:
    out = bytearray(_DICTIONARY)
    base = len(_DICTIONARY)
    position = _HEADER.size
    while position < len(packed) and len(out) - base < limit:
        flags = packed[position]
        position += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += packed[position : position + 1]
                position += 1
                continue
            if position + 2 > len(packed):
                break
            reference = packed[position] << 8 | packed[position + 1]
            position += 2
            # The window is a ring that is written from the end of the dictionary on.
            distance = (len(out) - (reference >> 4)) % _WINDOW
            if distance == 0:
                return bytes(out[base : base + limit])
            start = len(out) - distance
            for number in range((reference & 0xF) + 2):
                out.append(out[start + number] if start + number >= 0 else 0)
    return bytes(out[base : base + limit])


def letter_of(rtf: bytes) -> str:
    """The words of an RTF document in plain text; of HTML within it the tags are left out."""
    charset = "cp1252"
    if match := re.search(rb"\\ansicpg(\d{3,5})", rtf[:2000]):
        charset = f"cp{match[1].decode('ascii')}"
    pieces: list[str] = []
    waiting = bytearray()
    depth = hidden_below = 0
    skip_letters = 0
    for token in _TOKEN.finditer(rtf):
        word, number, code, symbol, brace, text = token.groups()
        if brace:
            depth += 1 if brace == b"{" else -1
            if hidden_below and depth < hidden_below:
                hidden_below = 0
        elif hidden_below:
            continue
        elif word in _LEFT_OUT or symbol == b"*":
            hidden_below = max(depth, 1)
        elif word == b"u" and number:
            pieces += [decoded(bytes(waiting), charset)[0], chr(int(number) % 65536)]
            waiting.clear()
            skip_letters = 1
        elif word is not None:
            waiting += _WORDS.get(word, b"")
        else:
            letters = bytes.fromhex(code.decode("ascii")) if code else _symbol(symbol) if symbol else text or b""
            waiting += letters[skip_letters:] if letters else b""
            skip_letters = 0 if letters else skip_letters
    pieces.append(decoded(bytes(waiting), charset)[0])
    return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _symbol(symbol: bytes) -> bytes:
    return symbol if symbol in b"\\{}" else b"\xa0" if symbol == b"~" else b"-" if symbol == b"_" else b""
