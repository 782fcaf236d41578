"""The mailbox and the ledger, compared: what lies there must have a row here. What has none is taken in now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db, give_up_transaction, writing
from portal.mail import imap
from portal.mail.imap_connection import IMAP_ERRORS, MailboxProblem, open_folder
from portal.mail.inbound_models import MailArrival, MailboxState
from portal.mail.mailboxes import Mailbox, configured_mailboxes
from portal.web.templating import current_settings

logger = structlog.get_logger(__name__)

RECONCILE_JOB: Final = "mail.reconcile"
DAYS: Final = 3
EVERY: Final = timedelta(days=1)
_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Counts of mails of the last days: `in_mailbox` = `with_row` + `taken_in` + `unaccounted` (+ gone meanwhile)."""

    in_mailbox: int
    with_row: int
    taken_in: int
    unaccounted: int


_done_on: dict[str, str] = {}


def reconcile_due() -> None:
    """Once a night and mailbox, and once after a worker has begun to work."""
    settings = current_settings()
    now = utcnow()
    local = now.astimezone(settings.zone)
    night = (local if local.hour >= _HOUR else local - EVERY).date().isoformat()
    for mailbox in configured_mailboxes(settings):
        if mailbox.imap is not None and _done_on.get(mailbox.name) != night:
            with imap.claimed(mailbox.name) as is_ours:
                if is_ours:
                    _done_on[mailbox.name] = night
                    _reconcile_or_log(mailbox, now=now)


def _reconcile_or_log(mailbox: Mailbox, *, now: datetime) -> None:
    try:
        reconcile(mailbox, now=now)
    except MailboxProblem as problem:
        logger.warning("mailbox not reconciled", mailbox=mailbox.name, problem=str(problem))


def reconcile(mailbox: Mailbox, *, now: datetime, days: int = DAYS) -> Reconciliation:
    """Compare the UIDs of the last `days` days; take in what has no row, note what cannot be taken in. Commits.

    Raises:
        MailboxProblem: the mailbox cannot be looked at.
    """
    result = imap.Walk()
    since = (now - timedelta(days=days)).date()
    try:
        with open_folder(mailbox) as folder:
            first = mailbox.imap.since if mailbox.imap else None
            found = folder.uids(since=max(since, first) if first else since)
            known = _with_rows(mailbox.name, folder.uid_validity, found)
            missing = [uid for uid in found if uid not in known]
            sizes = folder.sizes(missing) if missing else {}
            to_mark = [uid for uid in missing if imap.take(mailbox, folder, uid, sizes.get(uid, 0), result)]
            if to_mark:
                folder.mark(to_mark)
    except imap.StoringFails as error:
        raise MailboxProblem("Mails cannot be stored: look at the database and at the disk's free space.") from error
    except IMAP_ERRORS as error:
        raise MailboxProblem(f"The connection broke while we compared ({type(error).__name__}).") from error
    counts = Reconciliation(len(found), len(found) - len(missing), len(result.stored), len(result.failed))
    _note(mailbox.name, counts, now=now)
    return counts


def _with_rows(name: str, uid_validity: int, uids: list[int]) -> set[int]:
    if not uids:
        return set()
    with writing(False):
        give_up_transaction()
        rows = db.session.scalars(
            select(MailArrival.uid).where(
                MailArrival.mailbox == name,
                MailArrival.uid_validity == uid_validity,
                MailArrival.uid.between(uids[0], uids[-1]),
            )
        )
        known = {uid for uid in rows if uid is not None}
        give_up_transaction()
    return known


def _note(name: str, counts: Reconciliation, *, now: datetime) -> None:
    logger.info("mailbox reconciled", mailbox=name, **{key: getattr(counts, key) for key in counts.__slots__})
    if not counts.unaccounted:
        return
    with writing():
        give_up_transaction()
        state = db.session.get(MailboxState, name) or MailboxState(mailbox=name, last_uid=0)
        state.problem = (
            f"{counts.unaccounted} of {counts.in_mailbox} mails of the last {DAYS} days are unaccounted for: "
            "they lie in the mailbox and could not be stored. Open them there; the log names their UIDs."
        )
        state.problem_since = state.problem_since or now
        db.session.add(state)
        db.session.commit()
