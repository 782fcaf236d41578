"""Bytes of a mail as text: the declared charset, what is meant by it, UTF-8, and at last Windows-1252.

Nothing here raises: mail names charsets that no Python knows, and names the wrong ones.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache
from typing import Final

# What mail programs write and mean. Where a later standard holds all letters of an earlier one, it is the later: a
# sender who declares gb2312 and uses a letter of GBK is read.
_MEANT: Final = {
    "ansi": "cp1252",
    "ansix341968": "cp1252",
    "ascii": "cp1252",
    "usascii": "cp1252",
    "us": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso8859": "cp1252",
    "windows1252": "cp1252",
    "xansi": "cp1252",
    "xmacroman": "mac_roman",
    "macintosh": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "xsjis": "cp932",
    "sjis": "cp932",
    "shiftjis": "cp932",
    "mskanji": "cp932",
    "windows31j": "cp932",
    "windows932": "cp932",
    "iso2022jp": "iso2022_jp_ext",
    "iso2022jpms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "xeucjp": "euc_jp",
    "eucjpms": "euc_jp",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "xgbk": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "windows936": "gb18030",
    "euccn": "gb18030",
    "hzgb2312": "hz",
    "big5": "big5hkscs",
    "xxbig5": "big5hkscs",
    "windows950": "cp950",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "euckr": "cp949",
    "xwindows949": "cp949",
    "windows949": "cp949",
    "windows874": "cp874",
    "tis620": "cp874",
    "iso885911": "cp874",
    "iso88599": "cp1254",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "iso88596i": "iso8859_6",
    "iso88596e": "iso8859_6",
    "dos862": "cp862",
    "unicode11utf7": "utf_7",
    "xunicode20utf7": "utf_7",
    "utf8mb4": "utf_8",
    "utf8mb3": "utf_8",
    "xutf8": "utf_8",
    "utf": "utf_8",
    "unicode11utf8": "utf_8",
    "unicode": "utf_16",
    "ucs2": "utf_16",
    "koi8": "koi8_r",
    "xkoi8r": "koi8_r",
    "koi8ru": "koi8_u",
    "xcp1251": "cp1251",
    "xwin1251": "cp1251",
    "win1251": "cp1251",
    "win": "cp1251",
}
# These say nothing about the bytes.
_NO_CHARSET: Final = frozenset({"", "unknown", "unknown8bit", "x-unknown", "xunknown", "default", "defaultcharset"})
_NUMBERED: Final = re.compile(r"(?:x?windows|x?cp|win|ibm|dos|ms|microsoftcp)(?:cp)?(\d{3,5})")
_JAPANESE_ESCAPES: Final = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I", b"\x1b$(D")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
# They read any byte, or nearly, so that few faults do not speak for them.
_WITHOUT_FAULTS: Final = frozenset({"cp1252", "utf-7"})
_CONTROLS: Final[dict[int, str | None]] = {
    **dict.fromkeys((*range(9), 11, *range(14, 32), 127, 0xFEFF)),
    0x0C: "\n",
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def decoded(content: bytes, charset: str = "") -> tuple[str, str]:
    """`content` as text, and the charset that read it (Python's name). Bytes nobody can read become U+FFFD.

    Line ends stay as they are; control characters, NUL and byte order marks are left out.
    """
    content = _repaired(content, charset)
    ladder = _ladder(content, charset)
    for codec in ladder:
        try:
            text = content.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            continue
        # Vietnamese in this charset writes the tone as a letter of its own.
        return clean(unicodedata.normalize("NFC", text) if codec == "cp1258" else text), codec
    text, codec = _best_guess(content, ladder)
    return clean(text), codec


def clean(text: str) -> str:
    """`text` without control characters and byte order marks; lone surrogates become U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_CONTROLS)


@lru_cache(maxsize=512)
def codec_of(charset: str) -> str:
    """Python's name of the text codec that a mail means by `charset`; "" where nobody knows it."""
    name = charset.strip().strip("\"'").lower()[:64]
    short = re.sub(r"[^a-z0-9]", "", name)
    if short in _NO_CHARSET or name in _NO_CHARSET:
        return ""
    candidates = [_MEANT.get(short, ""), name, short]
    if match := _NUMBERED.fullmatch(short):
        candidates += [_MEANT.get(f"windows{match[1]}", ""), f"cp{match[1]}"]
    for candidate in filter(None, candidates):
        try:
            found = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        # Codecs of Python that make no text of bytes (rot13, zlib) are no charsets; punycode and idna are slow.
        if found._is_text_encoding and found.name not in {"punycode", "idna", "unicode_escape", "raw_unicode_escape"}:
            return found.name
    return ""


def _ladder(content: bytes, charset: str) -> list[str]:
    declared = codec_of(charset)
    ladder = [declared] if declared else []
    if declared in {"", "cp1252"}:
        # Nearly every text is not UTF-8 by accident, and every text can be Windows-1252: UTF-8 goes first.
        ladder = ["utf-8", *ladder]
        if any(escape in content for escape in _JAPANESE_ESCAPES):
            ladder.insert(0, "iso2022_jp_ext")
    elif declared == "utf-8" and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        ladder.insert(0, "utf-16")
    elif declared in {"utf-16", "utf-32"} and b"\0" not in content[:4096]:
        # A web page that says "unicode" of itself and is not.
        ladder.insert(0, "utf-8")
    return list(dict.fromkeys([*ladder, "utf-8"]))


def _repaired(content: bytes, charset: str) -> bytes:
    if codec_of(charset) == "iso2022_jp_ext":
        # Microsoft's rows 13 and JIS X 0208 of 1978 under other names.
        return content.replace(b"\x1b$@", b"\x1b$B")
    return content


def _best_guess(content: bytes, ladder: list[str]) -> tuple[str, str]:
    """What nothing reads without a fault: in the first charset that reads far more than it does not."""
    for codec in ladder:
        if codec in _WITHOUT_FAULTS:
            continue
        try:
            text = content.decode(codec, "replace")
        except (UnicodeError, LookupError, ValueError):
            continue
        faults = text.count("\ufffd")
        letters = sum(map(len, _NOT_ASCII.findall(text))) - faults
        if faults * 4 <= letters or (faults and codec.startswith("iso2022")):
            return text, codec
    return content.decode("cp1252", "replace"), "cp1252"
