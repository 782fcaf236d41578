"""Putting a mail into the outbox, in the transaction of its cause."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import css_inline

from portal.database import db
from portal.localization import interface_locale_for, lang_tag, speaking, text_direction
from portal.mail.models import OutboxMail
from portal.web.templating import current_settings, render_text

MAXIMUM_REFERENCES = 20
LOOP_HEADER = "X-Answerwell-Loop"
_WHITE_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Threading:
    """What a mail answers: the Message-ID before it and those of the whole conversation, oldest first."""

    in_reply_to: str | None = None
    references: Sequence[str] = ()


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
    **context: Any,
) -> OutboxMail:
    """Render ``templates/mail/<template>/`` in the reader's language and add it to the outbox; the caller commits.

    `idempotency_key` is unique for the cause: a second mail for it is refused by the database.
    """
    settings = current_settings()
    with speaking(locale):
        written_in = interface_locale_for(locale)
        context |= {
            "brand_name": settings.brand_name,
            "lang": lang_tag(written_in),
            "direction": text_direction(written_in),
            "recipient_name": to_name,
        }
        subject = _WHITE_SPACE.sub(" ", render_text(f"mail/{template}/subject.txt", **context)).strip()
        text_body = _BLANK_LINES.sub("\n\n", render_text(f"mail/{template}/body.txt", **context)).strip() + "\n"
        html_body = css_inline.inline(render_text(f"mail/{template}/body.html", **context), keep_style_tags=True)
    mail = OutboxMail(
        message_id=f"<{secrets.token_hex(12)}@{settings.support_email.rpartition('@')[2]}>",
        idempotency_key=idempotency_key,
        template=template,
        locale=locale,
        recipient=to,
        recipient_name=to_name,
        subject=subject[:500],
        text_body=text_body,
        html_body=html_body,
        headers=_headers(is_automatic, threading or Threading()),
        ticket_id=ticket_id,
        created_at=now,
        next_attempt_at=now,
    )
    db.session.add(mail)
    return mail


def _headers(is_automatic: bool, threading: Threading) -> dict[str, str]:
    headers = {LOOP_HEADER: "1"}
    if is_automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if threading.in_reply_to:
        headers["In-Reply-To"] = threading.in_reply_to
    if threading.references:
        headers["References"] = " ".join(threading.references[-MAXIMUM_REFERENCES:])
    return headers
