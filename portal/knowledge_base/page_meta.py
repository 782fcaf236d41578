"""What a page tells search engines and link previews about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

MAXIMUM_DESCRIPTION_LENGTH = 200
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Alternate:
    """The same page in another language; `hreflang` is a BCP 47 tag or "x-default"."""

    hreflang: str
    url: str


@dataclass(frozen=True)
class PageMeta:
    """Addresses are absolute. A page that is not indexed still says by `canonical` which one is meant."""

    title: str
    description: str
    canonical: str
    locale: str
    alternates: tuple[Alternate, ...] = ()
    kind: str = "website"
    is_indexed: bool = True
    image: str = ""
    feed: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None


def shorten(text: str, limit: int = MAXIMUM_DESCRIPTION_LENGTH) -> str:
    """`text` in one line, cut after a whole word (or anywhere in a script without spaces) and marked with “…”."""
    plain = _SPACE.sub(" ", text).strip()
    if len(plain) <= limit:
        return plain
    cut = plain[: limit - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:.") + "…"
