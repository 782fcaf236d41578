"""A mail as an agent may look at it: its HTML without scripts, forms and frames, and with no picture fetched unasked.

The reader of HTML behind the sanitiser takes time and memory that grow faster than some texts, so this runs in the
process that reads mail (`portal.mail.bounded_reading`), never in the one that answers a page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote

import nh3

from portal.mail.parsed import MailAddress, MailFile, ParsedMail

# Of the pictures within the mail, all together; further ones show their alternative text.
MAXIMUM_PICTURE_BYTES: Final = 10 * 1024 * 1024

_PICTURE_STARTS: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_DATA_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_REMOTE: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SPACES_AND_CONTROLS: Final = re.compile(r"[\x00-\x20\x7f]")
# Values that fetch something, or that only old browsers understand.
_FETCHING_VALUE: Final = re.compile(r"url|image|element|expression|src|[\\@]", re.IGNORECASE)

_TAGS: Final = frozenset(
    {
        "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code",
        "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
        "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "section", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    }
)  # fmt: skip
_LEFT_OUT: Final = frozenset(
    {"script", "style", "title", "xml", "noembed", "noframes", "textarea", "select", "object", "svg", "math",
     "audio", "video", "template", "iframe", "frameset"}
)  # fmt: skip
_ATTRIBUTES: Final = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    **{each: {"width", "height", "valign", "bgcolor"} for each in ("tr", "tbody", "thead", "tfoot")},
    **{each: {"width", "height", "valign", "bgcolor", "colspan", "rowspan", "nowrap"} for each in ("td", "th")},
    **{each: {"width", "span"} for each in ("col", "colgroup")},
}
_EDGES: Final = ("", "-top", "-right", "-bottom", "-left", "-inline", "-block")
_STYLES: Final = frozenset(
    {
        "background", "background-color", "border-collapse", "border-radius", "border-spacing", "box-sizing", "clear",
        "color", "direction", "display", "float", "font", "font-family", "font-size", "font-style", "font-variant",
        "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "max-height", "max-width",
        "min-height", "min-width", "overflow-wrap", "table-layout", "text-align", "text-decoration", "text-indent",
        "text-transform", "vertical-align", "white-space", "width", "word-break", "word-spacing",
        *(f"{name}{edge}" for name in ("border", "margin", "padding") for edge in _EDGES),
        *(f"border{edge}-{name}" for name in ("color", "style", "width") for edge in _EDGES),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that came with a mail and is not shown within it."""

    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ShownMail:
    """What an agent sees of a mail.

    `html` is safe to show in a frame of its own, "" where the mail is text only. `held_back` counts the pictures from
    the internet that it leaves out; always 0 where they were asked for.
    """

    sender: MailAddress | None
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...]
    subject: str
    sent_at: datetime | None
    text: str
    html: str
    held_back: int
    files: tuple[ShownFile, ...]


def show_mail(mail: ParsedMail, *, with_remote_pictures: bool = False) -> ShownMail:
    """What an agent sees of a mail; its own pictures are in place."""
    pictures = _Pictures(with_remote=with_remote_pictures, own=_own_pictures(mail.files))
    html = _cleaner(pictures).clean(mail.html) if mail.html else ""
    return ShownMail(
        sender=mail.sender,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        sent_at=mail.sent_at,
        text=mail.text,
        html=html if _shows_something(html) else "",
        held_back=pictures.held_back,
        files=tuple(ShownFile(each.file_name, len(each.content)) for each in mail.files if not each.is_inline),
    )


@dataclass(slots=True)
class _Pictures:
    """Where pictures come from: the mail itself by Content-ID, and the internet only when that was asked for."""

    with_remote: bool
    own: dict[str, str] = field(default_factory=dict)
    held_back: int = 0

    def source(self, value: str) -> str | None:
        """What an `img` may load; None for nothing."""
        address = _SPACES_AND_CONTROLS.sub("", value)
        if address[:4].lower() == "cid:":
            return self.own.get(_id(unquote(address[4:])))
        if _REMOTE.match(address):
            if self.with_remote:
                return address if address[:1] != "/" else f"https:{address}"
            self.held_back += 1
            return None
        return address if _DATA_PICTURE.fullmatch(address) else None


def _own_pictures(files: Iterable[MailFile]) -> dict[str, str]:
    """Content-ID → data URI, for what is a picture by its bytes."""
    found: dict[str, str] = {}
    room = MAXIMUM_PICTURE_BYTES
    for file in files:
        media_type = _picture_type(file.content) if file.is_inline else ""
        if media_type and len(file.content) <= room:
            room -= len(file.content)
            found[_id(file.content_id)] = f"data:{media_type};base64,{b64encode(file.content).decode('ascii')}"
    return found


def _id(content_id: str) -> str:
    return content_id.strip("<>").casefold()


def _picture_type(content: bytes) -> str:
    """By the bytes: what a mail calls a file proves nothing. "" for what browsers could take for something else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURE_STARTS.items() if content.startswith(start)), "")


def _cleaner(pictures: _Pictures) -> nh3.Cleaner:
    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return _without_fetching(value)
        if tag == "img" and attribute == "src":
            return pictures.source(value)
        if attribute == "href":
            address = _SPACES_AND_CONTROLS.sub("", value)
            return address if _LINK.match(address) else None
        return value

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_LEFT_OUT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=kept,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _without_fetching(style: str) -> str:
    return ";".join(each for each in style.split(";") if not _FETCHING_VALUE.search(each))


def _shows_something(html: str) -> bool:
    """Whether there is more than empty tags."""
    return "<img" in html or bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", html))
