"""The text of a plain part as it was written: line ends, format=flowed, signatures of OpenPGP."""

from __future__ import annotations

import re
from typing import Final

_TRAILING_SPACE: Final = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_PGP_SIGNED: Final = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_PGP_SIGNATURE: Final = "\n-----BEGIN PGP SIGNATURE-----\n"
_PGP_END: Final = "-----END PGP SIGNATURE-----"


def with_lf(text: str) -> str:
    """`text` with LF as its only line end."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n") if not text.isascii() else text


def tidied(text: str) -> str:
    """Without white space at the ends of lines and without empty lines before and after."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def unflowed(text: str, *, delete_space: bool) -> str:
    """Lines that a mail program broke for width are joined again (RFC 3676), each within its depth of quotes."""
    lines: list[str] = []
    waiting: list[str] = []
    waiting_depth = 0
    for line in text.split("\n"):
        quoted = line.lstrip(">")
        depth = len(line) - len(quoted)
        content = quoted.removeprefix(" ")
        if waiting and depth != waiting_depth:
            lines.append(_quoted("".join(waiting), waiting_depth))
            waiting = []
        is_flowed = content.endswith(" ") and content != "-- "
        if content == "-- " and waiting:
            lines.append(_quoted("".join(waiting), waiting_depth))
            waiting = []
        waiting_depth = depth
        waiting.append(content[:-1] if is_flowed and delete_space else content)
        if not is_flowed:
            lines.append(_quoted("".join(waiting), depth))
            waiting = []
    if waiting:
        lines.append(_quoted("".join(waiting), waiting_depth))
    return "\n".join(lines)


def _quoted(text: str, depth: int) -> str:
    if not depth:
        return text
    return f"{'>' * depth} {text}".rstrip() if text else ">" * depth


def without_pgp_signature(text: str) -> tuple[str, bool]:
    """The text that OpenPGP signed in line, without armour; and whether there was any."""
    start = text.find(_PGP_SIGNED)
    if start < 0:
        return text, False
    stop = text.find(_PGP_SIGNATURE, start)
    body = text.find("\n\n", start)
    if stop < 0 or body < 0 or body > stop:
        return text, False
    end = text.find(_PGP_END, stop)
    after = text[end + len(_PGP_END) :] if end >= 0 else ""
    signed = "\n".join(line.removeprefix("- ") for line in text[body + 2 : stop].split("\n"))
    return text[:start] + signed + after, True
