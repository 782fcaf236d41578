"""The walk through an IMAP mailbox: every UID that has no row yet is stored, then marked.

Flags never decide what is taken: people read mail too. A mail that cannot be had stops none behind it and is tried
again at each walk, for the walk remembers the last UID up to which all have a row.
"""

from __future__ import annotations

import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from imap_tools.errors import ImapToolsError
from sqlalchemy import select

from portal.clock import utcnow
from portal.database import db, give_up_transaction, writing
from portal.mail.imap_connection import IMAP_ERRORS, ImapFolder, MailboxProblem, open_folder
from portal.mail.inbound_models import MailArrival, MailboxState
from portal.mail.mailboxes import Mailbox, configured_mailboxes
from portal.mail.receiving import MAXIMUM_MAIL_BYTES, receive
from portal.mail.telling import Told
from portal.mail.telling import told as _l
from portal.web.templating import current_settings

logger = structlog.get_logger(__name__)

WALK_JOB: Final = "mail.walk"
# A mail beyond this is stored cut, more than the parser reads; the whole one stays in the mailbox, unmarked.
LARGEST_WHOLE_BYTES: Final = 64 * 1024 * 1024
_CUT_BYTES: Final = MAXIMUM_MAIL_BYTES + 1024 * 1024
_BATCH: Final = 200
_RECONNECTS: Final = 3
_STORE_FAILURES: Final = 3
_LONGEST_PAUSE: Final = timedelta(minutes=30)


class StoringFails(Exception):
    """Database or disk take nothing at present."""


@dataclass
class Walk:
    """What one walk did; all are UIDs."""

    stored: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    problem: Told | None = None


@dataclass
class _Pause:
    until: datetime
    failures: int


_busy: dict[str, threading.Lock] = {}
_pauses: dict[str, _Pause] = {}


def walk_mailboxes() -> None:
    """Walk through every mailbox that lies on an IMAP server; one that fails waits longer each time."""
    for mailbox in configured_mailboxes(current_settings()):
        if mailbox.imap is None:
            continue
        pause = _pauses.get(mailbox.name)
        if pause is not None and pause.until > utcnow():
            continue
        result = walk(mailbox)
        if result is None:
            continue
        if result.problem and not result.stored:
            failures = pause.failures + 1 if pause else 1
            wait = min(_LONGEST_PAUSE, timedelta(seconds=30) * 2 ** min(failures, 10))
            _pauses[mailbox.name] = _Pause(utcnow() + wait, failures)
        else:
            _pauses.pop(mailbox.name, None)


def walk(mailbox: Mailbox) -> Walk | None:
    """Store what is new; never raises for what a server, the database or a mail does: the state says it.

    None when this process is at it already. Commits after each mail.
    """
    with claimed(mailbox.name) as is_ours:
        return _walked(mailbox) if is_ours else None


@contextmanager
def claimed(name: str) -> Iterator[bool]:
    """Whether the mailbox is this thread's for the block: two that fetch the same mails would do it for nothing."""
    lock = _busy.setdefault(name, threading.Lock())
    is_ours = lock.acquire(blocking=False)
    try:
        yield is_ours
    finally:
        if is_ours:
            lock.release()


def _walked(mailbox: Mailbox) -> Walk:
    result = Walk()
    try:
        for _ in range(_RECONNECTS):
            if _walk_once(mailbox, result):
                break
    except MailboxProblem as problem:
        result.problem = problem.told
    except StoringFails:
        result.problem = _l("Mails cannot be stored: look at the database and at the disk's free space.")
    except IMAP_ERRORS as error:
        result.problem = _l("The connection broke (%(said)s). It is tried again.", said=type(error).__name__)
        logger.warning("mailbox connection broke", mailbox=mailbox.name, error=repr(error))
    if result.failed and not result.problem:
        numbers = ", ".join(map(str, result.failed[:10]))
        result.problem = _l(
            "Some mails could not be fetched (UID %(numbers)s). They are tried again each time; "
            "open them in the mailbox if this stays.",
            numbers=numbers,
        )
    _note(mailbox.name, result)
    return result


def _walk_once(mailbox: Mailbox, result: Walk) -> bool:
    """One connection; whether it held to the end. A mail over which it breaks is left out in the next one."""
    with open_folder(mailbox) as folder:
        last = _last_uid(mailbox.name, folder.uid_validity)
        since = mailbox.imap.since if mailbox.imap else None
        waiting = [uid for uid in folder.uids(above=last, since=since) if uid not in result.failed]
        known = _known(mailbox.name, folder.uid_validity, above=last)
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            if not _take_batch(mailbox, folder, batch, known, result):
                return False
            failed = min(result.failed, default=batch[-1] + 1)
            _advance(mailbox.name, folder.uid_validity, max(last, min(batch[-1], failed - 1)))
        _advance(mailbox.name, folder.uid_validity, last)
    return True


def _take_batch(mailbox: Mailbox, folder: ImapFolder, batch: list[int], known: set[int], result: Walk) -> bool:
    # Stored before, but killed before the mark.
    unmarked = [uid for uid in batch if uid in known]
    missing = [uid for uid in batch if uid not in known]
    sizes = folder.sizes(missing) if missing else {}
    to_mark = list(unmarked)
    for uid in missing:
        try:
            if take(mailbox, folder, uid, sizes.get(uid, 0), result):
                to_mark.append(uid)
        except (imaplib.IMAP4.abort, OSError) as error:
            logger.warning("connection broke over a mail", mailbox=mailbox.name, uid=uid, error=repr(error))
            result.failed.append(uid)
            return False
        if len(to_mark) >= _BATCH // 4:
            _mark(folder, to_mark, result)
            to_mark = []
    _mark(folder, to_mark, result)
    return True


def take(mailbox: Mailbox, folder: ImapFolder, uid: int, size: int, result: Walk) -> bool:
    """Store one mail; whether it may be marked now. Raises when the connection breaks or nothing can be stored."""
    is_cut = size > LARGEST_WHOLE_BYTES
    try:
        raw = folder.fetch(uid, at_most=_CUT_BYTES if is_cut else None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        logger.warning("mail could not be fetched", mailbox=mailbox.name, uid=uid, error=repr(error))
        result.failed.append(uid)
        return False
    if raw is None:
        result.gone.append(uid)
        return False
    if not _stored(raw, mailbox.name, folder.uid_validity, uid):
        result.failed.append(uid)
        return False
    result.stored.append(uid)
    if is_cut:
        logger.warning("a very large mail is stored cut", mailbox=mailbox.name, uid=uid, size_bytes=size)
    return not is_cut


def _stored(raw: bytes, name: str, uid_validity: int, uid: int) -> bool:
    """Whether it is; tried some times, for a database may be busy for a moment."""
    for attempt in range(_STORE_FAILURES):
        try:
            with writing():
                receive(raw, mailbox=name, way_in="imap", now=utcnow(), uid_validity=uid_validity, uid=uid)
        except Exception as error:  # noqa: BLE001 - nothing that storing does may end the walk through the mailbox
            logger.warning("mail not stored", mailbox=name, uid=uid, attempt=attempt, error=repr(error))
        else:
            return True
    raise StoringFails


def _mark(folder: ImapFolder, uids: list[int], result: Walk) -> None:
    if not uids:
        return
    try:
        folder.mark(uids)
    except MailboxProblem as problem:
        # They are stored: no reason to stop.
        result.problem = problem.told


def _last_uid(name: str, uid_validity: int) -> int:
    with writing(False):
        give_up_transaction()
        state = db.session.get(MailboxState, name, populate_existing=True)
        last = state.last_uid if state is not None and state.uid_validity == uid_validity else 0
        # No transaction stays open while we wait for a server.
        give_up_transaction()
    return last


def _known(name: str, uid_validity: int, *, above: int) -> set[int]:
    with writing(False):
        found = db.session.scalars(
            select(MailArrival.uid).where(
                MailArrival.mailbox == name, MailArrival.uid_validity == uid_validity, MailArrival.uid > above
            )
        )
        known = {uid for uid in found if uid is not None}
        give_up_transaction()
    return known


def _advance(name: str, uid_validity: int, last_uid: int) -> None:
    try:
        with writing():
            state = _state(name)
            if state.uid_validity != uid_validity:
                state.uid_validity, state.last_uid = uid_validity, 0
            state.last_uid = max(state.last_uid, last_uid)
            db.session.commit()
    except Exception as error:
        give_up_transaction()
        raise StoringFails from error


def _note(name: str, result: Walk) -> None:
    now = utcnow()
    try:
        with writing():
            state = _state(name)
            if not result.problem:
                state.problem_since = None
            elif not state.problem:
                state.problem_since = now
            state.problem = result.problem.stored() if result.problem else ""
            state.walked_at = now
            if result.stored:
                state.last_mail_at = now
            db.session.commit()
    except Exception as error:  # noqa: BLE001 - the walk itself is done, and the log has it
        give_up_transaction()
        logger.warning("the walk could not be noted", mailbox=name, error=repr(error))
    if result.problem:
        logger.warning("mailbox has a problem", mailbox=name, problem=str(result.problem))


def _state(name: str) -> MailboxState:
    give_up_transaction()
    state = db.session.get(MailboxState, name, with_for_update=True, populate_existing=True)
    if state is None:
        state = MailboxState(mailbox=name, last_uid=0, problem="")
        db.session.add(state)
    return state
