"""Header values as people meant them: encoded words (RFC 2047) in any state, and bytes that nobody encoded."""

from __future__ import annotations

import binascii
import re
from typing import Final

from portal.mail.mail_charsets import decoded
from portal.mail.transfer_encodings import base64_bytes

# Spaces within the text of a word are against the rules and frequent.
_WORD: Final = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]{0,8000}(?:\?(?!=)[^?]{0,8000}){0,20})\?=")
_BETWEEN_WORDS: Final = re.compile(r"\s*")
_SPACES: Final = re.compile(r"[\s\x85\u2028\u2029]+")


def header_text(raw: str) -> str:
    """The value of a header field as one line of text.

    `raw` holds bytes above 127 as lone surrogates, as ``bytes.decode("ascii", "surrogateescape")`` makes them.
    """
    return _SPACES.sub(" ", _words_decoded(raw)).strip()


def bytes_text(raw: str, charset: str = "") -> str:
    """`raw` with the bytes in it (lone surrogates) read as `charset`, UTF-8 or Windows-1252."""
    if raw.isascii():
        return decoded(raw.encode("ascii"), charset)[0] if "\x1b" in raw or not raw.isprintable() else raw
    return decoded(raw.encode("utf-8", "surrogateescape"), charset)[0]


def _words_decoded(raw: str) -> str:
    if "=?" not in raw:
        return bytes_text(raw)
    pieces: list[str] = []
    position = 0
    # The bytes of neighbours in one charset are joined before they are read: some programs cut within a letter.
    waiting = b""
    waiting_charset = ""
    for word in _WORD.finditer(raw):
        between = raw[position : word.start()]
        charset = word[1].partition("*")[0].lower()
        adjacent = bool(waiting_charset) and _BETWEEN_WORDS.fullmatch(between) is not None
        if not adjacent or charset != waiting_charset:
            pieces.append(decoded(waiting, waiting_charset)[0])
            waiting = b""
        if not adjacent:
            pieces.append(bytes_text(between))
        waiting += _word_bytes(word[2], word[3])
        waiting_charset = charset
        position = word.end()
    pieces.append(decoded(waiting, waiting_charset)[0])
    pieces.append(bytes_text(raw[position:]))
    return "".join(pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return base64_bytes(content)
    try:
        return binascii.a2b_qp(content.replace(b"\r", b"").replace(b"\n", b""), header=True)
    except binascii.Error:
        return content
