"""What the page for a missing address offers: the articles that its words name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from flask import request, url_for

from portal.database import give_up_transaction
from portal.localization import fallback_chain
from portal.search.access import search_engine
from portal.search.addresses import words_of_address
from portal.search.documents import Hit
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexUnavailable
from portal.search.queries import found_articles
from portal.search.uses import MISSING_PAGE
from portal.web.locale_urls import current_locale

logger = structlog.get_logger(__name__)

# Pages of readers; None is an address that leads nowhere at all. Others know better what is missing.
_ENDPOINTS = (None, "knowledge_base.show_article", "knowledge_base.show_topic")
_OTHERS = ("/agent", "/static", "/media", "/demo")
# So many languages are asked at most, and no more once a hit is as likely as this the page that is meant.
_MOST_LOCALES: Final = 8
_SURE: Final = 0.5


@dataclass(frozen=True)
class NearArticle:
    """An article that somebody with a dead link may be looking for."""

    title: str
    url: str
    locale: str


def missing_page_context() -> dict[str, Any]:
    """`near`: at most three articles that the words of this request's address name; none on any error."""
    return {"near": _near_articles()}


def _near_articles() -> list[NearArticle]:
    if request.endpoint not in _ENDPOINTS or request.path.startswith(_OTHERS):
        return []
    words, engine, locale = words_of_address(request.path), search_engine(), current_locale()
    if not words or engine is None:
        return []
    try:
        return _described(articles_named(engine, words, locale))
    except IndexUnavailable:
        return []
    except Exception:
        # The page for a missing address must come whatever happens.
        give_up_transaction()
        logger.exception("nothing is suggested for a missing page")
        return []


def articles_named(engine: SearchEngine, words: str, locale: str) -> tuple[Hit, ...]:
    """The articles that the words of an address name, best first, in the reader's language where they exist in it.

    An address has often the words of another language than its page: of the default one, or that of whoever linked to
    it. So they are taken for words of the reader's language first, then for those of others.
    """
    use = replace(MISSING_PAGE, asks_other_languages=False)
    locales = (*fallback_chain(locale, engine.default_locale), *engine.manifest().locales)
    best: dict[int, Hit] = {}
    for candidate in list(dict.fromkeys((locale, engine.default_locale, *locales)))[:_MOST_LOCALES]:
        for hit in engine.suggest_for_message(words, "", candidate, use=use):
            known = best.get(hit.article_id)
            if known is None or hit.confidence > known.confidence:
                best[hit.article_id] = hit
        if any(hit.confidence >= _SURE for hit in best.values()):
            break
    hits = sorted(best.values(), key=lambda hit: -hit.confidence)[: use.limit]
    if not hits:
        return engine.suggest_for_message(words, "", locale, use=MISSING_PAGE)
    return tuple(_translated(engine, hit, locale) for hit in hits)


def _translated(engine: SearchEngine, hit: Hit, locale: str) -> Hit:
    """The same article and section in a locale, or as it is where it has no translation."""
    snapshot = engine.folder.snapshot(locale) if hit.locale != locale else None
    [row] = snapshot.rows_of([hit.article_id]) if snapshot else [-1]
    if snapshot is None or row < 0:
        return hit
    return replace(hit, locale=locale, title=str(snapshot.lead(int(row))["title"]))


def _described(hits: Sequence[Hit]) -> list[NearArticle]:
    return [
        NearArticle(
            title=found.hit.title,
            url=url_for("knowledge_base.show_article", slug=found.slug, _anchor=found.hit.section_key or None),
            locale=found.hit.locale,
        )
        for found in found_articles(hits, [])
    ]
