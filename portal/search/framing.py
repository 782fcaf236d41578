"""The sentences of a message that frame its question: greetings, thanks, requests for help, signatures.

They say nothing about what is asked, but their words stand in articles, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from portal.search.analyzers import Script, script_of
from portal.search.learning.letter_phrases import (
    CLOSINGS,
    FRAMING_PHRASES,
    FRAMING_WORDS,
    GENERAL_ADDRESSEES,
    GREETINGS,
    HONORIFICS,
    SENT_FROM,
)

_SIGNATURE_LENGTH: Final = 40
_NAME_WORDS: Final = 3
_DENSE_NAME: Final = 5
_LONGEST: Final = 160
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKS = re.compile(r"[\s\W_]+")


def without_framing(sentences: Sequence[str]) -> list[str]:
    """The sentences that may hold a question, in their order; all of them where nothing else would be left."""
    kept: list[str] = []
    has_begun = is_signing = False
    for sentence in sentences:
        is_name = is_signing and _may_be_name(sentence)
        # Thanks in front are followed by the question, not by a name.
        is_signing = has_begun and (is_name or _CLOSING.match(sentence.casefold()) is not None)
        if not (is_name or is_framing(sentence)):
            kept.append(sentence)
            has_begun = has_begun or bool(sentence.strip())
    return kept if has_begun else list(sentences)


def is_framing(sentence: str) -> bool:
    """Whether a sentence greets, thanks, asks for help in general or takes leave, and does nothing else."""
    if len(sentence) > _LONGEST or not sentence.strip():
        return False
    folded = sentence.strip().casefold()
    if folded.startswith(SENT_FROM) or folded.endswith(SENT_FROM):
        return True
    addressed = _OPENING.match(folded)
    if addressed and _may_be_name(sentence[addressed.end() :]):
        return True
    if _is_dense(folded):
        return _are_framing(_DENSE.sub(" ", folded))
    # Nearly every question has a word that no phrase has, and looking for phrases takes time.
    return _ALL_WORDS.issuperset(_WORD.findall(folded)) and _are_framing(_SPACED.sub(" ", folded))


def _are_framing(rest: str) -> bool:
    return all(word in FRAMING_WORDS or word in GENERAL_ADDRESSEES for word in _WORD.findall(rest))


def _may_be_name(text: str) -> bool:
    """Whether a line is short and holds no more than a name, or nothing."""
    bare = _MARKS.sub(" ", text).strip()
    if len(text) > _SIGNATURE_LENGTH or text.rstrip().endswith(("?", "？", "؟")):
        return False
    if _is_dense(bare):
        return len(bare) <= _DENSE_NAME or bare.endswith(HONORIFICS)
    words = bare.split()
    return len(words) <= _NAME_WORDS and all(
        word[0].isupper() or word[0].lower() == word[0].upper() or word.casefold() in GENERAL_ADDRESSEES
        for word in words
    )


def _any_of(phrases: Iterable[str]) -> str:
    ordered = sorted({phrase.casefold() for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(map(re.escape, ordered))


def _is_dense(phrase: str) -> bool:
    return any(script_of(char) is Script.DENSE for char in phrase)


_PHRASES: Final = (*GREETINGS, *CLOSINGS, *FRAMING_PHRASES)
_SPACED = re.compile(rf"(?<![^\W_])(?:{_any_of(each for each in _PHRASES if not _is_dense(each))})(?![^\W_])")
_DENSE = re.compile(_any_of(each for each in _PHRASES if _is_dense(each)))
_OPENING = re.compile(rf"\s*(?:{_any_of((*GREETINGS, *CLOSINGS))})(?![a-z])")
_CLOSING = re.compile(rf"\s*(?:{_any_of(CLOSINGS)})(?![a-z])")
_ALL_WORDS: Final = FRAMING_WORDS.union(GENERAL_ADDRESSEES, *(_WORD.findall(each.casefold()) for each in _PHRASES))
