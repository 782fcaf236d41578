"""Fitting the weights of a learned model in two ways over TF-IDF features, with dropout; their average is used.

Each example pushes its article above the rival that scores best, by as little as needed (Crammer et al., "Online
Passive-Aggressive Algorithms", 2006, PA-I); or, as in multinomial logistic regression, above all rivals. The second
way is the better one with few questions an article; with many they are equal, or the first is. The weights of all
steps are averaged, later ones counting more; in each step some features are hidden, so that no single word carries an
article (both make the result less dependent on wrongly labelled examples). Only the rivals that are most like an
example are compared with it, and where there are many articles they have weights only for features of their texts and
those of near rivals: time and memory grow with the examples and not with their product with the articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.search.learning.dense import unit_centroids
from portal.search.learning.features import Features, Group

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

# What each kind of feature has of a text's squared length: words, pairs, loose pairs, n-grams.
_SHARES: Final = (0.3, 0.2, 0.2, 0.3)
# Compared by cross-validation inside the earlier tickets of banking77; its questions were looked at as well.
_AGGRESSIVENESS: Final = 0.5
_MOST_DROPOUT: Final = 0.5
# With so many examples an article, dropout is half of what it may become: few examples have nothing to spare.
_HALF_DROPOUT_EXAMPLES: Final = 10.0
# Logistic steps: how steeply scores become chances, the size of a step, and under which doubt none is taken.
_STEEPNESS: Final = 6.0
_STEP_SIZE: Final = 1.0
_LEAST_DOUBT: Final = 1e-3
# The fewest and most epochs, and about how many steps there should be.
_MARGIN_EPOCHS: Final = (5, 20, 200_000)
_LOGISTIC_EPOCHS: Final = (5, 20, 100_000)
# All rivals where there are few examples: with 5 an article 16 → 76 rivals, and steps of 0.3 → 0.5, meant 70.5 → 71.5 %
# right at once (banking77's earlier tickets, n = 3,450, logistic steps). Many examples keep to about 16.
_RIVALS: Final = (4, 96)
_SLOTS: Final = 24_000_000
_ALL_PAIRS: Final = 6_000_000
# A text's rarest features say most; what a pasted page has beyond them is left out.
_FEATURES_OF_EXAMPLE: Final = 256
_SEED: Final = 20_261
_BYTE_LEVELS: Final = 127
_NO_CHANGE: Final = np.zeros((0, 0), np.float32)
# What vectors have of an example's squared length, where there are any. By cross-validation inside banking77's tickets,
# R@1 without vectors → with 0.15, 0.3, 0.5: with 97 tickets an article 90.6 → 91.2, 91.5, 91.3 (n = 2,501), with a typo
# in every word 81.0 → 79.9, 78.3, 75.0 (700); with 5 tickets 74.3 → –, 76.0, 76.3 (4,500), with typos 63.1 → –, 64.8,
# 64.1 (2,100). Without dropout of vectors (0.5) 90.4 and 63.9 with all, of single dimensions (0.3) 91.6 and 75.3.
_DENSE_SHARE: Final = 0.3
_MODE = "dim"


class Rows(NamedTuple):
    """Sparse unit vectors, one a text: row i has features[starts[i]:starts[i + 1]] with the values beside them."""

    starts: Ints
    features: NDArray[np.int32]
    values: Floats


class Vocabulary(NamedTuple):
    """The known features, ascending, with their inverse document frequency; unknown ones weigh `unknown_idf`."""

    ids: NDArray[np.uint32]
    idf: Floats
    unknown_idf: float

    def number(self, feature: int) -> int | None:
        """Which of the known features it is, if it is one."""
        at = int(np.searchsorted(self.ids, feature))
        return at if at < len(self.ids) and self.ids[at] == feature else None

    def is_sound(self) -> bool:
        """Whether features are in order; what is stored may be damaged."""
        return len(self.ids) == len(self.idf) and bool(np.all(self.ids[1:] > self.ids[:-1]))

    def vector(self, found: Features) -> tuple[NDArray[np.int32], Floats]:
        """A text as numbers of known features and their weights, together of length at most 1.

        Every kind of feature has its share, however many there are. What is unknown has its share, too: a question
        about something never heard of does not become a sure one by the few words that are known.
        """
        numbers, values = [], []
        for group, share in zip(found, _SHARES, strict=True):
            at, weights = self._weighed(group)
            length = float(np.sqrt(weights @ weights))
            if length:
                known = at >= 0
                numbers.append(at[known])
                values.append(weights[known] * np.float32(share**0.5 / length))
        if not numbers:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        return np.concatenate(numbers), np.concatenate(values)

    def _weighed(self, group: Group) -> tuple[NDArray[np.int32], Floats]:
        at = np.searchsorted(self.ids, group.ids)
        at = np.minimum(at, len(self.ids) - 1).astype(np.int32)
        is_known = self.ids[at] == group.ids
        idf = np.where(is_known, self.idf[at], np.float32(self.unknown_idf))
        return np.where(is_known, at, np.int32(-1)), ((1 + np.log(group.counts)) * idf).astype(np.float32)


def vocabulary_of(texts: Sequence[Features]) -> Vocabulary:
    """The features of the texts; inverse document frequency ln((1 + n) / (1 + df)) + 1."""
    ids = np.concatenate([group.ids for found in texts for group in found] or [np.empty(0, np.uint32)])
    known, frequency = np.unique(ids, return_counts=True)
    idf = np.log((1 + len(texts)) / (1 + frequency)) + 1
    return Vocabulary(known, idf.astype(np.float32), float(np.log(1 + len(texts)) + 1))


def rows_of(texts: Sequence[Features], vocabulary: Vocabulary) -> Rows:
    """The texts as sparse rows."""
    vectors = [_strongest(*vocabulary.vector(found)) for found in texts]
    starts = np.cumsum([0, *(len(values) for _features, values in vectors)])
    return Rows(
        starts.astype(np.int64),
        np.concatenate([features for features, _values in vectors]),
        np.concatenate([values for _features, values in vectors]),
    )


def _strongest(features: NDArray[np.int32], values: Floats) -> tuple[NDArray[np.int32], Floats]:
    if len(values) <= _FEATURES_OF_EXAMPLE:
        return features, values
    kept = np.sort(np.argsort(-values, kind="stable")[:_FEATURES_OF_EXAMPLE])
    return features[kept], values[kept]


class Postings(NamedTuple):
    """Feature f weighs scale * weights[starts[f]:starts[f + 1]] for the articles (by their row) beside them."""

    starts: Ints
    articles: NDArray[np.int32]
    weights: Floats | NDArray[np.int8]
    scale: float = 1.0

    def scores(self, features: NDArray[np.int32], values: Floats, article_count: int) -> NDArray[np.float64]:
        """The weighted sum for every article row."""
        begins, ends = self.starts[features], self.starts[features + 1]
        lengths = ends - begins
        total = int(lengths.sum())
        if not total:
            return np.zeros(article_count)
        at = np.arange(total) + np.repeat(begins - np.concatenate(([0], np.cumsum(lengths[:-1]))), lengths)
        weighed = np.repeat(values, lengths).astype(np.float64) * self.weights[at] * self.scale
        return np.bincount(self.articles[at], weighed, article_count).astype(np.float64)

    def weight(self, feature: int, article: int) -> float:
        """What a feature weighs for an article."""
        part = slice(self.starts[feature], self.starts[feature + 1])
        return self.scale * float(self.weights[part][self.articles[part] == article].sum())

    def is_sound(self, feature_count: int, article_count: int) -> bool:
        """Whether all that is pointed to is there; what is stored may be damaged."""
        return (
            len(self.starts) == feature_count + 1
            and self.starts[0] == 0
            and self.starts[-1] == len(self.articles) == len(self.weights)
            and bool(np.all(self.starts[1:] >= self.starts[:-1]))
            and bool(np.all((self.articles >= 0) & (self.articles < article_count)))
        )

    def quantized(self) -> Postings:
        """The same in a byte a weight; those that are next to nothing are left out."""
        scale = float(np.abs(self.weights).max(initial=0.0)) / _BYTE_LEVELS or 1.0
        levels = np.rint(self.weights / scale).astype(np.int8)
        kept = levels != 0
        starts = np.concatenate(([0], np.cumsum(kept)))[self.starts]
        return Postings(starts, self.articles[kept], levels[kept], scale)


NO_VOCABULARY: Final = Vocabulary(np.empty(0, np.uint32), np.empty(0, np.float32), 1.0)
NO_POSTINGS: Final = Postings(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int8))


class Lessons(NamedTuple):
    """The examples: their features, and the article rows (`labels`) that these are to be found by.

    `weights` are what each counts (1.0 is a whole example); `vectors` (example, dimension), where there are any, what
    they mean, of length 1.0.
    """

    rows: Rows
    labels: Ints
    weights: Floats
    vectors: Floats | None = None


def fitted(lessons: Lessons, article_count: int, feature_count: int) -> tuple[Postings, Floats | None]:
    """The weights of the articles for the features of their texts and of those of their rivals.

    Beside them, where there are vectors, (article, dimension) → the weights for these.
    """
    if lessons.vectors is None:
        return _fitted(lessons, article_count, feature_count)
    sparse, dense = np.float32((1 - _DENSE_SHARE) ** 0.5), np.float32(_DENSE_SHARE**0.5)
    rows = lessons.rows._replace(values=lessons.rows.values * sparse)
    postings, weights = _fitted(
        lessons._replace(rows=rows, vectors=lessons.vectors * dense), article_count, feature_count
    )
    # Who asks need not know of the shares.
    return postings._replace(weights=postings.weights * sparse), None if weights is None else weights * dense


def _fitted(lessons: Lessons, article_count: int, feature_count: int) -> tuple[Postings, Floats | None]:
    rows = lessons.rows
    keys, centroids = _pairs(rows, lessons.labels, lessons.weights, article_count)
    starts = np.searchsorted(keys, np.arange(feature_count + 1) * article_count)
    articles = (keys % article_count).astype(np.int32)
    candidates = _candidates(lessons, Postings(starts, articles, centroids), article_count)
    keys = _weighed_pairs(rows, candidates, feature_count, article_count)
    starts = np.searchsorted(keys, np.arange(feature_count + 1) * article_count)
    articles = (keys % article_count).astype(np.int32)
    weights, dense_weights = _learned(lessons, keys, candidates, article_count)
    return Postings(starts, articles, weights), dense_weights


def _pairs(rows: Rows, labels: Ints, weights: Floats, article_count: int) -> tuple[Ints, Floats]:
    """The (feature, article) pairs that occur, ascending, each as one number; and the articles' unit centroids."""
    lengths = np.diff(rows.starts)
    found = rows.features.astype(np.int64) * article_count + np.repeat(labels, lengths)
    keys, inverse = np.unique(found, return_inverse=True)
    sums = np.bincount(inverse, rows.values * np.repeat(weights, lengths))
    norms = np.sqrt(np.bincount(keys % article_count, sums**2, article_count))
    return keys, (sums / np.maximum(norms[keys % article_count], 1e-9)).astype(np.float32)


def _weighed_pairs(rows: Rows, candidates: Ints, feature_count: int, article_count: int) -> Ints:
    """The (feature, article) pairs that get a weight: all, or if these are too many those of the nearest rivals."""
    if feature_count * article_count <= _ALL_PAIRS:
        return np.arange(feature_count * article_count)
    lengths = np.diff(rows.starts)
    near = max(2, _ALL_PAIRS // max(1, len(rows.values)))
    found = [
        np.unique(rows.features.astype(np.int64) * article_count + np.repeat(column, lengths))
        for column in candidates[:, :near].T
    ]
    return np.unique(np.concatenate(found))


def _candidates(lessons: Lessons, centroids: Postings, article_count: int) -> Ints:
    """For each example its article and then the rivals that are most like it."""
    least, most = _RIVALS
    rows, vectors = lessons.rows, lessons.vectors
    count = min(article_count - 1, max(least, min(most, _SLOTS // max(1, len(rows.values)) - 1)))
    chosen = np.empty((len(lessons.labels), 1 + count), np.int64)
    means = None if vectors is None else unit_centroids(vectors, lessons.labels, lessons.weights, article_count)
    for row, label in enumerate(lessons.labels):
        part = slice(rows.starts[row], rows.starts[row + 1])
        scores = centroids.scores(rows.features[part], rows.values[part], article_count)
        if vectors is not None and means is not None:
            scores += means @ vectors[row]
        scores[label] = np.inf
        chosen[row] = np.argsort(-scores, kind="stable")[: 1 + count]
    return chosen


def _learned(lessons: Lessons, keys: Ints, candidates: Ints, article_count: int) -> tuple[Floats, Floats | None]:
    """The weights that both ways of fitting find, averaged."""
    count = len(candidates)
    slots = [_slots(lessons.rows, row, keys, candidates[row], article_count) for row in range(count)]
    examples_each = count / article_count
    dropout = _MOST_DROPOUT * examples_each / (examples_each + _HALF_DROPOUT_EXAMPLES)
    course = _Course(lessons, slots, candidates, len(keys), article_count, dropout)
    by_margin = _averaged(course, _passive_aggressive, _epochs(count, *_MARGIN_EPOCHS))
    by_chance = _averaged(course, _logistic, _epochs(count, *_LOGISTIC_EPOCHS))
    two = np.float32(2)
    sparse, dense = (by_margin.sparse + by_chance.sparse) / two, (by_margin.dense + by_chance.dense) / two
    return sparse, None if lessons.vectors is None else dense


def _epochs(count: int, least: int, most: int, steps: int) -> int:
    return min(most, max(least, steps // count))


class _Course(NamedTuple):
    """The examples to go through, and how: what all ways of fitting share."""

    lessons: Lessons
    slots: Sequence[NDArray[np.int32]]
    candidates: Ints
    pair_count: int
    article_count: int
    dropout: float


class _Shown(NamedTuple):
    """What is shown of one example in one step, and where the weights for it are.

    `places` are those of the pairs, a row a feature and a column a candidate; `articles` the candidates.
    """

    values: Floats
    places: NDArray[np.int32]
    vector: Floats | None
    articles: Ints

    def times(self, many: Floats) -> _Weights:
        """What is shown, so many times for each of some candidates."""
        dense = _NO_CHANGE if self.vector is None else np.multiply.outer(many, self.vector)
        return _Weights(np.multiply.outer(self.values, many), dense)


class _Weights(NamedTuple):
    """Weights of (feature, article) pairs; and (article, dimension) those of vectors, without columns where are none.

    In both something that has no weight stands in one place, and is kept at 0.0: the first pair, the last article.
    """

    sparse: Floats
    dense: Floats

    @staticmethod
    def zero(course: _Course) -> _Weights:
        vectors = course.lessons.vectors
        dimensions = 0 if vectors is None else vectors.shape[1]
        return _Weights(
            np.zeros(course.pair_count + 1, np.float32), np.zeros((course.article_count + 1, dimensions), np.float32)
        )

    def scores(self, shown: _Shown) -> tuple[Floats, float]:
        """Those of the candidates, and the squared length of what is shown."""
        scores, square = shown.values @ self.sparse[shown.places], float(shown.values @ shown.values)
        if shown.vector is None:
            return scores, square
        return scores + self.dense[shown.articles] @ shown.vector, square + float(shown.vector @ shown.vector)

    def add(self, shown: _Shown, columns: slice | list[int], change: _Weights) -> None:
        self.sparse[shown.places[:, columns]] += change.sparse
        self.sparse[0] = 0
        if shown.vector is not None:
            self.dense[shown.articles[columns]] += change.dense
            self.dense[-1] = 0


# What one example teaches, by its scores (its article's first), its squared length and its weight: the candidates
# whose weights change, and by how many times the example. None: nothing.
_Teaching = Callable[[Floats, float, float], tuple[slice | list[int], Floats] | None]


def _averaged(course: _Course, teaching: _Teaching, epochs: int) -> _Weights:
    """The weights after all steps, averaged."""
    current, behind = _Weights.zero(course), _Weights.zero(course)
    random = np.random.Generator(np.random.PCG64(_SEED))
    step, last_step = 0, epochs * len(course.slots)
    for _epoch in range(epochs):
        for row, shown in _shown(course, random):
            step += 1
            taught = teaching(*current.scores(shown), float(course.lessons.weights[row])) if len(shown.values) else None
            if taught is None:
                continue
            columns, times = taught
            change = shown.times(times)
            current.add(shown, columns, change)
            # An average with weights that grow linearly needs of each change how much of the way came before it.
            passed = np.float32((step / last_step) ** 2)
            behind.add(shown, columns, _Weights(change.sparse * passed, change.dense * passed))
    # Questions are asked without dropout.
    asked = np.float32(1 - course.dropout)
    return _Weights((current.sparse - behind.sparse)[1:] * asked, (current.dense - behind.dense)[:-1] * asked)


def _shown(course: _Course, random: np.random.Generator) -> Iterator[tuple[int, _Shown]]:
    """The examples in any order, each with some features hidden."""
    rows, vectors, count = course.lessons.rows, course.lessons.vectors, len(course.slots)
    kept = random.random(len(rows.values), dtype=np.float32) >= course.dropout
    order = random.permutation(count)
    # Vectors as a whole: some dimensions say what all do, and beside them words would learn little.
    seen = None if vectors is None else vectors * (random.random((count, 1), dtype=np.float32) >= course.dropout)
    # The rival that never scores is the last column of the slots.
    articles = np.pad(course.candidates, ((0, 0), (0, 1)), constant_values=course.article_count)
    for row in order:
        part = slice(rows.starts[row], rows.starts[row + 1])
        shown = kept[part]
        vector = None if seen is None else seen[row]
        yield row, _Shown(rows.values[part][shown], course.slots[row][shown], vector, articles[row])


def _passive_aggressive(scores: Floats, square: float, weight: float) -> tuple[list[int], Floats] | None:
    """Lift its article above the rival that scores best, by as little as needed."""
    rival = 1 + int(scores[1:].argmax())
    loss = 1.0 - float(scores[0]) + float(scores[rival])
    if loss <= 0:
        return None
    times = np.float32(weight * min(_AGGRESSIVENESS, loss / (2 * square)))
    return [0, rival], np.array([times, -times], np.float32)


def _logistic(scores: Floats, _square: float, weight: float) -> tuple[slice, Floats] | None:
    """All rivals give way, each by how much it is taken for the answer."""
    chances = np.exp(np.float32(_STEEPNESS) * (scores - scores.max()))
    chances /= chances.sum()
    chances[0] -= 1
    if chances[0] > -_LEAST_DOUBT:
        return None
    return slice(None), chances * np.float32(-_STEP_SIZE * weight)


def _slots(rows: Rows, row: int, keys: Ints, candidates: Ints, article_count: int) -> NDArray[np.int32]:
    """Where the weights of a row's features for its candidates are; 0 for those that have none.

    The last column is a rival that never scores: an article has to win against no answer as well.
    """
    features = rows.features[rows.starts[row] : rows.starts[row + 1]].astype(np.int64)
    wanted = features[:, None] * article_count + candidates
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    slots = np.zeros((len(features), len(candidates) + 1), np.int32)
    slots[:, :-1] = np.where(keys[at] == wanted, at + 1, 0)
    return slots
