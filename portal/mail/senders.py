"""Whose mail it is: the address that a mail comes from."""

from __future__ import annotations

from dataclasses import dataclass

from portal.mail.mailboxes import configured_mailboxes
from portal.mail.models import OutboxMail
from portal.web.templating import current_settings


@dataclass(frozen=True)
class SenderAddress:
    """What stands in From. Without a name it is the brand's."""

    address: str
    name: str = ""


def team_sender(team_key: str) -> SenderAddress | None:
    """Whom a team's mails come from: the first mailbox set up for it; None where it has none of its own.

    Raises:
        ConfigurationError: the file of mailboxes cannot be used.
    """
    mailboxes = configured_mailboxes(current_settings())
    return next((SenderAddress(mailbox.address) for mailbox in mailboxes if mailbox.team == team_key), None)


def sender_of(mail: OutboxMail) -> SenderAddress:
    """Whom `mail` comes from: its own sender, else the installation."""
    settings = current_settings()
    return SenderAddress(mail.from_address or settings.support_email, mail.from_name or settings.brand_name)
