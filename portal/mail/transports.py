"""Ways out for a finished mail: SMTP through Flask-Mail, or the demo's mailbox."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType
from typing import Protocol, Self

import flask_mail

from portal.clock import utcnow
from portal.config import Settings
from portal.database import db
from portal.errors import ConfigurationError
from portal.mail.dkim_signing import signed
from portal.mail.headers import NotAnAddress, mailbox_value, message_ids_value, text_value
from portal.mail.models import CapturedMail, OutboxMail
from portal.mail.reply_addresses import bounce_address
from portal.mail.senders import SenderAddress, sender_of
from portal.web.templating import current_settings

# What servers answer to a sender that they do not let us use; 530 asks us to sign in, 552 is about the size.
_UNKNOWN_SENDER = frozenset({501, 550, 551, 553, 554})


class DeliveryFailed(Exception):
    """The mail did not go out. `is_permanent`: never will; `stops_channel`: no mail will until somebody acts."""

    def __init__(self, reason: str, *, is_permanent: bool = False, stops_channel: bool = False) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent
        self.stops_channel = stops_channel


class Transport(Protocol):
    """A connection for some mails; open it with ``with``."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def send(self, mail: OutboxMail) -> None:
        """Hand `mail` over. Raises DeliveryFailed."""


def compose(mail: OutboxMail) -> EmailMessage:
    """The message as it goes out: text and HTML alternatives, and what people wrote in headers as text only.

    Raises:
        DeliveryFailed: for good, when the recipient is not one address of ASCII letters.
    """
    sender = sender_of(mail)
    # SMTP wants CRLF, and lines under 998 octets whatever the text. Values set raw are finished: fold nothing anew.
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit", refold_source="none"))
    message.set_raw("From", mailbox_value(sender.name, sender.address, header="From"))
    try:
        message.set_raw("To", mailbox_value(mail.recipient_name, mail.recipient, header="To"))
    except NotAnAddress as error:
        raise DeliveryFailed(str(error), is_permanent=True) from error
    except UnicodeEncodeError as error:
        raise DeliveryFailed("the address has letters other than ASCII's (SMTPUTF8)", is_permanent=True) from error
    message.set_raw("Subject", text_value(mail.subject, header="Subject"))
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    for name, value in mail.headers.items():
        _set_header(message, name, value, sender=sender)
    message.set_content(mail.text_body)
    message.add_alternative(mail.html_body, subtype="html")
    return message


def finished(mail: OutboxMail) -> bytes:
    """The bytes that go out, signed where a key is set up.

    Raises:
        DeliveryFailed: for good, when the recipient cannot be written to; until somebody acts, when the key is no good.
    """
    raw = compose(mail).as_bytes()
    try:
        return signed(raw, from_address=sender_of(mail).address, settings=current_settings())
    except ConfigurationError as error:
        raise DeliveryFailed(str(error), stops_channel=True) from error


def _set_header(message: EmailMessage, name: str, value: str, *, sender: SenderAddress) -> None:
    if name == "Reply-To":
        message.set_raw(name, mailbox_value(sender.name, value, header=name))
    elif name in {"In-Reply-To", "References"}:
        # EmailMessage would write long ones as encoded words (Python 3.11, gh-80222), which no mail program resolves.
        message.set_raw(name, message_ids_value(value))
    elif name == "List-Unsubscribe":
        # An address in it may be long, and must stand there as it is.
        message.set_raw(name, value)
    else:
        message[name] = value


def envelope_sender(mail: OutboxMail) -> str:
    """Where reports about `mail` come back to: an address that names it.

    Acknowledgements have it too, and not the null sender: a mistyped address is told to the agents, and nothing that
    comes to such an address is ever answered.
    """
    return bounce_address(sender_of(mail).address, mail_id=mail.id)


class CaptureTransport:
    """Keeps mails in the database, where the demo shows them. Sending the same mail again changes nothing new."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, mail: OutboxMail) -> None:
        raw = finished(mail)
        db.session.add(CapturedMail(captured_at=utcnow(), recipient=mail.recipient, subject=mail.subject, raw=raw))
        db.session.flush()


class _FinishedMessage(flask_mail.Message):
    """Lets Flask-Mail carry a message that is composed and signed already."""

    def __init__(self, raw: bytes, *, recipient: str, sender: str) -> None:
        super().__init__(recipients=[recipient], sender=sender)
        self._raw = raw

    def as_bytes(self) -> bytes:
        return self._raw


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection with a time-out and a verified TLS context, which it has not of its own."""

    def __init__(self, mail: flask_mail.Mail, settings: Settings) -> None:
        super().__init__(mail)
        self._settings = settings

    def configure_host(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context()
        # We say our name ourselves: smtplib would ask the name service for it at every connection.
        place, timeout = (settings.smtp_host, settings.smtp_port, settings.mail_domain), settings.smtp_timeout_seconds
        host: smtplib.SMTP
        if settings.smtp_security == "tls":
            host = smtplib.SMTP_SSL(*place, timeout=timeout, context=context)
        else:
            host = smtplib.SMTP(*place, timeout=timeout)
        try:
            if settings.smtp_security == "starttls":
                host.starttls(context=context)
            if settings.smtp_username:
                host.login(settings.smtp_username, settings.smtp_password)
        except BaseException:
            host.close()
            raise
        return host


class SmtpTransport:
    """One SMTP connection for a batch of mails, opened with the first."""

    def __init__(self, mail: flask_mail.Mail, settings: Settings) -> None:
        self._mail = mail
        self._settings = settings
        self._connection: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, mail: OutboxMail) -> None:
        try:
            if self._connection is None:
                self._connection = _Connection(self._mail, self._settings)
                self._connection.__enter__()
            self._send(self._connection, mail)
        except (smtplib.SMTPException, OSError, flask_mail.BadHeaderError) as error:
            self._close(is_alive=isinstance(error, (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)))
            raise _explain(error) from error

    def _send(self, connection: _Connection, mail: OutboxMail) -> None:
        raw, plain_sender = finished(mail), sender_of(mail).address
        try:
            connection.send(_FinishedMessage(raw, recipient=mail.recipient, sender=envelope_sender(mail)))
        except smtplib.SMTPSenderRefused as refusal:
            # Some relays take nothing but the address that they know us by: better without reports than not at all.
            if refusal.sender == plain_sender or refusal.smtp_code not in _UNKNOWN_SENDER:
                raise
            connection.send(_FinishedMessage(raw, recipient=mail.recipient, sender=plain_sender))

    def _close(self, *, is_alive: bool = True) -> None:
        connection, self._connection = self._connection, None
        if connection is None or connection.host is None:
            return
        if not is_alive:
            # To a server that says nothing, a farewell takes as long again as the time-out.
            connection.host.close()
            return
        try:
            connection.host.quit()
        except (smtplib.SMTPException, OSError):
            connection.host.close()


def _explain(error: Exception) -> DeliveryFailed:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryFailed(f"sign-in refused: {error.smtp_code}", stops_channel=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryFailed(f"the mail server cannot do what the settings ask: {error}", stops_channel=True)
    if isinstance(error, (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPSenderRefused)):
        # The server refuses us, not this mail.
        return DeliveryFailed(f"{error.smtp_code} {error.smtp_error!r}", stops_channel=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return DeliveryFailed(f"{code} {text!r}", is_permanent=500 <= code < 600)
    if isinstance(error, smtplib.SMTPResponseException):
        return DeliveryFailed(f"{error.smtp_code} {error.smtp_error!r}", is_permanent=500 <= error.smtp_code < 600)
    if isinstance(error, flask_mail.BadHeaderError):
        return DeliveryFailed("line break in a header", is_permanent=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        # Whoever looks after the server has to act: no mail shall die of a certificate that ran out.
        return DeliveryFailed(f"the mail server's certificate: {error.verify_message}", stops_channel=True)
    return DeliveryFailed(repr(error))
