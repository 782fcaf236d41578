"""What the worker keeps open beside its jobs: the door for mail servers, and a look-out (IDLE) in each mailbox.

A look-out stores nothing. It wakes the walk as soon as something is new; without it the walk comes each minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final

import structlog

from portal.config import Settings
from portal.jobs.queue import wake
from portal.mail.imap import WALK_JOB
from portal.mail.imap_connection import IMAP_ERRORS, MailboxProblem, open_folder
from portal.mail.mailboxes import Mailbox, configured_mailboxes

Context = Callable[[], AbstractContextManager[Any]]
logger = structlog.get_logger(__name__)

# Often enough that no router in between forgets the connection.
IDLE_SECONDS: Final = 240
# The last worker may still hold the port, or another program does.
DOOR_PAUSE_SECONDS: Final = 60
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=10)


def open_ways_in(settings: Settings, context: Context) -> None:
    """Start what the settings ask for; what cannot start is logged, tried again and stops nothing else."""
    mailboxes = configured_mailboxes(settings)
    for mailbox in mailboxes:
        if mailbox.imap is not None and mailbox.imap.idle:
            watch = threading.Thread(
                target=watch_mailbox,
                args=(mailbox, context, threading.Event()),
                name=f"idle {mailbox.name}",
                daemon=True,
            )
            watch.start()
    if settings.lmtp_port and not _opens_door(settings, context, mailboxes):
        threading.Thread(target=_open_door_later, args=(settings, context, mailboxes), name="lmtp", daemon=True).start()


def _opens_door(settings: Settings, context: Context, mailboxes: tuple[Mailbox, ...]) -> bool:
    # Only the worker needs the server, and only where it is asked for.
    from portal.mail.lmtp import mail_door

    try:
        mail_door(context, mailboxes, host=settings.lmtp_host, port=settings.lmtp_port).start()
    except (OSError, TimeoutError, RuntimeError) as error:
        place = f"{settings.lmtp_host}:{settings.lmtp_port}"
        logger.error("no mail is taken over LMTP", place=place, error=str(error))
        return False
    return True


def _open_door_later(settings: Settings, context: Context, mailboxes: tuple[Mailbox, ...]) -> None:
    while True:
        time.sleep(DOOR_PAUSE_SECONDS)
        if _opens_door(settings, context, mailboxes):
            return


def watch_mailbox(mailbox: Mailbox, context: Context, is_over: threading.Event) -> None:
    """Wake the walk whenever the server says that something is new, until `is_over`; reconnects, ever more slowly."""
    pause = _FIRST_PAUSE
    while not is_over.is_set():
        try:
            with open_folder(mailbox) as folder:
                if "IDLE" not in folder.box.client.capabilities:
                    logger.info("the mail server knows no IDLE: new mail is found each minute", mailbox=mailbox.name)
                    return
                pause = _FIRST_PAUSE
                # What came while nobody watched.
                _wake(context)
                while not is_over.is_set():
                    if any(b"EXISTS" in line for line in folder.box.idle.wait(timeout=IDLE_SECONDS)):
                        _wake(context)
        except (MailboxProblem, *IMAP_ERRORS) as error:
            logger.info("mailbox not watched", mailbox=mailbox.name, error=str(error))
        is_over.wait(pause.total_seconds())
        pause = min(pause * 2, _LONGEST_PAUSE)


def _wake(context: Context) -> None:
    with context():
        wake(WALK_JOB)
