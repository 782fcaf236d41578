"""Articles learn the words of the people they helped: a linear model of one locale, fitted on answered questions.

`fit` takes the questions that articles answered; `LearnedModel.votes` says for a new question how much those earlier
ones speak for each article. :func:`portal.search.learning.combining.combined` joins them
with the scores of search. The constants of votes were set looking at banking77's questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.search.learning import packing
from portal.search.learning.combining import Ballot
from portal.search.learning.dense import DenseWeights
from portal.search.learning.features import features
from portal.search.learning.fitting import (
    NO_POSTINGS,
    NO_VOCABULARY,
    Floats,
    Ints,
    Lessons,
    Postings,
    Vocabulary,
    fitted,
    rows_of,
    vocabulary_of,
)
from portal.search.learning.terms import telling_terms
from portal.search.question import MAXIMUM_MESSAGE_LENGTH, sentences
from portal.search.semantic import Embedder

# Under this margin nothing is meant. One of 1.0, which training asks for, is worth a vote of up to 0.94; half of that
# worth is reached with so many questions. Inside banking77's earlier tickets (n = 3,450 with 5, fewer with all) a
# margin is best worth half to all of a text's score with 5 questions an article, and three times as much with all.
_LEAST_MARGIN: Final = 0.05
_MARGIN_WORTH: Final = 3.0
_HALF_WORTH_EXAMPLES: Final = 8.0
# From so many sentences on the best one counts for itself, and the whole the less the more there are.
_SENTENCES_OF_MESSAGE: Final = 3
_LEAST_VOTE: Final = 0.01
_TERMS_KEPT: Final = 20
_EXAMPLES_OF_ARTICLE: Final = 300
# What an article says of itself is an example, too: with few questions it keeps what they do not say.
_TITLE_LENGTH: Final = 300
_OPENING_LENGTH: Final = 1_500


class Example(NamedTuple):
    """A question that an article answered; `weight` from 0.0 to 1.0 says how sure that is."""

    text: str
    article_id: int
    weight: float = 1.0


class ArticleText(NamedTuple):
    """What an article says about itself in the locale: its title, and its summary and beginning."""

    title: str
    opening: str = ""


class LearnedModel:
    """What the articles of one locale learned. Immutable; threads may share it."""

    def __init__(
        self,
        locale: str,
        vocabulary: Vocabulary,
        postings: Postings,
        article_ids: Ints,
        evidence: Floats,
        terms: Mapping[int, Sequence[tuple[str, float]]],
        dense: DenseWeights | None = None,
    ) -> None:
        self.locale = locale
        self._vocabulary = vocabulary
        self._postings = postings
        self._article_ids = article_ids
        self._evidence = evidence
        self._worth = _MARGIN_WORTH * evidence / (evidence + _HALF_WORTH_EXAMPLES)
        self._terms = terms
        self._dense = dense
        self._rows = {int(article_id): row for row, article_id in enumerate(article_ids)}

    def votes(self, text: str, embedder: Embedder | None = None) -> dict[int, float]:
        """Article id → how much its earlier questions say that it answers `text`, from 0.01 to below 1.0.

        An article's votes grow with the number of questions that it answered; without any it has none. Of
        a message its best sentence counts for each article, so that greetings and circumstances fall away.
        `embedder` tells what the text means; what was learned with another one is left out, and votes are lower.
        """
        if not len(self._article_ids):
            return {}
        votes = self._votes_for(self._margins(text[:MAXIMUM_MESSAGE_LENGTH], embedder))
        return {int(self._article_ids[row]): float(votes[row]) for row in np.flatnonzero(votes)}

    def ballot(self, text: str, article_ids: Ints, embedder: Embedder | None = None) -> Ballot:
        """The votes of these articles on `text`; those that are not known here have none, and no evidence."""
        votes, evidence, margins = (np.zeros(len(article_ids)) for _array in range(3))
        if len(self._article_ids):
            at = np.minimum(np.searchsorted(self._article_ids, article_ids), len(self._article_ids) - 1)
            is_known = self._article_ids[at] == article_ids
            known = self._margins(text[:MAXIMUM_MESSAGE_LENGTH], embedder)
            votes[is_known] = self._votes_for(known)[at[is_known]]
            evidence[is_known] = self._evidence[at[is_known]]
            margins[is_known] = known[at[is_known]]
        return Ballot(votes, evidence, margins)

    def evidence_count(self, article_id: int) -> int:
        """How many questions an article learned from, weak ones counted as the share they are worth."""
        row = self._rows.get(article_id)
        return 0 if row is None else round(float(self._evidence[row]))

    def terms_of(self, article_id: int, limit: int = _TERMS_KEPT) -> list[tuple[str, float]]:
        """The words that say most for an article, as people wrote them, with their weights; the most telling first."""
        return [(word, weight) for word, weight in self._terms.get(article_id, ())[:limit]]

    def to_bytes(self) -> bytes:
        """The model to store; :meth:`from_bytes` reads it."""
        arrays: dict[str, NDArray[Any]] = {
            "features": self._vocabulary.ids,
            "idf": self._vocabulary.idf,
            "starts": self._postings.starts,
            "articles": self._postings.articles,
            "weights": self._postings.weights,
            "article_ids": self._article_ids,
            "evidence": self._evidence,
        }
        if self._dense is not None:
            arrays["dense"] = self._dense.weights.ravel()
        terms = {str(article_id): [list(term) for term in found] for article_id, found in self._terms.items()}
        values = {
            "locale": self.locale,
            "unknown_idf": self._vocabulary.unknown_idf,
            "scale": self._postings.scale,
            "terms": terms,
        }
        if self._dense is None:
            return packing.packed(arrays, values)
        values |= {"embedder": self._dense.embedder, "dense_scale": self._dense.scale}
        return packing.packed(arrays, values, embedder=self._dense.embedder)

    @classmethod
    def from_bytes(cls, content: bytes) -> LearnedModel:
        """The model that :meth:`to_bytes` wrote.

        Raises:
            DamagedModel: `content` is damaged or of another version; fitting anew makes a readable one.
        """
        arrays, values = packing.unpacked(content)
        with packing.damage_reported():
            postings = Postings(arrays["starts"], arrays["articles"], arrays["weights"], float(values["scale"]))
            vocabulary = Vocabulary(arrays["features"], arrays["idf"], float(values["unknown_idf"]))
            packing.check(
                len(arrays["article_ids"]) == len(arrays["evidence"])
                and bool(np.all(arrays["article_ids"][1:] > arrays["article_ids"][:-1]))
                and vocabulary.is_sound()
                and postings.is_sound(len(vocabulary.ids), len(arrays["article_ids"]))
            )
            terms = {
                int(article_id): [(str(word), float(weight)) for word, weight in found]
                for article_id, found in values["terms"].items()
            }
            dense = _dense_of(arrays, values)
            packing.check(dense is None or dense.is_sound(len(arrays["article_ids"])))
            locale = str(values["locale"])
            return cls(locale, vocabulary, postings, arrays["article_ids"], arrays["evidence"], terms, dense)

    def _votes_for(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        votes = -np.expm1(-self._worth * np.maximum(margins - _LEAST_MARGIN, 0.0))
        return np.where(votes >= _LEAST_VOTE, votes, 0.0)

    def _margins(self, text: str, embedder: Embedder | None) -> NDArray[np.float64]:
        parts = sentences(text)
        if len(parts) < _SENTENCES_OF_MESSAGE:
            alone: NDArray[np.float64] = self._margins_of([text], embedder)[0]
            return alone
        margins = self._margins_of([text, *parts], embedder)
        whole, best = margins[0], margins[1:].max(axis=0)
        found: NDArray[np.float64] = best + (whole - best) / (len(parts) - 1)
        return found

    def _margins_of(self, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float64]:
        """(text, article row) → how well they fit: 1.0 is sure, 0.0 or less nothing."""
        article_count = len(self._article_ids)
        asked = (self._vocabulary.vector(features(text, self.locale)) for text in texts)
        margins = np.array([self._postings.scores(*each, article_count) for each in asked])
        if self._dense is not None and embedder is not None and embedder.name == self._dense.embedder:
            margins += self._dense.scores(embedder.embed(texts))
        return margins


def _dense_of(arrays: packing.Arrays, values: Mapping[str, Any]) -> DenseWeights | None:
    """The weights of vectors among what is stored; None in models that were fitted without."""
    if "dense" not in arrays:
        return None
    weights = arrays["dense"].reshape(len(arrays["article_ids"]), -1)
    return DenseWeights(str(values["embedder"]), weights, float(values["dense_scale"]))


class _Lesson(NamedTuple):
    """A text that an article, by its row, is to be found by."""

    text: str
    row: int
    weight: float


def fit(
    examples: Iterable[Example],
    *,
    locale: str = "und",
    articles: Mapping[int, ArticleText] | None = None,
    embedder: Embedder | None = None,
) -> LearnedModel:
    """The model of a locale on the questions that articles answered; the same examples yield the same model.

    Of an article's examples the first 300 count, so the newest should come first. `articles` are the texts of those
    articles and of others that could be meant: these get no votes, but are not outvoted for what their texts say.
    With an `embedder` what texts mean is learned, too, in the languages that it helps.
    """
    texts = articles or {}
    by_article = _by_article(examples)
    article_ids = sorted({*by_article, *texts})
    lessons = [
        lesson
        for row, article_id in enumerate(article_ids)
        for lesson in _lessons(row, by_article.get(article_id, []), texts.get(article_id))
    ]
    found = [features(lesson.text, locale) for lesson in lessons]
    usable = [number for number, each in enumerate(found) if any(len(group.ids) for group in each)]
    if not by_article or not usable:
        return LearnedModel(locale, NO_VOCABULARY, NO_POSTINGS, np.empty(0, np.int64), np.empty(0, np.float32), {})
    found = [found[number] for number in usable]
    labels = np.array([lessons[number].row for number in usable], np.int64)
    weights = np.array([lessons[number].weight for number in usable], np.float32)
    vocabulary = vocabulary_of(found)
    helping = embedder if embedder and embedder.helps(locale) else None
    vectors = helping.embed([lessons[number].text for number in usable]) if helping else None
    taught = Lessons(rows_of(found, vocabulary), labels, weights, vectors)
    of_features, of_vectors = fitted(taught, len(article_ids), len(vocabulary.ids))
    postings = of_features.quantized()
    dense = DenseWeights(helping.name, of_vectors).quantized() if helping and of_vectors is not None else None
    evidence = [sum(example.weight for example in by_article.get(article_id, [])) for article_id in article_ids]
    return LearnedModel(
        locale,
        vocabulary,
        postings,
        np.array(article_ids, np.int64),
        np.array(evidence, np.float32),
        _terms(by_article, article_ids, locale, vocabulary, postings),
        dense,
    )


def _by_article(examples: Iterable[Example]) -> dict[int, list[Example]]:
    found: defaultdict[int, list[Example]] = defaultdict(list)
    for example in examples:
        if example.weight > 0 and len(found[example.article_id]) < _EXAMPLES_OF_ARTICLE:
            found[example.article_id].append(example)
    return {article_id: known for article_id, known in found.items() if known}


def _lessons(row: int, examples: Iterable[Example], text: ArticleText | None) -> Iterator[_Lesson]:
    for example in examples:
        yield _Lesson(example.text[:MAXIMUM_MESSAGE_LENGTH], row, min(1.0, example.weight))
    if text is not None:
        yield _Lesson(text.title[:_TITLE_LENGTH], row, 1.0)
        yield _Lesson(text.opening[:_OPENING_LENGTH], row, 1.0)


def _terms(
    by_article: Mapping[int, list[Example]],
    article_ids: Sequence[int],
    locale: str,
    vocabulary: Vocabulary,
    postings: Postings,
) -> dict[int, list[tuple[str, float]]]:
    def weight_of(row: int, feature: int) -> float:
        number = vocabulary.number(feature)
        return 0.0 if number is None else postings.weight(number, row) * float(vocabulary.idf[number])

    return {
        article_id: telling_terms(
            (example.text for example in by_article[article_id]), locale, partial(weight_of, row), _TERMS_KEPT
        )
        for row, article_id in enumerate(article_ids)
        if article_id in by_article
    }
