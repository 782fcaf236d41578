"""The process that reads mail for `portal.mail.bounded_reading`.

A task and a mail's bytes come in; what goes out is a pickled mail, or why there is none.
"""

from __future__ import annotations

import pickle
import resource
import signal
import sys
from multiprocessing.connection import Connection
from typing import Final

from portal.localization import INTERFACE_LOCALES
from portal.mail.bounces import delivery_report
from portal.mail.bounded_reading import Task
from portal.mail.parsed import ParsedMail
from portal.mail.parsing import UnreadableMail, parse_mail
from portal.mail.reply_text import split_text
from portal.mail.robots import automatic_reason
from portal.mail.shown_mail import show_mail
from portal.mail.text_language import detect_language

# The costliest mails of 25 MB that we know need half of it.
LIMIT_BYTES: Final = 512 * 1024 * 1024


def serve(connection: Connection[bytes, bytes], *, seconds: float) -> None:
    """Answer until the parent closes the connection or ends."""
    while True:
        try:
            task = Task(connection.recv_bytes())
            raw = connection.recv_bytes()
        except (EOFError, ConnectionError):
            return
        # Python leaves this signal to the kernel, which ends the process even within one long match.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        answer = _answer(task, raw)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            connection.send_bytes(answer)
        except ConnectionError:
            # The parent was killed meanwhile.
            return


def _answer(task: Task, raw: bytes) -> bytes:
    try:
        mail = parse_mail(raw)
        if task is not Task.READ:
            return pickle.dumps(show_mail(mail, with_remote_pictures=task is Task.SHOW_WITH_REMOTE_PICTURES))
        _rehearse(mail)
        return pickle.dumps(mail)
    except UnreadableMail as error:
        return pickle.dumps(error.reason)
    except MemoryError:
        return pickle.dumps("Reading it needs too much memory.")


def _rehearse(mail: ParsedMail) -> None:
    """Do what will be done with its text, so that a mail that hangs there hangs here."""
    if delivery_report(mail) is None:
        automatic_reason(mail, envelope_from=None, own_addresses=frozenset())
        detect_language(split_text(mail.text, subject=mail.subject).new, INTERFACE_LOCALES)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))
    serve(Connection(int(sys.argv[1])), seconds=float(sys.argv[2]))
