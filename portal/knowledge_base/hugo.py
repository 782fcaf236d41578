"""Shortcodes of Hugo sites (``{{< name >}}``, ``{{% name %}}``) → plain article Markdown. Pure.

Those with a meaning for articles are translated; of all others only the text between them stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from portal.knowledge_base.markdown_parser import CALLOUTS

_SHORTCODE = re.compile(
    r"\{\{[<%]/\*(?P<literal>.*?)\*/[>%]\}\}"
    r"|\{\{(?P<open>[<%])\s*(?P<closing>/?)\s*(?P<name>[\w.-]+(?:/[\w.-]+)*)"
    r"(?P<arguments>(?:\s+(?:[\w-]+=)?(?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`|(?:(?!/?\s*[>%]\}\})[^\s\"`])+))*)\s*/?\s*[>%]\}\}",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"(?:(?P<name>[\w-]+)=)?(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|`(?P<raw>[^`]*)`|(?P<bare>[^\s\"`]+))"
)
# Stands where a block begins or ends until the blank lines around it are settled; texts hold no such character.
_EDGE = "\x01"
_EDGES = re.compile(rf"[ \t\n]*{_EDGE}[ \t\n{_EDGE}]*")
_CALLOUT_SHORTCODES = frozenset({*CALLOUTS, "alert", "notice", "hint", "callout", "admonition"})
_SPELLINGS = {"success": "tip", "primary": "note", "error": "danger", "attention": "warning"}


class ConvertedText(NamedTuple):
    """Markdown without shortcodes, and the names of those that had no meaning here, sorted."""

    text: str
    removed: tuple[str, ...]


def convert_shortcodes(text: str) -> ConvertedText:
    """Translate the shortcodes of a Hugo page; text without any comes back unchanged."""
    if "{{" not in text:
        return ConvertedText(text, ())
    paired = {match["name"] for match in _SHORTCODE.finditer(text) if match["name"] and match["closing"]}
    removed: set[str] = set()

    def convert(match: re.Match[str]) -> str:
        if match["literal"] is not None:
            return f"{{{{< {match['literal'].strip()} >}}}}"
        name = match["name"]
        named, positional = _arguments(match["arguments"])
        if match["closing"]:
            return _closing(name)
        converted = _opening(name, named, positional, is_paired=name in paired)
        if converted is None:
            removed.add(name)
            return ""
        return converted

    converted = _EDGES.sub("\n\n", _SHORTCODE.sub(convert, text))
    return ConvertedText(converted, tuple(sorted(removed)))


def _opening(name: str, named: dict[str, str], positional: list[str], *, is_paired: bool) -> str | None:
    """What stands for an opening shortcode; None if it has no meaning here."""
    if name in {"ref", "relref"}:
        return _page_path(named.get("path") or (positional[0] if positional else ""))
    if name == "figure":
        return _figure(named, positional)
    if name in {"youtube", "vimeo"}:
        return _video(name, named.get("id") or (positional[0] if positional else ""))
    if not is_paired:
        return None
    if name == "def":
        return _definition(named)
    if name == "highlight":
        return f"{_EDGE}```{positional[0] if positional else ''}\n"
    if name == "details":
        summary = named.get("summary") or (positional[0] if positional else "…")
        return f"{_EDGE}<details><summary>{summary}</summary>{_EDGE}"
    if name in _CALLOUT_SHORTCODES:
        return _callout(name, named, positional)
    return None


def _closing(name: str) -> str:
    if name == "highlight":
        return f"\n```{_EDGE}"
    if name == "details":
        return f"{_EDGE}</details>{_EDGE}"
    if name in _CALLOUT_SHORTCODES:
        return f"{_EDGE}:::{_EDGE}"
    return _EDGE if name == "def" else ""


def _arguments(text: str) -> tuple[dict[str, str], list[str]]:
    named: dict[str, str] = {}
    positional: list[str] = []
    for match in _ARGUMENT.finditer(text):
        quoted = match["quoted"]
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match["raw"] or match["bare"] or ""
        if match["name"]:
            named[match["name"]] = value
        else:
            positional.append(value)
    return named, positional


def _page_path(path: str) -> str:
    page, hash_mark, anchor = path.strip().partition("#")
    if page and not page.endswith((".md", "/")):
        page += ".md"
    return f"{page}{hash_mark}{anchor}".replace(" ", "%20")


def _figure(named: dict[str, str], positional: list[str]) -> str | None:
    source = named.get("src") or (positional[0] if positional else "")
    if not source:
        return None
    alternative = (named.get("alt") or "").replace("[", "(").replace("]", ")")
    caption = (named.get("caption") or named.get("title") or "").replace('"', "”")
    address = source.replace(" ", "%20")
    return f"{_EDGE}![{alternative}]({address}" + (f' "{caption}"' if caption else "") + f"){_EDGE}"


def _video(name: str, video: str) -> str | None:
    if not re.fullmatch(r"[\w-]+", video):
        return None
    return f"https://www.youtube.com/watch?v={video}" if name == "youtube" else f"https://vimeo.com/{video}"


def _definition(named: dict[str, str]) -> str | None:
    """A glossary entry: the term with its abbreviation and English name, linked to as ``#def-ID``."""
    abbreviation, english = named.get("abbr", ""), named.get("english", "")
    term = named.get("name") or english or abbreviation
    if not term:
        return None
    if named.get("abbr_first") and abbreviation and abbreviation != term:
        term, abbreviation = abbreviation, term
    others = dict.fromkeys(other for other in (abbreviation, english) if other and other.casefold() != term.casefold())
    title = f"{term} ({', '.join(others)})" if others else term
    key = named.get("id", "")
    written_key = f" {{#def-{key}}}" if re.fullmatch(r"[\w.:-]+", key) else ""
    return f"{_EDGE}## {title}{written_key}{_EDGE}"


def _callout(name: str, named: dict[str, str], positional: list[str]) -> str:
    wanted = name if name in CALLOUTS else ""
    for word in (named.get("type"), named.get("color"), named.get("level"), *positional[:1]):
        spelled = _SPELLINGS.get((word or "").lower(), (word or "").lower())
        if not wanted and spelled in CALLOUTS:
            wanted = spelled
    title = " ".join((named.get("title") or "").split())
    return f"{_EDGE}::: {wanted or 'note'} {title}".rstrip() + _EDGE
