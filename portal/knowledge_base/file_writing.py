"""A revision → the Markdown file that reads back as the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from portal.knowledge_base.markdown_files import KNOWN_FIELDS, content_digest, parse_file


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What stands only in the source's file, because all languages share it."""

    topic: str = ""
    kind: str = ""
    error_code: str = ""
    reviewed: date | None = None
    review_by: date | None = None
    related: tuple[str, ...] = ()
    position: int = 0
    popular: int | None = None


def write_file(
    *,
    title: str,
    slug: str,
    summary: str,
    keywords: list[str],
    body: str,
    version: int | None = None,
    based_on: int | None = None,
    is_draft: bool = False,
    facts: ArticleFacts | None = None,
    others: Mapping[str, Any] | None = None,
) -> str:
    """The file's text: what is empty is left out, `others` (the author's own keys) come last."""
    facts = facts or ArticleFacts()
    head: dict[str, Any] = {
        "title": title,
        "slug": slug,
        "summary": summary,
        "topic": facts.topic,
        "kind": facts.kind,
        "error_code": facts.error_code,
        "keywords": list(keywords),
        "version": version,
        "based_on": based_on,
        "draft": is_draft or None,
        "reviewed": facts.reviewed,
        "review_by": facts.review_by,
        "related": list(facts.related),
        "position": facts.position or None,
        "popular": facts.popular,
    }
    head = {name: value for name, value in head.items() if value is not None and value not in ("", [])}
    head.update({name: value for name, value in (others or {}).items() if name not in KNOWN_FIELDS})
    written = yaml.dump(head, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{written}---\n{body}"


def written_digest(*, title: str, summary: str, keywords: list[str], body: str) -> str:
    """The digest that a revision's file has when it is read back."""
    text = write_file(title=title, slug="", summary=summary, keywords=keywords, body=body)
    parsed = parse_file(text.encode(errors="replace"), name="article.md")
    return content_digest(title=parsed.title, summary=parsed.summary, keywords=parsed.keywords, body=parsed.body)


class _Dumper(yaml.SafeDumper):
    """Lists stand on one line, as people write keywords."""


def _one_line(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    is_flat = not any(isinstance(item, (list, dict)) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_flat)


_Dumper.add_representer(list, _one_line)
