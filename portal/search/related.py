"""Other terms for what somebody asks: synonyms, the parts of compounds, what is written apart or with other letters."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from portal.search import analyzers, compounds, termbase
from portal.search.fields import TEXT
from portal.search.languages import language_of
from portal.search.question import query_of
from portal.search.ranking import Query
from portal.search.snapshot import Snapshot

Related = Mapping[str, Sequence[tuple[str, float]]]

# How much another term says of what was asked, by the way they are related.
_SYNONYM: Final = 0.5
# An operator who writes that two terms are the same knows their portal.
_OWN_SYNONYM: Final = 0.9
_PART: Final = 0.5
_JOINED: Final = 0.8
_RESPELLED: Final = 0.9
_MOST_WORDS: Final = 40
_MOST_UNKNOWN: Final = 8
# Taking a word apart means looking up some hundred stretches of it.
_MOST_COMPOUNDS: Final = 4
# How keyboards without these letters write them; folding has made plain letters of them. German's stemmer knows it.
_DIGRAPHS: Final = {
    "da": (("oe", "o"), ("aa", "a")),
    "et": (("ae", "a"), ("oe", "o"), ("ue", "u")),
    "fi": (("ae", "a"), ("oe", "o")),
    "hu": (("oe", "o"), ("ue", "u")),
    "nb": (("oe", "o"), ("aa", "a")),
    "sv": (("ae", "a"), ("oe", "o"), ("aa", "a")),
}


def query_with_related(text: str, snapshot: Snapshot) -> Query:
    """The query for a few words among the articles of `snapshot`, with what is related to them there."""
    return replace(query_of(text, snapshot.locale), related=related_terms(text, snapshot))


def related_terms(text: str, snapshot: Snapshot) -> Related:
    """Term of `text` → other terms that the articles of `snapshot` have, with how much each says of it (0.0 to 1.0)."""
    words = analyzers.words(text, snapshot.locale)[:_MOST_WORDS]
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for term, other, share in (*_synonyms(words, snapshot), *_respelled(words, snapshot)):
        if other != term:
            found[term][other] = max(share, found[term].get(other, 0.0))
    return {term: list(others.items()) for term, others in found.items()}


def _synonyms(words: list[analyzers.Word], snapshot: Snapshot) -> Iterable[tuple[str, str, float]]:
    terms = termbase.synonyms_of(snapshot.locale)
    found: list[tuple[list[str], list[str], float]] = []
    for phrase in terms.find(words):
        inside = [
            term.text for word in words[phrase.first : phrase.end] if not word.is_stop_word for term in word.terms
        ]
        if phrase.text:
            inside = [term.text for term in analyzers.terms(phrase.text, snapshot.locale)]
        if inside:
            found += [
                (inside, others, _share_of(concept, len(phrase.concepts), len(others)))
                for concept in phrase.concepts
                for others in _terms_of_concept(snapshot.locale, concept)
                if not set(others).issubset(inside)
            ]
    frequencies = _frequencies(snapshot, {term for inside, others, _ in found for term in (*inside, *others)})

    def rarest(phrase: list[str]) -> str:
        return min(phrase, key=lambda term: (frequencies[term], term))

    # A phrase hangs on its rarest word, and stands nowhere unless all its words do.
    return [
        (rarest(inside), rarest(others), share)
        for inside, others, share in found
        if all(frequencies[term] for term in others)
    ]


def _share_of(concept: str, concept_count: int, term_count: int) -> float:
    """How much a phrase of so many terms says of one that means several concepts, this one among them."""
    if termbase.is_own(concept):
        return _OWN_SYNONYM / math.sqrt(term_count)
    return _SYNONYM / term_count / concept_count


@lru_cache(maxsize=1_000)
def _terms_of_concept(locale: str, concept: str) -> tuple[list[str], ...]:
    """What is looked up for each term of a concept."""
    forms = termbase.synonyms_of(locale).forms(concept)
    return tuple([term.text for term in analyzers.terms(form, locale)] for form in forms)


def _respelled(words: list[analyzers.Word], snapshot: Snapshot) -> Iterable[tuple[str, str, float]]:
    """Words that the articles do not have → how they may be written there."""
    spaced = [word for word in words if word.script is analyzers.Script.SPACED and not word.is_code]
    known = _frequencies(snapshot, {word.terms[0].text for word in spaced})
    wanted: list[tuple[str, list[str], float]] = []
    for left, right in pairwise(words):
        if left in spaced and right in spaced and not (known[left.terms[0].text] and known[right.terms[0].text]):
            wanted.append((left.terms[0].text, [left.folded + right.folded], _JOINED))
    unknown = [word for word in spaced if not word.is_stop_word and not known[word.terms[0].text]][:_MOST_UNKNOWN]
    splits = {word: compounds.candidates(word.folded, snapshot.locale) for word in _compounds(unknown, snapshot)}
    for word in unknown:
        wanted += [(word.terms[0].text, [form], _RESPELLED) for form in _without_digraphs(word.folded, snapshot.locale)]
    language = language_of(snapshot.locale)
    # What is indexed is the stem of the normalised form; that of the folded one is the same but for rare accents.
    stems = {
        form: language.stem(form) or form
        for form in {form for _, forms, _ in wanted for form in forms}.union(*splits.values())
    }
    frequencies = _frequencies(snapshot, set(stems.values()))
    found = [(term, stems[form], share) for term, forms, share in wanted for form in forms if frequencies[stems[form]]]
    for word, pieces in splits.items():
        split = compounds.parts(word.folded, {piece: frequencies[stems[piece]] for piece in pieces}, snapshot.locale)
        found += [(word.terms[0].text, stems[part], _PART) for part in split]
    return found


def _compounds(unknown: Iterable[analyzers.Word], snapshot: Snapshot) -> list[analyzers.Word]:
    """The words that begin with a word of the articles, and may go on with others."""
    stem = language_of(snapshot.locale).stem
    begun = {word: list(map(stem, compounds.beginnings(word.folded, snapshot.locale))) for word in unknown}
    frequencies = _frequencies(snapshot, {stretch for stretches in begun.values() for stretch in stretches})
    return [word for word, stretches in begun.items() if any(map(frequencies.get, stretches))][:_MOST_COMPOUNDS]


def _without_digraphs(folded: str, locale: str) -> list[str]:
    plain = folded
    for digraph, letter in _DIGRAPHS.get(locale.split("_")[0], ()):
        plain = plain.replace(digraph, letter)
    return [plain] if plain != folded else []


def _frequencies(snapshot: Snapshot, terms: Iterable[str]) -> dict[str, int]:
    asked = list(terms)
    return dict(zip(asked, map(int, snapshot.look_up([(TEXT, text) for text in asked]).frequencies), strict=True))
