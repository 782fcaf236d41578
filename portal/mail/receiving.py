"""Taking a mail in: its bytes are on disk and its row is committed before anybody is told that we have it.

Nothing is read here but what tells one mail from another; whatever is wrong with a mail is found out later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.database import db, give_up_transaction
from portal.jobs.queue import wake
from portal.mail.inbound_models import InboundMail, MailArrival
from portal.mail.parsing import dedup_key
from portal.web.files import current_blobs

PROCESS_JOB: Final = "mail.process"
# What the parser reads; ways in that can refuse say so beforehand.
MAXIMUM_MAIL_BYTES: Final = 25 * 1024 * 1024
# An envelope sender that is stated and empty, as delivery reports have it; "" in the ledger is one not known.
NULL_PATH: Final = "<>"
_LONGEST_ADDRESS: Final = 320
_LONGEST_RECIPIENTS: Final = 20_000
_ATTEMPTS: Final = 3


def receive(
    raw: bytes,
    *,
    mailbox: str,
    way_in: str,
    now: datetime,
    envelope_from: str | None = None,
    envelope_to: Sequence[str] = (),
    uid_validity: int | None = None,
    uid: int | None = None,
) -> InboundMail:
    """The ledger's row of this mail, new or known from an earlier arrival. Commits, then wakes the processing.

    `envelope_from` is None where the way in does not tell it and "" for the null return path. The same `uid` again
    adds no second arrival.

    Raises:
        SQLAlchemyError, OSError: nothing was promised; whoever handed the mail over keeps it and comes again.
    """
    # Before the database is asked for anything: on SQLite whoever may write locks out all others.
    give_up_transaction()
    key = dedup_key(raw)
    values = {
        "dedup_key": key,
        "mailbox": mailbox,
        "digest": current_blobs().put(raw),
        "size_bytes": len(raw),
        "envelope_from": _stated_sender(envelope_from),
        "envelope_to": _recipients("", envelope_to),
        "received_at": now,
        "next_attempt_at": now,
    }
    numbers = None if uid is None else (uid_validity, uid)
    mail = _noted(values, way_in, numbers)
    wake(PROCESS_JOB)
    return mail


def _noted(values: dict[str, Any], way_in: str, numbers: tuple[int | None, int] | None) -> InboundMail:
    """One commit. Who was a moment ahead of us with the same mail or UID is found at the second look."""
    attempts = 0
    while True:
        attempts += 1
        try:
            return _noted_once(values, way_in, numbers)
        except BaseException as error:
            give_up_transaction()
            if not isinstance(error, IntegrityError) or attempts >= _ATTEMPTS:
                raise


def _noted_once(values: dict[str, Any], way_in: str, numbers: tuple[int | None, int] | None) -> InboundMail:
    mail = db.session.scalar(select(InboundMail).where(InboundMail.dedup_key == values["dedup_key"]))
    is_known = mail is not None
    if mail is None:
        mail = InboundMail(**values)
        db.session.add(mail)
    else:
        mail.envelope_to = _recipients(mail.envelope_to, values["envelope_to"].split())
    earlier = _arrival_of(values["mailbox"], numbers) if numbers else None
    if not (earlier is not None and is_known and earlier.inbound_mail_id == mail.id):
        # A server that gives one UID to two mails shall not make the second vanish: that one arrives without.
        uid_validity, uid = numbers if numbers and earlier is None else (None, None)
        arrival = MailArrival(way_in=way_in, uid_validity=uid_validity, uid=uid, mailbox=values["mailbox"])
        arrival.arrived_at = values["received_at"]
        mail.arrivals.append(arrival)
    db.session.commit()
    return mail


def _arrival_of(mailbox: str, numbers: tuple[int | None, int]) -> MailArrival | None:
    return db.session.scalar(
        select(MailArrival).where(
            MailArrival.mailbox == mailbox, MailArrival.uid_validity == numbers[0], MailArrival.uid == numbers[1]
        )
    )


def _stated_sender(address: str | None) -> str:
    if address is None:
        return ""
    return _storable(address.strip()[:_LONGEST_ADDRESS]) or NULL_PATH


def _recipients(before: str, more: Sequence[str]) -> str:
    """Addresses with spaces between them, each once; what is beyond all measure is left out whole."""
    found = before
    for address in more:
        address = "".join(_storable(address).split())
        if address and address not in found.split() and len(found) + len(address) < _LONGEST_RECIPIENTS:
            found = f"{found} {address}".strip()
    return found


def _storable(text: str) -> str:
    """`text` without what no database can hold."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")
