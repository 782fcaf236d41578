"""What HTML an article may contain; everything else is taken out here."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from pygments.token import STANDARD_TYPES

from portal.knowledge_base.markdown_parser import CALLOUT_KINDS, HTML_ELEMENTS

# The sanitiser's time grows with the square of the depth.
MAXIMUM_DEPTH = 200

_ALLOWED_TAGS = """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table
    tbody td tfoot th thead time tr u ul var wbr"""
ALLOWED_TAGS = frozenset(_ALLOWED_TAGS.split())
_DROPPED_WITH_CONTENT = """
    applet button canvas datalist embed form iframe math noembed noframes object script select style svg template
    textarea title"""
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"id", "lang", "dir"},
    "a": {"href", "name"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"src", "alt", "title"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
}
_CLASSES: dict[str, set[str]] = {
    "div": {"callout", *CALLOUT_KINDS},
    "p": {"callout-title"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "td": {"align-end", "align-center"},
    "th": {"align-end", "align-center"},
}
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# These close by themselves when the next one begins, so an unclosed one does not nest.
_CLOSED_BY_NEXT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_HANDLER = re.compile(r"<[a-zA-Z][^<>]*?[\s\"'/](on[a-zA-Z]+)\s*=")


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        allowed_classes=_CLASSES,
        # What is no link of ours (ftp) passes here, so that the next step can report it.
        url_schemes={"http", "https", "mailto", "tel", "article", "contact", "ftp"},
        link_rel=None,
        strip_comments=True,
    )


def sanitize(html: str) -> str:
    """Well-formed HTML with only the tags, attributes and addresses that articles may have."""
    return _cleaner().clean(html)


def is_too_deep(html: str) -> bool:
    """Whether tags are nested deeper than any article needs."""
    depth = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _VOID or name in _CLOSED_BY_NEXT:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAXIMUM_DEPTH:
            return True
    return False


def removed_markup(html: str) -> list[str]:
    """What `sanitize` will take out of `html`, for the author: ``["<script>", "onclick"]``, sorted."""
    tags = {match[2].lower() for match in _TAG.finditer(html)} & HTML_ELEMENTS - ALLOWED_TAGS
    handlers = {match[1].lower() for match in _HANDLER.finditer(html)}
    return [f"<{name}>" for name in sorted(tags)] + sorted(handlers)
