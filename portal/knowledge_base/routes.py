"""Which address leads to which view."""

from __future__ import annotations

from flask import Blueprint

from portal.knowledge_base import article_routes, feedback_routes, reader_routes, syndication_routes

ARTICLE = "/<locale:locale>/articles/<slug>"

blueprint = Blueprint("knowledge_base", __name__)
blueprint.add_url_rule("/<locale:locale>/", view_func=reader_routes.show_home)
blueprint.add_url_rule("/<locale:locale>/topics/<path:key>", view_func=reader_routes.show_topic)
blueprint.add_url_rule("/media/<digest>/<path:name>", view_func=reader_routes.show_picture)

blueprint.add_url_rule(ARTICLE, view_func=article_routes.show_article)
blueprint.add_url_rule(f"{ARTICLE}/feedback", view_func=feedback_routes.create_feedback, methods=["POST"])
blueprint.add_url_rule(
    f"{ARTICLE}/translation-request", view_func=feedback_routes.create_translation_request, methods=["POST"]
)

blueprint.add_url_rule("/sitemap.xml", view_func=syndication_routes.show_sitemap_index)
blueprint.add_url_rule("/sitemaps/<locale:content_locale>-<int:number>.xml", view_func=syndication_routes.show_sitemap)
blueprint.add_url_rule("/robots.txt", view_func=syndication_routes.show_robots)
blueprint.add_url_rule("/<locale:locale>/feed.atom", view_func=syndication_routes.show_feed)
