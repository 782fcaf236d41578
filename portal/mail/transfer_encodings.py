"""Content-Transfer-Encoding and its ancestors undone, damaged ones as far as they go. Linear; nothing raises."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final

_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_PADDING_INSIDE: Final = re.compile(rb"=+")
_UU_BEGIN: Final = re.compile(r"^begin[ \t]+[0-7]{3,4}[ \t]+(\S[^\n]{0,250})$", re.MULTILINE)
_UU_LINE: Final = re.compile(r"^[\x20-\x60]{1,90}$")
_MAXIMUM_UU_FILES: Final = 20


@dataclass(frozen=True, slots=True)
class UuFile:
    """A file found in a text, by its name."""

    file_name: str
    content: bytes


def undone(content: bytes, encoding: str) -> tuple[bytes, str]:
    """`content` without its transfer encoding, and what was wrong with it in plain English ("" = nothing)."""
    encoding = encoding.strip().strip("\"'").lower()
    if encoding in {"base64", "base-64", "b"}:
        return _base64_undone(content)
    if encoding in {"quoted-printable", "quotedprintable", "quoted/printable", "quoted printable", "qp", "q"}:
        return binascii.a2b_qp(content), ""
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uuencoding_undone(content)
    if encoding in {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "7 bit", "8 bit", "none"}:
        return content, ""
    return content, "A part has an unknown transfer encoding and was read as it is."


def base64_bytes(content: bytes) -> bytes:
    """Base64 in any state: other characters left out, padding missing, superfluous or in the middle."""
    letters = content.translate(None, _NOT_BASE64)
    try:
        if b"=" not in letters[:-2]:
            return binascii.a2b_base64(letters)
    except binascii.Error:
        pass
    return b"".join(_whole_quads(segment) for segment in _PADDING_INSIDE.split(letters))


def _whole_quads(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _base64_undone(content: bytes) -> tuple[bytes, str]:
    head = content[:4096].strip()
    # A space or a dot in each line is prose; a "-" or "_" that stands for "+" or "/" is not.
    strange = len(head.translate(None, b"\r\n").translate(None, bytes(set(range(256)) - set(_NOT_BASE64))))
    if head and strange * 20 > len(head) and b"\n" not in head[:20] and head.count(b" ") * 12 > len(head):
        return content, "A part says it is base64 and is not; it was read as it is."
    damaged = strange > 0 and b" " not in head
    if damaged and (b"-" in head or b"_" in head) and b"+" not in head and b"/" not in head:
        content = content.translate(_URL_SAFE)
    return base64_bytes(content), "A part in base64 was damaged; what could be read was kept." if damaged else ""


def _uuencoding_undone(content: bytes) -> tuple[bytes, str]:
    text = content.decode("latin-1").replace("\r\n", "\n")
    _text, files = uu_files(text)
    return (files[0].content, "") if files else (content, "A part says it is uuencoded and is not.")


def uu_files(text: str) -> tuple[str, tuple[UuFile, ...]]:
    """`text` (with LF line ends) without the uuencoded files in it, and these; at most 20."""
    files: list[UuFile] = []
    kept: list[str] = []
    position = 0
    while len(files) < _MAXIMUM_UU_FILES and (begin := _UU_BEGIN.search(text, position)):
        content, end = _uu_content(text, begin.end() + 1)
        if not content:
            kept.append(text[position : begin.end()])
            position = begin.end()
            continue
        kept.append(text[position : begin.start()])
        files.append(UuFile(begin[1].strip(), content))
        position = end
    if not files:
        return text, ()
    return "".join([*kept, text[position:]]), tuple(files)


def _uu_content(text: str, position: int) -> tuple[bytes, int]:
    """The lines from `position` on, decoded, and where the text after them begins."""
    chunks: list[bytes] = []
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop] if stop - position <= 90 else ""
        following = min(stop + 1, len(text))
        if line.rstrip() == "end":
            return b"".join(chunks), following
        if not _UU_LINE.match(line):
            break
        try:
            chunks.append(binascii.a2b_uu(line.encode("ascii")))
        except (binascii.Error, UnicodeError):
            break
        position = following
    # Without its "end" the file is cut short, and what came is kept; a line of prose is no file.
    return (b"".join(chunks), position) if len(chunks) > 1 else (b"", position)
