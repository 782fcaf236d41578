"""Public addresses start with the locale of their content: ``/pt-BR/articles/…``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import flask_babel
from flask import Flask, Response, abort, g, make_response, redirect, request, url_for
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from portal.config import Settings
from portal.localization import (
    INTERFACE_LOCALES,
    best_match,
    interface_locale_for,
    lang_tag,
    locale_name,
    normalize_locale,
)

LARGEST_ROW_ID = 2**31 - 1


class LocaleConverter(BaseConverter):
    """``<locale:locale>`` in a rule: the tag in the address, Babel's code in the view."""

    regex = r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2}"

    def to_python(self, value: str) -> str:
        code = normalize_locale(value)
        if code is None:
            raise ValidationError
        return code

    def to_url(self, value: str) -> str:
        return lang_tag(value)


class RowIdConverter(IntegerConverter):
    """``<int:…>`` in a rule: a number that a database key can be; a larger one is simply not found."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ROW_ID, **options})


def init_locale_urls(app: Flask, settings: Settings, site_locales: Callable[[], frozenset[str]]) -> None:
    """Take the locale from the address, refuse those without content, choose the interface language.

    `site_locales` gives the locales that have published articles, besides the shipped ones.
    """
    app.url_map.converters["locale"] = LocaleConverter
    app.url_map.converters["int"] = RowIdConverter

    @app.url_value_preprocessor
    def _take_locale(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.locale = (
            (values or {}).get("locale") or _locale_of_missing_page() or preferred_locale(settings.default_locale)
        )

    @app.before_request
    def _check_locale() -> Response | None:
        locale = (request.view_args or {}).get("locale")
        if locale is None:
            return None
        first = request.path.split("/", 2)[1]
        if first != lang_tag(locale) and request.method in {"GET", "HEAD"}:
            return make_response(redirect(f"/{lang_tag(locale)}{_rest_of_address(first)}", code=301))
        if locale not in INTERFACE_LOCALES and locale not in site_locales():
            abort(404)
        return None

    @app.url_defaults
    def _add_locale(endpoint: str, values: dict[str, Any]) -> None:
        if "locale" not in values and app.url_map.is_endpoint_expecting(endpoint, "locale"):
            values["locale"] = current_locale()

    app.jinja_env.globals["page_locales"] = page_locales


def _rest_of_address(first: str) -> str:
    """What follows `first`, the first part of the path, as it may stand in an address."""
    rest = quote(request.path[len(first) + 1 :], safe="/:@!$&'()*+,;=~")
    return f"{rest}?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else rest


def _locale_of_missing_page() -> str | None:
    """The shipped locale that an address without a route begins with, so that its 404 is in that language."""
    code = normalize_locale(request.path.split("/", 2)[1]) if request.endpoint is None else None
    return code if code in INTERFACE_LOCALES else None


def preferred_locale(default: str) -> str:
    """The shipped locale that the browser asks for first, else `default`."""
    return best_match([tag for tag, _quality in request.accept_languages], INTERFACE_LOCALES, default)


def current_locale() -> str:
    """The content locale of this request."""
    return str(g.get("locale") or "en")


def interface_locale() -> str:
    """The shipped locale that this request's interface is in."""
    return str(flask_babel.get_locale() or interface_locale_for(current_locale()))


def offer_page_locales(addresses: dict[str, str]) -> None:
    """Replace the language menu's addresses for this page: locale → where the same page is in it."""
    g.page_locale_addresses = addresses


def page_locales() -> list[dict[str, Any]]:
    """The language menu: the same page (and query) in each shipped language, or what the page offered."""
    addresses: dict[str, str] | None = g.get("page_locale_addresses")
    if addresses is None:
        endpoint = request.endpoint or ""
        view_args = request.view_args or {}
        if "locale" in view_args and request.method == "GET":
            query = request.args.to_dict(flat=True)
            addresses = {
                locale: url_for(endpoint, **{**query, **view_args, "locale": locale}) for locale in INTERFACE_LOCALES
            }
        else:
            addresses = {locale: f"/{lang_tag(locale)}/" for locale in INTERFACE_LOCALES}
    return [
        {"locale": locale, "url": url, "name": locale_name(locale), "current": locale == current_locale()}
        for locale, url in addresses.items()
    ]
