"""Trying each way of mail, end to end and without changing anything; what is wrong is said with what to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable

from portal.config import Settings
from portal.mail.imap_connection import MailboxProblem, open_folder
from portal.mail.mailboxes import Mailbox

Step = Callable[[str], None]


def check_mailbox(mailbox: Mailbox, on_step: Step) -> None:
    """Sign in and open the folder as a walk does. Raises MailboxProblem."""
    if mailbox.imap is None:
        on_step("no IMAP server: mail comes through LMTP, `portal mail deliver` or HTTP")
        return
    with open_folder(mailbox, on_step=on_step) as folder:
        on_step(f"found {len(folder.uids(since=mailbox.imap.since))} mails")
        folder.require_marking()
        on_step("may mark and move mails as the settings ask")


def check_sending(settings: Settings, on_step: Step) -> None:
    """Connect to the mail server that sends and sign in. Raises MailboxProblem."""
    if settings.mail_transport == "capture":
        on_step("mail is captured for the demo and goes to nobody")
        return
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _connected(settings) as server:
            server.ehlo_or_helo_if_needed()
            on_step(f"connected to {place} ({settings.smtp_security})")
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password)
                on_step(f"signed in as {settings.smtp_username}")
            code, answer = server.mail(settings.support_email)
            server.rset()
    except smtplib.SMTPAuthenticationError as error:
        raise MailboxProblem(
            f"{place} refused {settings.smtp_username} ({error.smtp_code}). "
            "Check PORTAL_SMTP_USERNAME and PORTAL_SMTP_PASSWORD; some providers want a password made for programs."
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailboxProblem(
            f"{place} cannot do what the settings ask: {error}. Check PORTAL_SMTP_SECURITY."
        ) from error
    except ssl.SSLError as error:
        raise MailboxProblem(
            f"TLS with {place} failed ({error.reason or 'no reason given'}). Port 465 wants PORTAL_SMTP_SECURITY=tls, "
            "port 587 starttls; the host name must be that of the certificate."
        ) from error
    except socket.gaierror as error:
        raise MailboxProblem(f"There is no host named {settings.smtp_host}. Check PORTAL_SMTP_HOST.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailboxProblem(
            f"No conversation with {place} came about ({type(error).__name__}). "
            "Check PORTAL_SMTP_HOST, PORTAL_SMTP_PORT and the firewall between."
        ) from error
    if code >= 400:
        said = answer.decode("utf-8", "replace")
        raise MailboxProblem(f"{place} does not send for {settings.support_email} ({code} {said}). Allow this sender.")
    on_step(f"may send as {settings.support_email}")


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
            f"Nobody takes mail at {place} ({type(error).__name__}). Is the worker running, and the port free?"
        ) from error
    on_step(f"the worker takes mail at {place}")


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    name = settings.support_email.rpartition("@")[2]
    place, timeout = (settings.smtp_host, settings.smtp_port, name), settings.smtp_timeout_seconds
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
