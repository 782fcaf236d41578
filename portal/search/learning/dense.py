"""What articles learned about the meaning of questions: dense weights beside those of words.

Words that nobody used before say nothing to a model of words; a vector of meaning still does. So where there is an
embedder (see :mod:`portal.search.semantic`), the vector of a text is a further group of features.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_BYTE_LEVELS: Final = 127


class DenseWeights(NamedTuple):
    """(article row, dimension) → what a dimension of a text's vector weighs for an article, `scale` times.

    `embedder` names the one whose vectors these weights are for; those of others say nothing to them.
    """

    embedder: str
    weights: NDArray[Any]
    scale: float = 1.0

    def scores(self, vectors: Floats) -> NDArray[np.float64]:
        """(text, article row) → the weighted sum, of vectors (text, dimension)."""
        return np.asarray(vectors @ self.weights.T.astype(np.float32), dtype=np.float64) * self.scale

    def is_sound(self, article_count: int) -> bool:
        """Whether there is a row for each article; what is stored may be damaged."""
        return bool(self.embedder) and len(self.weights) == article_count and self.weights.shape[1] > 0

    def quantized(self) -> DenseWeights:
        """The same in a byte a weight."""
        scale = float(np.abs(self.weights).max(initial=0.0)) / _BYTE_LEVELS or 1.0
        return self._replace(weights=np.rint(self.weights / scale).astype(np.int8), scale=scale * self.scale)


def unit_centroids(vectors: Floats, labels: Ints, weights: Floats, article_count: int) -> Floats:
    """(article, dimension) → the direction of what its examples mean together; 0.0 for articles without any."""
    sums = np.zeros((article_count, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors * weights[:, None])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    centroids: Floats = sums / np.maximum(lengths, np.float32(1e-9))
    return centroids
