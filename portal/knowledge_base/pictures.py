"""What a picture file is: its type and size, read from its first bytes; and whether it may be shown. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import NamedTuple

from portal.errors import PortalError

MAXIMUM_BYTES = 10_000_000
_LARGEST_SIDE = 20_000
_SVG_TAG = re.compile(r"<svg\b[^>]*>", re.IGNORECASE)
_SVG_LENGTH = re.compile(r"""\b(width|height)\s*=\s*["']\s*([\d.]+)\s*(?:px)?\s*["']""")
_SVG_VIEW = re.compile(r"""\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)""")
# A drawing is opened by itself as well as inside an article, so nothing in it may run or load.
_SVG_ACTIVE = re.compile(
    r"<\s*(?:[\w-]+:)?(?:script|foreignObject|iframe|handler|listener)\b|<!ENTITY|[\s\"'/]on[a-z]+\s*=|javascript:"
    r"|@import|url\(\s*[\"']?\s*(?!#|data:image/)[^\"')\s]"
    r"|href\s*=\s*[\"']?\s*(?!#|data:image/(?:png|jpeg|gif|webp);)[^\"'\s>]",
    re.IGNORECASE,
)

_Size = Callable[[bytes], tuple[int, int]]
_Test = Callable[[bytes], bool]


class UnusablePicture(PortalError):
    """A picture that is not taken; the message says why."""


class PictureFacts(NamedTuple):
    """Media type and size in CSS pixels; the size is None when the file does not tell."""

    media_type: str
    width: int | None = None
    height: int | None = None


def describe_picture(content: bytes) -> PictureFacts:
    """What `content` is, whatever its file is called.

    Raises:
        UnusablePicture: it is too large, no picture that browsers show, or a drawing that could do something.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UnusablePicture(f"larger than {MAXIMUM_BYTES:,} bytes")
    for media_type, is_it, size in _KINDS:
        if is_it(content):
            width, height = _measured(size, content)
            return PictureFacts(media_type, width, height)
    return _describe_drawing(content)


def _describe_drawing(content: bytes) -> PictureFacts:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusablePicture("neither SVG, PNG, JPEG, GIF, WebP nor AVIF") from None
    tag = _SVG_TAG.search(text)
    if not tag:
        raise UnusablePicture("neither SVG, PNG, JPEG, GIF, WebP nor AVIF")
    active = _SVG_ACTIVE.search(text)
    if active:
        found = " ".join(active[0].split())[:30]
        raise UnusablePicture(f"the drawing holds something that could run or load: {found}")
    lengths = {name: float(value) for name, value in _SVG_LENGTH.findall(tag[0]) if _is_number(value)}
    view = _SVG_VIEW.search(tag[0])
    if not {"width", "height"} <= lengths.keys() and view and _is_number(view[1]) and _is_number(view[2]):
        lengths = {"width": float(view[1]), "height": float(view[2])}
    width, height = _sensible(round(lengths.get("width", 0)), round(lengths.get("height", 0)))
    return PictureFacts("image/svg+xml", width, height)


def _measured(size: _Size, content: bytes) -> tuple[int | None, int | None]:
    try:
        return _sensible(*size(content))
    except (struct.error, IndexError):
        return None, None


def _sensible(width: int, height: int) -> tuple[int | None, int | None]:
    is_sensible = 0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE
    return (width, height) if is_sensible else (None, None)


def _is_number(text: str) -> bool:
    return len(text) < 12 and re.fullmatch(r"\d+(\.\d*)?|\.\d+", text) is not None


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    position = 2
    while position < len(content) - 8:
        if content[position] != 0xFF:
            position += 1
            continue
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        if marker in {0xFF, 0x01} or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
            continue
        position += 2 + max(2, int.from_bytes(content[position + 2 : position + 4], "big"))
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _no_size(_content: bytes) -> tuple[int, int]:
    return 0, 0


_KINDS: tuple[tuple[str, _Test, _Size], ...] = (
    ("image/png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _png_size),
    ("image/jpeg", lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg_size),
    ("image/gif", lambda content: content.startswith((b"GIF87a", b"GIF89a")), _gif_size),
    ("image/webp", lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", _webp_size),
    ("image/avif", lambda content: content[4:12] in {b"ftypavif", b"ftypavis"}, _no_size),
)
