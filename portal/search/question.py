"""What people type → what is looked up: a short query, a half-typed one, or the sentences of a message."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from portal.search import analyzers
from portal.search.fields import MAXIMUM_DENSE_PREFIX_LENGTH, MAXIMUM_PREFIX_LENGTH, exact_term, seams
from portal.search.folding import normalize
from portal.search.framing import without_framing
from portal.search.ranking import Query

MAXIMUM_QUERY_LENGTH: Final = 500
MAXIMUM_MESSAGE_LENGTH: Final = 4_000
MAXIMUM_SENTENCES: Final = 24
_LONG_SENTENCE: Final = 300
_ENDS = re.compile(r"(?<=[.!?])\s+|[。！？؟।…\n\r]+|(?<=[;；:：])\s")
_SPACES = re.compile(r"\s+")


def clean(text: str, limit: int = MAXIMUM_QUERY_LENGTH) -> str:
    """The text as it is searched, shown and logged: no control characters, single spaces, at most `limit` long.

    Nor is it longer once it is normalised: a single character may stand for eighteen.
    """
    # What is cut off is never looked at, so a megabyte costs what a page costs.
    kept = text[: 2 * limit]
    if not kept.isprintable():
        kept = "".join(char if char.isprintable() or char == "\u200c" else " " for char in kept)
    kept = _SPACES.sub(" ", kept).strip()[:limit]
    if not kept.isascii() and len(normalize(kept)) > limit:
        kept = kept[: bisect_right(range(len(kept)), limit, key=lambda end: len(normalize(kept[:end]))) - 1]
    return kept.strip()


def clean_message(text: str) -> str:
    """As :func:`clean` for a message: its lines stay."""
    lines = (clean(line, MAXIMUM_MESSAGE_LENGTH) for line in text[:MAXIMUM_MESSAGE_LENGTH].splitlines())
    return "\n".join(line for line in lines if line)


def query_of(text: str, locale: str, *, is_unfinished: bool = False) -> Query:
    """The query for a few words; with `is_unfinished` the last word may still grow."""
    found = analyzers.words(text, locale)
    grams, sides = tuple(analyzers.asked_grams(found)), tuple(seams(found))
    phrase, whole_codes = exact_term(found), tuple(codes(found, text))
    if not is_unfinished or not found or text[-1:].isspace():
        terms = tuple(term.text for term in analyzers.terms_of(found, text))
        return Query(
            terms=terms,
            grams=grams,
            function_words=_function_words(found),
            seams=sides,
            phrase=phrase,
            codes=whole_codes,
        )
    before, last = found[:-1], found[-1]
    is_spaced = last.script is analyzers.Script.SPACED
    return Query(
        terms=tuple(term.text for term in analyzers.terms_of(before, text)),
        grams=grams,
        function_words=_function_words(before),
        seams=sides,
        phrase=phrase,
        codes=whole_codes,
        prefix=last.folded[:MAXIMUM_PREFIX_LENGTH] if is_spaced else last.folded[-MAXIMUM_DENSE_PREFIX_LENGTH:],
        unfinished_terms=tuple(term.text for term in last.terms),
    )


def _function_words(found: list[analyzers.Word]) -> tuple[str, ...]:
    """The terms of stop words and of grammar; none where there are only such: then they are what is asked for."""
    if not any(word.telling_terms() for word in found):
        return ()
    return tuple(term.text for word in found for term in word.quiet_terms())


def codes(found: list[analyzers.Word], text: str) -> Iterator[str]:
    """The error codes, product names and numbers among the words of a text."""
    seen = dict.fromkeys(term.text for word in found if word.is_code for term in word.terms)
    seen.update(dict.fromkeys(term.text for term in analyzers.spaced_codes(found, text)))
    yield from (code for code in seen if any(char.isdigit() for char in code) and len(code) >= 3)


def sentences(text: str) -> list[str]:
    """The sentences of a message that may hold its question, without repeats; long ones are cut at a space.

    Greetings, thanks, signatures and calls for help are left out, unless there is nothing else.
    """
    found: dict[str, None] = {}
    for part in _ENDS.split(text):
        sentence = part.strip()
        while len(sentence) > _LONG_SENTENCE:
            cut = sentence.rfind(" ", 0, _LONG_SENTENCE)
            cut = cut if cut > _LONG_SENTENCE // 2 else _LONG_SENTENCE
            found[sentence[:cut].strip()] = None
            sentence = sentence[cut:].strip()
        if sentence:
            found[sentence] = None
        if len(found) >= MAXIMUM_SENTENCES:
            break
    return without_framing(list(found)[:MAXIMUM_SENTENCES])
