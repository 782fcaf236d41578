"""An article's Markdown → the HTML, sections and links that are stored with its revision. Pure.

The stored HTML holds nothing that depends on the reader: see `references.resolve_references`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.knowledge_base.article_html import ArticleHtml, SectionDraft, build_article_html
from portal.knowledge_base.markdown_parser import render_markdown
from portal.knowledge_base.references import ArticleLink
from portal.knowledge_base.sanitizing import is_too_deep, removed_markup, sanitize
from portal.knowledge_base.section_keys import SectionShape

# Hostile text takes time with the square of its length; the longest help pages have about 60,000 characters.
MAXIMUM_CHARACTERS = 200_000
MAXIMUM_HEADING_LENGTH = 300
_LISTED = 5


@dataclass(frozen=True, slots=True)
class RenderedSection:
    """A heading with the plain text under it. The lead before the first heading has key "" and level 1."""

    key: str
    position: int
    level: int
    heading: str
    text: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """What is stored with a revision; `problems` are sentences for the author."""

    html: str
    sections: tuple[RenderedSection, ...]
    links: tuple[ArticleLink, ...]
    pictures: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def shapes(self) -> tuple[SectionShape, ...]:
        """What a translation of this text needs to take over its section keys."""
        return tuple(SectionShape(section.key, section.level) for section in self.sections if section.key)


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A line of “On this page”."""

    key: str
    heading: str
    children: tuple[TocEntry, ...] = ()


class _HasHeading(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def heading(self) -> str: ...


def render_article(markdown: str, *, source: Sequence[SectionShape] = ()) -> RenderedArticle:
    """Safe HTML of an article. Never raises: what cannot be shown is left out and named in `problems`.

    `source` are the sections of the text this one translates: if both are built alike, it takes over their keys.
    """
    problems = []
    if len(markdown) > MAXIMUM_CHARACTERS:
        markdown = markdown[:MAXIMUM_CHARACTERS]
        problems.append(f"longer than {MAXIMUM_CHARACTERS:,} characters: the rest is left out")
    raw = render_markdown(markdown)
    if is_too_deep(raw):
        raw = render_markdown(markdown, allow_html=False)
        problems.append("HTML nested too deeply: shown as text")
    if is_too_deep(raw):
        raw = ""
        problems.append("lists and quotes nested too deeply: nothing is shown")
    removed = removed_markup(raw)
    if removed:
        problems.append(f"HTML taken out: {_enumerate(removed)}")
    built = build_article_html(sanitize(raw), source)
    return RenderedArticle(
        html=built.html,
        sections=tuple(_sections(built)),
        links=tuple(dict.fromkeys(built.links)),
        pictures=tuple(built.pictures),
        problems=(*problems, *_problems(built)),
    )


def table_of_contents(sections: Iterable[_HasHeading], *, deepest_level: int = 3) -> list[TocEntry]:
    """The headings down to `deepest_level`, those of level 3 inside the level 2 they follow. Leads are left out."""
    entries: list[TocEntry] = []
    for section in sections:
        if not section.key or section.level > deepest_level:
            continue
        entry = TocEntry(section.key, section.heading)
        if section.level > 2 and entries:
            parent = entries[-1]
            entries[-1] = TocEntry(parent.key, parent.heading, (*parent.children, entry))
        else:
            entries.append(entry)
    return entries


def _sections(built: ArticleHtml) -> Iterable[RenderedSection]:
    for position, (draft, key, level) in enumerate(zip(built.sections, built.keys, built.levels, strict=True)):
        heading = draft.heading[:MAXIMUM_HEADING_LENGTH]
        yield RenderedSection(key, position, level, heading, draft.text, _content_hash(draft))


def _content_hash(draft: SectionDraft) -> str:
    # Words and targets, not HTML: a new version of the renderer must not make every translation outdated.
    content = "\n".join([draft.heading, draft.text, *draft.targets])
    return hashlib.sha256(content.encode()).hexdigest()


def _problems(built: ArticleHtml) -> Iterable[str]:
    if built.broken_links:
        yield f"links that lead nowhere became text: {_enumerate(built.broken_links)}"
    if built.broken_pictures:
        yield f"pictures that are not part of the article became links or text: {_enumerate(built.broken_pictures)}"


def _enumerate(items: Sequence[str]) -> str:
    shown = ", ".join(item[:80] for item in items[:_LISTED])
    return shown if len(items) <= _LISTED else f"{shown} and {len(items) - _LISTED} more"
