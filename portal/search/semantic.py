"""What texts mean, as vectors, for languages where that finds more: the optional part that ``[semantic]`` installs.

The vectors are static: each piece of a word has one, a text is the mean of its pieces'. They come inside the wheel of
``wordllama``; only its two files are read, by `tokenizers` and NumPy: nothing of it is imported, nothing downloaded.
"""

from __future__ import annotations

import json
import re
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from portal.search.documents import IndexedArticle
from portal.search.fields import opening_and_sections
from portal.search.vectors import Array, DocumentVectors

# Languages in which meaning helps. R@1 / R@3, by words → with meaning: banking77's earlier questions (English)
# 59.1 / 79.0 → 66.4 / 85.0; half of XQuAD in English 94.5 / 98.7 → 95.0 / 98.7, but in German 93.3 / 97.5 →
# 92.6 / 97.0, Spanish 93.4 / 98.7 → 93.6 / 98.0, Arabic 91.3 / 97.8 → 90.8 / 97.6, Chinese 93.3 / 97.8 → 92.6 / 97.6.
HELPED_LANGUAGES: Final = frozenset({"en"})

_PACKAGE: Final = "wordllama"
_MODEL: Final = "l2_supercat_256"
_WEIGHTS: Final = f"{_PACKAGE}/weights/{_MODEL}.safetensors"
_PIECES: Final = f"{_PACKAGE}/tokenizers/l2_supercat_tokenizer_config.json"
_TENSOR: Final = "embedding.weight"
_EMBEDDED_TEXT_LIMIT: Final = 4_000
# About 25 words: a mean of more says little of each. Whole paragraphs as one vector lose 1 point of XQuAD's R@1.
_PASSAGE_LENGTH: Final = 150
_MOST_PASSAGES: Final = 32
_LEARNED_PHRASES: Final = 8
# What was asked is looked at by search, then by what articles learned: a message and its sentences twice over.
_TEXTS_KEPT: Final = 64
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


class Embedder(Protocol):
    """Gives texts vectors that are the closer the more alike the texts' meanings are.

    `name` tells models apart: vectors of two are not comparable.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def helps(self, locale: str) -> bool:
        """Whether it finds more in a locale's texts than words alone do."""

    def embed(self, texts: Sequence[str]) -> Array:
        """(text, dimension) → 32-bit vectors of length 1.0; 0.0 for a text without anything it knows."""


class StaticEmbedder:
    """The vectors of the installed package, loaded when first needed: in 0.1 s, with 13 MB for this process and up to
    16 MB that all share. Threads may use it at once.
    """

    dimensions: Final = 256

    def __init__(self) -> None:
        self.name: Final = f"{_PACKAGE} {metadata.version(_PACKAGE)} {_MODEL}"
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Array] | None = None
        self._vector = lru_cache(maxsize=_TEXTS_KEPT)(self._sum_of_pieces)

    def helps(self, locale: str) -> bool:
        """Whether it finds more in a locale's texts than words alone do."""
        return locale.split("_")[0] in HELPED_LANGUAGES

    def embed(self, texts: Sequence[str]) -> Array:
        """(text, dimension) → 32-bit vectors of length 1.0; 0.0 for a text without anything it knows."""
        sums = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for number, text in enumerate(texts):
            if text:
                sums[number] = self._vector(text[:_EMBEDDED_TEXT_LIMIT])
        return unit(sums)

    def _sum_of_pieces(self, text: str) -> Array:
        pieces, vectors = self._load()
        # One by one: many at a time would start threads, which a process that forks must not have.
        ids = pieces.encode(text, add_special_tokens=False).ids
        found: Array = vectors[ids].sum(axis=0, dtype=np.float32)
        return found

    def _load(self) -> tuple[Any, Array]:
        with self._lock:
            if self._loaded is None:
                from tokenizers import Tokenizer

                distribution = metadata.distribution(_PACKAGE)
                pieces = Tokenizer.from_file(str(distribution.locate_file(_PIECES)))
                self._loaded = pieces, _mapped_tensor(Path(str(distribution.locate_file(_WEIGHTS))), self.dimensions)
            return self._loaded


_in_use: Embedder | None = None


def use(embedder: Embedder | None) -> None:
    """Have articles learn with the vectors of this embedder from now on, in this process; None for without."""
    global _in_use
    _in_use = embedder


def in_use() -> Embedder | None:
    """The embedder that articles are to learn with, in the languages that it helps; None for without."""
    return _in_use


@contextmanager
def using(embedder: Embedder | None) -> Iterator[None]:
    """For a while as after :func:`use`; then as before."""
    before = _in_use
    use(embedder)
    try:
        yield
    finally:
        use(before)


def available() -> bool:
    """Whether the extra is installed. Imports nothing."""
    try:
        distribution = metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    files = (Path(str(distribution.locate_file(name))) for name in (_WEIGHTS, _PIECES))
    return util.find_spec("tokenizers") is not None and all(path.is_file() for path in files)


def unit(vectors: Array) -> Array:
    """The vectors (number, dimension) with length 1.0; those of length 0.0 stay as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Array = (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return scaled


def article_vectors(article: IndexedArticle, embedder: Embedder) -> list[DocumentVectors]:
    """The vectors of an article's documents, in the order of :func:`fields.documents`.

    A passage means half what it says and half what the title says; the article means what its passages mean together.
    """
    opening, sections = opening_and_sections(article)
    by_document = [
        [
            *_passages("\n".join(part for part in (article.summary, opening.text) if part)),
            *(text for text in (", ".join(article.keywords), article.error_code) if text),
            *article.learned_words[:_LEARNED_PHRASES],
        ],
        *(list(_passages(f"{section.heading}\n{section.text}")) for section in sections),
    ]
    # Without a text the title speaks for itself.
    by_document[0] = by_document[0] or [article.title]
    found = embedder.embed([article.title, *(text for texts in by_document for text in texts)])
    passages = unit(found[1:] + found[0])
    ends = np.cumsum([len(texts) for texts in by_document])
    lead, *others = np.split(passages, ends[:-1])
    whole = unit(passages.sum(axis=0, keepdims=True))[0]
    return [DocumentVectors(lead, whole), *map(DocumentVectors, others)]


def _passages(text: str) -> Iterator[str]:
    """Neighbouring sentences, together as long as a passage is; those of a very long text are longer."""
    length = max(_PASSAGE_LENGTH, len(text) // _MOST_PASSAGES)
    passage = ""
    for sentence in _SENTENCE_ENDS.split(text):
        passage = f"{passage} {sentence.strip()}".strip()
        if len(passage) >= length:
            yield passage
            passage = ""
    if passage:
        yield passage


def _mapped_tensor(path: Path, dimensions: int) -> Array:
    """The vectors by piece, mapped into memory: processes share what is read of them.

    Source: the safetensors format, a length, a directory in JSON, then the numbers.
    """
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        entry = json.loads(file.read(size))[_TENSOR]
    if entry["dtype"] != "F16" or entry["shape"][1] != dimensions:
        raise ValueError(f"{path.name} does not hold vectors of {dimensions} dimensions")
    start = 8 + size + entry["data_offsets"][0]
    return np.memmap(path, dtype="<f2", mode="r", offset=start, shape=tuple(entry["shape"]))
