"""Header values in which what somebody wrote is always text and never syntax.

EmailMessage decodes what looks like an encoded word, line breaks and all, and loses the quotes of names that it folds
(Python 3.11, gh-80222 and gh-121284). So these values are made here, finished, and reach the message by ``set_raw``.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr

# A line may have 998 octets.
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")


class NotAnAddress(ValueError):
    """What stands where one mail address should."""


def text_value(text: str, *, header: str) -> str:
    """`text` as the value of the unstructured field `header`: as it is when plain, else as encoded words."""
    text = _one_line(text)
    return text if _is_plain(text) else _encoded(text, header)


def mailbox_value(name: str, address: str, *, header: str) -> str:
    """One name with its address, as the value of the address field `header`.

    Raises:
        NotAnAddress: `address` is not exactly one address.
        UnicodeEncodeError: it has letters that need an extension of SMTP.
    """
    address.encode("ascii")
    try:
        address = Address(addr_spec=address).addr_spec
    except (ValueError, HeaderParseError, IndexError) as error:
        raise NotAnAddress(f"not an address: {address!r}") from error
    name = _one_line(name)
    return formataddr((name, address)) if _is_plain(name) else f"{_encoded(name, header)}\r\n <{address}>"


def message_ids_value(text: str) -> str:
    """The Message-IDs in `text`, one a line; what is none (no brackets, other signs than ASCII's) is left out."""
    return "\r\n ".join(_MESSAGE_ID.findall(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "=?" not in text


def _encoded(text: str, header: str) -> str:
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")
