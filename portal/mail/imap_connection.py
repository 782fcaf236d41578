"""A signed-in connection to an IMAP mailbox; whatever stands in the way is said in plain words, with what to do."""

from __future__ import annotations

import imaplib
import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from portal.errors import PortalError
from portal.mail.mailboxes import STORED_KEYWORD, ImapAccount, Mailbox
from portal.mail.telling import Told
from portal.mail.telling import told as _l

COMMAND_TIMEOUT_SECONDS = 30
# What a connection that broke, or a server that refuses, raises.
IMAP_ERRORS = (imaplib.IMAP4.error, ImapToolsError, OSError)
_FLAGS = re.compile(rb"\(([^)]*)\)")


class MailboxProblem(PortalError):
    """A mailbox cannot be used. `told` says in a sentence or two what is wrong and what to do."""

    def __init__(self, told: Told) -> None:
        super().__init__(str(told))
        self.told = told


class ImapFolder:
    """The folder of a mailbox, selected. All numbers are UIDs."""

    def __init__(self, account: ImapAccount, box: BaseMailBox) -> None:
        self.account = account
        self.box = box
        self.uid_validity = 0
        self.permanent_flags: frozenset[str] = frozenset()

    def select(self) -> None:
        """Open the folder and learn its UIDVALIDITY. Raises MailboxProblem."""
        try:
            self.box.folder.set(self.account.folder)
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            raise MailboxProblem(
                _l(
                    "The folder “%(folder)s” cannot be opened (%(said)s). "
                    "Write its name as the server has it. There are: %(names)s.",
                    folder=self.account.folder,
                    said=_said(error),
                    names=self._folder_names(),
                )
            ) from error
        _name, numbers = self.box.client.response("UIDVALIDITY")
        if not numbers or not numbers[0]:
            raise MailboxProblem(
                _l("The server does not number its mails (no UIDVALIDITY), so none can be told apart.")
            )
        self.uid_validity = int(numbers[0])
        _name, flags = self.box.client.response("PERMANENTFLAGS")
        found = _FLAGS.search(flags[0]) if flags and flags[0] else None
        self.permanent_flags = frozenset(found[1].decode("ascii", "replace").split()) if found else frozenset()

    def uids(self, *, above: int = 0, since: date | None = None) -> list[int]:
        """The UIDs above a number, ascending; with `since` those that came on that day or later."""
        criteria = [f"UID {above + 1}:*"]
        if since is not None:
            # Not strftime: the names of months are English, whatever the language here.
            criteria.append(f"SINCE {since.day:02}-{_MONTHS[since.month - 1]}-{since.year}")
        data = self._command("SEARCH", " ".join(criteria))
        numbers = {int(word) for part in data if isinstance(part, bytes) for word in part.split()}
        # "n:*" always names the last mail, even below n.
        return sorted(number for number in numbers if number > above)

    def sizes(self, uids: list[int]) -> dict[int, int]:
        """Bytes of each mail; of one that is gone by now, nothing."""
        data = self._command("FETCH", _set_of(uids), "(UID RFC822.SIZE)")
        found = {}
        for line in _lines(data):
            uid, size = re.search(rb"UID (\d+)", line), re.search(rb"RFC822\.SIZE (\d+)", line)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def fetch(self, uid: int, *, at_most: int | None = None) -> bytes | None:
        """The mail as it lies there, or its first bytes; unread stays unread. None when it is gone by now."""
        part = "BODY.PEEK[]" + (f"<0.{at_most}>" if at_most else "")
        for item in self._command("FETCH", str(uid), f"(UID {part})"):
            if isinstance(item, tuple) and b"BODY[]" in item[0].upper():
                return bytes(item[1])
            # An empty mail comes without a literal.
            if isinstance(item, bytes) and re.search(rb'BODY\[\](?:<0>)? (?:""|NIL)', item, re.IGNORECASE):
                return b""
        return None

    def mark(self, uids: list[int]) -> None:
        """Mark mails as stored, or move them, as the settings say. Raises MailboxProblem when the server refuses."""
        account = self.account
        flag = {"seen": "\\Seen", "keyword": STORED_KEYWORD}.get(account.mark)
        try:
            if flag and uids:
                self._command("STORE", _set_of(uids), "+FLAGS.SILENT", f"({flag})")
            if account.move_to and uids:
                self.box.move([str(uid) for uid in uids], account.move_to)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            raise MailboxProblem(
                _l(
                    "Mails are stored but cannot be marked in the mailbox (%(said)s). "
                    "Give the account the right to change the folder, or set mark = “none” and no move_to.",
                    said=_said(error),
                )
            ) from error

    def require_marking(self) -> None:
        """Raise MailboxProblem when marks will not be kept or the folder to move to is missing."""
        flag = {"seen": "\\Seen", "keyword": STORED_KEYWORD}.get(self.account.mark)
        if self.box.client.is_readonly or (flag and not self.permanent_flags & {flag, *_NEW_KEYWORDS.get(flag, ())}):
            raise MailboxProblem(
                _l(
                    "The account may read the folder but not mark mails in it. "
                    "Give it the right to change the folder, or set mark = “none”."
                )
            )
        if self.account.move_to and not self.box.folder.exists(self.account.move_to):
            folder = self.account.move_to
            raise MailboxProblem(
                _l("The folder “%(folder)s” of move_to is missing. Make it on the server.", folder=folder)
            )

    def _folder_names(self) -> str:
        try:
            return ", ".join(folder.name for folder in self.box.folder.list()[:20]) or "none"
        except IMAP_ERRORS:
            return "not known"

    def _command(self, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        kind, data = self.box.client.uid(*words)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{words[0]}: {data!r}")
        return data


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEW_KEYWORDS = {STORED_KEYWORD: ("\\*",)}


@contextmanager
def open_folder(mailbox: Mailbox, *, on_step: Callable[[Told], None] = lambda _step: None) -> Iterator[ImapFolder]:
    """The folder of `mailbox`, for the block. `on_step` hears of each step that went well.

    Raises:
        MailboxProblem: it cannot be opened.
    """
    account = mailbox.imap
    if account is None:
        raise MailboxProblem(_l("It has no [imap] table: mail reaches it in other ways."))
    secret = _secret(account)
    box = _connected(account)
    try:
        place = f"{account.host}:{account.effective_port}"
        on_step(_l("connected to %(place)s (%(security)s)", place=place, security=account.security))
        _sign_in(box, mailbox, account, secret)
        on_step(_l("signed in as %(name)s", name=mailbox.username))
        folder = ImapFolder(account, box)
        folder.select()
        on_step(_l("opened the folder %(folder)s", folder=account.folder))
        yield folder
    finally:
        _leave(box)


def _secret(account: ImapAccount) -> str:
    if account.password:
        return account.password
    if account.password_env:
        secret = os.environ.get(account.password_env, "")
        if not secret:
            raise MailboxProblem(
                _l("The environment variable %(name)s is empty. Put the password there.", name=account.password_env)
            )
        return secret
    command = account.password_command
    try:
        printed = subprocess.run(command, capture_output=True, timeout=COMMAND_TIMEOUT_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        # Not its output, which may hold the secret.
        raise MailboxProblem(
            _l(
                "The command %(command)s that prints the password failed (%(error)s). Try it by hand.",
                command=command[0],
                error=type(error).__name__,
            )
        ) from error
    secret = printed.decode("utf-8", "replace").strip()
    if not secret:
        raise MailboxProblem(_l("The command %(command)s printed no password.", command=command[0]))
    return secret


def _connected(account: ImapAccount) -> BaseMailBox:
    host, port, timeout = account.host, account.effective_port, account.timeout_seconds
    place = f"{host}:{port}"
    try:
        if account.security == "none":
            return MailBoxUnencrypted(host, port, timeout=timeout)
        context = ssl.create_default_context()
        if account.ca_file:
            _trust_also(context, account.ca_file)
        kind = MailBox if account.security == "tls" else MailBoxStartTls
        return kind(host, port, timeout=timeout, ssl_context=context)
    except (ssl.SSLCertVerificationError, ssl.CertificateError) as error:
        raise MailboxProblem(
            _l(
                "The certificate of %(place)s is not valid for us (%(said)s). "
                "Use the host name that it was issued for, or name its authority in ca_file.",
                place=place,
                said=error.verify_message,
            )
        ) from error
    except ssl.SSLError as error:
        raise MailboxProblem(
            _l(
                "%(place)s does not speak TLS as expected. Port 993 wants security = “tls”, port 143 “starttls”.",
                place=place,
            )
        ) from error
    except TimeoutError as error:
        raise MailboxProblem(
            _l(
                "%(place)s does not answer within %(seconds)s seconds. Check host and port, and the firewall between.",
                place=place,
                seconds=f"{timeout:g}",
            )
        ) from error
    except socket.gaierror as error:
        raise MailboxProblem(
            _l("There is no host named %(host)s. Check its spelling in the mailboxes file.", host=host)
        ) from error
    except ConnectionRefusedError as error:
        raise MailboxProblem(
            _l("Nothing listens at %(place)s. Check the port, and whether the server runs.", place=place)
        ) from error
    except (*IMAP_ERRORS, ValueError) as error:
        raise MailboxProblem(
            _l("No conversation with %(place)s came about (%(said)s).", place=place, said=_said(error))
        ) from error


def _sign_in(box: BaseMailBox, mailbox: Mailbox, account: ImapAccount, secret: str) -> None:
    client, name = box.client, mailbox.username
    mechanisms = set(client.capabilities)
    try:
        if account.sign_in == "oauth2":
            bearer = f"\x01auth=Bearer {secret}\x01\x01"
            if "AUTH=XOAUTH2" in mechanisms or "AUTH=OAUTHBEARER" not in mechanisms:
                client.authenticate("XOAUTH2", _once(f"user={name}{bearer}"))
            else:
                place = f"\x01host={account.host}\x01port={account.effective_port}"
                client.authenticate("OAUTHBEARER", _once(f"n,a={name},{place}{bearer}"))
        elif "AUTH=PLAIN" in mechanisms:
            # LOGIN takes ASCII only.
            client.authenticate("PLAIN", _once(f"\0{name}\0{secret}"))
        else:
            box.login(name, secret, initial_folder=None)
    except imaplib.IMAP4.abort as error:
        raise MailboxProblem(
            _l("The server hung up while we signed in (%(said)s). It is tried again.", said=_said(error))
        ) from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise MailboxProblem(_refusal(account, name, _said(error))) from error
    except OSError as error:
        raise MailboxProblem(
            _l("The connection broke while we signed in (%(said)s). It is tried again.", said=_said(error))
        ) from error


def _refusal(account: ImapAccount, name: str, said: str) -> Told:
    if account.sign_in == "oauth2":
        return _l(
            "The server refused %(name)s with this access token (%(said)s). Check both; some providers want "
            "an access token made for this program, or IMAP switched on for the account.",
            name=name,
            said=said,
        )
    return _l(
        "The server refused %(name)s with this password (%(said)s). Check both; some providers want "
        "a password made for this program, or IMAP switched on for the account.",
        name=name,
        said=said,
    )


def _trust_also(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:
        raise MailboxProblem(
            _l(
                "The certificates in “%(file)s” cannot be used (%(said)s). "
                "Set ca_file to a file in PEM form that the portal may read.",
                file=ca_file,
                said=_said(error),
            )
        ) from error


def _once(answer: str) -> Callable[[bytes], bytes]:
    """Say it once; what the server asks after that is its complaint, to which nothing is answered."""
    answers = iter([answer.encode()])
    return lambda _challenge: next(answers, b"")


def _leave(box: BaseMailBox) -> None:
    try:
        box.logout()
    except IMAP_ERRORS:
        # What is broken already may fail to close, too.
        with suppress(OSError):
            box.client.shutdown()


def _set_of(uids: list[int]) -> str:
    """UIDs as IMAP writes them: 1:4,7."""
    parts: list[list[int]] = []
    for uid in sorted(uids):
        if parts and parts[-1][1] == uid - 1:
            parts[-1][1] = uid
        else:
            parts.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in parts)


def _lines(data: list[bytes | tuple[bytes, bytes] | None]) -> Iterator[bytes]:
    for item in data:
        if item is not None:
            yield item[0] if isinstance(item, tuple) else item


def _said(error: BaseException) -> str:
    """What a server or the system said, in one short line."""
    words = error.args[-1] if error.args else type(error).__name__
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())[:200]
