"""What a language needs in analysis: its stemmer, its stop words, what it writes before an apostrophe."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

import Stemmer

from portal.search.folding import fold, normalize
from portal.search.light_stemmers import light_stemmer
from portal.search.stopwords import STOP_WORDS

# Bosnian, Croatian and Serbian inflect alike; Czech and Turkish endings are close enough to Slovak and Azerbaijani.
_SNOWBALL = {
    "ar": "arabic", "az": "turkish", "bs": "serbian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hr": "serbian",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ms": "indonesian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sk": "czech", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_ELISIONS = {
    "ca": ("l", "d", "m", "t", "s", "n"),
    "fr": ("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"),
    "ga": ("d", "m", "b"),
    "it": (
        "l", "un", "d", "c", "m", "t", "s", "n", "v", "dell", "all", "nell", "sull", "dall", "quell", "quest", "coll",
        "bell", "sant", "anch", "dov", "com",
    ),
}  # fmt: skip
_SHARED_STOP_WORDS = {"no": "nb", "nn": "nb", "bs": "hr"}
_FOLDED_FIRST = frozenset({"ar", "ru"})
# The German stemmer drops umlauts, so that Häuser is Haus. These frequent words are others without: press and print,
# count and pay, deceive and exchange. What stands in them instead keeps their stems apart, and their first letters.
_UMLAUT_ROOTS = re.compile("dr(?:ü|ue)ck|z(?:ä|ae)hl|t(?:ä|ae)usch")
_APART = {"d": "druckk", "z": "zahll", "t": "taussch"}
# In Vietnamese, chúng (we) is no chứng (proof).
_ACCENTS_MATTER = frozenset({"vi"})
# Umlauts are left out, but not put in: "schön" (beautiful) is not "schon" (already), "ändere" (change) not "andere".
_UMLAUTS_MATTER = frozenset({"de"})
_UMLAUTS = frozenset("äöü")
# A stem begins inside its word: و and ال, and many letters more, are written in one with what follows.
_BEGIN_INSIDE = frozenset({"ar"})
_ARABIC_TENTH_FORM = "است"
# Their stemmers take letters off the beginning, or write it in other letters.
_BEGINNINGS_CHANGE = frozenset({"bs", "eo", "ga", "he", "hr", "id", "ms", "nl", "sr", "yi"})
# What follows the apostrophe is a case ending of the name before it.
_SUFFIXING = frozenset({"tr", "az"})


class Beginnings(Enum):
    """Where the first two letters of a stem stand in its word."""

    KEPT = auto()
    INSIDE = auto()
    CHANGED = auto()


@dataclass(frozen=True)
class Language:
    """The rules of one language; languages that are not known here have empty ones.

    `beginnings`: how the first letters of stems, once folded, are those of their words.
    """

    code: str
    stop_words: frozenset[str]
    written_stop_words: frozenset[str]
    elisions: frozenset[str]
    drops_after_apostrophe: bool
    algorithm: str | None
    beginnings: Beginnings = Beginnings.KEPT

    def is_stop_word(self, form: str) -> bool:
        """Whether the normalised `form` is too common to look up. Accents count only where they make other words."""
        if self.code in _UMLAUTS_MATTER and not _UMLAUTS.isdisjoint(form):
            return form in self.written_stop_words
        return (form if self.code in _ACCENTS_MATTER else fold(form)) in self.stop_words

    def letters_of_word(self, stem: str) -> str:
        """Two letters that every word with this stem has where :attr:`beginnings` says."""
        # Of the tenth form, the stemmer puts the alif in place of what present tenses begin with.
        return stem[1:3] if stem.startswith(_ARABIC_TENTH_FORM) else stem[:2]

    def stem(self, form: str) -> str:
        """The stem of a normalised form, folded; only folded where the language has no stemmer."""
        if self.algorithm is None:
            return _light_stem(self.code, fold(form))
        if self.code == "de":
            form = _UMLAUT_ROOTS.sub(lambda root: _APART[root[0][0]], form)
        # To their stemmers, Arabic letter variants look like endings and Russian stress marks like letters.
        return fold(_stem(self.algorithm, fold(form) if self.code in _FOLDED_FIRST else form))


@lru_cache(maxsize=128)
def language_of(locale: str) -> Language:
    """The rules for a locale code; region and script do not matter."""
    code = locale.split("_")[0].split("-")[0].lower()
    words = STOP_WORDS.get(_SHARED_STOP_WORDS.get(code, code), "")
    return Language(
        code=code,
        stop_words=frozenset(words.split() if code in _ACCENTS_MATTER else map(fold, words.split())),
        written_stop_words=frozenset(map(normalize, words.split())) if code in _UMLAUTS_MATTER else frozenset(),
        elisions=frozenset(_ELISIONS.get(code, ())),
        drops_after_apostrophe=code in _SUFFIXING,
        algorithm=_SNOWBALL.get(code),
        beginnings=_beginnings_of(code),
    )


def _beginnings_of(code: str) -> Beginnings:
    if code in _BEGIN_INSIDE:
        return Beginnings.INSIDE
    return Beginnings.CHANGED if code in _BEGINNINGS_CHANGE else Beginnings.KEPT


# Stemmers keep their state in themselves, so threads take turns; a stem takes less than a microsecond.
_turn = threading.Lock()
_stemmers: dict[str, Any] = {}


@lru_cache(maxsize=10_000)
def _light_stem(code: str, folded: str) -> str:
    stemmer = _light_stemmer(code)
    return stemmer(folded) if stemmer and folded else folded


_light_stemmer = lru_cache(maxsize=64)(light_stemmer)


def _stem(algorithm: str, form: str) -> str:
    with _turn:
        if algorithm not in _stemmers:
            _stemmers[algorithm] = Stemmer.Stemmer(algorithm, maxCacheSize=0)
        return str(_stemmers[algorithm].stemWord(form)) or form
