"""The passage of an article that answers, with what was searched for in <mark>: safe HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape
from rapidfuzz.distance import OSA

from portal.search import analyzers
from portal.search.folding import fold, normalize
from portal.search.languages import Beginnings, Language, language_of

_LENGTH: Final = 160
_DENSE_LENGTH: Final = 80
_SCANNED_LENGTH: Final = 20_000
_MOST_REASONS: Final = 3
# Bigrams of grammar are everywhere in scripts without spaces; only those that say something are marked.
_LEAST_SHARE: Final = 0.3
# From here on two stems are taken for one word misspelled, or inflected in a way that the stemmer does not know.
_SHORTEST_SIMILAR: Final = 4
_LEAST_SIMILARITY: Final = 0.7
_LEAST_COMMON_SHARE: Final = 0.6
_HAN_AND_KANA = re.compile(r"[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff]+")
# Stems keep so much of the beginnings of their words.
_BEGINNING: Final = 2
_SENTENCE_START = re.compile(r"(?<=[.!?؟।…·] )|(?<=[。！？])")
# Cells of tables and short items of lists, which in one line would run into each other.
_BARE_LINE_END = re.compile(r"(?<=[^\s.!?؟।…。！？:：،,、;；·])[^\S\n]*\n\s*")
# What parts a word without ending it: "e-mail" is one word to its readers.
_JOINTS = frozenset("-\u2010\u2011")


class _Mark(NamedTuple):
    """Where a term stands; of a word only begun, `typed_end` is where the typed part ends."""

    start: int
    end: int
    term: str
    typed_end: int


class _Glance:
    """Tells from its letters that a word is none of the terms: cutting it to its stem takes several times as long."""

    def __init__(self, language: Language, terms: Iterable[str], prefix: str, unknown: Iterable[str]) -> None:
        self._beginnings = language.beginnings
        letters = {language.letters_of_word(term) for term in terms}
        # A word that is much like an unknown one may differ from its second letter on.
        self._letters = tuple(letters | {prefix[:_BEGINNING]} - {""} | {term[:1] for term in unknown})
        # First letters as they are written → whether a term begins so.
        self._known: dict[str, bool] = {}

    def may_hold(self, chunk: str) -> bool:
        """Whether one of the terms may be in it; surely where that would take a closer look."""
        if self._beginnings is Beginnings.CHANGED or not chunk.isalpha():
            return True
        if not chunk.isascii() and max(chunk) >= analyzers.FIRST_WITHOUT_SPACES:
            return True
        if self._beginnings is Beginnings.INSIDE:
            folded = fold(normalize(chunk))
            return any(letters in folded for letters in self._letters)
        beginning = chunk[:_BEGINNING]
        known = self._known.get(beginning)
        if known is None:
            known = self._known[beginning] = fold(normalize(beginning)).startswith(self._letters)
        return known


class Highlighter:
    """Finds the terms of one query in texts of one locale.

    `weights`: term → how much it says. `prefix`: the beginning of a word that is still being typed. `unknown`: those
    of the terms that no article has; words much like them are marked, because their n-grams were found.
    """

    def __init__(
        self, locale: str, weights: Mapping[str, float], prefix: str = "", unknown: Collection[str] = ()
    ) -> None:
        self._locale = locale
        self._weights = weights
        self._prefix = prefix
        self._unknown = [term for term in unknown if len(term) >= _SHORTEST_SIMILAR]
        self._all = sum(weights.values())
        self._least = max(weights.values(), default=0.0) * _LEAST_SHARE
        # Chunk of letters → the marks in it: texts repeat their words.
        self._known: dict[str, list[_Mark]] = {}
        self._glance = _Glance(language_of(locale), weights, prefix, self._unknown)

    def marked(self, text: str) -> Markup:
        """All of `text` with the terms marked."""
        return _join(text, self._marks(text))

    def best_passage(self, texts: Iterable[str]) -> Markup:
        """About 160 characters (80 in scripts without spaces) of the text that says most; "" without any text.

        Later texts are looked at only while the passage found lacks something.
        """
        best: tuple[float, str, int, int, list[_Mark]] | None = None
        for raw in texts:
            text = _in_one_line(raw[:_SCANNED_LENGTH])
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
        return escape(before) + _join(text[start:end], inside) + after

    def reasons(self, texts: Iterable[str]) -> tuple[str, ...]:
        """At most three words of `texts`, as they are written there, that say most of what is searched for.

        Each says something that those before it do not: of the forms of a word the first is enough.
        """
        found: dict[frozenset[str], tuple[float, str]] = {}
        for text in texts:
            marks = self._marks(text)
            for start, end in _merged_in(text, marks):
                terms = frozenset(mark.term for mark in marks if start <= mark.start < end)
                weight, written = sum(self._weights.get(term, 0.0) for term in terms), text[start:end]
                if weight >= self._least and not _is_letter(written):
                    found.setdefault(terms, (weight, written))
        chosen: list[str] = []
        told: set[str] = set()
        for terms, (_, written) in sorted(found.items(), key=lambda reason: reason[1], reverse=True):
            if not terms <= told and len(chosen) < _MOST_REASONS:
                chosen.append(written)
                told |= terms
        return tuple(chosen)

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
        for start, chunk in analyzers.chunks(text):
            marks = self._known.get(chunk)
            if marks is None:
                marks = self._known[chunk] = self._marks_of(chunk) if self._glance.may_hold(chunk) else []
            if marks:
                found += [
                    _Mark(mark.start + start, mark.end + start, mark.term, mark.typed_end + start) for mark in marks
                ]
        return found

    def _marks_of(self, chunk: str) -> list[_Mark]:
        if _HAN_AND_KANA.fullmatch(chunk) and chunk == normalize(chunk):
            told = [_Mark(term.start, term.end, term.text, term.end) for term in self._telling(self._bigrams_in(chunk))]
            return [*self._beginnings(chunk), *told]
        found: list[_Mark] = []
        for word in analyzers.words_of_chunk(chunk, self._locale):
            if word.script is analyzers.Script.SPACED:
                known = [term for term in word.terms if term.text in self._weights][:1]
                if not known and self._prefix and word.folded.startswith(self._prefix):
                    typed_end = min(word.end, word.start + len(self._prefix))
                    found.append(_Mark(word.start, word.end, self._prefix, typed_end))
                    continue
                if not known and (similar := self._similar_term(word)):
                    found.append(_Mark(word.start, word.end, similar, word.end))
            else:
                known = self._telling(word.terms)
                if self._prefix and self._prefix in word.folded:
                    found += self._beginnings(chunk[word.start : word.end], word.start)
            for term in known:
                end = word.start + term.end
                found.append(_Mark(word.start + term.start, end, term.text, end))
        return found

    def _telling(self, terms: Sequence[analyzers.Term]) -> list[analyzers.Term]:
        """The terms of a run without spaces that say something, and what was searched for together with them there."""
        weights = [self._weights.get(term.text, -1.0) for term in terms]
        is_told = [weight >= self._least for weight in weights]
        for order in (range(1, len(terms)), range(len(terms) - 2, -1, -1)):
            for at in order:
                before = at - order.step
                touches = terms[max(at, before)].start < terms[min(at, before)].end
                is_told[at] = is_told[at] or (weights[at] >= 0 and is_told[before] and touches)
        return [term for term, told in zip(terms, is_told, strict=True) if told]

    def _similar_term(self, word: analyzers.Word) -> str | None:
        """The unknown term that a word of the text is much like."""
        if not self._unknown or word.is_stop_word:
            return None
        form, stem = word.folded, word.terms[0].text
        # A slip in the first letter is rare, and comparing all words of a text with all that are unknown takes time.
        alike = (term for term in self._unknown if term[0] == form[0] or term[0] == stem[0])
        return next((term for term in alike if _is_similar(term, stem) or _is_similar(term, form)), None)

    def _bigrams_in(self, run: str) -> list[analyzers.Term]:
        """Where the terms stand in a run of signs that are written as they are compared."""
        size = min(2, len(run))
        found: list[analyzers.Term] = []
        for text in self._weights:
            at = run.find(text) if len(text) == size else -1
            while at >= 0:
                found.append(analyzers.Term(text, at, at + size))
                at = run.find(text, at + 1)
        return sorted(found, key=lambda term: term.start)

    def _beginnings(self, run: str, base: int = 0) -> Iterator[_Mark]:
        """Where the typed characters stand in a run without spaces, which begins at `base`."""
        if self._prefix:
            for match in re.finditer(re.escape(self._prefix), run):
                yield _Mark(base + match.start(), base + match.end(), self._prefix, base + match.end())

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


def _in_one_line(text: str) -> str:
    """`text` with single spaces."""
    whole = text.strip()
    return " ".join((_BARE_LINE_END.sub(" · ", whole) if "\n" in whole else whole).split())


def _is_similar(one: str, other: str) -> bool:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) < max(_SHORTEST_SIMILAR, _LEAST_COMMON_SHARE * len(longer)):
        return False
    if longer.startswith(shorter):
        return True
    return OSA.normalized_similarity(one, other, score_cutoff=_LEAST_SIMILARITY) > 0


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
    for start, end in _merged_in(text, marks):
        parts += [str(escape(text[at:start])), f"<mark>{escape(text[start:end])}</mark>"]
        at = end
    # Markup's own joining and formatting take ten times as long.
    return Markup("".join([*parts, str(escape(text[at:]))]))  # noqa: S704 - escaped part by part


def _is_letter(written: str) -> bool:
    """Whether it is one letter of an alphabet: such as the E of E-Mail."""
    return len(written) == 1 and analyzers.script_of(written) is analyzers.Script.SPACED and not written.isdigit()


def _merged_in(text: str, marks: Iterable[_Mark]) -> list[tuple[int, int]]:
    """Overlapping and touching marks as one, and those with only a hyphen between them."""
    joined: list[tuple[int, int]] = []
    for start, end in _merged((mark.start, mark.end) for mark in marks):
        if joined and start == joined[-1][1] + 1 and text[start - 1] in _JOINTS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
