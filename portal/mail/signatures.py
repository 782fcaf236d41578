"""Which lines at the end of what somebody wrote are their signature, or what a device, scanner or company added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from portal.mail import signature_marks as words
from portal.mail.quote_lines import Line

FOOTER_PARAGRAPHS: Final = 12
FOOTER_LINES: Final = 40
SIGNATURE_LINES: Final = 20
DEVICE_CHARACTERS: Final = 200
DEVICE_WORDS: Final = 10
CLOSING_CHARACTERS: Final = 60
LEGAL_CHARACTERS: Final = 80

_RULE_SIGNS: Final = frozenset(" \t\xa0-–—―─━_=*#~·•")
_CLOSINGS: Final = frozenset(words.CLOSINGS)
_LONG_CLOSINGS: Final = tuple(closing for closing in words.CLOSINGS if len(closing) >= 10 or not closing.isascii())
_CONTACT_LABELS: Final = frozenset(words.CONTACT_LABELS)
_PHONE: Final = re.compile(r"(?<![\w/])\+?\(?\d[\d ()/.–-]{6,24}\d(?!\w)")
_LINK: Final = re.compile(r"<?(?:https?://|mailto:)\S{1,400}")
_ADDRESS: Final = re.compile(r"\S@\S+\.\S")


def signature_lines(lines: Sequence[Line], start: int, end: int) -> list[int]:
    """The numbers, rising, of those lines of `lines[start:end]` that are signature. Never line `start`: nobody writes
    a signature alone.
    """
    body_end = _without_footers(lines, start, end)
    cut = _delimiter(lines, start, body_end)
    signature: list[int] = []
    if cut is None:
        cut, stop = _closing_block(lines, start, body_end) or _contact_block(lines, start, body_end) or (body_end,) * 2
        signature += range(cut, stop)
    else:
        signature += range(cut, body_end)
    signature += [at for at in _device_lines(lines, start, body_end) if at < cut or at not in signature]
    return sorted({*signature, *range(body_end, end)})


def is_closing(line: Line) -> bool:
    """Whether a line is "Kind regards," or the like."""
    text = line.plain.rstrip(" ,，、.。!！;-–—")
    if text in _CLOSINGS:
        return True
    return len(text) <= CLOSING_CHARACTERS and text.startswith(_LONG_CLOSINGS) and len(text.split()) <= 8


def is_device_line(line: Line) -> bool:
    """Whether a line is "Sent from my iPhone" or the like."""
    if len(line.plain) > DEVICE_CHARACTERS:
        return False
    text = _LINK.sub("", line.plain).strip(" <>()[]*_-–—.!|")
    if not text or len(text.split()) > DEVICE_WORDS or text.endswith(("?", ":")):
        return False
    says_so = text.startswith(words.SENT_FROM) or text.endswith(words.SENT_FROM_ENDINGS)
    frames = any(text.startswith(begin) and text.endswith(end) for begin, end in words.SENT_FROM_FRAMES)
    return (says_so or frames) and any(device in text for device in words.DEVICES)


def _without_footers(lines: Sequence[Line], start: int, end: int) -> int:
    """Where the paragraphs that programs and companies add begin."""
    before = end
    for _ in range(FOOTER_PARAGRAPHS):
        if end - 1 > start and (is_device_line(lines[end - 1]) or _is_rule(lines[end - 1])):
            end -= 1
            continue
        first = end - 1
        while first > start and end - first < FOOTER_LINES and not _begins_paragraph(lines[first]):
            first -= 1
        if first <= start or not _begins_paragraph(lines[first]):
            break
        if not _is_footer(lines[first:end], has_footer_below=end < before):
            break
        end = first
    return end


def _begins_paragraph(line: Line) -> bool:
    return line.blanks_before > 0 or _is_rule(line)


def _is_footer(paragraph: Sequence[Line], *, has_footer_below: bool) -> bool:
    text = " ".join(line.plain for line in paragraph)[:4000].lstrip(" *_-=[(")
    beginning = text[:300]
    if _is_question(paragraph[-1]):
        return False
    if any(phrase in beginning for phrase in words.SERVICE_FOOTERS):
        return True
    if _is_rule(paragraph[0]) and any(phrase in beginning for phrase in words.LIST_FOOTERS):
        return True
    if text.startswith(words.LEGAL_HEADINGS):
        return len(text) >= LEGAL_CHARACTERS or has_footer_below
    legal = sum(word in text for word in words.LEGAL_WORDS)
    is_legal = legal >= 4 or (legal >= 2 and any(word in text for word in words.LEGAL_CORE))
    wide = sum(sign > "\u2e80" for sign in text)
    return is_legal and len(text) + 3 * wide >= LEGAL_CHARACTERS and any(w in text for w in words.LEGAL_SUBJECTS)


def _is_rule(line: Line) -> bool:
    raw = line.raw.strip()
    return len(raw) >= 2 and len(raw) <= 200 and _RULE_SIGNS.issuperset(raw)


def _delimiter(lines: Sequence[Line], start: int, end: int) -> int | None:
    """Where "-- " begins the signature, or a rule with contact lines under it."""
    for at in range(end - 1, max(start, end - 2 * SIGNATURE_LINES), -1):
        line = lines[at]
        if not _is_rule(line):
            continue
        block = lines[at + 1 : end]
        if line.raw.endswith("-- "):
            return at
        if line.raw.strip() == "--":
            return at if len(block) <= SIGNATURE_LINES and all(map(_fits_signature, block)) else None
        if len(block) <= SIGNATURE_LINES and any(_is_contact(after) for after in block):
            return at if all(_fits_signature(after) for after in block) else None
    return None


def _closing_block(lines: Sequence[Line], start: int, end: int) -> tuple[int, int] | None:
    """A closing with more than a name under it, from the closing up to an afterthought."""
    for closing in range(end - 1, max(start, end - SIGNATURE_LINES), -1):
        if not is_closing(lines[closing]):
            continue
        stop = next((at for at in range(closing + 1, end) if _is_afterthought(lines[at])), end)
        block = lines[closing + 1 : stop]
        whole = len(block) > 2 and any(map(_is_contact, block)) and all(map(_fits_signature, block))
        return (closing, stop) if whole else None
    return None


def _contact_block(lines: Sequence[Line], start: int, end: int) -> tuple[int, int] | None:
    """A last paragraph of a name and ways to reach its bearer, unless the writer announces it."""
    first = end - 1
    while first > start and end - first < SIGNATURE_LINES and not lines[first].blanks_before:
        first -= 1
    block = lines[first:end]
    name = lines[first].plain.strip("*_ ")
    is_name = 1 < len(name.split()) <= 5 and not any(sign.isdigit() for sign in name) and name[-1:].isalnum()
    if first <= start or len(block) < 3 or not is_name or lines[first - 1].plain.endswith((":", "：", "?", "？")):
        return None
    ways = {_contact_kind(line) for line in block} - {""}
    return (first, end) if {"phone"} < ways and all(map(_fits_signature, block)) else None


def _device_lines(lines: Sequence[Line], start: int, end: int) -> list[int]:
    """Device lines that stand alone near the end, with something under them."""
    alone = []
    for at in range(max(start + 1, end - SIGNATURE_LINES), end):
        before_blank = lines[at].blanks_before > 0
        after_blank = at + 1 >= end or lines[at + 1].blanks_before > 0
        if before_blank and after_blank and is_device_line(lines[at]):
            alone.append(at)
    return alone


def _is_contact(line: Line) -> bool:
    return bool(_contact_kind(line))


def _contact_kind(line: Line) -> str:
    """How a line says to reach somebody: "phone", "link", "address", "label" or ""."""
    text = line.plain[:300].strip(" *_|•·")
    label = re.split(r"[:：.\s+|]", text, maxsplit=1)[0]
    labelled = label in _CONTACT_LABELS and len(text) > len(label) + 1
    if _PHONE.search(text):
        return "phone"
    if _LINK.search(text) or text.startswith("www.") or " www." in text:
        return "link"
    if _ADDRESS.search(text):
        return "address"
    return "label" if labelled and any(sign in text[: len(label) + 3] for sign in ":：.") else ""


def _is_question(line: Line) -> bool:
    return line.plain.endswith(("?", "？", "؟"))


def _fits_signature(line: Line) -> bool:
    """Whether a line can stand in a signature: no question, announcement, fact or long sentence."""
    text = line.plain
    if _is_question(line) or text.endswith((":", "：")) or len(text) > 300:
        return False
    is_sentence = len(text.split()) > 14 and text.endswith((".", "!", "。"))
    is_fact = any(sign.isdigit() for sign in text) and any(word in text for word in words.FACTS)
    return not is_sentence and not is_fact


def _is_afterthought(line: Line) -> bool:
    head = line.plain[:14]
    cut = min((at for at in (head.find(":"), head.find("："), head.find(". "), head.find(" ")) if at > 0), default=0)
    return head[:cut].rstrip(" .") in words.AFTERTHOUGHTS or head.startswith(("追伸", "追記", "又及", "附言"))
