"""Mails handed in over HTTP, by a program that has the token."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError

from portal.clock import utcnow
from portal.mail.mailboxes import Mailbox, configured_mailboxes, mailbox_for
from portal.mail.receiving import MAXIMUM_MAIL_BYTES, receive
from portal.tokens import token_hash
from portal.web.access import public
from portal.web.templating import current_settings

blueprint = Blueprint("inbound_mail", __name__, url_prefix="/mail")
MEDIA_TYPES = frozenset({"message/rfc822", "application/octet-stream"})


@blueprint.post("/inbound")
@public
def create_inbound_mail() -> Response:
    """Take the raw mail of the body; 202 once it is committed. `mailbox`, `sender` and `recipient` are arguments.

    404 while no token is set, 401 without it, 413 over 25 MB, 415 for another media type, 400 for a mailbox that is
    not ours, 503 when it cannot be stored: whoever sent it keeps it then.
    """
    expected = current_settings().inbound_token
    if not expected:
        abort(404)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    # Digests have one length, so that the time tells nothing of the token's either.
    if kind.lower() != "bearer" or not hmac.compare_digest(token_hash(given.strip()), token_hash(expected)):
        return _answer(401, "The token is missing or wrong.", {"WWW-Authenticate": "Bearer"})
    if request.mimetype not in MEDIA_TYPES:
        return _answer(415, "Send the raw mail as message/rfc822.")
    mailbox = _mailbox()
    if mailbox is None:
        return _answer(400, "There is no such mailbox here.")
    # What states no length is held to the limit of all requests while it is read.
    raw = b"" if (request.content_length or 0) > MAXIMUM_MAIL_BYTES else request.get_data(cache=False)
    if max(request.content_length or 0, len(raw)) > MAXIMUM_MAIL_BYTES:
        return _answer(413, "A mail may have 25 MB.")
    if not raw:
        return _answer(400, "The body is empty.")
    return _stored(raw, mailbox)


def _stored(raw: bytes, mailbox: Mailbox) -> Response:
    try:
        mail = receive(
            raw,
            mailbox=mailbox.name,
            way_in="http",
            now=utcnow(),
            envelope_from=request.args.get("sender"),
            envelope_to=request.args.getlist("recipient"),
        )
    except (SQLAlchemyError, OSError):
        return _answer(503, "The mail cannot be stored at present. Send it again.", {"Retry-After": "60"})
    return _answer(202, f"Stored as mail {mail.id}.")


def _mailbox() -> Mailbox | None:
    """The one named, else that of a recipient, else the first."""
    mailboxes = configured_mailboxes(current_settings())
    name = request.args.get("mailbox")
    if name is not None:
        return next((mailbox for mailbox in mailboxes if mailbox.name == name), None)
    found = (mailbox_for(address) for address in request.args.getlist("recipient"))
    return next((mailbox for mailbox in found if mailbox is not None), mailboxes[0])


def _answer(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    response = Response(sentence + "\n", status=status, mimetype="text/plain", headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response
