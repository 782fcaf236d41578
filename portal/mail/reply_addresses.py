"""Addresses that say what a mail answers: a ticket and a person, or the mail that a delivery report is about.

The numbers are signed, not secret. A token finds a ticket; whether its bearer may write there, the sender decides.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass

from portal.web.templating import current_settings

# RFC 5321, 4.5.3.1.1.
MAXIMUM_LOCAL_PART = 64
# 80 bits, the least that RFC 2104 advises to cut a code to: more would not fit beside a long mailbox name.
_CODE_LENGTH = 16
# What stands before the first "+" is not looked at: relays put their own things there (prvs=, srs0=).
_TOKEN = re.compile(r"\+(?:r-([0-9]{1,18})-([0-9]{1,18})|b-([0-9]{1,18}))-([a-z2-7]{16})@", re.ASCII)


@dataclass(frozen=True)
class ReplyToken:
    """An answer to what we wrote to this person about this ticket."""

    ticket_id: int
    person_id: int


@dataclass(frozen=True)
class BounceToken:
    """Something about this mail of the outbox: most likely that it did not arrive."""

    mail_id: int


def reply_address(base: str, *, ticket_id: int, person_id: int) -> str:
    """`base` with a signed token in it, to be answered to; `base` itself where its name leaves no room for one."""
    return _signed(base, f"r-{ticket_id}-{person_id}")


def bounce_address(base: str, *, mail_id: int) -> str:
    """The envelope sender of a mail, which delivery reports come back to; `base` itself where there is no room."""
    return _signed(base, f"b-{mail_id}")


def read_address(address: str) -> ReplyToken | BounceToken | None:
    """What the token in `address` says; None without one or when it is not ours. Upper and lower case are the same."""
    found = _TOKEN.search(address.lower())
    if found is None:
        return None
    ticket_id, person_id, mail_id, code = found.groups()
    if mail_id is not None:
        is_ours = hmac.compare_digest(code, _code(f"b-{int(mail_id)}"))
        return BounceToken(int(mail_id)) if is_ours else None
    is_ours = hmac.compare_digest(code, _code(f"r-{int(ticket_id)}-{int(person_id)}"))
    return ReplyToken(int(ticket_id), int(person_id)) if is_ours else None


def _signed(base: str, numbers: str) -> str:
    mailbox, _, domain = base.rpartition("@")
    local_part = f"{mailbox}+{numbers}-{_code(numbers)}"
    return f"{local_part}@{domain}" if len(local_part) <= MAXIMUM_LOCAL_PART else base


def _code(numbers: str) -> str:
    key = current_settings().secret_key.encode()
    # The first words keep these codes apart from everything else that is signed with the key.
    digest = hmac.digest(key, f"mail address\n{numbers}".encode(), "sha256")
    return b32encode(digest).decode().lower()[:_CODE_LENGTH]
