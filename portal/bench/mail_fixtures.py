"""Mails and what is expected of them: ``name.eml`` with ``name.yaml`` beside it, each field compared with what is read.

Keys of the YAML file; only those that matter:

sender, sender_name, reply_to, to, cc (addresses), subject, message_id, in_reply_to, references, references_count,
sent_at (ISO 8601, or null), text, html, content_type, header.<name>, delivery_status, returned_message_id;
files (names of all that are not shown in the text), inline (names of pictures shown in it), file_types, file_sizes
(both by name, in order); problems (parts of the notes; [] = none); unreadable (true = refused);
new_text, folded_text, signature_text, is_forward;
is_robot, robot_reason; is_bounce, bounce_kind, bounce_recipient, bounce_status, bounce_reason, bounce_is_permanent,
bounce_original_message_id; language; is_thanks.

Texts are compared without white space at line ends and with one empty line for several. ``_contains`` after a text's
key: a text or a list of texts that must be in it; ``_lacks``: that must not; ``_starts``: its beginning. What a mail
cannot say itself is given and not compared: envelope_from, own_addresses, sent (plain texts that we sent, newest
first), locale, candidates (languages).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from portal.localization import INTERFACE_LOCALES
from portal.mail.bounces import DeliveryReport, delivery_report
from portal.mail.parsed import ParsedMail
from portal.mail.parsing import UnreadableMail, parse_mail
from portal.mail.reply_text import ReplyText, split_text
from portal.mail.robots import automatic_reason
from portal.mail.text_language import detect_language
from portal.tickets.thanks import thanks_reason

OWN_ADDRESSES: Final = frozenset({"support@help.example"})
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_GIVEN: Final = frozenset({"envelope_from", "own_addresses", "sent", "locale", "candidates"})
_SUFFIXES: Final = ("_contains", "_lacks", "_starts")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected field of one mail, and what was read."""

    mail: str
    field: str
    expected: Any
    found: Any
    is_right: bool


class UnknownField(ValueError):
    """A fixture expects a field that no reader fills."""


class Reading:
    """What all readers make of one mail, each asked only when a fixture wants to know."""

    def __init__(self, raw: bytes, given: dict[str, Any]) -> None:
        self._raw = raw
        self._given = given

    @cached_property
    def mail(self) -> ParsedMail:
        return parse_mail(self._raw)

    @cached_property
    def reply(self) -> ReplyText:
        return split_text(self.mail.text, sent=self._given.get("sent", ()), subject=self.mail.subject)

    @cached_property
    def report(self) -> DeliveryReport | None:
        return delivery_report(self.mail)

    @cached_property
    def robot_reason(self) -> str:
        return automatic_reason(
            self.mail,
            envelope_from=self._given.get("envelope_from"),
            own_addresses=OWN_ADDRESSES | frozenset(self._given.get("own_addresses", ())),
        )

    def language(self) -> str | None:
        """The language of what is new."""
        return detect_language(self.reply.new, self._given.get("candidates", INTERFACE_LOCALES))

    def is_thanks(self) -> bool:
        """Whether what is new only says thank you."""
        files = [each for each in self.mail.files if not each.is_inline]
        return bool(thanks_reason(self.reply.new, self._given.get("locale", "en"), has_files=bool(files)))

    def is_unreadable(self) -> bool:
        """Whether the mail is refused."""
        try:
            return self.mail is None
        except UnreadableMail:
            return True


_FIELDS: Final[dict[str, Callable[[Reading], Any]]] = {
    "sender": lambda it: it.mail.sender.address if it.mail.sender else None,
    "sender_name": lambda it: it.mail.sender.name if it.mail.sender else None,
    "reply_to": lambda it: [each.address for each in it.mail.reply_to],
    "to": lambda it: [each.address for each in it.mail.to],
    "cc": lambda it: [each.address for each in it.mail.cc],
    "subject": lambda it: it.mail.subject,
    "message_id": lambda it: it.mail.message_id,
    "in_reply_to": lambda it: list(it.mail.in_reply_to),
    "references": lambda it: list(it.mail.references),
    "references_count": lambda it: len(it.mail.references),
    "sent_at": lambda it: it.mail.sent_at.isoformat() if it.mail.sent_at else None,
    "text": lambda it: it.mail.text,
    "html": lambda it: it.mail.html,
    "content_type": lambda it: it.mail.content_type,
    "delivery_status": lambda it: it.mail.delivery_status,
    "returned_message_id": lambda it: "".join(it.mail.returned_headers.get("message-id", ())),
    "files": lambda it: [each.file_name for each in it.mail.files if not each.is_inline],
    "inline": lambda it: [each.file_name for each in it.mail.files if each.is_inline],
    "file_types": lambda it: [each.media_type for each in it.mail.files],
    "file_sizes": lambda it: [len(each.content) for each in it.mail.files],
    "problems": lambda it: "\n".join(it.mail.problems),
    "unreadable": Reading.is_unreadable,
    "new_text": lambda it: it.reply.new,
    "folded_text": lambda it: it.reply.folded,
    "signature_text": lambda it: it.reply.signature,
    "is_forward": lambda it: it.reply.is_forward,
    "is_robot": lambda it: bool(it.robot_reason),
    "robot_reason": lambda it: it.robot_reason,
    "is_bounce": lambda it: it.report is not None and it.report.kind == "failed",
    "bounce_kind": lambda it: str(it.report.kind) if it.report else None,
    "bounce_recipient": lambda it: it.report.recipient if it.report else None,
    "bounce_status": lambda it: it.report.status if it.report else None,
    "bounce_reason": lambda it: it.report.reason if it.report else None,
    "bounce_is_permanent": lambda it: it.report.is_permanent if it.report else None,
    "bounce_original_message_id": lambda it: it.report.original_message_id if it.report else None,
    "language": Reading.language,
    "is_thanks": Reading.is_thanks,
}


def read_fixtures(folder: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """(name, raw mail, expectations) of every mail below a folder, by name; one without expectations has {}."""
    for path in sorted(folder.rglob("*.eml")):
        beside = path.with_suffix(".yaml")
        expected = yaml.safe_load(beside.read_text("utf-8")) if beside.exists() else None
        yield str(path.relative_to(folder).with_suffix("")), path.read_bytes(), expected or {}


def outcomes(name: str, raw: bytes, expected: dict[str, Any]) -> Iterator[Outcome]:
    """Every expected field of one mail, compared.

    Raises:
        UnknownField: no reader knows a field.
    """
    reading = Reading(raw, {key: value for key, value in expected.items() if key in _GIVEN})
    for key, value in expected.items():
        if key not in _GIVEN:
            found, is_right = _compared(reading, key, value)
            yield Outcome(name, key, value, found, is_right)


def _compared(reading: Reading, key: str, value: Any) -> tuple[Any, bool]:
    suffix = next((each for each in _SUFFIXES if key.endswith(each)), "")
    field = key.removesuffix(suffix)
    if field.startswith("header."):
        found: Any = reading.mail.header(field.removeprefix("header."))
    elif field in _FIELDS:
        found = _FIELDS[field](reading)
    else:
        raise UnknownField(key)
    texts = [_tidied(each) for each in (value if isinstance(value, list) else [value])]
    if field == "problems":
        return found, all(each in found for each in texts) and (bool(value) or not found)
    if suffix:
        in_text: Any = found if isinstance(found, list) else _tidied(found)
        held: dict[str, Callable[[], bool]] = {
            "_contains": lambda: all(each in in_text for each in texts),
            "_lacks": lambda: not any(each in in_text for each in texts),
            "_starts": lambda: any(in_text.startswith(each) for each in texts),
        }
        return found, held[suffix]()
    return found, _tidied(found) == _tidied(value)


def _tidied(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in value.split("\n"))).strip("\n")
