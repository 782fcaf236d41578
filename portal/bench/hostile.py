"""What nobody types and somebody sends: input that breaks searches, escapes or slows them down.

Each kind is a function (random numbers, ordinary text of the language) → query. Most kinds come in several sizes, up
to a megabyte; the same seed gives the same queries.
"""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from portal.bench.letters import letter_for
from portal.bench.noise import misspelled, seeded

Kind = Callable[[random.Random, str], str]

MEGABYTE: Final = 1_000_000
LONG: Final = 100_000
_SIZES: Final = (1, 3, 20, 200, 2_000, 10_000)
_HIGHEST: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)
# Stretches of Unicode with rules of their own: combining marks, Arabic, Indic, Thai, Tibetan, jamo, kana, Han with and
# without planes, Hangul, presentation forms, mathematical letters, emoji, tags, variation selectors, private use.
_RANGES: Final = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x58F), (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0xFFF),
    (0x1100, 0x11FF), (0x2000, 0x206F), (0x2100, 0x2BFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0xE000, 0xF8FF), (0xFB00, 0xFDFF), (0xFE70, 0xFFFF), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF),
    (0xE0000, 0xE01EF),
)  # fmt: skip
_CONTROLS: Final = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0xFFFE, 0xFFFF)]
_DIRECTIONS: Final = [chr(code) for code in (0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
_JOINERS: Final = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u034f"
_MARKS: Final = [chr(code) for code in (*range(0x300, 0x370), *range(0x64B, 0x660), 0x94D, 0xE49, 0x20DD, 0x1ABE)]
_PEOPLE: Final = "👩👨🧑👧👦🏳🐻❤💻🚀"
_SKIN_TONES: Final = "🏻🏼🏽🏾🏿"
# Under NFKC or casefolding these become several characters, the first one eighteen.
_GROWING: Final = "ﷺﷻ㍿㌖㍍ﬃﬄǰΐΰŉßẞİ½⅘㎨㏂…⑽🅪"
_PUNCTUATION: Final = [char for code in range(0x3100) if unicodedata.category(char := chr(code))[0] in "PS"]
_OPERATORS: Final = (
    '"', "'", "-", "--", "+", "~", "*", "?", "^", "(", ")", "[", "]", "{", "}", "|", "||", "&&", "\\", "/", ":", "::",
    "title:", "topic:", "lang:", "title:\"", "-title:-", "lang:xx", "topic:../", "AND", "OR", "NOT", "TO", "[a TO z]",
    "NEAR/3", "field:", "_id:*", "«", "»", "„", "“", "”", "「", "」", "-\"", "\"\"", "\"-\"", "(-(", "^9e99", "~999",
)  # fmt: skip
_ATTACKS: Final = (
    "' OR '1'='1' --", "'; DROP TABLE article; --", "1; SELECT pg_sleep(9)", "%' ESCAPE '!", "%%__%%", "\\'; --",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "</mark><b>x</b><mark>",
    "<mark>", "</title>", "&lt;script&gt;", "&#60;b&#62;", "<!--", "]]>", "<a href=javascript:x>", "<ſcript>", "＜b＞",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}", "%(x)s", "{0.__class__}", "%s%n%x", "../../../etc/passwd", "file:///",
    "$(id)", "`id`", "|id", "\r\nSet-Cookie: a=b", "javascript:alert(1)", "=cmd|' /C calc'!A0", "NaN", "null",
    "undefined", "-1", "1e309", "0x7fffffff", "9" * 400, "١٢٣٤٥٦٧٨٩" * 30, "LP-" * 200, "a-" * 400, "l'" * 400,
    "a.b." * 200,
)  # fmt: skip
_EXPRESSIONS: Final = (
    "(a+)+$",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*a){30}",
    "([^,]*,){99}z",
    "(\\w+\\s?)+!",
)
_WIDE_SPACES: Final = " \u00a0\u1680\u2003\u2009\u2028\u2029\u202f\u205f\u3000\t\n\r\v\f\x1c\x85"


def hostile_queries(locale: str, count: int, seed: int) -> Iterator[str]:
    """`count` queries as no reader of `locale` would type them, every kind in turn, repeatable by `seed`.

    They are strings of any length up to a million characters, lone surrogates included: JSON can carry those.
    """
    rng = seeded("hostile", locale, seed)
    letter = letter_for(locale)
    for number in range(count):
        ordinary = rng.choice(letter.circumstances)
        yield KINDS[number % len(KINDS)](rng, ordinary)


def _size(rng: random.Random) -> int:
    return rng.choice(_SIZES)


def _any_character(rng: random.Random) -> str:
    first, last = rng.choice(_RANGES) if rng.random() < 0.8 else (0, _HIGHEST)
    code = rng.randint(first, last)
    return chr(code) if not _SURROGATES[0] <= code <= _SURROGATES[1] else "\ufffd"


def _random_unicode(rng: random.Random, _ordinary: str) -> str:
    return "".join(_any_character(rng) for _ in range(_size(rng)))


def _one_stretch(rng: random.Random, _ordinary: str) -> str:
    first, last = rng.choice(_RANGES)
    return "".join(chr(rng.randint(first, last)) for _ in range(_size(rng)))


def _surrogates(rng: random.Random, ordinary: str) -> str:
    lone = "".join(chr(rng.randint(*_SURROGATES)) for _ in range(rng.randint(1, 20)))
    return lone + ordinary + lone[::-1]


def _controls(rng: random.Random, ordinary: str) -> str:
    return "".join(char + rng.choice(_CONTROLS) for char in ordinary) + "".join(rng.choices(_CONTROLS, k=_size(rng)))


def _nul(rng: random.Random, ordinary: str) -> str:
    return rng.choice(("\x00", f"\x00{ordinary}", ordinary.replace(" ", "\x00"), "\x00" * _size(rng) + ordinary))


def _directions(rng: random.Random, ordinary: str) -> str:
    return "".join(rng.choice(_DIRECTIONS) + word for word in ordinary.split() * rng.choice((1, 50)))


def _joiners(rng: random.Random, ordinary: str) -> str:
    return "".join(
        char + "".join(rng.choices(_JOINERS, k=rng.randint(0, 3))) for char in ordinary * rng.choice((1, 40))
    )


def _mark_stacks(rng: random.Random, ordinary: str) -> str:
    height = rng.choice((1, 5, 50, 2_000))
    return "".join(char + "".join(rng.choices(_MARKS, k=height)) for char in ordinary)


def _only_marks(rng: random.Random, _ordinary: str) -> str:
    return "".join(rng.choices(_MARKS, k=_size(rng)))


def _only_punctuation(rng: random.Random, _ordinary: str) -> str:
    return "".join(rng.choices(_PUNCTUATION, k=_size(rng)))


def _only_spaces(rng: random.Random, _ordinary: str) -> str:
    return "".join(rng.choices(_WIDE_SPACES, k=_size(rng)))


def _wide_spaces(rng: random.Random, ordinary: str) -> str:
    return "".join(
        word + rng.choice(_WIDE_SPACES) * rng.randint(1, 30) for word in ordinary.split() * rng.choice((1, 30))
    )


def _emoji(rng: random.Random, _ordinary: str) -> str:
    family = (rng.choice(_PEOPLE) + rng.choice(("", *_SKIN_TONES)) + "\u200d" for _ in range(_size(rng)))
    return "".join(family) + "🇩🇪🇦" + "1\ufe0f\u20e3"


def _growing(rng: random.Random, _ordinary: str) -> str:
    return "".join(rng.choices(_GROWING, k=_size(rng)))


def _operators(rng: random.Random, ordinary: str) -> str:
    words = ordinary.split()
    parts = (rng.choice(_OPERATORS) + rng.choice(("", " ", rng.choice(words))) for _ in range(rng.choice((2, 10, 300))))
    return rng.choice(("", " ")).join(parts)


def _quotes(rng: random.Random, ordinary: str) -> str:
    words = ordinary.split() * rng.choice((1, 100))
    return " ".join(f'{rng.choice(("-", "", "title:"))}"{word}' for word in words)


def _attack(rng: random.Random, ordinary: str) -> str:
    attack = rng.choice(_ATTACKS)
    return rng.choice((attack, f"{ordinary} {attack}", f"{attack}{ordinary}{attack}", attack * rng.choice((2, 100))))


def _expression(rng: random.Random, ordinary: str) -> str:
    victim = rng.choice(("a", "a,", "aB", "ab ", "x.", ordinary)) * rng.choice((30, 500, 20_000))
    return rng.choice((f"{rng.choice(_EXPRESSIONS)} {victim}!", f"{victim}!", victim))


def _one_long_word(rng: random.Random, ordinary: str) -> str:
    letters = "".join(ordinary.split())
    length = rng.choice((400, 5_000, LONG))
    return rng.choice((rng.choice(letters) * length, (letters * (length // len(letters) + 1))[:length]))


def _random_letters(rng: random.Random, _ordinary: str) -> str:
    return " ".join(
        "".join(rng.choices(string.ascii_lowercase, k=rng.randint(1, 12))) for _ in range(rng.choice((1, 3, 60)))
    )


def _many_short_words(rng: random.Random, ordinary: str) -> str:
    letters = "".join(ordinary.split())
    return " ".join("".join(rng.choices(letters, k=rng.randint(1, 3))) for _ in range(rng.choice((200, 3_000, 30_000))))


def _many_sentences(rng: random.Random, ordinary: str) -> str:
    words = ordinary.split()
    stops = (". ", "\n", "! ", "。", "؟ ", "; ")
    return "".join(" ".join(rng.choices(words, k=rng.randint(0, 8))) + rng.choice(stops) for _ in range(2_000))


def _many_misspelled(rng: random.Random, ordinary: str) -> str:
    return " ".join(misspelled(ordinary, rng, slips=2) for _ in range(rng.choice((1, 5, 200))))


def _mixed_scripts(rng: random.Random, ordinary: str) -> str:
    return "".join(char + (_any_character(rng) if rng.random() < 0.3 else "") for char in ordinary)


def _codes(rng: random.Random, _ordinary: str) -> str:
    signs = string.ascii_uppercase + string.digits + "-_./:#@"
    return " ".join("".join(rng.choices(signs, k=rng.randint(2, 40))) for _ in range(rng.choice((1, 20, 2_000))))


def _chopped(rng: random.Random, ordinary: str) -> str:
    broken = ordinary.encode().decode("latin-1")
    return rng.choice((broken, ordinary.encode("utf-16").decode("latin-1"), broken[:: rng.randint(1, 3)]))


def _megabyte(rng: random.Random, ordinary: str) -> str:
    piece = rng.choice((ordinary + " ", "a", "文", "\u0301", "<b>", '"', "a\n", rng.choice(_GROWING), "\x00", "-a "))
    return (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]


KINDS: Final[tuple[Kind, ...]] = (
    _random_unicode,
    _one_stretch,
    _surrogates,
    _controls,
    _nul,
    _directions,
    _joiners,
    _mark_stacks,
    _only_marks,
    _only_punctuation,
    _only_spaces,
    _wide_spaces,
    _emoji,
    _growing,
    _operators,
    _quotes,
    _attack,
    _expression,
    _one_long_word,
    _random_letters,
    _many_short_words,
    _many_sentences,
    _many_misspelled,
    _mixed_scripts,
    _codes,
    _chopped,
    _megabyte,
)
