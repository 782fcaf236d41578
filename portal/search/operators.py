"""The query language, for those who know it: "exact phrase", -not, title:word, topic:key, lang:de.

A query is never wrong: whatever cannot be read as an operator (a lone dash, an unclosed quote, ``10:30``, a topic or
language that is not here) is words like any other. This module reads; `constraints` applies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from portal.localization import best_match

# With so many words outside the quotation marks somebody asks a question; with fewer they know what they look for.
_WORDS_OF_QUESTION: Final = 3
MAXIMUM_OPERATORS: Final = 10
MAXIMUM_LENGTH: Final = 500

# Each key in English and as the shipped languages call it; all are understood everywhere.
_KEYS: Final = {
    "title": ("title", "titel", "titre", "título", "titulo", "العنوان", "عنوان", "タイトル", "标题"),
    "topic": ("topic", "thema", "thème", "theme", "tema", "tópico", "topico", "الموضوع", "موضوع", "トピック", "主题"),
    "lang": ("lang", "language", "sprache", "langue", "idioma", "اللغة", "لغة", "言語", "语言"),
}
_OPERATOR_OF: Final = {word: operator for operator, words in _KEYS.items() for word in words}
# Opening quotation mark → those that may close it. Keyboards and phones mix them.
_QUOTES: Final = {
    '"': '"＂“”',
    "＂": '"＂',
    "“": '”“"',
    "”": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«»",
    "「": "」",
    "『": "』",
}
# Scripts without spaces open these in the middle of a sentence.
_OPEN_ANYWHERE: Final = "「『"


def _quoted(openers: str) -> str:
    return "|".join(f"{mark}[^{_QUOTES[mark]}{mark}]+[{_QUOTES[mark]}]" for mark in openers)


_ANY_QUOTED = _quoted("".join(_QUOTES))
_BARE = f"[^\\s{''.join(_QUOTES)}]\\S*"
_OPERATOR = re.compile(
    rf"(?:^|(?<=[\s(（]))(?:"
    rf"(?P<key>{'|'.join(sorted(_OPERATOR_OF, key=len, reverse=True))})[:：](?P<value>{_ANY_QUOTED}|{_BARE})"
    # A number with a minus is a number; two dashes are an option of some program.
    rf"|[-－−](?P<excluded>{_ANY_QUOTED}|[^\W\d_]\S*)"
    rf"|(?P<phrase>{_ANY_QUOTED})"
    rf")|(?P<inner>{_quoted(_OPEN_ANYWHERE)})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a query asks for.

    `text` is everything sought, in its order and without signs: the words, and those of phrases and titles.
    `rest` is the query as typed without `topic:` and `lang:`, which pages show as filters. `topic` and `locale` are
    "" where none was named.
    """

    text: str
    rest: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    topic: str = ""
    locale: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether articles must meet more than their rank: a phrase, a title, or the lack of a word."""
        return bool(self.phrases or self.excluded or self.titles)

    @property
    def quotes_in_passing(self) -> bool:
        """Whether it is a question with a name in quotation marks: the answer is sought, however articles write it."""
        quoted = sum(len(phrase.split()) for phrase in self.phrases)
        others = len(self.text.split()) - quoted
        return quoted > 0 and others >= _WORDS_OF_QUESTION and not (self.excluded or self.titles)

    @property
    def is_plain(self) -> bool:
        """Whether the query is words only."""
        return not (self.is_exact or self.topic or self.locale)


def parse(
    text: str,
    *,
    find_topic: Callable[[str], str | None] = lambda name: name,
    find_locale: Callable[[str], str | None] = lambda _tag: None,
) -> ParsedQuery:
    """Read the operators in `text`; at most `MAXIMUM_OPERATORS`, what follows is words.

    `find_topic` gives the path of the topic that somebody names, `find_locale` the searchable locale of a language
    tag; None makes words of the operator. So does a query that only says what it is not about.
    """
    reading = _Reading(find_topic, find_locale)
    text = text[:MAXIMUM_LENGTH]
    at = 0
    for match in _OPERATOR.finditer(text):
        if reading.count < MAXIMUM_OPERATORS and reading.take(match, text[at : match.start()]):
            at = match.end()
    reading.words(text[at:])
    found = reading.result()
    seeks = any(char.isalnum() for char in found.text) or found.topic or (found.locale and not found.is_exact)
    return found if seeks else ParsedQuery(text=_spaced(text), rest=_spaced(text))


def finds_locale(available: Collection[str]) -> Callable[[str], str | None]:
    """A `find_locale` for :func:`parse`: the one of `available` that a language tag (de, pt-BR) means."""
    return lambda tag: best_match([tag], tuple(available), "") or None


class _Reading:
    """What has been read so far."""

    def __init__(self, find_topic: Callable[[str], str | None], find_locale: Callable[[str], str | None]) -> None:
        self.count = 0
        self._find_topic, self._find_locale = find_topic, find_locale
        self._text: list[str] = []
        self._rest: list[str] = []
        self._found = ParsedQuery("", "")

    def words(self, text: str) -> None:
        self._text.append(text)
        self._rest.append(text)

    def take(self, match: re.Match[str], before: str) -> bool:
        """Take an operator with the words before it; False when it is none after all."""
        change, sought = self._meaning(match)
        if not change:
            return False
        self.words(before)
        self.count += 1
        self._text.append(sought)
        if change.keys().isdisjoint({"topic", "locale"}):
            self._rest.append(match[0])
        self._found = replace(self._found, **change)  # type: ignore[arg-type]  # the names are those below
        return True

    def _meaning(self, match: re.Match[str]) -> tuple[dict[str, object], str]:
        """What an operator adds, by field, and the words in it that are sought."""
        found = self._found
        operator = _OPERATOR_OF.get((match["key"] or "").casefold(), "")
        value = _unquoted(match["value"] or match["excluded"] or match["phrase"] or match["inner"])
        if not any(char.isalnum() for char in value):
            return {}, ""
        if match["key"] and not operator:
            # A letter that only looks alike without regard to case, such as a dotted capital I.
            return {}, ""
        if operator == "topic":
            path = None if found.topic else self._find_topic(value)
            return ({"topic": path}, "") if path else ({}, "")
        if operator == "lang":
            code = None if found.locale else self._find_locale(value)
            return ({"locale": code}, "") if code else ({}, "")
        if operator == "title":
            return {"titles": (*found.titles, value)}, value
        if match["excluded"]:
            return {"excluded": (*found.excluded, value)}, ""
        return {"phrases": (*found.phrases, value)}, value

    def result(self) -> ParsedQuery:
        # What is typed without spaces stays so in the field; what is looked up is apart.
        return replace(self._found, text=_spaced(" ".join(self._text)), rest=_spaced("".join(self._rest)))


def _unquoted(value: str) -> str:
    return value[1:-1].strip() if value[0] in _QUOTES else value


def _spaced(text: str) -> str:
    return " ".join(text.split())
