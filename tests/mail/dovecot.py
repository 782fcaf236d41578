"""A real IMAP server for a test: Debian's dovecot in the foreground, on a free port, with a folder of its own."""

from __future__ import annotations

import base64
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "support@help.example", "correct horse"

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
{tls}
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {login_user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = email
"""
_TOKEN_KEY = b"a key that only the server and the giver of tokens know"


def access_token(*, user: str = USER, valid_seconds: int = 600) -> str:
    """What a provider gives a program to sign in with: a JSON Web Token (RFC 7519)."""
    now = int(time.time())
    claims = {"sub": user, "email": user, "iat": now - 10, "nbf": now - 10, "exp": now + valid_seconds}
    parts = [_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    code = hmac.new(_TOKEN_KEY, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64url(code)])


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def problem() -> str:
    """Why there is no dovecot; "" when there is one."""
    return "" if shutil.which("dovecot") or Path("/usr/sbin/dovecot").exists() else "dovecot (dovecot-imapd) is missing"


@dataclass
class Dovecot:
    """A running server with one account."""

    port: int
    folder: Path
    # Where it speaks TLS from the first byte; 0 where it speaks none.
    tls_port: int = 0

    @property
    def certificate(self) -> Path:
        """What to trust; it names 127.0.0.1."""
        return self.folder / "certificate.pem"

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Somebody else in the same mailbox."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(USER, PASSWORD)
        client.select(folder)
        try:
            yield client
        finally:
            client.logout()

    def put(self, *mails: bytes) -> None:
        """Lay mails into the inbox."""
        with self.client() as client:
            for mail in mails:
                assert client.append("INBOX", None, None, mail)[0] == "OK"

    def flags(self) -> list[str]:
        """The flags of each mail in the inbox, in order."""
        with self.client() as client:
            _kind, data = client.fetch("1:*", "(FLAGS)")
            return [line.decode() for line in data if line]


@contextmanager
def running_dovecot(*, with_tls: bool = False) -> Iterator[Dovecot]:
    """A server for the block, with TLS on a port of its own and by STARTTLS, or without any."""
    # Names of sockets may not be long, so not below the test's own folder.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    owner = pwd.getpwuid(os.getuid())
    # Dovecot reads no mail as root.
    reader = pwd.getpwnam("nobody") if owner.pw_uid == 0 else owner
    port, tls_port = _free_port(), _free_port() if with_tls else 0
    (folder / "passwords").write_text(f"{USER}:{PASSWORD}\n")
    (folder / "mail").mkdir()
    key = folder / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(_TOKEN_KEY))
    (folder / "oauth2.conf").write_text(_OAUTH2.format(folder=folder))
    tls = "ssl = no"
    if with_tls:
        _make_certificate(folder)
        tls = f"ssl = yes\nssl_cert = <{folder}/certificate.pem\nssl_key = <{folder}/key.pem"
    if owner.pw_uid == 0:
        folder.chmod(0o755)
        os.chown(folder / "mail", reader.pw_uid, reader.pw_gid)
    # Started by root it wants the accounts that its package makes; by anybody else, only that one.
    user = "dovecot" if owner.pw_uid == 0 else owner.pw_name
    names = {
        "user": user,
        "login_user": "dovenull" if owner.pw_uid == 0 else user,
        "group": grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name,
    }
    text = _CONFIGURATION.format(
        folder=folder, port=port, tls=tls, tls_port=tls_port, mail_uid=reader.pw_uid, mail_gid=reader.pw_gid, **names
    )
    (folder / "dovecot.conf").write_text(text)
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    process = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_for(port, process, folder)
        yield Dovecot(port, folder, tls_port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_certificate(folder: Path) -> None:
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.05)
    log = folder / "log"
    said = process.stderr.read().decode() if process.stderr and process.poll() is not None else ""
    raise RuntimeError(f"dovecot did not start: {said} {log.read_text() if log.exists() else ''}")
