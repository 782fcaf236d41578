"""The articles that a message links to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from sqlalchemy import select

from portal.database import db
from portal.knowledge_base.models import Translation
from portal.localization import normalize_locale
from portal.web.templating import current_settings

_ADDRESS = re.compile(r"/([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2})/articles/([^\s/?#<>\"'()\[\]]+)")
_MAXIMUM_LINKS = 20


def linked_addresses(text: str) -> list[tuple[str, str]]:
    """(locale, slug) of every article page of this installation that `text` names, in order, without repeats."""
    base = current_settings().effective_base_url
    found: dict[tuple[str, str], None] = {}
    for part in text.split(base)[1:]:
        match = _ADDRESS.match(part)
        locale = normalize_locale(match[1]) if match else None
        if match and locale:
            # A full stop after an address ends the sentence.
            found[locale, unquote(match[2]).rstrip(".,;:!*_")] = None
    return list(found)[:_MAXIMUM_LINKS]


def linked_article_ids(texts: Iterable[str]) -> dict[str, list[int]]:
    """Text → the articles it links to, in order; one query for all, none where there are no links.

    An address in a language that an article lacks has the slug of another one.
    """
    addresses = {text: linked_addresses(text) for text in texts}
    slugs = {slug for found in addresses.values() for _locale, slug in found}
    if not slugs:
        return {text: [] for text in addresses}
    rows = db.session.execute(
        select(Translation.locale, Translation.slug, Translation.article_id)
        .where(Translation.slug.in_(slugs))
        .order_by(Translation.id)
    ).all()
    anywhere = {row.slug: row.article_id for row in reversed(rows)}
    exact = {(row.locale, row.slug): row.article_id for row in rows}
    found = {
        text: [exact.get(address, anywhere.get(address[1], 0)) for address in each] for text, each in addresses.items()
    }
    return {text: [article_id for article_id in dict.fromkeys(ids) if article_id] for text, ids in found.items()}
