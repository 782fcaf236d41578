"""The search engine as an installation has set it up."""

from __future__ import annotations

from portal.config import Settings
from portal.search import semantic, termbase
from portal.search.engine import SearchEngine
from portal.search.rankers import MEANING_RANKER, RANKER, Ranker


def search_engine(settings: Settings, *, ranker: Ranker | None = None) -> SearchEngine:
    """A new engine on this machine's index of articles; with the extra ``[semantic]`` it knows meanings, too.

    Everybody who writes to the index must have it from here: who writes without vectors makes the others incomplete.
    `ranker` is the best one there is unless given.
    The operator's own terms count from now on, and articles learn with the meanings that this engine knows.
    """
    termbase.use_own(settings.search_terms_path)
    embedder = semantic.StaticEmbedder() if settings.semantic_search and semantic.available() else None
    semantic.use(embedder)
    return SearchEngine(
        settings.search_index_path,
        default_locale=settings.default_locale,
        ranker=ranker or (MEANING_RANKER if embedder else RANKER),
        embedder=embedder,
    )
