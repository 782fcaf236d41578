"""What people asked without who they are: names, addresses, numbers and repeated mails leave a text before it is kept.

Masked text keeps the words that help to find an article, error codes among them. It is a help and no proof: words
are learned only once several people used them (see :mod:`portal.search.learning.words`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from portal.search.analyzers import Script, script_of
from portal.search.folding import normalize
from portal.search.languages import Language, language_of
from portal.search.learning.letter_phrases import (
    CLOSINGS,
    GENERAL_ADDRESSEES,
    GREETINGS,
    HONORIFICS,
    MAYBE_NAMINGS,
    NAME_PARTICLES,
    NAMED_BEFORE,
    NAMINGS,
    QUOTE_INTRODUCTIONS,
    REPEATED_MAIL,
    SENT_FROM,
    TITLES,
)

# No word character: what is masked becomes no feature, and no new name.
MASK: Final = "…"

_LONG_NUMBER: Final = 7
_LONG_CODE: Final = 8
_CODE_DIGITS: Final = 3
_SHORT_LINE: Final = 60
_SIGNATURE_LINES: Final = 8
_NAME_WORDS: Final = 4
_UNSURE_NAME_WORDS: Final = 2
_DENSE_NAME: Final = 4
# Nobody asks for so long; what is beyond is a log file or an attack.
_MAXIMUM_LENGTH: Final = 20_000
_MOST_PASSES: Final = 10

# Every pattern is one run of a class of characters, or bounded: time grows with the text, whatever it is.
_URL = re.compile(r"(?i)(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[^\s<>\"“”「」、。，；]+")
_ADDRESS_RUN = re.compile(r"[^\s<>()\[\]{},;:\"“”「」、。，；：？！…]+")
_AT = re.compile(r"[@＠]|(?i:[\[(]at[\])])")
_UUID = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])")
_COLON_RUN = re.compile(r"(?i)[0-9a-f:.]{5,}")
_ACCOUNT = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}(?![^\W_])")
# What people and address books write between digits: spaces and dashes of any width, also invisible ones.
_BETWEEN_DIGITS = r" \t\u00a0\u2000-\u200f\u202a-\u202f\u2060-\u2069\u3000().\-\u2010-\u2015\u2212/·（）．－／ー"
_NUMBER_RUN = re.compile(rf"\+?\(?\d(?:[{_BETWEEN_DIGITS}]{{0,3}}\d)*")
_CODE_RUN = re.compile(r"[A-Za-z0-9]{8,}")
_KNOWN_CODE = re.compile(r"[A-Za-z]+\d{1,5}[A-Za-z]?|\d{1,5}[A-Za-z]+|0[xX][0-9A-Fa-f]{1,8}")
_HEX_BEFORE = re.compile(r"(?<![^\W_])0[xX][0-9A-Fa-f]{0,8}\Z")
_DIGIT_RUN = re.compile(r"\d{6,}")
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d])")
_BLANK = re.compile(r"[ \t\u00a0]{0,4}")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f'’.-])*")
_MASKS = re.compile(rf"{MASK}(?:[ \t,;:]{{0,4}}{MASK})+")
_BLANKS = re.compile(r"[ \t]{2,}")
_RULE = re.compile(r"\s*(?:--|—|_{3,}|={3,}|\*{3,})\s*")
_QUOTE_SIGNS = (">", "|")
_QUESTION_MARKS = ("?", "？", "؟")
_PUNCTUATION = " \t,.!;:،。！，…-–—"


def mask(text: str, locale: str) -> str:
    """The text without what says who wrote it; masking it again changes nothing. Any text, no error.

    Left out are quoted and repeated mail and signatures. Replaced by an ellipsis are e-mail and web addresses, IP
    addresses, account, card, telephone, order and other long numbers, and the names that follow greetings, titles
    and "my name is".
    """
    language = language_of(locale)
    text = text[:_MAXIMUM_LENGTH]
    # What one pass leaves may look like a greeting or a signature only then.
    for _pass in range(_MOST_PASSES):
        masked = _masked_once(text, language)
        if masked == text:
            break
        text = masked
    return text


def _masked_once(text: str, language: Language) -> str:
    lines = [_without_names(_without_numbers(_without_addresses(line)), language) for line in _own_lines(text)]
    return "\n".join(_tidy(lines)).strip()


def _tidy(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        tidied = _BLANKS.sub(" ", _MASKS.sub(MASK, line)).strip()
        if tidied:
            yield tidied


def _own_lines(text: str) -> Iterator[str]:
    """What the writer wrote now, without greetings at the end and what follows them."""
    has_begun, signature = False, 0
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        bare = line.strip()
        if has_begun and _ends_mail(bare):
            return
        if _is_foreign(bare, following.lstrip()) or _RULE.fullmatch(bare):
            continue
        if _is_closing(bare):
            signature = _SIGNATURE_LINES if has_begun else 0
        elif signature and len(bare) <= _SHORT_LINE and not bare.endswith(_QUESTION_MARKS):
            signature -= 1
        else:
            signature = 0
            has_begun = has_begun or bool(bare)
            yield line


def _ends_mail(line: str) -> bool:
    """Whether a signature, or another mail, is all that can follow."""
    if line in {"--", "—"}:
        return True
    return len(line) <= 2 * _SHORT_LINE and any(phrase in line.casefold() for phrase in REPEATED_MAIL)


def _is_foreign(line: str, following: str) -> bool:
    """Whether somebody or something else wrote a line: it is quoted, introduces a quote, or names a device."""
    if line.startswith(_QUOTE_SIGNS) or (line.endswith((":", "：")) and following.startswith(_QUOTE_SIGNS)):
        return True
    folded = line[: 4 * _SHORT_LINE].casefold()
    return folded.endswith(QUOTE_INTRODUCTIONS) or folded.startswith(SENT_FROM)


def _is_closing(line: str) -> bool:
    """Whether a line is one of the usual closings, perhaps with the name behind it."""
    bare = line.strip(_PUNCTUATION)
    if not bare or len(line) > _SHORT_LINE:
        return False
    if bare.casefold() in _CLOSINGS:
        return True
    closing = _CLOSING_START.match(bare)
    words = bare[closing.end() :].strip(_PUNCTUATION).split() if closing else []
    return 0 < len(words) <= _NAME_WORDS and all(word[:1].isupper() or word in NAME_PARTICLES for word in words)


def _without_addresses(line: str) -> str:
    if "://" in line or "www." in line.lower():
        line = _URL.sub(MASK, line)
    if _AT.search(line):
        line = re.sub(r"(?i)\s{0,2}[\[(]at[\])]\s{0,2}", "@", line)
        line = _ADDRESS_RUN.sub(lambda match: _without_address(match[0]), line)
    return line


def _without_address(run: str) -> str:
    """A run of characters without the address in it; scripts without spaces may go on before and after."""
    marks = [at for sign in "@＠" for at in (run.find(sign), run.rfind(sign)) if at >= 0]
    if not marks:
        return run
    start, end = min(marks), max(marks) + 1
    while start and script_of(run[start - 1]) is not Script.DENSE:
        start -= 1
    if start == min(marks):
        start = max(0, start - _DENSE_NAME)
    while end < len(run) and script_of(run[end]) is not Script.DENSE:
        end += 1
    return run[:start] + MASK + run[end:]


def _without_numbers(line: str) -> str:
    if not any(char.isdigit() for char in line) and ":" not in line:
        return line
    line = _COLON_RUN.sub(lambda match: MASK if _is_network_address(match[0]) else match[0], line)
    line = _UUID.sub(MASK, _IP.sub(MASK, line))
    line = _ACCOUNT.sub(MASK, line)
    line = _CODE_RUN.sub(lambda match: MASK if _is_personal_code(match[0]) else match[0], line)
    return _NUMBER_RUN.sub(_masked_number, line)


def _is_network_address(run: str) -> bool:
    return run.count(":") >= 5 or ("::" in run and any(char.isalnum() for char in run))


def _is_personal_code(run: str) -> bool:
    digits = sum(char.isdigit() for char in run)
    return _CODE_DIGITS <= digits < len(run) and _KNOWN_CODE.fullmatch(run) is None


def _masked_number(match: re.Match[str]) -> str:
    run = match[0]
    digits = sum(char.isdigit() for char in run)
    if _HEX_BEFORE.search(match.string[max(0, match.start() - 10) : match.start()]) and digits <= _LONG_CODE:
        return run
    return MASK if digits >= _LONG_NUMBER or _DIGIT_RUN.search(run) else run


def _without_names(line: str, language: Language) -> str:
    line = _HONOURED.sub(MASK, line)
    line = _NAMED_BEFORE.sub(MASK, line)
    line = _masked_after(line, _TITLE, lambda at: _capitalized_name(line, at, least=1))
    line = _masked_after(line, _NAMING, lambda at: _any_name(line, at, language))
    if line != line.upper():
        line = _masked_after(line, _MAYBE_NAMING, lambda at: _capitalized_name(line, at, least=2))
    return _without_addressee(line)


def _masked_after(line: str, phrases: re.Pattern[str], name_end: Callable[[int], int]) -> str:
    """The line without the names that follow any of the phrases; `name_end` says where one that begins there ends."""
    kept: list[str] = []
    position = 0
    for match in phrases.finditer(line):
        start = match.end()
        end = name_end(start) if start >= position else start
        if end > start:
            kept += [line[position:start], " ", MASK]
            position = end
    return "".join([*kept, line[position:]])


def _name_words(line: str, at: int) -> Iterator[re.Match[str]]:
    """The words that follow each other from `at` on, with nothing but blanks between them."""
    while (blank := _BLANK.match(line, at)) and (word := _WORD.match(line, blank.end())):
        yield word
        at = word.end()


def _capitalized_name(line: str, at: int, *, least: int) -> int:
    """Where the capitalised words after `at` end; `at` if there are fewer than `least` of them and more text."""
    end, count = at, 0
    for word in islice(_name_words(line, at), _NAME_WORDS):
        is_certain = word[0][0].isupper() or (count and word[0] in NAME_PARTICLES)
        if not is_certain and not (count < _UNSURE_NAME_WORDS and _may_begin_name(word[0])):
            break
        end, count = word.end(), count + 1
    is_all = count and not line[end:].strip(_PUNCTUATION)
    return end if count >= least or is_all else at


def _any_name(line: str, at: int, language: Language) -> int:
    """Where the name ends that surely follows, written in whatever case."""
    end = at
    for count, word in enumerate(islice(_name_words(line, at), _NAME_WORDS)):
        if script_of(word[0][0]) is Script.DENSE:
            return min(word.end(), word.start() + _DENSE_NAME)
        is_certain = word[0][0].isupper() or word[0] in NAME_PARTICLES
        is_word_of_the_sentence = word[0] == "I" or language.is_stop_word(normalize(word[0]))
        if not (count and word[0] in NAME_PARTICLES) and is_word_of_the_sentence:
            break
        if not (is_certain or count < _UNSURE_NAME_WORDS):
            break
        end = word.end()
    return end


def _without_addressee(line: str) -> str:
    """The line without who is greeted in it by name."""
    greeting = _GREETING.match(line)
    if greeting is None:
        return line
    addressee = _ADDRESSEE.match(line, greeting.end())
    words = addressee["name"].split() if addressee else []
    if addressee is None or not words or all(word.casefold().strip(".'’") in GENERAL_ADDRESSEES for word in words):
        return line
    is_set_apart = bool(addressee["mark"].strip("."))
    is_name = all(_may_begin_name(word) or word in NAME_PARTICLES for word in words)
    if (is_name and len(words) <= _NAME_WORDS) or (is_set_apart and len(words) == 1 and _WORD.fullmatch(words[0])):
        return line[: greeting.end()] + " " + MASK + line[addressee.end("name") :]
    return line


def _may_begin_name(word: str) -> bool:
    """Whether a word is capitalised, or of a script that has no capitals but spaces between words."""
    first = word[0]
    has_case = first.lower() != first.upper()
    return first.isupper() if has_case else first.isalpha() and script_of(first) is not Script.DENSE


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first; spaces may be several."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"[ \t\u00a0]{1,3}") for phrase in ordered)


def _spaced(phrases: Iterable[str]) -> str:
    """As :func:`_any_of`, as whole words; scripts without spaces have no such border."""
    phrases = list(phrases)
    dense = [phrase for phrase in phrases if script_of(phrase[0]) is Script.DENSE]
    others = [phrase for phrase in phrases if script_of(phrase[0]) is not Script.DENSE]
    whole = rf"(?<![^\W_])(?:{_any_of(others)})(?![^\W_])"
    return f"{whole}|(?:{_any_of(dense)})" if dense else whole


_CLOSINGS: Final = frozenset(phrase.casefold() for phrase in CLOSINGS)
_CLOSING_START = re.compile(rf"(?i)(?:{_spaced(CLOSINGS)})")
_GREETING = re.compile(rf"(?i)[ \t]{{0,8}}(?:{_spaced(GREETINGS)})")
_ADDRESSEE = re.compile(r"[ \t]{1,4}(?P<name>[^,!:.;?،，！：；。？…]{1,60})(?P<mark>[,!:،，！：]|[.。]|$)")
_NAMING = re.compile(rf"(?i){_spaced(NAMINGS)}")
_MAYBE_NAMING = re.compile(rf"(?i){_spaced(MAYBE_NAMINGS)}")
_TITLE = re.compile(rf"(?i){_spaced(TITLES)}\.?")
_NAME_START = r"(?:^|(?<=[\s、。，,：:！!]))"
_HONOURED = re.compile(rf"{_NAME_START}(?!お客|皆)[^\W\d_]{{1,{2 * _DENSE_NAME}}}(?=(?:{_any_of(HONORIFICS)})(?!的))")
_NAMED_BEFORE = re.compile(rf"{_NAME_START}[^\W\d_]{{1,{2 * _DENSE_NAME}}}(?=(?:{_any_of(NAMED_BEFORE)}))")
