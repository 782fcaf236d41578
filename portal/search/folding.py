"""One spelling for what readers type differently: accents, letter variants, width, digits."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Marks that writers leave out. Vowel signs of Indic and South-East Asian scripts are letters there and stay.
_OPTIONAL_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08D3, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
# й and ї decompose too, but to their writers they are letters of their own.
_KEPT = frozenset("йї")
_VARIANTS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
        "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ς": "σ", "ґ": "г",
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
        "ە": "ه", "ـ": None, "ء": None,
        "'": None, "’": None, "ʼ": None, "‘": None, "`": None, "´": None, "＇": None, "׳": None, "״": None,
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,
    }
)  # fmt: skip


def _is_optional_mark(char: str) -> bool:
    code = ord(char)
    return code >= 0x0300 and any(low <= code <= high for low, high in _OPTIONAL_MARKS)


def normalize(text: str) -> str:
    """Compatibility-composed (NFKC) and casefolded; may differ from `text` in length."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class _BaseLetters(dict[int, str]):
    """Character → what stands for it, worked out when it is first met: few of a million ever are."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _KEPT:
            base = char
        elif char.isdigit():
            digit = unicodedata.digit(char, None)
            base = char if digit is None else str(digit)
        else:
            base = "".join(part for part in unicodedata.normalize("NFD", char) if not _is_optional_mark(part))
        self[code] = base
        return base


_BASE_LETTERS = _BaseLetters()


@lru_cache(maxsize=8_000)
def fold(form: str) -> str:
    """`form` (normalised) without optional marks, in base letters and ASCII digits."""
    if form.isascii():
        return form.replace("'", "").replace("`", "")
    return unicodedata.normalize("NFC", form.translate(_BASE_LETTERS)).translate(_VARIANTS)
