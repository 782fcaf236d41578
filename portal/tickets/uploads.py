"""Files that requesters attach: what is accepted, by name and by content, and how it is kept.

A name proves nothing, so both have to agree: the extension is on the list and the bytes look like it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from portal.errors import PortalError
from portal.storage import BlobStore, StoredFile

MAXIMUM_FILES = 5
MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_NAME_LENGTH = 120

_SNIFFED_BYTES = 4096
_PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n",
    b"\x00asm",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"MSCF",
)
# fmt: off
_PROGRAM_EXTENSIONS = frozenset(
    {
        "apk", "app", "appimage", "bat", "bin", "cmd", "com", "cpl", "deb", "dll", "dmg", "docm", "dotm", "exe",
        "gadget", "hta", "img", "inf", "iso", "jar", "js", "jse", "lnk", "msi", "msix", "mst", "pif", "pkg", "ps1",
        "pptm", "py", "rb", "reg", "rpm", "scr", "sh", "so", "swf", "sys", "url", "vb", "vbe", "vbs", "wasm",
        "wsf", "xlsm", "xltm"
    }
)
# fmt: on
_IMAGE_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
}
_HEIF_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif"}
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Marks that turn the reading direction round: "gpj.exe" can be made to look like "exe.jpg".
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Refusal(StrEnum):
    """Why a file is not taken."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    PROGRAM = "program"
    TYPE = "type"
    MISMATCH = "mismatch"
    TOO_MANY = "too_many"
    NOT_STORED = "not_stored"


class RefusedFile(PortalError):
    """A file that is not taken; `refusal` says why."""

    def __init__(self, refusal: Refusal, file_name: str) -> None:
        super().__init__(f"{file_name}: {refusal}")
        self.refusal = refusal
        self.file_name = file_name


@dataclass(frozen=True)
class _Kind:
    """How the bytes of an extension must look; `sniff` gives the media type or None."""

    sniff: Callable[[bytes], str | None]


def _starting_with(starts: tuple[bytes, ...], media_type: str) -> _Kind:
    return _Kind(lambda head: media_type if head.startswith(starts) else None)


def _sniff_image(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(head[8:12])
    return next((media_type for start, media_type in _IMAGE_TYPES.items() if head.startswith(start)), None)


def _sniff_text(head: bytes) -> str | None:
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "text/plain" if is_utf16 or b"\x00" not in head else None


def _sniff_pdf(head: bytes) -> str | None:
    return "application/pdf" if b"%PDF-" in head[:1024] else None


_IMAGE = _Kind(_sniff_image)
_TEXT = _Kind(_sniff_text)
ACCEPTED: dict[str, _Kind] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "heic", "heif", "avif", "bmp"), _IMAGE),
    **dict.fromkeys(("txt", "text", "log", "csv", "tsv", "json", "md", "ini", "cfg", "conf", "yaml", "yml"), _TEXT),
    "pdf": _Kind(_sniff_pdf),
    "rtf": _starting_with((b"{\\rtf",), "application/rtf"),
    "zip": _starting_with(_ZIP_STARTS, "application/zip"),
    "gz": _starting_with((b"\x1f\x8b",), "application/gzip"),
    "7z": _starting_with((b"7z\xbc\xaf\x27\x1c",), "application/x-7z-compressed"),
    "docx": _starting_with(_ZIP_STARTS, f"{_OPEN_XML}wordprocessingml.document"),
    "xlsx": _starting_with(_ZIP_STARTS, f"{_OPEN_XML}spreadsheetml.sheet"),
    "pptx": _starting_with(_ZIP_STARTS, f"{_OPEN_XML}presentationml.presentation"),
    "odt": _starting_with(_ZIP_STARTS, f"{_OPEN_DOCUMENT}text"),
    "ods": _starting_with(_ZIP_STARTS, f"{_OPEN_DOCUMENT}spreadsheet"),
    "odp": _starting_with(_ZIP_STARTS, f"{_OPEN_DOCUMENT}presentation"),
    "doc": _starting_with((_OLE_START,), "application/msword"),
    "xls": _starting_with((_OLE_START,), "application/vnd.ms-excel"),
    "ppt": _starting_with((_OLE_START,), "application/vnd.ms-powerpoint"),
}
# For the file dialog; the check above decides.
ACCEPT_ATTRIBUTE = ",".join(f".{extension}" for extension in ACCEPTED)


def clean_file_name(name: str) -> str:
    """The last part of a name without control or direction characters, at most 120 long; the extension stays."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = _DIRECTION_MARKS.sub("", name)
    name = " ".join("".join(letter for letter in name if unicodedata.category(letter)[0] != "C").split())
    suffix = PurePosixPath(name).suffix[:12]
    stem = name[: len(name) - len(suffix)] if suffix else name
    return (stem[: MAXIMUM_NAME_LENGTH - len(suffix)] + suffix) or "file"


def media_type_of(file_name: str, content: bytes) -> str:
    """The media type a file is kept and served under.

    Raises:
        RefusedFile: it is empty, too large, a program, of a kind not on the list, or not what its name says.
    """
    if not content:
        raise RefusedFile(Refusal.EMPTY, file_name)
    if len(content) > MAXIMUM_BYTES:
        raise RefusedFile(Refusal.TOO_LARGE, file_name)
    extension = PurePosixPath(file_name).suffix.lower().removeprefix(".")
    head = content[:_SNIFFED_BYTES]
    if extension in _PROGRAM_EXTENSIONS or head.startswith(_PROGRAM_STARTS):
        raise RefusedFile(Refusal.PROGRAM, file_name)
    kind = ACCEPTED.get(extension)
    if kind is None:
        raise RefusedFile(Refusal.TYPE, file_name)
    media_type = kind.sniff(head)
    if media_type is None:
        raise RefusedFile(Refusal.MISMATCH, file_name)
    return media_type


def store_file(blobs: BlobStore, file_name: str, content: bytes) -> StoredFile:
    """Check a file and keep its bytes.

    Raises:
        RefusedFile: as `media_type_of`, or the store did not take it.
    """
    name = clean_file_name(file_name)
    media_type = media_type_of(name, content)
    try:
        digest = blobs.put(content)
    except OSError as error:
        raise RefusedFile(Refusal.NOT_STORED, name) from error
    return StoredFile(digest=digest, file_name=name, media_type=media_type, size_bytes=len(content))


@dataclass(frozen=True)
class ListedFile:
    """A file as lists of files show it; without `url` it cannot be opened yet."""

    name: str
    size: int
    url: str | None = None
    id: str | None = None
    state: str | None = None
