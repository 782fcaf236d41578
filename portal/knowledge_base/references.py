"""Links to articles and pictures inside article text.

Text and stored HTML name them independently of language and address: ``article:KEY#section``, ``contact:`` and
``picture:NAME``. `resolve_references` turns them into addresses when a page is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote

from markupsafe import Markup


class ArticleLink(NamedTuple):
    """A link to an article, by its key, and to one of its sections ("" for the whole article)."""

    key: str
    section: str

    @property
    def target(self) -> str:
        """The link as it stands in article text."""
        return f"article:{quote(self.key)}" + (f"#{quote(self.section, safe=':')}" if self.section else "")


class PictureSource(NamedTuple):
    """Where a picture is served, and its size in CSS pixels if known."""

    url: str
    width: int | None = None
    height: int | None = None


class ReferenceResolver(Protocol):
    """What a page knows: the addresses of articles and pictures for this reader. None: there is no such thing."""

    def article_url(self, key: str, section: str) -> str | None: ...
    def contact_url(self) -> str | None: ...
    def picture(self, name: str) -> PictureSource | None: ...


_REFERENCE = re.compile(
    r'<a href="(?P<scheme>article|contact):(?P<target>[^"]*)"(?P<attributes>[^>]*)>(?P<content>.*?)</a>'
    r'|<img src="picture:(?P<picture>[^"]*)"(?P<picture_attributes>[^>]*)>'
    r'|(?P<heading><h[2-6] id="(?P<heading_key>[^"]*)">)(?P<heading_text>.*?)(?P<heading_end></h[2-6]>)'
    r'|(?P<callout><div class="callout (?P<callout_kind>[a-z]+)" role="note">)(?!<p class="callout-title">)',
    re.DOTALL,
)
_ALTERNATIVE_TEXT = re.compile(r'\balt="([^"]*)"')


def parse_article_link(href: str) -> ArticleLink | None:
    """The article and section that an ``article:`` link names; None for every other link."""
    if not href.startswith("article:"):
        return None
    key, _, section = href.removeprefix("article:").partition("#")
    return ArticleLink(unquote(key).strip("/"), unquote(section))


def resolve_references(
    html: str,
    resolver: ReferenceResolver,
    *,
    heading_link: Callable[[str], str] | None = None,
    callout_label: Callable[[str], str] | None = None,
) -> Markup:
    """Stored article HTML with real addresses. A link that leads nowhere becomes its text, a lost picture its alt text.

    `heading_link(key)` gives HTML to stand at the end of each heading. `callout_label(kind)` gives the words over a
    callout ("note", "tip", "warning" …) that has no title of its own.
    """

    def resolve(match: re.Match[str]) -> str:
        if match["scheme"]:
            return _resolve_link(match, resolver)
        if match["picture"] is not None:
            return _resolve_picture(match, resolver)
        if match["heading"]:
            # Headings contain links too; they hold no headings, so this goes one level deep.
            text = _REFERENCE.sub(resolve, match["heading_text"])
            suffix = heading_link(unescape(match["heading_key"])) if heading_link else ""
            return f"{match['heading']}{text}{suffix}{match['heading_end']}"
        label = callout_label(match["callout_kind"]) if callout_label else ""
        return match["callout"] + (f'<p class="callout-title">{escape(label)}</p>' if label else "")

    return Markup(_REFERENCE.sub(resolve, html))  # noqa: S704 - the stored HTML was sanitised when it was rendered


def _resolve_link(match: re.Match[str], resolver: ReferenceResolver) -> str:
    url: str | None
    link = parse_article_link(unescape(f"{match['scheme']}:{match['target']}"))
    url = resolver.article_url(link.key, link.section) if link else resolver.contact_url()
    # A link may hold a picture, never another link.
    content = _REFERENCE.sub(lambda inner: _resolve_picture(inner, resolver), match["content"])
    if url is None:
        return content
    return f'<a href="{escape(url)}"{match["attributes"]}>{content}</a>'


def _resolve_picture(match: re.Match[str], resolver: ReferenceResolver) -> str:
    if match["picture"] is None:
        return match[0]
    source = resolver.picture(unquote(unescape(match["picture"])))
    if source is None:
        alternative = _ALTERNATIVE_TEXT.search(match["picture_attributes"])
        return alternative[1] if alternative else ""
    size = f' width="{source.width}" height="{source.height}"' if source.width and source.height else ""
    return f'<img src="{escape(source.url)}"{match["picture_attributes"]}{size} loading="lazy" decoding="async">'
