"""Reading a mail in a process of its own, so that no mail takes more time or memory than it may.

One child serves mail after mail. The kernel ends it when a mail takes too long, whatever it is at; the next mail gets a
new one. It ends by itself when its parent does.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
from enum import Enum
from multiprocessing.connection import Connection, Pipe
from threading import Lock
from typing import Final, cast

from portal.mail.parsed import ParsedMail
from portal.mail.parsing import UnreadableMail
from portal.mail.shown_mail import ShownMail

LIMIT_SECONDS: Final = 30.0


class Task(Enum):
    """What the child is asked for; the value goes before the mail's bytes."""

    READ = b"read"
    SHOW = b"show"
    SHOW_WITH_REMOTE_PICTURES = b"show with remote pictures"


class BoundedReader:
    """Reads mails within `seconds` each. One mail at a time; usable from several threads and after a fork."""

    def __init__(self, seconds: float = LIMIT_SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection[bytes, bytes] | None = None
        self._owner = 0

    @property
    def child_id(self) -> int | None:
        """The process that reads at present; None where the next mail starts one."""
        return self._child.pid if self._child is not None else None

    def read(self, raw: bytes) -> ParsedMail:
        """What a mail says, as `parse_mail` tells it.

        Raises:
            UnreadableMail: it is beyond repair, or reading it takes too long or too much memory.
            ChildProcessError: the child ended for another reason.
        """
        return cast(ParsedMail, self._asked(Task.READ, raw))

    def show(self, raw: bytes, *, with_remote_pictures: bool = False) -> ShownMail:
        """A mail as an agent may look at it, as `show_mail` tells it.

        Raises:
            UnreadableMail: it is beyond repair, or showing it takes too long or too much memory.
        """
        try:
            task = Task.SHOW_WITH_REMOTE_PICTURES if with_remote_pictures else Task.SHOW
            return cast(ShownMail, self._asked(task, raw))
        except ChildProcessError as error:
            # The sanitiser ends its process where it gets no memory.
            raise UnreadableMail(str(error)) from error

    def close(self) -> None:
        """End the child, if there is one; the next mail starts another."""
        if self._connection is not None:
            self._connection.close()
        if self._child is not None and self._owner == os.getpid():
            self._child.kill()
            self._child.wait()
        self._child = self._connection = None

    def _asked(self, task: Task, raw: bytes) -> object:
        with self._lock:
            answer = self._answer(task, raw)
        if isinstance(answer, str):
            raise UnreadableMail(answer)
        return answer

    def _answer(self, task: Task, raw: bytes) -> object:
        try:
            connection = self._started()
            connection.send_bytes(task.value)
            connection.send_bytes(raw)
            # Written by our own child a moment ago.
            return pickle.loads(connection.recv_bytes())  # noqa: S301
        except (EOFError, ConnectionError) as error:
            code = self._child.wait() if self._child is not None else 0
            self.close()
            if code == -signal.SIGALRM:
                return f"Reading it took too long: more than {self._seconds:g} s."
            raise ChildProcessError(f"The process that reads mail ended with {code}.") from error

    def _started(self) -> Connection[bytes, bytes]:
        if self._connection is not None and self._child is not None and self._owner == os.getpid():
            if self._child.poll() is None:
                return self._connection
            self.close()
        ours, theirs = Pipe()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "portal.mail.reading_child", str(theirs.fileno()), str(self._seconds)],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl-C in the terminal is the parent's business.
                start_new_session=True,
            )
        self._connection, self._owner = ours, os.getpid()
        return ours


READER: Final = BoundedReader()
# For pages: somebody waits for the answer.
VIEWER: Final = BoundedReader(seconds=5)
atexit.register(READER.close)
atexit.register(VIEWER.close)
