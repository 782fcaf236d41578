"""Who may write to a ticket by mail. Values in, values out."""

from __future__ import annotations

from portal.mail.authentication import Authentication


def refusal(*, found_by: str, takes_part: bool, authentication: Authentication) -> str:
    """ "" when the sender may write to the ticket, else why the mail is held.

    `found_by` says how the ticket was found: "token" or "reference", which only those know who had a mail of the
    conversation, or "tag", which anybody can type.
    """
    if authentication is Authentication.FAIL:
        return "spoofed_sender"
    if not takes_part:
        return "unverified_sender"
    if found_by == "tag" and authentication is not Authentication.PASS:
        return "unproved_sender"
    return ""
