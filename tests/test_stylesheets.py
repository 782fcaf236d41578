"""Styles know no left and right: what mirrors in Arabic is written by the direction of the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).parent.parent / "portal" / "static" / "css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PHYSICAL = re.compile(
    r"""(?<![\w-])(?:
        (?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*
      | (?:border-(?:top|bottom)-(?:left|right)-radius)
      | (?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))
    )\s*:
    | (?:text-align|float|clear)\s*:\s*(?:left|right)""",
    re.VERBOSE,
)


def physical_declarations(css: str) -> list[str]:
    """Every declaration that names a side of the screen."""
    return [found.group().strip() for found in PHYSICAL.finditer(COMMENT.sub("", css))]


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_styles_are_logical(path: Path):
    assert physical_declarations(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "css",
    [
        "a { margin-left: 1px }",
        "a { left: 0 }",
        "a { text-align: right }",
        "a { max-width: 3em }",
    ],
)
def test_a_planted_side_is_found(css: str):
    assert physical_declarations(css)


@pytest.mark.parametrize(
    "css", ["a { inset-inline: 0; margin-inline-start: 1px }", "@media (width < 600px) { a { color: red } }"]
)
def test_logical_styles_pass(css: str):
    assert physical_declarations(css) == []
