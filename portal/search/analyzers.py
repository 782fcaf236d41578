"""Text → terms, one pipeline for what is indexed and what is asked.

Chunks of word characters are found in the original text, so every term knows where it stands there; all
normalising happens inside a chunk. Words become stems; scripts without spaces become overlapping bigrams;
compounds and codes (Wi-Fi, ERR-1042) yield their parts and the whole.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.search.folding import fold, normalize
from portal.search.function_signs import signs_of
from portal.search.languages import Language, language_of

MAXIMUM_WORD_LENGTH = 64
# Scripts without spaces between words (Thai is the first of them) and Hangul have no characters below.
FIRST_WITHOUT_SPACES = "\u0e00"
_CACHED_CHUNK_LENGTH = 40
_MAXIMUM_COMPOUND_PARTS = 5


class Script(IntEnum):
    """How a run of characters is cut into terms."""

    SPACED = 0
    DENSE = 1
    HANGUL = 2


class Term(NamedTuple):
    """What is looked up, and where it stands in the text it came from."""

    text: str
    start: int
    end: int


class Word(NamedTuple):
    """One written word. `form` is normalised (for people), `folded` is without accents (for comparing).

    `start` and `end` count the characters of the text; those of its terms count from `start`. In scripts without spaces
    a word is a whole run, and `grammar` has those of its terms that only grammar is written with.
    """

    form: str
    folded: str
    start: int
    end: int
    script: Script
    is_stop_word: bool
    is_code: bool
    terms: tuple[Term, ...]
    grammar: tuple[Term, ...] = ()

    def telling_terms(self) -> tuple[Term, ...]:
        """The terms that say what somebody looks for; none of a stop word."""
        if self.is_stop_word:
            return ()
        # A run of Chinese or Japanese signs is one word with thousands of terms when somebody sends such a one.
        grammar = frozenset(self.grammar)
        return tuple(term for term in self.terms if term not in grammar) if grammar else self.terms

    def quiet_terms(self) -> tuple[Term, ...]:
        """The terms that say how somebody puts it."""
        return self.terms if self.is_stop_word else self.grammar


def _class_of_marks() -> str:
    """A regular-expression class of all combining marks: they belong to the letter before them."""
    ranges: list[list[int]] = []
    for code in range(0x300, min(0x20000, sys.maxunicode)):
        if unicodedata.category(chr(code)).startswith("M"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" if low < high else chr(low) for low, high in ranges)


_APOSTROPHES = "'’ʼ‘＇׳״"
_INVISIBLE = "\u00ad\u200c\u200d"
_HYPHENS = r"\-‐‑‒–_－"
_MARKS = _class_of_marks() + _INVISIBLE
_JOINTS = rf"[{_APOSTROPHES}{_HYPHENS}.]"
_PLAIN_LETTERS = r"[^\W_]++"
_LETTERS = rf"(?:{_PLAIN_LETTERS}|[{_MARKS}]++)++"


def _chunk_of(letters: str) -> str:
    """A regular expression for letters with what joins them: wi-fi, 12:30."""
    return rf"{letters}(?:{_JOINTS}{letters}|(?<=\d)[,/:](?=\d){letters})*+"


_CHUNK = re.compile(rf"(?<![^\W_])[A-Za-z](?:\+\+|\#)(?![^\W_])|{_chunk_of(_LETTERS)}")
# The same for texts without marks and C++: a third of the time.
_PLAIN_CHUNK = re.compile(_chunk_of(_PLAIN_LETTERS))
_PERHAPS_MARKS = re.compile("[\u00ad\u0300-\u1fff\u200c\u200d\u20d0-\u20ff\u2c00-\U0010ffff]")
_PARTS = re.compile(rf"[^{_HYPHENS}.,/:]+")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_LETTERS_OR_DIGITS = re.compile(r"\d+|\D+")
# From → script; the last entry at or below a character decides.
_SCRIPT_RANGES: tuple[tuple[int, Script], ...] = (
    (0x0000, Script.SPACED),
    (0x0E00, Script.DENSE),  # Thai, Lao
    (0x0F00, Script.SPACED),
    (0x1000, Script.DENSE),  # Myanmar
    (0x10A0, Script.SPACED),
    (0x1100, Script.HANGUL),
    (0x1200, Script.SPACED),
    (0x1780, Script.DENSE),  # Khmer
    (0x1800, Script.SPACED),
    (0x2E80, Script.DENSE),  # Han, kana
    (0x3130, Script.HANGUL),
    (0x3190, Script.DENSE),
    (0xA000, Script.SPACED),
    (0xA9E0, Script.DENSE),
    (0xAA00, Script.SPACED),
    (0xAA60, Script.DENSE),
    (0xAA80, Script.SPACED),
    (0xA960, Script.HANGUL),
    (0xAC00, Script.HANGUL),
    (0xD800, Script.SPACED),
    (0xF900, Script.DENSE),
    (0xFB00, Script.SPACED),
    (0xFF66, Script.DENSE),
    (0xFFA0, Script.HANGUL),
    (0xFFE0, Script.SPACED),
    (0x1AFF0, Script.DENSE),
    (0x1B170, Script.SPACED),
    (0x20000, Script.DENSE),
    (0x3FFFE, Script.SPACED),
)
_SCRIPT_STARTS, _SCRIPTS = zip(*sorted(_SCRIPT_RANGES), strict=True)
_VOICED_MARKS = "ﾞﾟ"


def words(text: str, locale: str) -> list[Word]:
    """The words of `text` in order; offsets count its characters."""
    language = language_of(locale)
    found: list[Word] = []
    for match in _pattern_for(text).finditer(text):
        chunk = match[0]
        cut = _cached_chunk if len(chunk) <= _CACHED_CHUNK_LENGTH else _cut_chunk
        start = match.start()
        found.extend([_moved(word, start) for word in cut(chunk, language.code)])
    return found


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """The runs of letters and what joins them that `text` is cut into first, with where they start.

    Each can be cut into words by itself: see :func:`words_of_chunk`.
    """
    return ((match.start(), match[0]) for match in _pattern_for(text).finditer(text))


def _pattern_for(text: str) -> re.Pattern[str]:
    is_plain = (text.isascii() or not _PERHAPS_MARKS.search(text)) and "+" not in text and "#" not in text
    return _PLAIN_CHUNK if is_plain else _CHUNK


def words_of_chunk(chunk: str, locale: str) -> tuple[Word, ...]:
    """The words of one of the :func:`chunks` of a text; offsets count its characters."""
    cut = _cached_chunk if len(chunk) <= _CACHED_CHUNK_LENGTH else _cut_chunk
    return cut(chunk, language_of(locale).code)


def terms(text: str, locale: str) -> list[Term]:
    """The terms of `text` to index or look up, in order; stop words only if there is nothing else."""
    return terms_of(words(text, locale), text)


def terms_of(found: Iterable[Word], text: str) -> list[Term]:
    """The terms of words that :func:`words` cut from `text`."""
    found = list(found)
    telling = [_placed(term, word.start) for word in found for term in word.telling_terms()]
    kept = telling or [_placed(term, word.start) for word in found for term in word.terms]
    return kept + list(spaced_codes(found, text))


def grams(found: Iterable[Word]) -> Iterator[str]:
    """Character n-grams of words, with repeats: they still match when a letter is wrong."""
    found = list(found)
    for word in [word for word in found if not word.is_stop_word] or found:
        yield from _grams_of(word.folded, word.script)


def asked_grams(found: Iterable[Word]) -> Iterator[str]:
    """As :func:`grams` for a question: without those that only grammar is written with, unless all are."""
    found = list(found)
    if not any(word.grammar for word in found) or not any(word.telling_terms() for word in found):
        yield from grams(found)
        return
    for word in found:
        # A bigram is made of one sign and the next, unless a sign is folded to several or none.
        if word.grammar and len(word.folded) == len(word.terms) + 1:
            quiet = {
                at for number, term in enumerate(word.terms) if term in word.grammar for at in (number, number + 1)
            }
            yield from (
                word.folded[at : at + size]
                for size in (1, 3)
                for at in range(len(word.folded) - size + 1)
                if not quiet.issuperset(range(at, at + size))
            )
        elif not word.is_stop_word:
            yield from _grams_of(word.folded, word.script)


def is_dense(text: str) -> bool:
    """Whether `text` begins mostly in a script without spaces between words."""
    beginning = text[:200]
    if max(beginning, default="") < FIRST_WITHOUT_SPACES:
        return False
    dense = sum(char >= FIRST_WITHOUT_SPACES and script_of(char) is Script.DENSE for char in beginning)
    return dense * 2 > len(beginning)


def script_of(char: str) -> Script:
    """How a run of characters like this one is cut."""
    return _SCRIPTS[bisect_right(_SCRIPT_STARTS, ord(char)) - 1] if char >= FIRST_WITHOUT_SPACES else Script.SPACED


def _moved(word: Word, by: int) -> Word:
    # Called for every word there is: spelled out, because _replace costs five times as much.
    form, folded, start, end, script, is_stop_word, is_code, found, grammar = word
    return Word(form, folded, start + by, end + by, script, is_stop_word, is_code, found, grammar)


def _placed(term: Term, by: int) -> Term:
    return Term(term[0], term[1] + by, term[2] + by)


def _cut_chunk(chunk: str, code: str) -> tuple[Word, ...]:
    language = language_of(code)
    if chunk.endswith(("+", "#")):
        form = normalize(chunk)
        return (Word(form, form, 0, len(chunk), Script.SPACED, False, True, (Term(form, 0, len(chunk)),)),)
    found: list[Word] = []
    for part in _PARTS.finditer(chunk):
        for start, end, script in _script_runs(part[0]):
            run = part[0][start:end]
            found.extend(_moved(word, part.start() + start) for word in _cut_run(run, script, language))
    return tuple(_with_whole_compound(found, chunk))


_cached_chunk = lru_cache(maxsize=5_000)(_cut_chunk)


def _script_runs(text: str) -> Iterator[tuple[int, int, Script]]:
    """Stretches of one script; marks and digits stay with what is before them."""
    if max(text, default="") < FIRST_WITHOUT_SPACES:
        if text:
            yield 0, len(text), Script.SPACED
        return
    start, current = 0, None
    for position, char in enumerate(text):
        if current is not None and (unicodedata.category(char)[0] == "M" or char in _INVISIBLE):
            continue
        script = script_of(char)
        if current is not None and script is not current:
            yield start, position, current
            start = position
        current = script
    if current is not None:
        yield start, len(text), current


def _cut_run(run: str, script: Script, language: Language) -> Iterator[Word]:
    if script is Script.DENSE:
        yield from _cut_dense(run, language)
    elif script is Script.HANGUL:
        yield from _cut_hangul(run)
    else:
        start, end = _without_elisions(run, language)
        yield from _cut_spaced(run[start:end], start, language)


def _without_elisions(run: str, language: Language) -> tuple[int, int]:
    """Where the word of a run with apostrophes stands: eau in the French l'eau, all of the English can't."""
    start = 0
    while (mark := _APOSTROPHE.search(run, start)) is not None:
        if language.drops_after_apostrophe:
            return start, mark.start()
        if fold(normalize(run[start : mark.start()])) not in language.elisions:
            break
        start = mark.end()
    return start, len(run)


def _cut_spaced(text: str, start: int, language: Language) -> Iterator[Word]:
    form = normalize(text[:MAXIMUM_WORD_LENGTH])
    # A few compatibility characters unfold to several words.
    pieces = form.split() if " " in form else [form]
    end = start + len(text)
    for piece in pieces:
        folded = fold(piece)
        if not folded:
            continue
        stop = language.is_stop_word(piece)
        # A stop word is compared as it stands: stems of such short words are those of others, too. To the German
        # stemmer, "anderen" (other) is "ändern" (change); Portuguese "para" (for) is "parou" (stopped).
        stem = folded if stop else language.stem(piece) or folded
        whole = end - start
        found = [Term(stem, 0, whole)]
        is_code = any(char.isdigit() for char in folded)
        if is_code and not folded.isdigit():
            parts = _LETTERS_OR_DIGITS.findall(folded)
            if len(parts) <= _MAXIMUM_COMPOUND_PARTS:
                found = [Term(folded, 0, whole), *(Term(part, 0, whole) for part in parts if len(part) > 1)]
        yield Word(piece, folded, start, end, Script.SPACED, stop, is_code, tuple(found))


def _clusters(run: str) -> list[Term]:
    """Characters with the marks on them, each normalised and folded."""
    spans: list[list[int]] = []
    for position, char in enumerate(run):
        if spans and (unicodedata.category(char)[0] == "M" or char in _VOICED_MARKS or char in _INVISIBLE):
            spans[-1][1] = position + 1
        else:
            spans.append([position, position + 1])
    found = [Term(fold(normalize(run[start:end])), start, end) for start, end in spans]
    return [cluster for cluster in found if cluster.text]


def _bigrams(clusters: list[Term]) -> list[Term]:
    if len(clusters) == 1:
        return clusters
    return [Term(a.text + b.text, a.start, b.end) for a, b in pairwise(clusters)]


def _cut_dense(run: str, language: Language) -> Iterator[Word]:
    clusters = _clusters(run)
    if clusters:
        folded = "".join(cluster.text for cluster in clusters)
        found = tuple(_bigrams(clusters))
        yield Word(
            folded, folded, 0, len(run), Script.DENSE, False, False, found, _grammar(clusters, found, language.code)
        )


def _grammar(clusters: list[Term], found: tuple[Term, ...], code: str) -> tuple[Term, ...]:
    """Those terms of a run that only grammar is written with."""
    signs = signs_of(code)
    if signs is None:
        return ()
    covered = signs.covered([cluster.text for cluster in clusters])
    # One sign is one term; of several, each pair is one.
    size = min(2, len(clusters))
    return tuple(term for at, term in enumerate(found) if all(covered[at : at + size]))


def _cut_hangul(run: str) -> Iterator[Word]:
    clusters = _clusters(run)
    if clusters:
        folded = "".join(cluster.text for cluster in clusters)
        found = _bigrams(clusters)
        if 2 < len(clusters) <= MAXIMUM_WORD_LENGTH:
            found = [Term(folded, 0, len(run)), *found]
        yield Word(folded, folded, 0, len(run), Script.HANGUL, False, False, tuple(found))


def _with_whole_compound(found: list[Word], chunk: str) -> list[Word]:
    """Wi-Fi → wi, fi and wifi; the whole hangs on the first part, with the offsets of all."""
    if not 2 <= len(found) <= _MAXIMUM_COMPOUND_PARTS or any(word.script is not Script.SPACED for word in found):
        return found
    if not any(mark in chunk for mark in "-‐‑‒–_－.,/:"):
        return found
    whole = "".join(word.folded for word in found)
    if len(whole) > MAXIMUM_WORD_LENGTH:
        return found
    first, end = found[0], found[-1].end
    has_digits = any(word.is_code for word in found)
    first = first._replace(terms=(Term(whole, 0, end - first.start), *first.terms), is_stop_word=False)
    return [word._replace(is_code=word.is_code or has_digits) for word in [first, *found[1:]]]


def spaced_codes(found: list[Word], text: str) -> Iterator[Term]:
    """The wholes of codes written apart: "LP 1042" as "LP-1042" yields it."""
    for left, right in pairwise(found):
        if (
            right.folded.isdigit()
            and len(right.folded) >= 2
            and 2 <= len(left.folded) <= 4
            and left.folded.isalpha()
            and not left.is_stop_word
            and text[left.end : right.start] in {" ", "\u00a0"}
        ):
            yield Term(left.folded + right.folded, left.start, right.end)


@lru_cache(maxsize=4_000)
def _grams_of(folded: str, script: Script) -> tuple[str, ...]:
    if script is Script.SPACED:
        marked = f"_{folded}_"
        if len(marked) <= 4:
            return (marked,)
        return tuple(marked[at : at + size] for size in (3, 4) for at in range(len(marked) - size + 1))
    return tuple(folded[at : at + size] for size in (1, 3) for at in range(len(folded) - size + 1))
