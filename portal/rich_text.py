"""Text that people write in messages → safe HTML: paragraphs, lists, emphasis, links; never raw HTML."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

MAXIMUM_CHARACTERS = 100_000
_BARE_ADDRESS = re.compile(r"(?<![<(\[\"'=\w])(https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?])")
_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr"}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Headings, tables and images are left out: a message is a letter, not a page.
    parser = MarkdownIt("zero", {"html": False, "linkify": False, "breaks": True})
    parser.enable(
        ["paragraph", "newline", "list", "emphasis", "link", "autolink", "backticks", "fence", "blockquote", "escape"]
    )
    return parser


def render_message(text: str) -> Markup:
    """Safe HTML for one message. Lines keep their breaks; bare addresses of web pages become links."""
    html = _parser().render(_with_autolinks(text[:MAXIMUM_CHARACTERS]))
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - sanitised by nh3 on the line above


def _with_autolinks(text: str) -> str:
    """Wrap bare http(s) addresses in angle brackets, leaving those alone that Markdown already treats as links."""
    return _BARE_ADDRESS.sub(r"<\1>", text)
