"""A mail as values: what the parser found, whatever was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Somebody's name as they write it, and their address, trimmed and lower-cased."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of a mail. `content_id` (without brackets) is what the HTML part calls a picture that it shows."""

    file_name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """All that later steps ask of a mail. Texts have LF line ends, no NUL and no lone surrogate.

    `sender` is None where From names nobody. `text` is the whole body, quotes included: the text part, else the HTML
    part in plain text. `headers` has lower-case names and decoded values, in their order. Of a delivery report (or what
    passes for one), `delivery_status` is its machine-readable part and `returned_headers` are those of the mail
    that it reports; both empty otherwise. `problems` says in plain English what had to be repaired or left out.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: MailAddress | None
    reply_to: tuple[MailAddress, ...]
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...]
    subject: str
    sent_at: datetime | None
    text: str
    html: str = ""
    files: tuple[MailFile, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    content_type: str = "text/plain"
    delivery_status: str = ""
    returned_headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first value of a header; "" where there is none."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""
