"""The mailbox and the ledger, compared: what lies there must have a row here. What has none is taken in now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

import structlog
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db, give_up_transaction, writing
from portal.mail import imap
from portal.mail.imap_connection import IMAP_ERRORS, MailboxProblem, open_folder
from portal.mail.inbound_models import MailArrival, MailboxState
from portal.mail.mailboxes import Mailbox, configured_mailboxes
from portal.mail.telling import told as _l
from portal.web.templating import current_settings

logger = structlog.get_logger(__name__)

RECONCILE_JOB: Final = "mail.reconcile"
DAYS: Final = 3
RETRY_AFTER: Final = timedelta(hours=1)
_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Counts of mails of the last days: `in_mailbox` = `with_row` + `taken_in` + `unaccounted` (+ gone meanwhile)."""

    in_mailbox: int
    with_row: int
    taken_in: int
    unaccounted: int


_tried_at: dict[str, datetime] = {}


def reconcile_due() -> None:
    """Once a night and mailbox; what fails is tried again after an hour."""
    settings = current_settings()
    now = utcnow()
    for mailbox in configured_mailboxes(settings):
        if mailbox.imap is None or now - _tried_at.get(mailbox.name, now - RETRY_AFTER) < RETRY_AFTER:
            continue
        done_at = db.session.scalar(select(MailboxState.reconciled_at).where(MailboxState.mailbox == mailbox.name))
        if done_at is None or done_at < latest_night(now, settings.zone):
            with imap.claimed(mailbox.name) as is_ours:
                if is_ours:
                    _tried_at[mailbox.name] = now
                    _reconcile_or_log(mailbox, now=now)


def latest_night(now: datetime, zone: tzinfo) -> datetime:
    """The last time that it was four in the morning in `zone`."""
    local = now.astimezone(zone)
    night = local.replace(hour=_HOUR, minute=0, second=0, microsecond=0, fold=0)
    return night if night <= local else night - timedelta(days=1)


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
            to_mark += _marked_again(mailbox, [uid for uid in found if uid in known])
            counts = Reconciliation(len(found), len(found) - len(missing), len(result.stored), len(result.failed))
            # Before the marks: a server that refuses them takes nothing from what was counted.
            _note(mailbox.name, counts, now=now)
            if to_mark:
                folder.mark(to_mark)
    except imap.StoringFails as error:
        raise MailboxProblem(
            _l("Mails cannot be stored: look at the database and at the disk's free space.")
        ) from error
    except IMAP_ERRORS as error:
        said = type(error).__name__
        raise MailboxProblem(_l("The connection broke while we compared (%(said)s).", said=said)) from error
    return counts


def _marked_again(mailbox: Mailbox, stored: list[int]) -> list[int]:
    """Of mails stored before those to mark once more, because a server may have refused it.

    Not as read: people in the same mailbox may have made them unread again.
    """
    account = mailbox.imap
    return stored if account is not None and (account.move_to or account.mark == "keyword") else []


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
    log = logger.error if counts.unaccounted else logger.info
    log("mailbox reconciled", mailbox=name, **asdict(counts))
    with writing():
        give_up_transaction()
        state = db.session.get(MailboxState, name) or MailboxState(mailbox=name, last_uid=0)
        state.reconciliation, state.reconciled_at = asdict(counts), now
        db.session.add(state)
        db.session.commit()
