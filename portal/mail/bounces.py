"""Delivery reports: which mail could not be delivered, to whom, and why. Pure; time is linear in the text.

The machine-readable part of RFC 3464 where a report has one, else the words of the programs that have none: qmail,
Exim, sendmail, old Exchange, Domino, Gmail, t-online, Naver, QQ, NetEase and the like. Only the two together, a sender
that is a mail system and words for a failure, make such a mail a report: people forward these, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from portal.mail.bounce_reasons import plain_reason, status_in
from portal.mail.bounce_texts import TextReport, is_from_mail_system, is_report_subject, read_text
from portal.mail.parsed import ParsedMail

Kind = Literal["failed", "delayed", "delivered"]
_FIELD: Final = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]*(.*)$")
_ADDRESS: Final = re.compile(r"[^\s<>();,:\"'\[\]]{1,64}@[^\s<>();,:\"'\[\]]{1,255}")
_MESSAGE_ID: Final = re.compile(r"^[> \t]{0,8}Message-ID:\s{0,3}\s?(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_LONGEST: Final = 64 * 1024
_ACTIONS: Final[dict[str, Kind]] = {
    "failed": "failed",
    "failure": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_BY_CLASS: Final[dict[str, Kind]] = {"5": "failed", "4": "delayed", "2": "delivered"}
_ORDER: Final[tuple[Kind, ...]] = ("failed", "delayed", "delivered")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of a mail for one recipient.

    `recipient` is the address that the mail was sent to, in lower case, and `status` a code of RFC 3463 ("5.1.1");
    both are "" where the report does not say. `reason` is what the remote server said, in one line without codes.
    `original_message_id` has its brackets. `is_permanent`: trying again later cannot help (class 5; a mail given up
    after a temporary error is a failure that is not permanent).
    """

    kind: Kind
    recipient: str
    status: str
    reason: str
    original_message_id: str
    is_permanent: bool


def delivery_report(mail: ParsedMail) -> DeliveryReport | None:
    """The delivery report that `mail` is, for its first failed recipient (else delayed, else delivered).

    None where it is none: what people write or forward, read receipts, complaints, automatic replies.
    """
    is_report_type = mail.content_type.lower().startswith("multipart/report")
    if not is_report_type and not is_from_mail_system(mail):
        return None
    return _by_status(mail) or _by_text(mail)


def _by_status(mail: ParsedMail) -> DeliveryReport | None:
    found: dict[Kind, dict[str, str]] = {}
    for fields in _recipients(mail.delivery_status[:_LONGEST]):
        action = _ACTIONS.get(fields.get("action", "").partition(" ")[0].strip(";,(").lower())
        kind = action or _BY_CLASS.get(fields.get("status", "")[:1])
        if kind is not None:
            found.setdefault(kind, fields)
    chosen = next((kind for kind in _ORDER if kind in found), None)
    if chosen is None:
        return None
    fields = found[chosen]
    diagnosis = fields.get("diagnostic-code", "")
    text = read_text(mail)
    recipient = _address_in(fields.get("original-recipient", "")) or _address_in(fields.get("final-recipient", ""))
    status = status_in(fields.get("status", ""))
    # Many say no more than 5.0.0 there, and the remote server's own code in its words.
    if not status or status.endswith(".0.0"):
        status = status_in(diagnosis) or status
    reason = plain_reason(diagnosis) or (plain_reason(text.reason) if text else "")
    return DeliveryReport(
        kind=chosen,
        recipient=recipient or (text.recipient if text else ""),
        status=status,
        reason=reason,
        original_message_id=_original_message_id(mail),
        is_permanent=chosen == "failed" and not status.startswith("4"),
    )


def _by_text(mail: ParsedMail) -> DeliveryReport | None:
    report: TextReport | None = read_text(mail)
    if report is None or not (report.is_worded or is_report_subject(mail.subject)):
        return None
    status = status_in(report.reason) or status_in(report.codes)
    return DeliveryReport(
        kind="delayed" if report.is_delayed else "failed",
        recipient=report.recipient,
        status=status,
        reason=plain_reason(report.reason),
        original_message_id=_original_message_id(mail),
        is_permanent=not report.is_delayed and not status.startswith("4"),
    )


def _recipients(text: str) -> Iterator[dict[str, str]]:
    """The fields of each recipient, names in lower case, folded lines joined by LF."""
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.splitlines(), "", ""]:
        match = _FIELD.match(line)
        if match:
            name = match[1].lower()
            if name in {"final-recipient", "original-recipient"} and name in fields:
                yield fields
                fields = {}
            fields.setdefault(name, match[2].strip())
        elif line[:1] in {" ", "\t"} and line.strip() and name in fields:
            fields[name] += f"\n{line.strip()}"
        elif not line.strip() and fields:
            if "action" in fields or "final-recipient" in fields:
                yield fields
            fields, name = {}, ""


def _address_in(field: str) -> str:
    match = _ADDRESS.search(field.partition(";")[2] or field)
    return match[0].lower().strip(".") if match else ""


def _original_message_id(mail: ParsedMail) -> str:
    returned = next(iter(mail.returned_headers.get("message-id", ())), "").strip()
    if returned:
        return returned
    if match := _MESSAGE_ID.search(mail.text[:_LONGEST]):
        return match[1]
    return next(iter((*mail.in_reply_to, *reversed(mail.references))), "")
