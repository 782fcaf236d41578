"""DKIM (RFC 6376): our signature on a finished mail, by which others tell that it comes from us."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import dkim

from portal.config import Settings
from portal.errors import ConfigurationError

# Those that say who writes to whom about what, and those that mail programs act upon (RFC 8058 asks for the last two).
_HEADERS: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_CANONICAL: Final = (b"relaxed", b"relaxed")


def signed(raw: bytes, *, from_address: str, settings: Settings) -> bytes:
    """A mail with its signature before it; unchanged where none is set up for the domain that it comes from.

    `raw` has CRLF line ends and goes out as it is: any change behind this makes the signature worthless.

    Raises:
        ConfigurationError: the key cannot be used.
    """
    domain = from_address.rpartition("@")[2].lower()
    if not settings.dkim_key_file or domain not in settings.signed_domains:
        return raw
    present = {line.partition(b":")[0].strip().lower() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    names = [name for name in _HEADERS if name in present]
    try:
        # From is named once more than it stands there: nobody can add a second one.
        header: bytes = dkim.sign(
            raw,
            settings.dkim_selector.encode("ascii"),
            domain.encode("ascii"),
            _private_key(settings.dkim_key_file),
            canonicalize=_CANONICAL,
            include_headers=[*names, b"from"],
        )
    except (dkim.DKIMException, ValueError) as error:
        raise _unusable(settings.dkim_key_file, str(error) or type(error).__name__) from error
    return header + raw


def check_signing(settings: Settings) -> None:
    """Sign something, so that a key that cannot be used is told at the start and not by the first mail.

    Raises:
        ConfigurationError: the key cannot be used.
    """
    trial = f"From: <{settings.support_email}>\r\nSubject: Trial\r\n\r\nTrial\r\n".encode()
    signed(trial, from_address=settings.support_email, settings=settings)


@lru_cache(maxsize=4)
def _private_key(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error


def _unusable(path: str, why: str) -> ConfigurationError:
    why = " ".join(why.split())
    return ConfigurationError(
        f"The settings cannot be used:\n  PORTAL_DKIM_KEY_FILE: {path} is no RSA key in PEM form ({why}). "
        "Make one with: openssl genrsa -out dkim.pem 2048"
    )
