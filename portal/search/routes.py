"""Search: results, suggestions while typing, and the description that browsers read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request, url_for
from markupsafe import Markup

from portal.clock import utcnow
from portal.database import writing
from portal.knowledge_base.queries import browsable_topics
from portal.knowledge_base.reader_routes import reading_locales
from portal.localization import lang_tag, locale_name
from portal.search.actions import LoggedSearch, log_search, valid_visit
from portal.search.documents import SearchResult
from portal.search.engine import SearchEngine
from portal.search.fallback import search_database
from portal.search.index_errors import IndexUnavailable
from portal.search.models import SearchSurface
from portal.search.operators import ParsedQuery, finds_locale, parse
from portal.search.queries import FoundArticle, TopicChoice, find_topic, found_articles, topic_choices
from portal.search.question import clean
from portal.search.uses import AS_YOU_TYPE, SEARCH_BOX
from portal.web.access import public
from portal.web.caching import public_page
from portal.web.htmx import is_fragment_request, render
from portal.web.locale_urls import offer_page_locales
from portal.web.templating import current_settings, external_url

logger = structlog.get_logger(__name__)
blueprint = Blueprint("search", __name__)

PAGE_SIZE = SEARCH_BOX.limit
LAST_PAGE = 50
# Pages beside the current one, and at either end, that pagination names.
NEIGHBOURS = 2


@dataclass(frozen=True)
class Suggestion:
    """An option below the search field. `completed` is the title with what is not typed yet in <b>."""

    title: str
    completed: Markup
    url: str
    topic: str
    locale: str


@blueprint.get("/<locale:locale>/search")
@public
def show_results(locale: str) -> Response:
    """The results page, or its part below the search field."""
    default = current_settings().default_locale
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    locales = _searchable_locales(locale)
    topics = browsable_topics(locale, default=default)
    choices = topic_choices(topics)
    asked = _asked(locale, locales, choices)
    query, wanted, topic = asked.rest, asked.locale, asked.topic
    result = _search(query, wanted, page=page, topic=topic)
    kept: dict[str, Any] = {"topic": topic or None, "language": wanted if wanted != locale else None}
    offer_page_locales({code: url_for(".show_results", locale=code, q=query, **kept) for code in reading_locales()})
    response = render(
        "search/results.html",
        "search/_results.html",
        query=query,
        plain_query=asked.text if asked.is_exact else "",
        result=result,
        found=found_articles(result.hits, choices),
        elsewhere=found_articles(result.other_language_hits, choices),
        topics=choices,
        browsable=[topic for topic in topics if topic.article_count],
        topic=topic,
        locales=locales,
        wanted_locale=wanted,
        content_locale=locale,
        kept=kept,
        article_url=_article_url,
        offset=(page - 1) * PAGE_SIZE,
        **_pagination(page, result.total, query, kept),
    )
    # Other pages and filters of a search are the same search.
    if page == 1 and not is_fragment_request():
        _log_after(response, SearchSurface.RESULTS, wanted, result)
    # What somebody asks is theirs: no shared cache keeps it.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/<locale:locale>/search/suggestions")
@public
def show_suggestions(locale: str) -> Response:
    """The options below the search field while somebody types."""
    query = request.args.get("q", "")
    typed = clean(query)
    topic = request.args.get("topic") or None
    choices = topic_choices(browsable_topics(locale, default=current_settings().default_locale))
    try:
        hits = _engine().suggest(query, locale, limit=AS_YOU_TYPE.limit, topic=topic)
    except IndexUnavailable:
        hits = search_database(query, locale, limit=AS_YOU_TYPE.limit).hits
    response = make_response(
        render_template(
            "search/_suggestions.html",
            suggestions=[_suggestion(found, locale) for found in found_articles(hits, choices)],
            query=typed,
            results_url=url_for(".show_results", q=typed, topic=topic),
            content_locale=locale,
        )
    )
    _log_after(response, SearchSurface.SUGGEST, locale, SearchResult(typed, locale, total=len(hits)))
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@blueprint.get("/<locale:locale>/opensearch.xml")
@public
def show_description(locale: str) -> Response:
    """Lets a browser offer this search in its own search field."""
    response = make_response(
        render_template(
            "search/opensearch.xml",
            language=lang_tag(locale),
            template=external_url("search.show_results", locale=locale) + "?q={searchTerms}",
        )
    )
    response.headers["Content-Type"] = "application/opensearchdescription+xml; charset=utf-8"
    return public_page(response)


def _asked(locale: str, locales: Collection[str], choices: Sequence[TopicChoice]) -> ParsedQuery:
    """The query of this request; `topic` and `locale` are what it says of them, else what the filters say."""
    asked = parse(
        clean(request.args.get("q", "")),
        find_topic=lambda name: find_topic(choices, name, locale),
        find_locale=finds_locale(locales),
    )
    language, topic = request.args.get("language", ""), request.args.get("topic", "")
    return replace(
        asked,
        locale=asked.locale or (language if language in locales else locale),
        topic=asked.topic or (topic if any(choice.path == topic for choice in choices) else ""),
    )


def _search(query: str, locale: str, *, page: int, topic: str) -> SearchResult:
    offset = (page - 1) * PAGE_SIZE
    try:
        return _engine().search(
            query, locale, limit=PAGE_SIZE, offset=offset, topic=topic, is_corrected="exact" not in request.args
        )
    except IndexUnavailable as error:
        logger.warning("searching the database instead of the index", reason=str(error))
        return search_database(query, locale, limit=PAGE_SIZE, offset=offset)


def _engine() -> SearchEngine:
    engine: SearchEngine = current_app.extensions["search"]
    return engine


def _searchable_locales(locale: str) -> dict[str, str]:
    """The languages that can be searched, with their own names; the reader's first."""
    try:
        codes = _engine().folder.locales()
    except IndexUnavailable:
        codes = ()
    others = sorted((code for code in codes if code != locale), key=locale_name)
    return {code: locale_name(code) for code in (locale, *others)}


def _article_url(found: FoundArticle, reader_locale: str) -> str:
    """The article's page, opened where it answers; in the reader's interface whatever its own language is."""
    return url_for(
        "knowledge_base.show_article", locale=reader_locale, slug=found.slug, _anchor=found.hit.section_key or None
    )


def _suggestion(found: FoundArticle, reader_locale: str) -> Suggestion:
    return Suggestion(
        title=found.hit.title,
        completed=found.hit.title_html,
        url=_article_url(found, reader_locale),
        topic=found.topic.name if found.topic else "",
        locale=found.hit.locale,
    )


def _pagination(page: int, total: int, query: str, kept: dict[str, Any]) -> dict[str, Any]:
    """What numbered_pagination takes: the first and last page, those around the current one, None for a gap."""
    last = min(-(-total // PAGE_SIZE), LAST_PAGE)

    def address(number: int) -> str:
        return url_for(".show_results", q=query, page=number if number > 1 else None, **kept)

    pages: list[dict[str, Any] | None] = []
    for number in range(1, last + 1):
        if number in {1, last} or abs(number - page) <= NEIGHBOURS:
            pages.append({"number": number, "url": address(number), "current": number == page})
        elif pages[-1] is not None:
            pages.append(None)
    return {
        "pages": pages,
        "previous_url": address(page - 1) if page > 1 else None,
        "next_url": address(page + 1) if page < last else None,
    }


def _log_after(response: Response, surface: SearchSurface, locale: str, result: SearchResult) -> None:
    """Log once the answer is out: the reader does not wait for the disk, and never learns that it is full."""
    entry = LoggedSearch(
        visit=valid_visit(request.args.get("visit", "")),
        surface=surface,
        locale=locale,
        text=result.query,
        result_count=result.total,
        other_language_count=len(result.other_language_hits),
        ranker_version=_engine().ranker.version,
    )
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def log() -> None:
        try:
            with app.app_context(), writing():
                log_search(entry, now=utcnow())
        except Exception:
            logger.exception("the search was not logged")

    response.call_on_close(log)
