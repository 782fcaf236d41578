"""The pages around the articles: home, topic, picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _

from portal.knowledge_base import article_queries, queries
from portal.knowledge_base.page_meta import Alternate, PageMeta, shorten
from portal.knowledge_base.queries import TopicView
from portal.localization import INTERFACE_LOCALES, lang_tag, locale_name
from portal.storage import BlobStore
from portal.web.access import public
from portal.web.assets import STATIC_DIR
from portal.web.caching import public_page
from portal.web.locale_urls import current_locale, interface_locale, offer_page_locales
from portal.web.templating import current_settings, external_url

TOPIC_PAGE_SIZE = 60
SECTION_SIZE = 20
PICTURE_CACHING = "public, max-age=31536000, immutable"
# A drawing may style itself but neither load nor run anything.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@public
def show_home(locale: str) -> Response:
    """Search, popular articles and topics."""
    default = current_settings().default_locale
    endpoint = "knowledge_base.show_home"
    offer_page_locales({code: url_for(endpoint, locale=code) for code in reading_locales()})
    meta = PageMeta(
        title=_("How can we help?"),
        description=_("Search the help articles, browse topics or write to us."),
        canonical=external_url(endpoint, locale=locale),
        locale=interface_locale(),
        alternates=(*_alternates(endpoint), Alternate("x-default", external_url("web.show_start"))),
        feed=external_url("knowledge_base.show_feed", locale=locale),
    )
    return public_page(
        render_template(
            "knowledge_base/home.html",
            meta=meta,
            topics=[
                topic for topic in _named(queries.browsable_topics(locale, default=default)) if topic.article_count
            ],
            topic_icon=topic_icon,
            popular=queries.popular_articles(locale, default=default),
            content_locale=locale,
        )
    )


@public
def show_topic(locale: str, key: str) -> Response:
    """A topic with its sub-topics, or one sub-topic."""
    default = current_settings().default_locale
    trail = _find_topic(key, _named(queries.browsable_topics(locale, default=default)))
    if not trail:
        abort(404)
    topic = trail[-1]
    cursor = request.args.get("page") or None
    contents = queries.topic_contents(
        topic, locale=locale, cursor=cursor, size=TOPIC_PAGE_SIZE, section_size=SECTION_SIZE, default=default
    )
    endpoint = "knowledge_base.show_topic"
    offer_page_locales({code: url_for(endpoint, locale=code, key=key) for code in reading_locales()})
    meta = PageMeta(
        title=topic.name,
        description=shorten(topic.description) or _("Help articles about %(topic)s.", topic=topic.name),
        canonical=external_url(endpoint, locale=locale, key=key),
        locale=interface_locale(),
        alternates=(
            *_alternates(endpoint, key=key),
            Alternate("x-default", external_url(endpoint, locale=default, key=key)),
        ),
        is_indexed=bool(topic.article_count) and not cursor,
    )
    return public_page(
        render_template(
            "knowledge_base/topic.html",
            meta=meta,
            topic=topic,
            trail=trail[:-1],
            contents=contents,
            content_locale=locale,
        )
    )


@public
def show_picture(digest: str, name: str) -> Response:
    """An article's picture, kept by browsers for good: its address changes with its content."""
    picture = article_queries.find_picture(digest, name)
    if picture is None:
        abort(404)
    blobs: BlobStore = current_app.extensions["blobs"]
    try:
        response = make_response(blobs.get(digest))
    except FileNotFoundError:
        abort(404)
    response.mimetype = picture.media_type
    response.headers["Cache-Control"] = PICTURE_CACHING
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(digest)
    response.make_conditional(request)
    return response


def reading_locales() -> list[str]:
    """The languages that a page is offered in: the shipped ones, then others that have articles, by their names."""
    others = current_app.extensions["site_locales"]() - set(INTERFACE_LOCALES)
    return [*INTERFACE_LOCALES, *sorted(others, key=locale_name)]


def topic_icon(name: str) -> str:
    """The picture that an author chose for a topic, or a book where we have no such picture."""
    return name if name in _icon_names() else "book-open"


def language_name(locale: str) -> str:
    """A language's name in the language of the interface, as it stands within a sentence."""
    return Locale.parse(locale).get_display_name(interface_locale()) or locale


def not_found_context() -> dict[str, Any]:
    """What the page for a missing address offers instead."""
    default = current_settings().default_locale
    return {
        "topics": [
            {"name": topic.name, "url": url_for("knowledge_base.show_topic", key=topic.path)}
            for topic in _named(queries.browsable_topics(current_locale(), default=default))
            if topic.article_count
        ]
    }


@lru_cache(maxsize=1)
def _icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (STATIC_DIR / "icons.svg").read_text("utf-8")))


def _named(topics: Iterable[TopicView]) -> list[TopicView]:
    return [
        replace(topic, name=_("More articles"), locale=interface_locale()) if topic.id is None else topic
        for topic in topics
    ]


def _find_topic(path: str, topics: Iterable[TopicView]) -> list[TopicView]:
    for topic in topics:
        if topic.path == path:
            return [topic]
        for child in topic.children:
            if child.path == path:
                return [topic, child]
    return []


def _alternates(endpoint: str, **values: str) -> tuple[Alternate, ...]:
    return tuple(Alternate(lang_tag(code), external_url(endpoint, locale=code, **values)) for code in reading_locales())
