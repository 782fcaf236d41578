"""Whether our own mail server found a sender to be the one that From names (RFC 8601).

Anybody can write such a header, so only one that names our server counts, and of these the topmost.
"""

from __future__ import annotations

import re
from enum import StrEnum

from portal.mail.parsed import ParsedMail

_LONGEST_HEADER = 4_000
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)(.*)$", re.DOTALL)
_PROPERTY = re.compile(r"(?:header\.d|header\.i|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]+)")


class Authentication(StrEnum):
    """PASS: it is them; FAIL: it is not, or their domain says so; NONE: nobody looked."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NONE = "none"


def authentication(mail: ParsedMail, *, server: str) -> Authentication:
    """What the mail server that calls itself `server` found; NONE without a server to trust.

    Two From fields are one for the server to judge and another for people to see: that FAILs.
    """
    if len(mail.headers.get("from", ())) > 1:
        return Authentication.FAIL
    if not server or mail.sender is None:
        return Authentication.NONE
    for value in mail.headers.get("authentication-results", ()):
        name, _semicolon, results = _COMMENT.sub(" ", value[:_LONGEST_HEADER].lower()).partition(";")
        if name.split()[:1] == [server.lower()]:
            return _judged(results, mail.sender.address.rpartition("@")[2])
    return Authentication.NONE


def _judged(results: str, sender_domain: str) -> Authentication:
    found = [match.groups() for part in results.split(";") if (match := _RESULT.match(part))]
    dmarc = [result for method, result, _properties in found if method == "dmarc"]
    if "pass" in dmarc:
        return Authentication.PASS
    if "fail" in dmarc:
        return Authentication.FAIL
    passed = (properties for method, result, properties in found if method != "dmarc" and result == "pass")
    if any(_is_aligned(properties, sender_domain) for properties in passed):
        return Authentication.PASS
    return Authentication.NONE


def _is_aligned(properties: str, sender_domain: str) -> bool:
    """Whether what passed is the sender's own domain or one above or below it."""
    domains = (value.rpartition("@")[2].rstrip(".") for value in _PROPERTY.findall(properties))
    return any(
        "." in domain and (domain == sender_domain or f".{sender_domain}".endswith(f".{domain}")) for domain in domains
    )
