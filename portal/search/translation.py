"""A question in one language → what to look up among articles in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from portal.search import analyzers, compounds, termbase
from portal.search.dictionary_file import Dictionary
from portal.search.fields import exact_term
from portal.search.languages import language_of
from portal.search.question import codes
from portal.search.ranking import Query
from portal.search.transliteration import in_latin

_FURTHER_TERM: Final = 0.8
_FURTHER_CONCEPT: Final = 0.7
_PART_OF_COMPOUND: Final = 0.6
_MOST_TRANSLATIONS: Final = 8
_MOST_WORDS: Final = 40
_MOST_COMPOUNDS: Final = 4
# Foreign names stand in katakana.
_KATAKANA: Final = re.compile("[ァ-ヺー]{3,}")
_DENSE_LANGUAGES: Final = frozenset({"ja", "zh", "yue"})


class _Need(NamedTuple):
    """One thing asked for: the term it has in the question, terms for it in the articles, and n-grams of those."""

    term: str
    related: Sequence[tuple[str, float]]
    grams: Sequence[str]


def translated_query(text: str, source: str, target: str, learned: Dictionary) -> Query:
    """The query for `text`, in the language of the locale `source`, among articles of the locale `target`.

    `learned`: term of the source language → terms of the target language, as the portal's own articles translate it;
    the general tables of terms come beside it. Words without a translation are looked up as they stand, by their
    n-grams, too: names, codes and many a term of trade are the same in both, or much alike.
    """
    words = analyzers.words(text, source)[:_MOST_WORDS]
    needs = list(_needs(words, source, target, learned, with_stop_words=False))
    needs = needs or list(_needs(words, source, target, learned, with_stop_words=True))
    terms: list[str] = []
    related: dict[str, list[tuple[str, float]]] = {}
    for need in needs:
        # What is asked for is the likeliest translation; the word itself may stand there as well.
        (term, best), *others = need.related or [(need.term, 1.0)]
        terms.append(term)
        others = [(other, share / best) for other, share in others]
        related[term] = _merged([*related.get(term, ()), (need.term, 1.0), *others])
    return Query(
        terms=tuple(terms),
        grams=tuple(gram for need in needs for gram in need.grams),
        phrase=exact_term(analyzers.words(text, target)),
        codes=tuple(codes(words, text)),
        related=related,
    )


def _needs(
    words: Sequence[analyzers.Word], source: str, target: str, learned: Dictionary, *, with_stop_words: bool
) -> Iterator[_Need]:
    covered: dict[int, str] = {}
    for phrase in termbase.terms_of(source).find(words):
        found = _translations(phrase.concepts, target)
        if not found:
            continue
        stem = phrase.text or termbase.stem_of(words[phrase.first])
        if phrase.end - phrase.first == 1:
            found = _merged([*learned.get(stem, ()), *found])
        for number in range(phrase.first, phrase.end):
            covered[number] = covered.get(number, "") + phrase.text
        yield _Need(phrase.text or words[phrase.first].folded, found, list(_grams_of_terms(phrase.concepts, target)))
    unknown = 0
    for number, word in enumerate(words):
        if word.script is analyzers.Script.DENSE:
            yield from _in_dense(word, covered.get(number, ""), target, learned)
        elif number not in covered and (with_stop_words or not word.is_stop_word):
            unknown += 1
            yield _untranslated(word, source, target, learned, takes_apart=unknown <= _MOST_COMPOUNDS)


def _untranslated(word: analyzers.Word, source: str, target: str, learned: Dictionary, *, takes_apart: bool) -> _Need:
    """A word that no table has: as it stands or sounds, as the articles translate it, or by its parts."""
    stem = termbase.stem_of(word)
    related = list(learned.get(stem, ()))
    if not related and takes_apart:
        related = [
            (term, share * _PART_OF_COMPOUND)
            for concepts in _parts(word.folded, source, termbase.own_terms())
            for term, share in _translations(concepts, target)
        ]
    seen = in_latin(word.folded) or word.folded
    as_target = analyzers.words(seen, target)
    own = [term.text for term in analyzers.terms_of(as_target, seen)] or [word.folded]
    if word.is_code:
        own = [term.text for term in word.terms]
    as_it_stands = [(term, 1.0) for term in own]
    return _Need(own[0], _merged(related) or as_it_stands, list(analyzers.grams(as_target)))


def _in_dense(word: analyzers.Word, covered: str, target: str, learned: Dictionary) -> Iterator[_Need]:
    """What the articles translate of a run without spaces, and names in it, beside the terms `covered` already."""
    for match in _KATAKANA.finditer(word.folded):
        if match[0] not in covered:
            named = analyzers.words(in_latin(match[0]), target)
            yield _Need(
                match[0], [(term.text, 1.0) for name in named for term in name.terms], [*analyzers.grams(named)]
            )
    target_is_dense = target.split("_")[0] in _DENSE_LANGUAGES
    for position, term in enumerate(word.terms):
        if term.text in covered or term in word.grammar:
            continue
        related = learned.get(term.text, ())
        # Of bigrams that nobody translates every second one: as many as there may be words. They are what the
        # question says beside what was understood of it.
        if related or target_is_dense or (position % 2 == 0 and not _is_grammar(term.text)):
            yield _Need(term.text, related, ())


def _is_grammar(text: str) -> bool:
    """Whether a bigram holds hiragana, in which Japanese writes its endings."""
    return any("ぁ" <= char <= "ゟ" for char in text)


# Each of the other languages is asked with the same words.
@lru_cache(maxsize=2_000)
def _parts(folded: str, source: str, _own: termbase.OwnTerms) -> tuple[tuple[str, ...], ...]:
    """The concepts of the words that a compound consists of, while the operator's own terms are these."""
    language, known = language_of(source), termbase.terms_of(source)

    def concepts_of(stretches: Iterable[str]) -> dict[str, tuple[str, ...]]:
        return {stretch: known.concepts((language.stem(stretch),)) for stretch in stretches}

    if not any(concepts_of(compounds.beginnings(folded, source)).values()):
        return ()
    concepts = concepts_of(compounds.candidates(folded, source))
    found = compounds.parts(folded, {stretch: len(named) for stretch, named in concepts.items()}, source)
    return tuple(concepts[part] for part in found)


def _translations(concepts: Sequence[str], target: str) -> list[tuple[str, float]]:
    """The terms for concepts in the target language: those of the first concept, and their first term, count most."""
    terms = termbase.terms_of(target)
    found: list[tuple[str, float]] = []
    for rank, concept in enumerate(concepts):
        for number, form in enumerate(terms.forms(concept)):
            parts = analyzers.terms(form, target)
            share = _FURTHER_CONCEPT**rank * (_FURTHER_TERM if number else 1.0) / max(1, len(parts)) ** 0.5
            found += [(part.text, share) for part in parts]
    return _merged(found)


def _grams_of_terms(concepts: Sequence[str], target: str) -> Iterator[str]:
    terms = termbase.terms_of(target)
    for concept in concepts[:2]:
        for form in terms.forms(concept)[:1]:
            yield from analyzers.grams(analyzers.words(form, target))


def _merged(found: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    best: dict[str, float] = {}
    for term, share in found:
        best[term] = max(share, best.get(term, 0.0))
    return sorted(best.items(), key=lambda entry: -entry[1])[:_MOST_TRANSLATIONS]
