"""Links to articles in the demo's replies, as agents insert them."""

from __future__ import annotations

from collections.abc import Sequence

from portal.knowledge_base.queries import articles_by_key
from portal.web.templating import external_url

# A last paragraph of so short lines says goodbye.
_LONGEST_FAREWELL_LINE = 40
_FAREWELL_LINES = 2


def article_links(keys: Sequence[str], locale: str) -> str:
    """Title and address of each of the articles that can be read in `locale`; "" where none can."""
    known = articles_by_key(keys, locale=locale)
    readable = (known[key] for key in keys if key in known and known[key].locale == locale)
    return "\n\n".join(
        f"{article.title}\n{external_url('knowledge_base.show_article', locale=locale, slug=article.slug)}"
        for article in readable
    )


def with_links(reply: str, links: str) -> str:
    """The reply with the links before its farewell."""
    if not links:
        return reply
    text, gap, farewell = reply.rpartition("\n\n")
    lines = farewell.splitlines()
    if not gap or len(lines) > _FAREWELL_LINES or max(map(len, lines)) > _LONGEST_FAREWELL_LINE:
        text, gap, farewell = reply.rpartition("\n")
    return f"{text.rstrip()}\n\n{links}\n\n{farewell}" if gap else f"{reply}\n\n{links}"
