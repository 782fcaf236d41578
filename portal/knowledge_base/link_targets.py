"""Finds and changes what the links and pictures of a Markdown text point to, leaving code alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

# (target, whether it is a picture) → the new target; None leaves it as it is.
Rewrite = Callable[[str, bool], "str | None"]

_CODE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`{1,9})(?!`)(?:[^`]|(?!(?<!`)(?P=ticks)(?!`))`)+(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_TARGET = re.compile(
    r"\]\([ \t]*(?P<inline><[^<>\n]+>|[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)"
    r"|^[ ]{0,3}\[[^\[\]\n]+\]:[ \t]*(?P<definition><[^<>\n]+>|[^\s<>]+)"
    r"|\b(?P<attribute>href|src)\s*=\s*(?:\"(?P<double>[^\"<>\n]*)\"|'(?P<single>[^'<>\n]*)')",
    re.MULTILINE | re.IGNORECASE,
)
_LONGEST_LABEL = 1_000
_PICTURE_ENDING = re.compile(r"\.(?:svg|png|jpe?g|gif|webp|avif)$", re.IGNORECASE)


def rewrite_targets(markdown: str, rewrite: Rewrite) -> str:
    """`markdown` with each target of a link or picture passed through `rewrite`."""
    parts = []
    position = 0
    for code in _CODE.finditer(markdown):
        parts.append(_rewrite_prose(markdown[position : code.start()], rewrite))
        parts.append(code[0])
        position = code.end()
    parts.append(_rewrite_prose(markdown[position:], rewrite))
    return "".join(parts)


def _rewrite_prose(text: str, rewrite: Rewrite) -> str:
    def change(match: re.Match[str]) -> str:
        group = next(name for name in ("inline", "definition", "double", "single") if match[name] is not None)
        written = match[group]
        target = written[1:-1] if written.startswith("<") else written
        if group == "inline":
            is_picture = _is_picture_label(text, match.start())
        elif group == "definition":
            is_picture = bool(_PICTURE_ENDING.search(target))
        else:
            is_picture = match["attribute"].lower() == "src"
        changed = rewrite(target, is_picture)
        if changed is None:
            return match[0]
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match[0][:start] + changed + match[0][end:]

    return _TARGET.sub(change, text)


def _is_picture_label(text: str, closing_bracket: int) -> bool:
    """Whether the label that ends at `closing_bracket` begins with ``![``."""
    depth = 0
    for place in range(closing_bracket, max(-1, closing_bracket - _LONGEST_LABEL), -1):
        if text[place] == "]":
            depth += 1
        elif text[place] == "[":
            depth -= 1
            if depth == 0:
                return place > 0 and text[place - 1] == "!"
    return False
