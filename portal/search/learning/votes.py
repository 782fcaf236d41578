"""The learned models in a serving process: loaded when first asked for, and again when there are newer ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Engine

from portal.search.calibration import PRIOR, Calibration
from portal.search.learning import fit_queries
from portal.search.learning.combining import Ballot
from portal.search.learning.fitting import Ints
from portal.search.learning.model import LearnedModel
from portal.search.published import read_only
from portal.search.semantic import Embedder

logger = structlog.get_logger(__name__)
_LOOK_EVERY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model and its version; None while nothing is learned. Version 0 is that of a locale without a model."""

    version: int
    model: LearnedModel | None


_NOT_LOADED: Final = _Loaded(-1, None)


class LearnedVotes:
    """What the articles of a locale learned from people's questions. One instance a process; threads may share it.

    Whether there are newer models is looked up every few seconds, by whichever thread asks then; the others go on
    with the model they have. Nothing is ever raised: search works without what was learned.
    """

    def __init__(self, database: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._loaded: dict[str, _Loaded] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._looked_at = clock()
        self._lock = threading.Lock()

    def ballot(self, locale: str, text: str, article_ids: Ints, embedder: Embedder | None = None) -> Ballot | None:
        """The votes of these articles on `text`; None where nothing is learned. `embedder` tells what it means."""
        try:
            model = self._model(locale)
            return model.ballot(text, article_ids, embedder) if model else None
        except Exception:
            logger.exception("learned votes are left out", locale=locale)
            return None

    def calibration(self, locale: str) -> Calibration:
        """What people's verdicts on suggestions say of the chances; the prior while there are too few."""
        try:
            self._model(locale)
        except Exception:
            logger.exception("chances are perhaps not those of the newest verdicts", locale=locale)
        return self._calibrations.get(locale, PRIOR)

    def evidence_count(self, locale: str, article_id: int) -> int:
        """How many questions an article's votes stand on."""
        try:
            model = self._model(locale)
            return model.evidence_count(article_id) if model else 0
        except Exception:
            logger.exception("learned counts are left out", locale=locale)
            return 0

    def _model(self, locale: str) -> LearnedModel | None:
        loaded = self._loaded.get(locale)
        if loaded is None:
            # Whoever asks meanwhile, or after a failure, goes on without; the next look loads it.
            self._loaded[locale] = _NOT_LOADED
            loaded = self._load(locale)
        elif self._clock() - self._looked_at > _LOOK_EVERY_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
            loaded = self._loaded[locale]
        return loaded.model

    def _look(self) -> None:
        """Load again what has a newer version."""
        # Also before a failure: a database that is gone is not asked with every search.
        self._looked_at = self._clock()
        with read_only(self._database) as connection:
            versions = fit_queries.model_versions(connection)
            self._calibrations = fit_queries.calibrations(connection)
        for locale, loaded in list(self._loaded.items()):
            if loaded.version != versions.get(locale, 0):
                self._load(locale)

    def _load(self, locale: str) -> _Loaded:
        with read_only(self._database) as connection:
            row = fit_queries.model_content(connection, locale)
            self._calibrations = fit_queries.calibrations(connection)
        version, content = (row.version, row.content) if row else (0, b"")
        loaded = _Loaded(version, LearnedModel.from_bytes(content) if content else None)
        self._loaded[locale] = loaded
        return loaded
