"""Locales: what is shipped, how tags and codes convert, which language comes next when one is missing.

Inside the program a locale is Babel's code (``pt_BR``); addresses and HTML use the BCP 47 tag (``pt-BR``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import flask_babel
from babel import Locale, UnknownLocaleError

INTERFACE_LOCALES = ("en", "de", "fr", "es", "pt_BR", "ar", "ja", "zh_Hans")
SOURCE_LOCALE = "en"

PACKAGE_DIR = Path(__file__).parent
_TAG = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_](?:[A-Za-z]{2}|\d{3}))?$")
# Region tags that mean a script, as publishers write them in folder names.
_ALIASES = {"zh": "zh_Hans", "zh_CN": "zh_Hans", "zh_SG": "zh_Hans", "zh_TW": "zh_Hant", "zh_HK": "zh_Hant"}


def bundled_path(name: str) -> Path:
    """The folder `name` (templates, translations, kb_articles): from the checkout, else from the installed wheel."""
    checkout = PACKAGE_DIR.parent / name
    return checkout if (PACKAGE_DIR.parent / "pyproject.toml").exists() else PACKAGE_DIR / "bundled" / name


@lru_cache(maxsize=512)
def normalize_locale(text: str) -> str | None:
    """Babel's code for a tag in any common spelling (``pt-br`` → ``pt_BR``); None if no such language is known."""
    if not _TAG.match(text):
        return None
    try:
        locale = Locale.parse(text.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    code = "_".join(part for part in (locale.language, locale.script, locale.territory) if part)
    if code in _ALIASES:
        return _ALIASES[code]
    if locale.script and locale.territory:
        code = f"{locale.language}_{locale.script}"
    return code


def lang_tag(locale: str) -> str:
    """The BCP 47 tag of a locale code, for addresses and ``lang`` attributes."""
    return locale.replace("_", "-")


@lru_cache(maxsize=512)
def text_direction(locale: str) -> str:
    """``"rtl"`` or ``"ltr"``."""
    return str(Locale.parse(locale).text_direction)


@lru_cache(maxsize=512)
def locale_name(locale: str, *, in_locale: str | None = None) -> str:
    """The language's name in `in_locale`, by default in itself, with a capital first letter."""
    parsed = Locale.parse(locale)
    name = parsed.get_display_name(in_locale or locale) or locale
    return name[:1].upper() + name[1:]


def interface_locale_for(locale: str, default: str = SOURCE_LOCALE) -> str:
    """The shipped interface language nearest to a content locale, else `default`."""
    if locale in INTERFACE_LOCALES:
        return locale
    language = locale.split("_")[0]
    if language == "zh":
        return "zh_Hans"
    return next((shipped for shipped in INTERFACE_LOCALES if shipped.split("_")[0] == language), default)


def fallback_chain(locale: str, default: str = SOURCE_LOCALE) -> tuple[str, ...]:
    """Locales to try in order for somebody who reads `locale`: itself, its language, its kin, the default, English."""
    language = locale.split("_")[0]
    kin = {
        "pt_BR": ["pt", "pt_PT"],
        "pt": ["pt_BR", "pt_PT"],
        "pt_PT": ["pt", "pt_BR"],
        "zh_Hans": ["zh_Hant"],
        "zh_Hant": ["zh_Hans"],
    }.get(locale, [])
    return tuple(dict.fromkeys([locale, language, *kin, default, SOURCE_LOCALE]))


def best_match(accept_language: list[str], available: tuple[str, ...], default: str) -> str:
    """The first of the reader's languages (best first) that `available` can serve, else `default`."""
    for tag in accept_language:
        code = normalize_locale(tag)
        if code is None:
            continue
        if code in available:
            return code
        language = code.split("_")[0]
        for candidate in available:
            if candidate.split("_")[0] == language:
                return candidate
    return default


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Texts, dates and numbers inside the block are in the interface language nearest to `locale`."""
    with flask_babel.force_locale(interface_locale_for(locale)):
        yield
