"""Words of other scripts → roughly how they sound in Latin letters: enough for n-grams to find a name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final[dict[str, str]] = {
    # Cyrillic
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "є": "e", "і": "i", "ї": "i", "ґ": "g", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    # Greek
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch",
    "ψ": "ps", "ω": "o",
    # Arabic and Persian
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "d", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "g", "ف": "f", "ق": "k", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "o", "ي": "i", "پ": "p", "چ": "ch", "ژ": "j", "گ": "g", "ڤ": "v",
    # Hebrew
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "o", "ז": "z", "ח": "ch", "ט": "t", "י": "i", "כ": "k",
    "ל": "l", "מ": "m", "נ": "n", "ס": "s", "ע": "a", "פ": "p", "צ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
# Katakana by rows of consonants; the others follow from them.
_KANA_ROWS: Final = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_KANA: Final = {
    **{kana: row + vowel for row, kanas in _KANA_ROWS.items() for kana, vowel in zip(kanas, "aiueo", strict=True)},
    "シ": "shi",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヤ": "ya",
    "ユ": "yu",
    "ヨ": "yo",
    "ワ": "wa",
    "ヲ": "o",
    "ン": "n",
    "ヴ": "v",
    "ッ": "",
    "ー": "",
    "ャ": "a",
    "ュ": "u",
    "ョ": "o",
    "ァ": "a",
    "ィ": "i",
    "ゥ": "u",
    "ェ": "e",
    "ォ": "o",
}
_HANGUL_INITIALS: Final = ("g", "k", "d", "t", "r", "m", "b", "p", "s", "s", "", "j", "j", "ch", "k", "t", "p", "h")
_HANGUL_LEADS: Final = "ᄀᄁᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ"
_HANGUL_VOWELS: Final = (
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()  # noqa: SIM905 - in the order of Unicode
)
_HANGUL_TAILS: Final = {"ᆫ": "n", "ᆯ": "l", "ᆷ": "m", "ᆼ": "ng", "ᆨ": "k", "ᆸ": "p", "ᆺ": "t"}


@lru_cache(maxsize=2_000)
def in_latin(folded: str) -> str:
    """A folded word in Latin letters; "" when it is in Latin already or its script is not known here."""
    if folded.isascii():
        return ""
    found = [_sound(char) for letter in folded for char in _parts_of(letter)]
    return "".join(sound for sound in found if sound is not None) if any(found) else ""


def _parts_of(letter: str) -> str:
    """A Hangul syllable in its letters; hiragana as katakana."""
    if "ぁ" <= letter <= "ゖ":
        return chr(ord(letter) + ord("ァ") - ord("ぁ"))
    return unicodedata.normalize("NFD", letter) if "가" <= letter <= "힣" else letter


def _sound(char: str) -> str | None:
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _KANA:
        return _KANA[char]
    if char in _HANGUL_LEADS:
        return _HANGUL_INITIALS[_HANGUL_LEADS.index(char)]
    if "ᅡ" <= char <= "ᅵ":
        return _HANGUL_VOWELS[ord(char) - ord("ᅡ")]
    return _HANGUL_TAILS.get(char)
