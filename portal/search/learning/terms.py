"""The words that a model holds most for an article, as people wrote them: for the eyes of its authors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from portal.search import analyzers
from portal.search.learning.features import MAXIMUM_WORDS, word_feature

_SHORTEST_WORD: Final = 2
_LONGEST_WORD: Final = 40


def telling_terms(
    texts: Iterable[str], locale: str, weight_of: Callable[[int], float], limit: int
) -> list[tuple[str, float]]:
    """The words of an article's questions that speak for it, with their weights, the most telling first.

    A word's weight is that of its feature times the share of the questions that have it: what one person wrote once
    is not what the article learned. Stop words and numbers are left out; of a word's spellings the commonest is shown.
    """
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    questions: Counter[str] = Counter()
    count = 0
    for text in texts:
        count += 1
        seen = set()
        for word in analyzers.words(text, locale)[:MAXIMUM_WORDS]:
            if word.is_stop_word or word.folded.isdigit() or not _SHORTEST_WORD <= len(word.form) <= _LONGEST_WORD:
                continue
            term = word.terms[0].text if word.script is analyzers.Script.SPACED and word.terms else word.folded
            spellings[term][word.form] += 1
            seen.add(term)
        questions.update(seen)
    telling = [
        (max(forms.items(), key=lambda entry: (entry[1], entry[0]))[0], weight * questions[term] / count)
        for term, forms in spellings.items()
        if (weight := weight_of(word_feature(term))) > 0
    ]
    return sorted(telling, key=lambda entry: (-entry[1], entry[0]))[:limit]
