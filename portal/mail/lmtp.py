"""A door for a mail server on this machine: LMTP or SMTP. Its 250 comes after the commit.

It is no relay: it takes mail for our own addresses and their +tags, and for nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from portal.clock import utcnow
from portal.database import writing
from portal.mail.mailboxes import Mailbox, mailbox_among
from portal.mail.receiving import MAXIMUM_MAIL_BYTES, receive

logger = structlog.get_logger(__name__)

_IDLE_SECONDS: Final = 120
_TAKEN: Final = "250 2.0.0 Stored"
_NOT_NOW: Final = "451 4.3.0 The mail cannot be stored at present; try again later"

Context = Callable[[], AbstractContextManager[Any]]


class _Door(SMTP):
    # Programs write longer lines than SMTP allows, and who refuses them loses mail.
    line_length_limit = 1024 * 1024

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        if self.session is not None:
            self.session.is_lmtp = True  # type: ignore[attr-defined]
        await super().smtp_EHLO(hostname)


class _Taker:
    """aiosmtpd's handler. One answer for the whole mail with SMTP, one for each recipient with LMTP."""

    def __init__(self, context: Context, mailboxes: tuple[Mailbox, ...]) -> None:
        self._context = context
        self._mailboxes = mailboxes

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if mailbox_among(self._mailboxes, address) is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        # Storing waits for disk and database: other conversations go on meanwhile.
        answers = await asyncio.to_thread(self._answers, envelope)
        if getattr(session, "is_lmtp", False):
            return "\r\n".join(answers[address] for address in envelope.rcpt_tos)
        return _TAKEN if set(answers.values()) == {_TAKEN} else _NOT_NOW

    def _answers(self, envelope: Envelope) -> dict[str, str]:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode("utf-8", "surrogateescape")
        by_mailbox: dict[str, list[str]] = {}
        for address in envelope.rcpt_tos:
            mailbox = mailbox_among(self._mailboxes, address)
            if mailbox is not None:
                by_mailbox.setdefault(mailbox.name, []).append(address)
        answers = {}
        for name, addresses in by_mailbox.items():
            answer = _TAKEN if self._stored(raw, name, envelope.mail_from or "", addresses) else _NOT_NOW
            answers.update(dict.fromkeys(addresses, answer))
        return answers

    def _stored(self, raw: bytes, name: str, sender: str, recipients: list[str]) -> bool:
        try:
            with self._context(), writing():
                receive(raw, mailbox=name, way_in="lmtp", now=utcnow(), envelope_from=sender, envelope_to=recipients)
        except Exception:
            logger.exception("mail not stored", mailbox=name)
            return False
        return True


def mail_door(context: Context, mailboxes: tuple[Mailbox, ...], *, host: str, port: int) -> Controller:
    """A controller to start and stop; `context` makes the app's context around each mail.

    Its start raises OSError when the port is taken.
    """

    class _Controller(Controller):
        def factory(self) -> SMTP:
            return _Door(
                self.handler,
                data_size_limit=MAXIMUM_MAIL_BYTES,
                enable_SMTPUTF8=True,
                decode_data=False,
                hostname="localhost",
                ident="Answerwell",
                timeout=_IDLE_SECONDS,
                loop=self.loop,
            )

    return _Controller(_Taker(context, mailboxes), hostname=host, port=port, ready_timeout=10)
