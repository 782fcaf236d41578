"""Putting a mail into the outbox, in the transaction of its cause."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import css_inline
import structlog

from portal.database import db
from portal.localization import interface_locale_for, lang_tag, speaking, text_direction
from portal.mail.caps import reason_over_cap
from portal.mail.models import OutboxMail, OutboxState
from portal.mail.reply_addresses import reply_address
from portal.mail.senders import SenderAddress
from portal.people.addresses import normalize_address
from portal.web.templating import current_settings, render_text

logger = structlog.get_logger(__name__)

MAXIMUM_REFERENCES = 20
LOOP_HEADER = "X-Answerwell-Loop"
_WHITE_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Threading:
    """What a mail answers: the Message-ID before it and those of the whole conversation, oldest first."""

    in_reply_to: str | None = None
    references: Sequence[str] = ()


@dataclass(frozen=True)
class _Letter:
    """A mail's words."""

    subject: str
    text: str
    html: str


def enqueue(
    template: str,
    *,
    to: str,
    to_name: str,
    locale: str,
    idempotency_key: str,
    now: datetime,
    is_automatic: bool = True,
    ticket_id: int | None = None,
    threading: Threading | None = None,
    reply_to: tuple[int, int] | None = None,
    sender: SenderAddress | None = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> OutboxMail:
    """Render ``templates/mail/<template>/`` in the reader's language and add it to the outbox; the caller commits.

    `idempotency_key` is unique for the cause: a second mail for it is refused by the database. `reply_to` (ticket,
    person) gives the mail an address of its own to answer to, `sender` another one than the installation's to come
    from; `headers` are further ones, or replace ours. An automatic mail over a cap is kept as dead, with the reason.
    """
    letter = _render(template, locale, {**context, "recipient_name": to_name})
    address = sender.address if sender else current_settings().support_email
    recipient = normalize_address(to)
    over_cap = reason_over_cap(template, recipient=recipient, ticket_id=ticket_id, now=now) if is_automatic else ""
    if over_cap:
        logger.warning("automatic mail over a cap", ticket_id=ticket_id, template=template, reason=over_cap)
    mail = OutboxMail(
        message_id=new_message_id(address),
        idempotency_key=idempotency_key,
        template=template,
        locale=locale,
        recipient=recipient,
        recipient_name=to_name,
        subject=letter.subject,
        text_body=letter.text,
        html_body=letter.html,
        headers=_headers(is_automatic, threading or Threading(), address, reply_to) | dict(headers or {}),
        is_automatic=is_automatic,
        from_name=sender.name if sender else "",
        from_address=sender.address if sender else "",
        ticket_id=ticket_id,
        state=OutboxState.DEAD if over_cap else OutboxState.QUEUED,
        last_error=over_cap,
        created_at=now,
        next_attempt_at=now,
    )
    db.session.add(mail)
    return mail


def new_message_id(address: str) -> str:
    """A Message-ID in the domain of `address`, with its brackets."""
    return f"<{secrets.token_hex(12)}@{address.rpartition('@')[2]}>"


def _render(template: str, locale: str, context: dict[str, Any]) -> _Letter:
    with speaking(locale):
        written_in = interface_locale_for(locale)
        context |= {
            "brand_name": current_settings().brand_name,
            "lang": lang_tag(written_in),
            "direction": text_direction(written_in),
        }
        subject = _WHITE_SPACE.sub(" ", render_text(f"mail/{template}/subject.txt", **context)).strip()
        text = _BLANK_LINES.sub("\n\n", render_text(f"mail/{template}/body.txt", **context)).strip() + "\n"
        html = css_inline.inline(render_text(f"mail/{template}/body.html", **context), keep_style_tags=True)
    return _Letter(subject[:500], text, html)


def _headers(
    is_automatic: bool, threading: Threading, address: str, reply_to: tuple[int, int] | None
) -> dict[str, str]:
    headers: dict[str, str] = {}
    if is_automatic:
        # Not on an agent's reply: another Answerwell that gets it would take it for a machine's.
        headers |= {LOOP_HEADER: "1", "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if threading.in_reply_to:
        headers["In-Reply-To"] = threading.in_reply_to
    if threading.references:
        headers["References"] = " ".join(threading.references[-MAXIMUM_REFERENCES:])
    if reply_to is not None:
        headers["Reply-To"] = reply_address(address, ticket_id=reply_to[0], person_id=reply_to[1])
    return headers
