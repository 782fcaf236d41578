"""Sanitised HTML → article HTML: sections with anchors, figures, tables that scroll, links that name their target.

Works on what `sanitizing.sanitize` returns, which is well-formed and escapes ``<`` and ``>`` in attributes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote, unquote

from portal.knowledge_base.markdown_parser import CALLOUT_KINDS
from portal.knowledge_base.references import ArticleLink, parse_article_link
from portal.knowledge_base.section_keys import RESERVED_KEYS, Heading, SectionShape, assign_keys, settle_levels
from portal.knowledge_base.slugs import ascii_slug, unicode_slug

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_LONE_PICTURE = re.compile(r"<p>\s*(<img [^>]*>)\s*</p>")
_TABLE_LABEL = re.compile(r"<caption[^>]*>(.*?)</caption>|<th[^>]*>(.*?)</th>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_BARE_ADDRESS = re.compile(r"https?://(?:(?!&(?:lt|gt|nbsp|quot);)[^\s<>\"'（）「」【】、。])+")
_SAFE_ID = re.compile(r"^[\w:.-]{1,100}$")

_VOID = frozenset({"br", "hr", "img", "col", "wbr"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# A heading inside one of these is emphasis: it begins no section.
_NO_SECTIONS_IN = frozenset({"blockquote", "li", "td", "th", "dd", "dt", "summary", "figcaption", "caption", "callout"})
_NO_ADDRESSES_IN = frozenset({"a", "code", "pre", "kbd", "samp"})
_INLINE_TAGS = "a abbr b bdi bdo cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup"
_INLINE = frozenset({*_INLINE_TAGS.split(), "time", "u", "var", "wbr"})


@dataclass(slots=True)
class SectionDraft:
    """A section while its text is read. `opens_at` and `closes_at` are places in the output, -1 for the lead."""

    level: int
    opens_at: int = -1
    closes_at: int = -1
    explicit_key: str = ""
    heading_parts: list[str] = field(default_factory=list)
    text_parts: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return " ".join("".join(self.heading_parts).split())

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.text_parts).splitlines())
        return "\n".join(line for line in lines if line)


@dataclass(slots=True)
class ArticleHtml:
    """The result of `build_article_html`. `keys` and `levels` belong to `sections` one by one."""

    html: str
    sections: list[SectionDraft]
    keys: list[str]
    levels: list[int]
    links: list[ArticleLink]
    pictures: list[str]
    broken_links: list[str]
    broken_pictures: list[str]


def build_article_html(clean_html: str, source: Sequence[SectionShape] = ()) -> ArticleHtml:
    """Article HTML with its sections; `source` are the sections of the text that this one translates."""
    return _Builder().build(_LONE_PICTURE.sub(r"<figure>\1</figure>", clean_html), source)


class _Builder:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.open_tags: list[tuple[str, str]] = []
        self.sections = [SectionDraft(level=1)]
        self.heading: SectionDraft | None = None
        self.links: list[ArticleLink] = []
        self.pictures: list[str] = []
        self.broken_links: list[str] = []
        self.broken_pictures: list[str] = []
        self.ids: dict[str, int] = {}
        # (place of the tag, place of its end or -1, the anchor it names)
        self.page_links: list[tuple[int, int, str]] = []
        self.table_labels: dict[str, int] = {}
        self.source_html = ""

    def build(self, html: str, source: Sequence[SectionShape]) -> ArticleHtml:
        self.source_html = html
        position = 0
        for match in _TOKEN.finditer(html):
            if match.start() > position:
                self._text(html[position : match.start()])
            position = match.end()
            if match[1]:
                self._end(match[2])
            else:
                self._start(match[2], match[3], position)
        if position < len(html):
            self._text(html[position:])
        return self._finish(source)

    # What arrives

    def _text(self, escaped: str) -> None:
        plain = unescape(escaped)
        (self.heading.heading_parts if self.heading else self.sections[-1].text_parts).append(plain)
        if "://" in escaped and not any(tag in _NO_ADDRESSES_IN for tag, _ in self.open_tags):
            escaped = _BARE_ADDRESS.sub(self._bare_address, escaped)
        self.out.append(escaped)

    def _start(self, tag: str, attributes_text: str, position: int) -> None:
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes_text)}
        if tag not in _INLINE:
            self._break_text()
        if tag in _HEADINGS:
            self._start_heading(tag, attributes)
        elif tag == "a":
            self._start_link(attributes)
        elif tag == "img":
            self._picture(attributes)
        elif tag == "table":
            label = escape(self._table_label(position))
            self._open(tag, f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}"><table>',
                       "</table></div>")  # fmt: skip
        elif tag == "pre":
            self._open(tag, '<div class="highlight"><pre dir="ltr" tabindex="0">', "</pre></div>")
        elif tag == "div" and "callout" in attributes.get("class", "").split():
            kind = next((name for name in attributes["class"].split() if name in CALLOUT_KINDS), "note")
            self._open("callout", f'<div class="callout {kind}" role="note">', "</div>")
        else:
            self._plain(tag, attributes)

    def _end(self, tag: str) -> None:
        if not self.open_tags:
            return
        name, closing = self.open_tags.pop()
        if name not in _INLINE:
            self._break_text()
        if name == "a" and self.page_links and self.page_links[-1][1] == -1 and closing == "</a>":
            place, _, anchor = self.page_links[-1]
            self.page_links[-1] = (place, len(self.out), anchor)
        if name == "section heading" and self.heading:
            self.heading.closes_at = len(self.out)
            if not self.heading.heading:
                # A heading without words begins nothing: what follows belongs to the section before it.
                self.sections.pop()
            self.heading = None
        self.out.append(closing)

    def _open(self, name: str, opening: str, closing: str) -> None:
        self.out.append(opening)
        self.open_tags.append((name, closing))

    def _break_text(self) -> None:
        (self.heading.heading_parts if self.heading else self.sections[-1].text_parts).append("\n")

    # Headings

    def _start_heading(self, tag: str, attributes: dict[str, str]) -> None:
        if self.heading is not None:
            self._open("heading in heading", "", "")
        elif any(name in _NO_SECTIONS_IN for name, _ in self.open_tags):
            inside_summary = any(name == "summary" for name, _ in self.open_tags)
            opening, closing = ("<strong>", "</strong>") if inside_summary else ("<p><strong>", "</strong></p>")
            self._open("emphasis", opening, closing)
        else:
            draft = SectionDraft(_HEADINGS[tag], len(self.out), explicit_key=attributes.get("id", ""))
            self.sections.append(draft)
            self.heading = draft
            self._open("section heading", "", "")

    def _anchor_in_heading(self, anchor: str) -> bool:
        if self.heading is None:
            return False
        self.heading.explicit_key = self.heading.explicit_key or anchor
        return True

    # Everything that is neither heading, link nor picture

    def _plain(self, tag: str, attributes: dict[str, str]) -> None:
        anchor = attributes.pop("id", "")
        if not attributes.get("class"):
            attributes.pop("class", None)
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.out.append(f"<{tag}")
        if anchor and not self._anchor_in_heading(anchor):
            self._loose_id(anchor)
        self.out.append(f"{written}>")
        if tag not in _VOID:
            self.open_tags.append((tag, f"</{tag}>"))

    def _loose_id(self, anchor: str) -> None:
        if _SAFE_ID.match(anchor) and anchor not in RESERVED_KEYS and anchor not in self.ids:
            self.ids[anchor] = len(self.out)
            self.out.append(f' id="{escape(anchor)}"')

    def _table_label(self, position: int) -> str:
        end = self.source_html.find("</table>", position)
        table = self.source_html[position : end if end != -1 else len(self.source_html)]
        captions: list[str] = []
        cells: list[str] = []
        for caption, cell in _TABLE_LABEL.findall(table):
            words = " ".join(unescape(_ANY_TAG.sub(" ", caption or cell)).split())
            if words:
                (captions if caption else cells).append(words)
        label = (captions or [", ".join(cells[:6])])[0][:120]
        if not label:
            label = " ".join(unescape(_ANY_TAG.sub(" ", table[:600])).split())[:60] or "…"
        count = self.table_labels[label] = self.table_labels.get(label, 0) + 1
        return label if count == 1 else f"{label} ({count})"

    # Links and pictures

    def _start_link(self, attributes: dict[str, str]) -> None:
        href = attributes.get("href", "").strip()
        anchor = attributes.get("id") or attributes.get("name") or ""
        if not href:
            if not anchor or self._anchor_in_heading(anchor):
                self._open("a", "", "")
            else:
                self._plain("span", {"id": anchor})
                self.open_tags[-1] = ("a", "</span>")
            return
        self.sections[-1].targets.append(href)
        if href.startswith("#"):
            self.page_links.append((len(self.out), -1, unquote(href[1:])))
            self._open("a", "<a>", "</a>")
            return
        opening = self._link_tag(href)
        if not opening:
            self.broken_links.append(href)
        self._open("a", opening, "</a>" if opening else "")

    def _link_tag(self, href: str) -> str:
        link = parse_article_link(href)
        if link:
            self.links.append(link)
            return f'<a href="{escape(link.target)}">' if link.key else ""
        if href.startswith("contact:"):
            return '<a href="contact:">'
        if href.startswith("//"):
            href = f"https:{href}"
        if href.lower().startswith(("http://", "https://")):
            return f'<a href="{escape(href)}" rel="noopener noreferrer">'
        return f'<a href="{escape(href)}">' if href.lower().startswith(("mailto:", "tel:")) else ""

    def _bare_address(self, match: re.Match[str]) -> str:
        address = match[0].rstrip(".,;:!?)")
        self.sections[-1].targets.append(unescape(address))
        return f'<a href="{address}" rel="noopener noreferrer">{address}</a>{match[0][len(address) :]}'

    def _picture(self, attributes: dict[str, str]) -> None:
        source, alternative = attributes.get("src", "").strip(), attributes.get("alt", "")
        caption = attributes.get("title", "").strip()
        self.sections[-1].targets.extend([source, alternative])
        name = picture_name(source)
        if name:
            self.pictures.append(name)
            self.out.append(f'<img src="picture:{quote(name)}" alt="{escape(alternative)}">')
        else:
            self.broken_pictures.append(source)
            is_elsewhere = source.lower().startswith(("http://", "https://"))
            may_link = is_elsewhere and not any(tag in {"a", "section heading"} for tag, _ in self.open_tags)
            words = escape(alternative or (posixpath.basename(source) if is_elsewhere else ""))
            address = f'<a href="{escape(source)}" rel="noopener noreferrer">{words or escape(source)}</a>'
            self.out.append(address if may_link else words)
        if caption and self.open_tags and self.open_tags[-1][0] == "figure":
            self.out.append(f"<figcaption>{escape(caption)}</figcaption>")
            self.sections[-1].text_parts.append(f"\n{caption}\n")

    # The end

    def _finish(self, source: Sequence[SectionShape]) -> ArticleHtml:
        self.out.extend(closing for _, closing in reversed(self.open_tags))
        lead, *titled = self.sections
        levels = settle_levels([section.level for section in titled])
        headings = [
            Heading(level, section.heading, section.explicit_key) for section, level in zip(titled, levels, strict=True)
        ]
        keys = assign_keys(headings, source)
        for section, level, key in zip(titled, levels, keys, strict=True):
            self.out[section.opens_at] = f'<h{level} id="{escape(key)}">'
            self.out[section.closes_at] = f"</h{level}>"
        for anchor in self.ids.keys() & set(keys):
            self.out[self.ids[anchor]] = ""
        self._settle_page_links(titled, keys)
        has_lead = bool(lead.text or lead.targets)
        return ArticleHtml(
            html="".join(self.out).strip(),
            sections=[lead, *titled] if has_lead else titled,
            keys=["", *keys] if has_lead else keys,
            levels=[1, *levels] if has_lead else levels,
            links=self.links,
            pictures=list(dict.fromkeys(self.pictures)),
            broken_links=list(dict.fromkeys(self.broken_links)),
            broken_pictures=list(dict.fromkeys(self.broken_pictures)),
        )

    def _settle_page_links(self, sections: list[SectionDraft], keys: list[str]) -> None:
        known = {key: key for key in [*self.ids, *keys]}
        for spell in (_as_is, unicode_slug, ascii_slug):
            for section, key in zip(sections, keys, strict=True):
                known.setdefault(spell(section.explicit_key or section.heading), key)
                known.setdefault(spell(section.heading), key)
        for place, end, anchor in self.page_links:
            named = (known.get(anchor) or known.get(unicode_slug(anchor))) if anchor else None
            if named:
                self.out[place] = f'<a href="#{quote(named, safe=":")}">'
            else:
                self.out[place] = ""
                if end != -1:
                    self.out[end] = ""
                self.broken_links.append(f"#{anchor}")


def _as_is(text: str) -> str:
    return text


def picture_name(source: str) -> str:
    """The name of one of the article's own pictures in the form that is stored; "" for any other address."""
    path = unquote(source.partition("?")[0].partition("#")[0])
    if ":" in path or path.startswith("//") or "\\" in path:
        return ""
    name = posixpath.normpath(path.lstrip("/")) if path.strip("/") else ""
    return "" if name.startswith("..") or name == "." or len(name) > 200 else name
