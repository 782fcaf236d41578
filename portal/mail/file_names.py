"""Names of attached files: what the mail says, made safe to show; and names by type for those that have none."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from typing import Final

MAXIMUM_CHARACTERS: Final = 150

# Only the table that Python brings: what a server has in /etc/mime.types must not change names.
_TYPES: Final = mimetypes.MimeTypes(filenames=())
_NAMES: Final = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/directory": "contact.vcf",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "text/html": "page.html",
    "text/plain": "text.txt",
}
_EXTENSIONS: Final = {
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/pjpeg": ".jpg",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "audio/amr": ".amr",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/tiff": ".tif",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
_UNSAFE: Final = re.compile('[\x00-\x1f\x7f-\x9f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def safe_name(name: str) -> str:
    """The last part of a path without characters that names of files cannot have; "" where nothing is left."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name.strip())[-1])
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(" .") if name.strip(" .") else ""
    if len(name) > MAXIMUM_CHARACTERS:
        stem, dot, extension = name.rpartition(".")
        keep = MAXIMUM_CHARACTERS - len(extension) - 1
        name = f"{stem[:keep]}.{extension}" if dot and len(extension) <= 10 else name[:MAXIMUM_CHARACTERS]
    return name


def name_by_type(media_type: str, number: int) -> str:
    """A name for the mail's file number `number` (from 1) that came without one."""
    if media_type in _NAMES:
        return _NAMES[media_type]
    extension = _EXTENSIONS.get(media_type) or _TYPES.guess_extension(media_type) or ".bin"
    stem = media_type.partition("/")[0]
    return f"{stem if stem in {'image', 'audio', 'video'} else 'attachment'}-{number}{extension}"


def type_by_name(name: str) -> str:
    """The media type that a file's name speaks for; application/octet-stream where it speaks for none."""
    return _TYPES.guess_type(name)[0] or "application/octet-stream"
