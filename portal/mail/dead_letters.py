"""Mails that could not be delivered: sending them once more."""

from __future__ import annotations

from datetime import datetime

from portal.database import db
from portal.errors import RuleViolation
from portal.mail.mailboxes import mailbox_for
from portal.mail.models import OutboxMail, OutboxState
from portal.people.addresses import normalize_address


def send_again(mail: OutboxMail, *, now: datetime, to: str = "") -> None:
    """Put a dead mail back into the queue, to the address it had or to another one. The caller commits and wakes.

    It keeps its Message-ID, and its days begin anew: it counts as made `now`. Its reply address still names the person
    that it was written to; whoever answers from another address is a stranger until an agent says otherwise.

    Raises:
        RuleViolation: the mail is not dead, or `to` is an address of ours.
    """
    db.session.refresh(mail, with_for_update=True)
    if mail.state is not OutboxState.DEAD:
        raise RuleViolation("only an email that was not delivered can be sent again")
    recipient = normalize_address(to) or mail.recipient
    if mailbox_for(recipient) is not None:
        raise RuleViolation("this address is our own")
    mail.recipient = recipient
    mail.state, mail.last_error, mail.attempts = OutboxState.QUEUED, "", 0
    mail.created_at = mail.next_attempt_at = now
    mail.sent_at = mail.leased_until = None
