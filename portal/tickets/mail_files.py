"""Files of mails: kept like uploads, but nothing is refused for its kind; only programs stay in the original."""

from __future__ import annotations

from collections.abc import Iterable

from portal.mail.parsed import MailFile
from portal.storage import BlobStore, StoredFile
from portal.tickets.uploads import Refusal, RefusedFile, clean_file_name, media_type_of

# Served as a download that no browser opens by itself.
UNKNOWN_TYPE = "application/octet-stream"
ORIGINAL_TYPE = "message/rfc822"


def keep_files(blobs: BlobStore, files: Iterable[MailFile]) -> tuple[list[StoredFile], list[str]]:
    """The files as stored, and the names of those that are only in the original: programs and empty ones.

    Raises:
        OSError: the store takes nothing at the moment.
    """
    kept, left_out = [], []
    for file in files:
        name = clean_file_name(file.file_name)
        media_type = _media_type(name, file.content)
        if media_type:
            kept.append(StoredFile(blobs.put(file.content), name, media_type, len(file.content)))
        else:
            left_out.append(name)
    return kept, left_out


def original_file(digest: str, size_bytes: int) -> StoredFile:
    """A mail's own bytes, as a file of a message."""
    return StoredFile(digest, "original.eml", ORIGINAL_TYPE, size_bytes)


def _media_type(name: str, content: bytes) -> str:
    try:
        return media_type_of(name, content)
    except RefusedFile as error:
        return "" if error.refusal in {Refusal.PROGRAM, Refusal.EMPTY} else UNKNOWN_TYPE
