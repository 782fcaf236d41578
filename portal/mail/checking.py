"""Trying each way of mail, end to end and without changing anything; what is wrong is said with what to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from flask_babel import gettext

from portal.clock import utcnow
from portal.config import Settings
from portal.localization import speaking
from portal.mail.dkim_signing import signed
from portal.mail.imap_connection import MailboxProblem, open_folder
from portal.mail.mailboxes import Mailbox
from portal.mail.telling import Told
from portal.mail.telling import told as _l

Step = Callable[[Told], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a check came: the steps that went well, and the problem that ended it, if one did."""

    steps: Sequence[Told]
    problem: Told | None = None


def tried(part: Callable[[Step], None]) -> Trial:
    """What one of the checks below finds, kept for a page."""
    steps: list[Told] = []
    try:
        part(steps.append)
    except MailboxProblem as problem:
        return Trial(steps, problem.told)
    return Trial(steps)


def check_mailbox(mailbox: Mailbox, on_step: Step) -> None:
    """Sign in and open the folder as a walk does. Raises MailboxProblem."""
    if mailbox.imap is None:
        on_step(_l("no IMAP server: mail comes through LMTP, `portal mail deliver` or HTTP"))
        return
    with open_folder(mailbox, on_step=on_step) as folder:
        on_step(_l("mails found: %(count)s", count=len(folder.uids(since=mailbox.imap.since))))
        folder.require_marking()
        on_step(_l("may mark and move mails as the settings ask"))


def check_sending(settings: Settings, on_step: Step, *, send_to: str = "") -> None:
    """Connect to the mail server that sends and sign in; with `send_to` send a mail there. Raises MailboxProblem."""
    if settings.mail_transport == "capture":
        on_step(_l("mail is captured for the demo and goes to nobody"))
        return
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _connected(settings) as server:
            server.ehlo_or_helo_if_needed()
            on_step(_l("connected to %(place)s (%(security)s)", place=place, security=settings.smtp_security))
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password)
                on_step(_l("signed in as %(name)s", name=settings.smtp_username))
            _require_sender(server, settings, place)
            on_step(_l("may send as %(address)s", address=settings.support_email))
            if send_to:
                server.sendmail(settings.support_email, [send_to], _test_mail(settings, send_to))
                on_step(_l("sent a test mail to %(address)s", address=send_to))
    except (smtplib.SMTPException, OSError) as error:
        raise MailboxProblem(_sending_problem(error, settings, place)) from error


def _require_sender(server: smtplib.SMTP, settings: Settings, place: str) -> None:
    code, answer = server.mail(settings.support_email)
    server.rset()
    if code >= 400:
        raise MailboxProblem(
            _l(
                "%(place)s does not send for %(address)s (%(said)s). Allow this sender.",
                place=place,
                address=settings.support_email,
                said=f"{code} {answer.decode('utf-8', 'replace')}",
            )
        )


def _sending_problem(error: smtplib.SMTPException | OSError, settings: Settings, place: str) -> Told:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _l(
            "%(place)s refused %(name)s (%(code)s). Check PORTAL_SMTP_USERNAME and PORTAL_SMTP_PASSWORD; "
            "some providers want a password made for programs.",
            place=place,
            name=settings.smtp_username,
            code=error.smtp_code,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _l(
            "%(place)s cannot do what the settings ask (%(said)s). Check PORTAL_SMTP_SECURITY.",
            place=place,
            said=error,
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        address, (code, answer) = next(iter(error.recipients.items()))
        return _l(
            "%(place)s takes no mail for %(address)s (%(said)s). Try another address, or allow us to send there.",
            place=place,
            address=address,
            said=f"{code} {answer.decode('utf-8', 'replace')}",
        )
    if isinstance(error, ssl.SSLError):
        return _l(
            "TLS with %(place)s failed (%(said)s). Port 465 wants PORTAL_SMTP_SECURITY=tls, "
            "port 587 starttls; the host name must be that of the certificate.",
            place=place,
            said=error.reason or type(error).__name__,
        )
    if isinstance(error, socket.gaierror):
        return _l("There is no host named %(host)s. Check PORTAL_SMTP_HOST.", host=settings.smtp_host)
    return _l(
        "No conversation with %(place)s came about (%(said)s). "
        "Check PORTAL_SMTP_HOST, PORTAL_SMTP_PORT and the firewall between.",
        place=place,
        said=type(error).__name__,
    )


def check_door(settings: Settings, on_step: Step) -> None:
    """Greet the worker's LMTP port. Raises MailboxProblem."""
    if not settings.lmtp_port:
        return
    place = f"{settings.lmtp_host}:{settings.lmtp_port}"
    try:
        with smtplib.LMTP(settings.lmtp_host, settings.lmtp_port, timeout=settings.smtp_timeout_seconds) as door:
            door.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        raise MailboxProblem(
            _l(
                "Nobody takes mail at %(place)s (%(said)s). Is the worker running, and the port free?",
                place=place,
                said=type(error).__name__,
            )
        ) from error
    on_step(_l("the worker takes mail at %(place)s", place=place))


def _test_mail(settings: Settings, address: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = settings.support_email, address
    message["Date"], message["Message-ID"] = format_datetime(utcnow()), make_msgid(domain=settings.mail_domain)
    message["Auto-Submitted"] = "auto-generated"
    with speaking(settings.default_locale):
        message["Subject"] = gettext("Test mail from %(brand)s", brand=settings.brand_name)
        message.set_content(gettext("If you can read this, sending works."), cte="quoted-printable")
    return signed(message.as_bytes(), from_address=settings.support_email, settings=settings)


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    place, timeout = (settings.smtp_host, settings.smtp_port, settings.mail_domain), settings.smtp_timeout_seconds
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=timeout, context=context)
    server = smtplib.SMTP(*place, timeout=timeout)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server
