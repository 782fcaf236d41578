"""Article Markdown → HTML that still has to be sanitised.

CommonMark with tables, strikethrough, definition lists, callouts (``::: tip``), section keys (``## Heading {#key}``)
and coloured code. HTML is let through, because documentation trees contain it; `article_html` cleans it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# The word an author may write → the kind it is shown as.
CALLOUTS = {
    "note": "note",
    "info": "note",
    "tip": "tip",
    "warning": "warning",
    "important": "warning",
    "caution": "warning",
    "danger": "warning",
}
CALLOUT_KINDS = tuple(dict.fromkeys(CALLOUTS.values()))
# Pygments matches with backtracking expressions: long listings are shown without colours instead.
MAXIMUM_HIGHLIGHTED_CHARACTERS = 10_000
MAXIMUM_NESTING = 50

_HEADING_ATTRIBUTES = re.compile(r"\s*\{\s*(?:#(?P<key>[^\s{}]+))?(?:\s*\.[\w-]+)*\s*\}\s*$")
_TAG_NAME = re.compile(r"<(?=/?([A-Za-z][A-Za-z0-9-]*))")
_ALIGNED = re.compile(r"text-align:\s*(right|center)")

_HTML_ELEMENTS = """
    a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption center cite code
    col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form
    frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map
    mark marquee math menu meta meter nav noembed noframes noscript object ol optgroup option output p param picture
    plaintext pre progress q rp rt ruby s samp script search section select slot small source span strike strong style
    sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr
    xmp"""
HTML_ELEMENTS = frozenset(_HTML_ELEMENTS.split())


def render_markdown(text: str, *, allow_html: bool = True) -> str:
    """HTML of `text`, not sanitised. Without `allow_html`, tags in the text are shown as text."""
    # The container plug-in reads one character past a last line that has no end.
    return str(_parser(allow_html).render(f"{text}\n"))


@lru_cache(maxsize=2)
def _parser(allow_html: bool) -> MarkdownIt:
    options = {"html": allow_html, "maxNesting": MAXIMUM_NESTING, "xhtmlOut": False, "highlight": _highlight}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).use(deflist_plugin)
    for name, kind in CALLOUTS.items():
        parser.use(container_plugin, name, validate=_named(name), render=_callout_renderer(name, kind))
    parser.core.ruler.push("section_keys", _take_section_keys)
    parser.core.ruler.push("alignment", _align_cells_by_class)
    parser.add_render_rule("html_inline", _render_raw_html)
    parser.add_render_rule("html_block", _render_raw_html)
    return parser


def _named(name: str) -> Callable[[str, str], bool]:
    return lambda parameters, _markup: parameters.strip().split(" ", 1)[0].lower() == name


def _callout_renderer(name: str, kind: str) -> Callable[..., str]:
    def render(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
        if tokens[index].nesting != 1:
            return "</div>\n"
        title = tokens[index].info.strip()[len(name) :].strip()
        heading = f'<p class="callout-title">{escape(title)}</p>' if title else ""
        return f'<div class="callout {kind}">{heading}\n'

    return render


def _take_section_keys(state: StateCore) -> None:
    """Turn ``{#key}`` at the end of a heading into its id."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or not inline.children or inline.children[-1].type != "text":
            continue
        last = inline.children[-1]
        match = _HEADING_ATTRIBUTES.search(last.content)
        if match and (match["key"] or "." in match[0]):
            last.content = last.content[: match.start()]
            if match["key"]:
                opening.attrSet("id", match["key"])


def _align_cells_by_class(state: StateCore) -> None:
    """Pages allow no style attribute, so a column's alignment becomes a class."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"}:
            aligned = _ALIGNED.search(str(token.attrs.pop("style", "")))
            if aligned:
                token.attrSet("class", "align-end" if aligned[1] == "right" else "align-center")


def _render_raw_html(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _environment: MutableMapping[str, Any],
) -> str:
    """The author's HTML. What only looks like a tag (``<token>``, ``<value>``) is text."""
    return _TAG_NAME.sub(
        lambda match: "<" if match[1].lower() in HTML_ELEMENTS else "&lt;",
        tokens[index].content,
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    lexer = _lexer(language) if language and len(code) <= MAXIMUM_HIGHLIGHTED_CHARACTERS else None
    if lexer is None:
        return ""
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
