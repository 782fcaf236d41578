"""The passage of an article that answers, with what was searched for in <mark>: safe HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from portal.search import analyzers

_LENGTH: Final = 160
_DENSE_LENGTH: Final = 80
_SCANNED_LENGTH: Final = 20_000
# Bigrams of grammar are everywhere in scripts without spaces; only those that say something are marked.
_LEAST_SHARE: Final = 0.3
_SPACES = re.compile(r"\s+")
_SENTENCE_START = re.compile(r"(?<=[.!?؟।…] )|(?<=[。！？])")


class _Mark(NamedTuple):
    """Where a term stands; of a word only begun, `typed_end` is where the typed part ends."""

    start: int
    end: int
    term: str
    typed_end: int


class Highlighter:
    """Finds the terms of one query in texts of one locale.

    `weights`: term → how much it says. `prefix`: the beginning of a word that is still being typed.
    """

    def __init__(self, locale: str, weights: Mapping[str, float], prefix: str = "") -> None:
        self._locale = locale
        self._weights = weights
        self._prefix = prefix
        self._all = sum(weights.values())
        self._least = max(weights.values(), default=0.0) * _LEAST_SHARE

    def marked(self, text: str) -> Markup:
        """All of `text` with the terms marked."""
        return _join(text, self._marks(text))

    def best_passage(self, texts: Iterable[str]) -> Markup:
        """About 160 characters (80 in scripts without spaces) of the text that says most; "" without any text.

        Later texts are looked at only while the passage found lacks something.
        """
        best: tuple[float, str, int, int, list[_Mark]] | None = None
        for raw in texts:
            text = _SPACES.sub(" ", raw[:_SCANNED_LENGTH]).strip()
            if not text:
                continue
            length = _DENSE_LENGTH if analyzers.is_dense(text) else _LENGTH
            marks = self._marks(text)
            value, start, end = self._window(text, marks, length)
            if best is None or value > best[0]:
                best = (value, text, start, end, marks)
            if value >= self._all:
                break
        if best is None:
            return Markup()
        _, text, start, end, marks = best
        inside = [mark._replace(start=mark.start - start, end=mark.end - start) for mark in marks
                  if mark.start >= start and mark.end <= end]  # fmt: skip
        before = "…" if start else ""
        after = "…" if end < len(text) else ""
        return Markup("{}{}{}").format(before, _join(text[start:end], inside), after)

    def completed(self, text: str) -> Markup:
        """All of `text` with what is *not* searched for in <b>: what a suggestion would add to the words typed."""
        typed = _merged((mark.start, mark.typed_end) for mark in self._marks(text))
        parts, at = [], 0
        for start, end in [*typed, (len(text), len(text))]:
            rest = text[at:start]
            parts += [Markup("<b>{}</b>").format(rest) if rest.strip() else escape(rest), escape(text[start:end])]
            at = end
        return Markup("").join(parts)

    def _marks(self, text: str) -> list[_Mark]:
        found: list[_Mark] = []
        for word in analyzers.words(text, self._locale):
            if word.script is analyzers.Script.SPACED:
                known = [term for term in word.terms if term.text in self._weights][:1]
                if not known and self._prefix and word.folded.startswith(self._prefix):
                    typed_end = min(word.end, word.start + len(self._prefix))
                    found.append(_Mark(word.start, word.end, self._prefix, typed_end))
                    continue
            else:
                known = [term for term in word.terms if self._weights.get(term.text, -1.0) >= self._least]
                found += self._beginnings(text, word)
            for term in known:
                end = word.start + term.end
                found.append(_Mark(word.start + term.start, end, term.text, end))
        return found

    def _beginnings(self, text: str, word: analyzers.Word) -> Iterator[_Mark]:
        """Where the typed characters stand in a run without spaces."""
        if self._prefix and self._prefix in word.folded:
            for match in re.finditer(re.escape(self._prefix), text[word.start : word.end]):
                start, end = word.start + match.start(), word.start + match.end()
                yield _Mark(start, end, self._prefix, end)

    def _window(self, text: str, marks: list[_Mark], length: int) -> tuple[float, int, int]:
        """The stretch of about `length` characters whose different terms weigh most: (weight, start, end)."""
        best_value, best_first = 0.0, None
        for first, mark in enumerate(marks):
            seen: dict[str, float] = {}
            for other in marks[first:]:
                if other.end - mark.start > length:
                    break
                # A repeated term adds a little: of two passages with the same terms the denser one is better.
                known = seen.get(other.term)
                weight = self._weights.get(other.term, 1.0)
                seen[other.term] = weight if known is None else min(known + 0.1 * weight, 1.5 * weight)
            value = sum(seen.values())
            if value > best_value:
                best_value, best_first = value, mark
        start = _good_start(text, best_first.start if best_first else 0, length)
        return best_value, start, _good_end(text, start + length)


def _good_start(text: str, at: int, length: int) -> int:
    """Where to begin so that `at` is inside: at the start of its sentence if that is near, else at a word."""
    if at <= length // 3:
        return 0
    earliest = max(0, at - length // 3)
    starts = [match.start() for match in _SENTENCE_START.finditer(text, earliest, at + 1)]
    if starts:
        return starts[-1]
    if analyzers.script_of(text[at]) is analyzers.Script.DENSE:
        return max(earliest, at - length // 6)
    space = text.find(" ", max(earliest, at - length // 6), at)
    return space + 1 if space >= 0 else at


def _good_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - 30, at + 1)
    return space if space > 0 else at


def _join(text: str, marks: list[_Mark]) -> Markup:
    """`text` escaped, overlapping and touching marks as one."""
    parts, at = [], 0
    for start, end in _merged((mark.start, mark.end) for mark in marks):
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
