"""HTML of a mail → plain text that reads like the letter: links, lists, tables by rows, quotes with "> ".

Mail is written by programs that close nothing and by people who mean harm, so the reader is a single walk over the
text: no tree, no recursion, and time that grows with the length and nothing else.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field
from typing import Final

MAXIMUM_CHARACTERS: Final = 2_000_000
MAXIMUM_TAGS: Final = 150_000
MAXIMUM_QUOTE_DEPTH: Final = 20

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_SIMPLE_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})([^>]*+)>")
_TAG_BEGINS: Final = re.compile(r"<(?:/?[a-zA-Z]|[!?])")
_ATTRIBUTE: Final = re.compile(r"([a-zA-Z-]{1,40})\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_LONG_NUMBER: Final = re.compile(r"&#[0-9]{8,}+;?|&#[xX][0-9a-fA-F]{7,}+;?")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad\u034f\u200e\u200f]")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?:px|pt)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SHOWN_TEXT: Final = re.compile(r"^(?:https?://|mailto:|tel:)?(.*?)/?$", re.IGNORECASE | re.DOTALL)
_FILE_NAME: Final = re.compile(r"\.(?:png|jpe?g|gif|bmp|svg|webp|tiff?)$", re.IGNORECASE)

# What stands in them is for programs. Raw text: tags within them are none.
_RAW_TEXT: Final = frozenset({"script", "style", "title", "xml", "noembed", "noframes", "textarea"})
_LEFT_OUT: Final = frozenset({"head", "select", "object", "svg", "audio", "video", "map", "template"})
_VOID: Final = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr", "param"}
)
_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "table"}
)
_LINES: Final = frozenset(
    {"div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "address", "fieldset", "form",
     "main", "nav", "aside", "caption", "tbody", "thead", "tfoot", "body", "html", "figure", "figcaption"}
)  # fmt: skip


@dataclass(slots=True)
class _Page:
    """The text so far. `line` is the line being written; blank lines before it wait until it has words."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    blanks: int = 0
    quotes: int = 0
    # The depth that the empty lines before the next line have.
    blank_quotes: int = 0
    preformatted: int = 0
    # Before the next line: what its place in a list moves it to the right.
    indent: str = ""
    is_word_paragraph: bool = False
    lists: list[int] = field(default_factory=list)
    # Where the open link leads and where in `line` its text begins; links do not nest.
    link: tuple[str, int] | None = None
    cells: int = 0

    def write(self, text: str) -> None:
        if self.preformatted:
            for number, each in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
                if number:
                    self.end_line(always=True)
                if each:
                    self.line.append(each)
            return
        text = _SPACES.sub(" ", text)
        if text == " " or text.startswith(" "):
            text = text.lstrip(" ")
            if self.line and not self.line[-1].endswith(" "):
                self.line.append(" ")
        if text:
            self.line.append(text)

    def end_line(self, *, always: bool = False) -> None:
        """Finish the line that has words; `always` also one without (a <br>)."""
        text = "".join(self.line)
        text = text.rstrip() if self.preformatted else text.strip(" ")
        text = text.rstrip(" |") if self.cells and not text.strip(" |") else text
        self.line.clear()
        if self.link:
            self.link = (self.link[0], 0)
        if not text.strip("\u00a0 "):
            self.blanks += always
            return
        if self.lines:
            empty = _quote_marks(min(self.blank_quotes, self.quotes)).rstrip()
            self.lines.extend([empty] * min(self.blanks, 2))
        self.lines.append(_quote_marks(self.quotes) + self.indent + text)
        self.indent = ""
        self.blanks = 0
        self.blank_quotes = self.quotes

    def end_paragraph(self) -> None:
        self.end_line()
        self.blanks = max(self.blanks, 1)


def _quote_marks(depth: int) -> str:
    return "> " * min(depth, MAXIMUM_QUOTE_DEPTH)


def plain_text(html: str) -> str:
    """The text of an HTML mail with LF line ends. Longer than 2,000,000 characters: of the beginning."""
    html = html[:MAXIMUM_CHARACTERS].replace("\0", "")
    page = _Page()
    position = 0
    hidden: list[str] = []
    tags = misread = 0
    tag_pattern = _TAG
    while position < len(html):
        found = _TAG_BEGINS.search(html, position)
        opened = found.start() if found else -1
        if opened < 0 or tags >= MAXIMUM_TAGS:
            _write_text(page, html[position:] if tags < MAXIMUM_TAGS else "", hidden)
            break
        if opened > position:
            _write_text(page, html[position:opened], hidden)
        if html.startswith(("<!", "<?"), opened):
            position = _after_declaration(html, opened)
            continue
        match = tag_pattern.match(html, opened)
        if match is None and tag_pattern is _TAG:
            # A quote that nobody closed. After some of them quotes are not looked at any more, or each would cost
            # a walk to the end.
            match = _SIMPLE_TAG.match(html, opened)
            misread += 1
            if misread > 20:
                tag_pattern = _SIMPLE_TAG
        if match is None:
            if html.find(">", opened) < 0:
                break
            _write_text(page, "<", hidden)
            position = opened + 1
            continue
        tags += 1
        position = _after_tag(page, html, match, hidden)
    page.end_line()
    return _tidied(page.lines)


def _after_declaration(html: str, opened: int) -> int:
    """After a comment or a doctype; one that never ends hides what follows, as it does in browsers."""
    if html.startswith("<!--", opened):
        stop = html.find("-->", opened + 4)
        if html.startswith((">", "->"), opened + 4):
            return html.find(">", opened + 4) + 1
        return len(html) if stop < 0 else stop + 3
    stop = html.find(">", opened)
    return len(html) if stop < 0 else stop + 1


def _write_text(page: _Page, text: str, hidden: list[str]) -> None:
    if hidden or not text:
        return
    if "&" in text:
        # Numbers that long are no characters, and reading them takes time or raises.
        text = entities.unescape(_LONG_NUMBER.sub("\ufffd", text))
    if not text.isascii():
        text = _INVISIBLE.sub("", text).translate(_WITHOUT_SURROGATES)
    page.write(text)


_WITHOUT_SURROGATES: Final = {0x2028: "\n", 0x2029: "\n"}


def _after_tag(page: _Page, html: str, match: re.Match[str], hidden: list[str]) -> int:
    is_end, name = bool(match[1]), match[2].lower()
    if hidden:
        _walk_hidden(hidden, name, is_end=is_end, is_empty=match[3].endswith("/"))
        return match.end()
    if not is_end and name in _RAW_TEXT:
        return _after_raw_text(html, name, match.end())
    attributes = _attributes(match[3]) if match[3] and not is_end else {}
    if not is_end and name not in _VOID and (name in _LEFT_OUT or _is_hidden(attributes)):
        if not match[3].endswith("/"):
            hidden.append(name)
        return match.end()
    if is_end:
        _close(page, name)
    elif not _is_hidden(attributes):
        _open(page, name, attributes)
    return match.end()


def _walk_hidden(hidden: list[str], name: str, *, is_end: bool, is_empty: bool) -> None:
    """Within something left out only its own kind of tag is counted; a head also ends where the body begins."""
    if name == hidden[-1] and not is_empty:
        if is_end:
            hidden.pop()
        else:
            hidden.append(name)
    elif name == "body" and not is_end and hidden[0] == "head":
        hidden.clear()


def _after_raw_text(html: str, name: str, position: int) -> int:
    match = _END_OF_RAW_TEXT[name].search(html, position)
    return match.end() if match else len(html)


_END_OF_RAW_TEXT: Final = {name: re.compile(rf"</{name}[^>]*+>", re.IGNORECASE) for name in _RAW_TEXT}


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
        for match in _ATTRIBUTE.finditer(text[:20_000])
    }


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "style" in attributes and _HIDDEN.search(attributes["style"]) is not None


def _open(page: _Page, name: str, attributes: dict[str, str]) -> None:
    if name == "br":
        page.end_line(always=not page.line)
    elif name == "hr":
        page.end_line()
        page.line.append("-" * 20)
        page.end_line()
    elif name == "img":
        _write_picture(page, attributes)
    elif name == "a":
        _write_link(page)
        page.link = (attributes.get("href", ""), len(page.line))
    elif name in {"td", "th"}:
        if page.cells and any(each.strip(" |") for each in page.line[-1:]):
            page.line.append(" | ")
        page.cells += 1
    else:
        _open_block(page, name, attributes)


def _open_block(page: _Page, name: str, attributes: dict[str, str]) -> None:
    if name in _PARAGRAPHS:
        # Word sets its paragraphs without space between them.
        page.is_word_paragraph = name == "p" and "msonormal" in attributes.get("class", "").lower()
        if page.is_word_paragraph or name == "table" or (name in {"ul", "ol"} and page.lists):
            page.end_line()
        else:
            page.end_paragraph()
    elif name in _LINES:
        page.end_line()
    if name == "tr":
        page.cells = 0
    elif name == "blockquote" and attributes.get("type", "") != "presentation":
        page.quotes += 1
    elif name == "pre":
        page.preformatted += 1
    elif name in {"ul", "ol"}:
        start = attributes.get("start", "1")
        page.lists.append((int(start) if start.isdecimal() and len(start) < 6 else 1) if name == "ol" else 0)
    elif name == "li":
        _write_list_mark(page)


def _write_list_mark(page: _Page) -> None:
    number = page.lists[-1] if page.lists else 0
    page.indent = "  " * min(max(len(page.lists) - 1, 0), 10)
    page.line.append(f"{number}. " if number else "- ")
    if number:
        page.lists[-1] += 1


def _close(page: _Page, name: str) -> None:
    if name == "a":
        _write_link(page)
        return
    if name in {"td", "th"}:
        return
    if name == "p" or name in _PARAGRAPHS:
        if name in {"ul", "ol"}:
            if page.lists:
                page.lists.pop()
            page.end_line()
            page.blanks = page.blanks if page.lists else max(page.blanks, 1)
        elif name == "table":
            page.end_line()
            page.cells = 0
        elif page.is_word_paragraph and name == "p":
            page.end_line(always=bool(page.line))
        else:
            page.end_paragraph()
    elif name in _LINES:
        page.end_line()
    if name == "tr":
        page.cells = 0
    elif name == "blockquote":
        page.quotes = max(page.quotes - 1, 0)
        page.blank_quotes = min(page.blank_quotes, page.quotes)
    elif name == "pre":
        page.preformatted = max(page.preformatted - 1, 0)


def _write_link(page: _Page) -> None:
    if page.link is None:
        return
    (href, start), page.link = page.link, None
    href = "".join(entities.unescape(_LONG_NUMBER.sub("", href)).split())[:2000]
    scheme = href.partition(":")[0].lower()
    if scheme not in {"http", "https", "mailto", "tel"}:
        return
    shown = "".join(page.line[start:]).strip()
    target = href.partition(":")[2] if scheme in {"mailto", "tel"} else href
    if scheme == "mailto":
        target = target.partition("?")[0]
    if not shown:
        # A picture without words that leads somewhere says nothing in plain text.
        return
    if _bare(shown) != _bare(target) and shown not in {target, href}:
        page.line.append(f" ({target})")


def _bare(address: str) -> str:
    match = _SHOWN_TEXT.match(address)
    return (match[1] if match else address).removeprefix("www.").lower()


def _write_picture(page: _Page, attributes: dict[str, str]) -> None:
    if attributes.get("width", "") in {"0", "1"} or attributes.get("height", "") in {"0", "1"}:
        return
    alt = _SPACES.sub(" ", entities.unescape(_LONG_NUMBER.sub("", attributes.get("alt", "")))).strip()[:300]
    if alt and not _FILE_NAME.search(alt):
        page.write(alt)


def _tidied(lines: list[str]) -> str:
    return "\n".join(line.rstrip().replace("\u00a0", " ") for line in lines).strip("\n")
