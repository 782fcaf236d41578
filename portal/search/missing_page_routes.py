"""What the page for a missing address offers: the articles that its words name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import request, url_for

from portal.database import give_up_transaction
from portal.search.access import search_engine
from portal.search.addresses import words_of_address
from portal.search.documents import Hit
from portal.search.index_errors import IndexUnavailable
from portal.search.queries import found_articles
from portal.search.uses import MISSING_PAGE
from portal.web.locale_urls import current_locale

logger = structlog.get_logger(__name__)

# Pages of readers; None is an address that leads nowhere at all. Others know better what is missing.
_ENDPOINTS = (None, "knowledge_base.show_article", "knowledge_base.show_topic")
_OTHERS = ("/agent", "/static", "/media", "/demo")


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
        return _described(engine.suggest_for_message(words, "", locale, use=MISSING_PAGE))
    except IndexUnavailable:
        return []
    except Exception:
        # The page for a missing address must come whatever happens.
        give_up_transaction()
        logger.exception("nothing is suggested for a missing page")
        return []


def _described(hits: Sequence[Hit]) -> list[NearArticle]:
    return [
        NearArticle(
            title=found.hit.title,
            url=url_for("knowledge_base.show_article", slug=found.slug, _anchor=found.hit.section_key or None),
            locale=found.hit.locale,
        )
        for found in found_articles(hits, [])
    ]
