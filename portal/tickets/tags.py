"""Tags: short lower-case words; how many and how long. Values in, values out."""

from __future__ import annotations

import re

MAXIMUM_TAGS = 10
MAXIMUM_TAG_LENGTH = 30
# The comma of each writing that has its own.
_COMMAS = re.compile("[,،、，]")


def split_tags(text: str | None) -> list[str]:
    """The tags in a line such as ``refund, gift card``: each once, in lower case, sorted."""
    return sorted({" ".join(part.lower().split()) for part in _COMMAS.split(text or "")} - {""})
