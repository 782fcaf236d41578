"""The page of an article and what its parts need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.clock import utcnow
from portal.knowledge_base import article_queries
from portal.knowledge_base.article_queries import ArticlePage, Version
from portal.knowledge_base.feedback import takes_reason
from portal.knowledge_base.forms import ReasonForm
from portal.knowledge_base.page_meta import Alternate, PageMeta, shorten
from portal.knowledge_base.reader_routes import not_found_context
from portal.knowledge_base.references import PictureSource, resolve_references
from portal.knowledge_base.rendering import table_of_contents
from portal.localization import INTERFACE_LOCALES, lang_tag, locale_name, speaking
from portal.web.access import public
from portal.web.caching import public_page
from portal.web.locale_urls import offer_page_locales
from portal.web.templating import current_settings, external_url

MINIMUM_TOC_LENGTH = 2
RASTER_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@dataclass(frozen=True)
class Feedback:
    """What the section “Was this helpful?” shows: the question ("ask"), the "reasons" or the "thanks"."""

    state: str = "ask"
    form: ReasonForm | None = None


@public
def show_article(locale: str, slug: str) -> Response:
    """An article; in the nearest language there is when it lacks the reader's."""
    default = current_settings().default_locale
    destination = article_queries.find_article(slug, locale=locale, default=default)
    if destination is None:
        abort(404)
    chosen = destination.chosen
    if chosen is None:
        return _gone()
    if chosen.slug != slug:
        # In another language's text the address lasts only until the article is translated.
        code = 301 if chosen.locale == locale else 302
        return make_response(redirect(url_for("knowledge_base.show_article", slug=chosen.slug), code=code))
    page = article_queries.article_page(chosen, destination.versions, locale=locale, default=default)
    receipt, has_asked = request.args.get("feedback", ""), "asked" in request.args
    feedback = _given_feedback(receipt, chosen) if receipt else Feedback()
    html = render_article(page, locale=locale, feedback=feedback, has_asked=has_asked)
    return make_response(html) if receipt or has_asked else public_page(html)


def render_article(page: ArticlePage, *, locale: str, feedback: Feedback | None = None, has_asked: bool = False) -> str:
    """The whole article page for a reader of `locale`."""
    content_locale = page.translation.locale
    addresses = _addresses(page.versions, [*INTERFACE_LOCALES, locale])
    offer_page_locales(addresses)
    sections = table_of_contents(page.revision.sections)
    return render_template(
        "knowledge_base/article.html",
        meta=_article_meta(page, locale),
        page=page,
        title=page.revision.title,
        body=_body(page),
        toc=sections if len(sections) >= MINIMUM_TOC_LENGTH else [],
        languages=_languages(page),
        source_url=addresses.get(page.article.source_locale),
        content_locale=content_locale,
        reader_locale=locale,
        is_fallback=content_locale != locale,
        has_asked=has_asked,
        feedback=feedback or Feedback(),
        **feedback_addresses(page.translation.slug),
    )


def feedback_addresses(slug: str) -> dict[str, str]:
    """Where the forms of an article send, for its page and for its fragments."""
    return {
        "feedback_url": url_for("knowledge_base.create_feedback", slug=slug),
        "translation_request_url": url_for("knowledge_base.create_translation_request", slug=slug),
    }


def _gone() -> Response:
    response = make_response(
        render_template(
            "errors/error.html",
            status=410,
            title=_("This article is no longer available"),
            text=_("What it said may be out of date, so we took it down."),
            **not_found_context(),
        ),
        410,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _given_feedback(receipt: str, chosen: Version) -> Feedback:
    given = article_queries.find_feedback(receipt, chosen.translation_id)
    if given is None:
        return Feedback()
    if takes_reason(given, now=utcnow()):
        return Feedback("reasons", ReasonForm(receipt=receipt))
    return Feedback("thanks")


def _addresses(versions: Sequence[Version], locales: Iterable[str]) -> dict[str, str]:
    """Where the readers of `locales`, and of every locale that the article is in, find the article."""
    default = current_settings().default_locale
    others = sorted((version.locale for version in versions), key=locale_name)
    addresses = {}
    for code in dict.fromkeys([*locales, *others]):
        version = article_queries.translation_to_read(versions, locale=code, default=default)
        if version:
            addresses[code] = url_for("knowledge_base.show_article", locale=code, slug=version.slug)
    return addresses


def _languages(page: ArticlePage) -> list[dict[str, Any]]:
    """The article's own languages, for the menu beside its title."""
    return [
        {"locale": code, "url": url, "name": locale_name(code), "current": code == page.translation.locale}
        for code, url in _addresses(page.versions, []).items()
    ]


def _article_meta(page: ArticlePage, locale: str) -> PageMeta:
    translation = page.translation
    endpoint = "knowledge_base.show_article"
    default = article_queries.translation_to_read(
        page.versions, locale=page.article.source_locale, default=current_settings().default_locale
    )
    alternates = [
        Alternate(lang_tag(version.locale), external_url(endpoint, locale=version.locale, slug=version.slug))
        for version in page.versions
    ]
    if default:
        alternates.append(Alternate("x-default", external_url(endpoint, locale=default.locale, slug=default.slug)))
    picture = next((item for item in page.pictures.values() if item.media_type in RASTER_TYPES), None)
    lead = page.revision.sections[0].text if page.revision.sections else ""
    return PageMeta(
        title=page.revision.title,
        description=shorten(page.revision.summary or lead),
        canonical=external_url(endpoint, locale=translation.locale, slug=translation.slug),
        locale=translation.locale,
        alternates=tuple(alternates),
        kind="article",
        is_indexed=translation.locale == locale,
        image=external_url("knowledge_base.show_picture", digest=picture.digest, name=picture.name) if picture else "",
        published_at=translation.published_at,
        updated_at=translation.updated_at,
    )


def _body(page: ArticlePage) -> str:
    # Labels inside the text are in the language of the text, so that it reads as one.
    with speaking(page.translation.locale):
        copy_label, labels = _("Copy link to this section"), _callout_labels()
    anchor = current_app.jinja_env.get_template("knowledge_base/_anchor.html")
    return resolve_references(
        page.revision.body_html,
        _References(page),
        heading_link=lambda key: anchor.render(key=key, label=copy_label).strip(),
        callout_label=lambda kind: labels.get(kind, labels["note"]),
    )


def _callout_labels() -> dict[str, str]:
    return {"note": _("Note"), "tip": _("Tip"), "warning": _("Important")}


class _References:
    """The addresses of what an article's text names, for the reader of this request."""

    def __init__(self, page: ArticlePage) -> None:
        self._page = page

    def article_url(self, key: str, section: str) -> str | None:
        """The address of an article that readers may see."""
        article = self._page.links.get(key)
        if article is None:
            return None
        return url_for("knowledge_base.show_article", slug=article.slug, _anchor=section or None)

    def contact_url(self) -> str | None:
        """The contact form."""
        return url_for("contact.show_question")

    def picture(self, name: str) -> PictureSource | None:
        """A picture of this article."""
        picture = self._page.pictures.get(name)
        if picture is None:
            return None
        url = url_for("knowledge_base.show_picture", digest=picture.digest, name=picture.name)
        return PictureSource(url, picture.width, picture.height)
