"""What machines read: sitemaps, robots.txt and the feed of new and changed articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, make_response, render_template
from flask_babel import gettext as _

from portal.clock import utcnow
from portal.knowledge_base import syndication_queries
from portal.knowledge_base.queries import browsable_topics
from portal.knowledge_base.reader_routes import reading_locales
from portal.knowledge_base.syndication_queries import ChangedArticle
from portal.web.access import public
from portal.web.caching import public_page
from portal.web.templating import current_settings, external_url

SITEMAP_SIZE = 10_000
LIFETIME = timedelta(hours=1)
PRIVATE_PATHS = ("/agent/", "/demo/", "/theme", "/*/requests", "/*/contact/", "/*/search/suggestions")


@public
def show_sitemap_index() -> Response:
    """The list of sitemaps: by language, and by ten thousands of articles within a language."""
    parts = dict.fromkeys(
        [*((locale, 1) for locale in reading_locales()), *syndication_queries.sitemap_parts(SITEMAP_SIZE)]
    )
    addresses = [
        external_url("knowledge_base.show_sitemap", content_locale=locale, number=number)
        for locale, number in sorted(parts)
    ]
    return _xml("knowledge_base/sitemap_index.xml", "application/xml", addresses=addresses)


@public
def show_sitemap(content_locale: str, number: int) -> Response:
    """One sitemap of a language. The first one also names its home page and topics."""
    if content_locale not in reading_locales():
        abort(404)
    pages: list[dict[str, Any]] = []
    if number == 1:
        pages.append({"url": external_url("knowledge_base.show_home", locale=content_locale)})
        for top in browsable_topics(content_locale, default=current_settings().default_locale):
            pages.extend(
                {"url": external_url("knowledge_base.show_topic", locale=content_locale, key=topic.path)}
                for topic in (top, *top.children)
                if topic.article_count
            )
    pages.extend(
        {"url": external_url("knowledge_base.show_article", locale=content_locale, slug=slug), "changed_at": changed_at}
        for slug, changed_at in syndication_queries.sitemap_entries(content_locale, number, SITEMAP_SIZE)
    )
    if not pages:
        abort(404)
    return _xml("knowledge_base/sitemap.xml", "application/xml", pages=pages)


@public
def show_robots() -> Response:
    """What crawlers may fetch: everything public except what belongs to one person."""
    rules = [f"Disallow: {path}" for path in PRIVATE_PATHS]
    sitemap = external_url("knowledge_base.show_sitemap_index")
    response = make_response("\n".join(["User-agent: *", *rules, "", f"Sitemap: {sitemap}", ""]))
    response.mimetype = "text/plain"
    return public_page(response, lifetime=LIFETIME)


@public
def show_feed(locale: str) -> Response:
    """New and changed articles of a language, the newest first."""
    changes = syndication_queries.changed_articles(locale)
    host = urlsplit(current_settings().effective_base_url).hostname or "localhost"

    def entry(change: ChangedArticle) -> dict[str, Any]:
        return {
            # Stays the same when the address changes: readers of the feed know the article by it.
            "id": f"tag:{host},2026:articles/{change.article_key}/{locale}",
            "url": external_url("knowledge_base.show_article", locale=locale, slug=change.slug),
            "change": change,
        }

    return _xml(
        "knowledge_base/feed.xml",
        "application/atom+xml",
        feed_locale=locale,
        title=_("New and changed articles"),
        home=external_url("knowledge_base.show_home", locale=locale),
        address=external_url("knowledge_base.show_feed", locale=locale),
        updated_at=changes[0].updated_at if changes else utcnow().replace(hour=0, minute=0, second=0, microsecond=0),
        entries=[entry(change) for change in changes],
    )


def _xml(template: str, mimetype: str, **context: Any) -> Response:
    response = make_response(render_template(template, **context))
    response.mimetype = mimetype
    return public_page(response, lifetime=LIFETIME)
