"""Stems for languages that Snowball does not cover: the commonest endings off, in Hebrew also the letters before.

Light stemming in the sense of Savoy (2006, "Light stemming approaches for the French, Portuguese, German and
Hungarian languages"): inflection goes, derivation stays. Where it takes too much, the n-grams tell words apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from portal.search.folding import fold

_SHORTEST_STEM: Final = 3

# One is taken off, the longest that fits.
_ENDINGS: Final[Mapping[str, str]] = {
    "be": "амі ямі ага яга аму яму ыя ія ых іх ым ім ой ай ей ую юю ах ях ам ям оў аў еў ць а я о е ы і у ю ь й",
    "bg": (
        "овете евете ищата ията ите ият ета ове еве ища ата ята ото ето ите ия ът ят та то те ни ен на но а я о е и у"
    ),
    "bn": "গুলোর গুলোকে গুলিকে গুলির গুলো গুলি দের টির টিকে টার টি টা য়ের ের কে তে রা য় ে র",
    "ka": "ებისთვის ებიდან ების ებით ებმა ებს ები ისთვის იდან იანი ზე ში მა ად ის ით ს ი ა ე ო",
    "lv": (
        "ajiem ajām ajam ajai iem ajā ais ajs ām ēm īm us is as es os ās ēs īs ai ie am em im um ā ē ī ū a e i o u s š"
    ),
    "mk": "овите евите ите ови еви ата ета ото ето иот от та то те ва а я о е и у",
    "sl": "ovega ovemu ega emu ima ama ami imi ovi evi ov ev ih im em om ah am eh ih a e i o u",
    "uk": (
        "ування ювання ами ями ого ому ими іми ові еві ій їй ою ею єю их іх ах ях ам ям ів їв ов ей ти ть а я "
        "о е є у ю и і ї ь й"
    ),
    "ur": "یوں ؤں وں یں ئے ے ی ا",
}

# And, that, the, in, as, to, from: written in one with the word that follows, several at once.
_HEBREW_PREFIXES: Final = frozenset("ושהבכלמ")
_HEBREW_ENDINGS: Final = ("יות", "ות", "ימ", "ית", "ה", "ת", "א")


def light_stemmer(code: str) -> Callable[[str], str] | None:
    """The stemmer of a language (ISO 639 code) for folded forms; None when there is none here."""
    if code == "he":
        return _hebrew_stem
    endings = _ENDINGS.get(code)
    if endings is None:
        return None
    longest_first = sorted({fold(ending) for ending in endings.split()}, key=len, reverse=True)
    return lambda form: _without_ending(form, longest_first)


def _without_ending(form: str, endings: list[str] | tuple[str, ...]) -> str:
    for ending in endings:
        if form.endswith(ending) and len(form) - len(ending) >= _SHORTEST_STEM:
            return form[: -len(ending)]
    return form


def _hebrew_stem(form: str) -> str:
    # Whether a first letter is a prefix or the word's own cannot be told without a dictionary, so all that could be
    # one goes, from every form of the word alike.
    start = 0
    while form[start] in _HEBREW_PREFIXES and len(form) - start > _SHORTEST_STEM:
        start += 1
    return _without_ending(form[start:], _HEBREW_ENDINGS)
