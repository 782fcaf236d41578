"""What a remote server said, without the noise of SMTP: one plain line, and the status code."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 4000
_LONGEST_REASON: Final = 300
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE: Final = re.compile(r"(?<![\d.#-])([45])(\d\d)(?=[ -]|$)", re.MULTILINE)
# 552 and 452 are about room, 550/551/553 about the address; the rest says no more than its class.
_STATUS_OF_REPLY: Final = {
    "550": "5.1.1",
    "551": "5.1.6",
    "553": "5.1.3",
    "552": "5.2.2",
    "554": "5.0.0",
    "452": "4.2.2",
}
_NOISE: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\s*(?:<--|<<<|<-)\s*",
        r"^\s*(?:smtp|x-[a-z0-9-]{1,30}|dns|unix)\s*;\s*",
        (
            r"\(?(?:reason|diagnostic[- ]code|the response was|the response from the remote server was"
            r"|error)\s*:\s*(?=[45]\d\d)"
        ),
        r"^\s*\(?reason:\s*",
        r"^.{0,120}?remote server returned\s*'?(?=[\s'<#\d])",
        (
            r"^.{0,120}?\bhost\s+[^\s\[\]]{1,255}\s*\[[^\]]{1,60}\](?::\d+)?\s*(?:said|refused to talk to me"
            r"|returned)?\s*:\s*"
        ),
        r"^.{0,120}?\bhost\s+[^\s\[\]]{1,255}\s+(?:said|refused to talk to me)\s*:\s*",
        (
            r"^.{0,40}smtp error from (?:the )?remote (?:mail )?server (?:after|for) "
            r"[^:]{1,60}(?::<[^>]{0,255}>[^:]{0,80})?:\s*"
        ),
        r"\(in reply to [A-Z .]{2,40}command\)",
        r"\(#?[245]\.\d{1,3}\.\d{1,3}\)",
        r"(?<!\w)#?<?\s*#?[45]\d\d[ -]\s*#?[245]\.\d{1,3}\.\d{1,3}[ :>-]*",
        r"(?<![\w.])#?[245]\.\d{1,3}\.\d{1,3}(?![\w.])\s*(?:smtp;)?[ :>-]*",
        r"(?:^|(?<=[\s#<:;'(]))#?[45]\d\d(?:[ -]+|$)",
        r"\bRESOLVER\.[A-Za-z.]{1,60};\s*|\bSMTPSEND\.[A-Za-z.]{1,60};\s*|\bSTOREDRV\.[A-Za-z.]{1,60};\s*",
        r"^\s*<?[^\s<>@]{1,64}@[^\s<>]{1,255}>?\s*(?:\.\.\.|:)\s*",
        r"\s<[^\s<>]{1,255}\s*#?\s*>?$",
        r"\s*\[[^\]\s]{0,100}(?:\.prod\.[a-z.]{1,40}|=[^\]]{0,100})[^\]]{0,100}\]",
        r"\s+[0-9a-z.-]{10,80}\s+-\s+gsmtp\b.*$|\s+-\s+gsmtp\b.*$",
    )
)
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_BLANK: Final = re.compile(r"\s+")
_EDGES: Final = " \t:;,'\"<>()#-"
_URL: Final = re.compile(r"https?://\S+")


def status_in(text: str) -> str:
    """The first status code of RFC 3463 in `text`; else what its SMTP reply code stands for; else ""."""
    text = text[:_LONGEST]
    if match := _STATUS.search(text):
        return match[1]
    if match := _REPLY_CODE.search(text):
        code = match[1] + match[2]
        return _STATUS_OF_REPLY.get(code, f"{match[1]}.0.0")
    return ""


def plain_reason(text: str) -> str:
    """The first useful sentence of what a server said, at most 300 characters; "" where it only gave codes."""
    text = _BLANK.sub(" ", _unfolded(text[:_LONGEST])).strip()
    for noise in _NOISE:
        text = noise.sub(" ", text).strip()
    text = _BLANK.sub(" ", text).strip(_EDGES)
    if not _LETTERS.search(_URL.sub("", text)):
        return ""
    if len(text) > _LONGEST_REASON:
        text = text[:_LONGEST_REASON].rsplit(" ", 1)[0] + "…"
    return text


def _unfolded(text: str) -> str:
    """The lines of `text` as one; "550-5.1.1 " is said again at the start of each line of one reply."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
