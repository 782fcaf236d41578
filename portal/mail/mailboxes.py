"""The mailboxes that people write to: from the file that PORTAL_MAILBOXES_FILE names, else the support address alone.

    [mailboxes.support]
    address = "support@example.com"
    aliases = ["help@example.com"]
    team = "support"
    locale = "de"

    [mailboxes.support.imap]
    host = "imap.example.com"
    password_env = "SUPPORT_IMAP_PASSWORD"

The file is read when a process starts: who changes it starts web server and worker anew.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from portal.config import Settings
from portal.errors import ConfigurationError
from portal.localization import INTERFACE_LOCALES, normalize_locale
from portal.web.templating import current_settings

DEFAULT_NAME = "main"
STORED_KEYWORD = "$AnswerwellStored"

ImapSecurity = Literal["tls", "starttls", "none"]
SignIn = Literal["password", "oauth2"]
Mark = Literal["seen", "keyword", "none"]

_ADDRESS = r"^[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,255}$"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_STANDARD_PORTS = {"tls": 993, "starttls": 143, "none": 143}


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ImapAccount(_Table):
    """Where a mailbox lies and how to sign in.

    The secret is the password or, with ``sign_in = "oauth2"``, an access token. It stands in the file, in an
    environment variable or is what a command prints; the latter two are asked anew at each connection.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    security: ImapSecurity = "tls"
    username: str = ""
    sign_in: SignIn = "password"
    password: str = Field(default="", repr=False)
    password_env: str = ""
    password_command: tuple[str, ...] = ()
    folder: str = Field(default="INBOX", min_length=1)
    # What a stored mail gets. The walk never goes by it.
    mark: Mark = "seen"
    # Where a stored mail is moved to; "" leaves it where it is.
    move_to: str = ""
    # Older mails stay where they are; none means that the whole folder is taken in.
    since: date | None = None
    idle: bool = True
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    # A file of certificates to trust beside the system's, for servers with their own authority.
    ca_file: str = ""

    @field_validator("security")
    @classmethod
    def _keeps_the_secret(cls, value: ImapSecurity, info: Any) -> ImapSecurity:
        if value == "none" and info.data.get("host") not in _LOOPBACK:
            raise ValueError("without TLS anybody on the way can read the password; use tls or starttls")
        return value

    @model_validator(mode="after")
    def _has_one_secret(self) -> ImapAccount:
        given = [bool(self.password), bool(self.password_env), bool(self.password_command)]
        if sum(given) != 1:
            raise ValueError("set one of password, password_env and password_command")
        if self.move_to and self.move_to == self.folder:
            raise ValueError("move_to must be another folder than the one that is read")
        return self

    @property
    def effective_port(self) -> int:
        """The port as set, else the usual one."""
        return self.port or _STANDARD_PORTS[self.security]


class Mailbox(_Table):
    """One place that people write to; `locale` and `team` are those of tickets that tell nothing better."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    address: str = Field(pattern=_ADDRESS, max_length=254)
    aliases: tuple[Annotated[str, Field(pattern=_ADDRESS, max_length=254)], ...] = ()
    # The key of a team; "" is the default team.
    team: str = ""
    locale: str = "en"
    imap: ImapAccount | None = None

    @field_validator("address")
    @classmethod
    def _is_compared_in_lower_case(cls, value: str) -> str:
        return value.lower()

    @field_validator("aliases")
    @classmethod
    def _are_compared_in_lower_case(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(alias.lower() for alias in value)

    @field_validator("locale")
    @classmethod
    def _is_shipped(cls, value: str) -> str:
        locale = normalize_locale(value)
        if locale not in INTERFACE_LOCALES:
            raise ValueError(f"choose one of {', '.join(INTERFACE_LOCALES)}")
        return locale

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses of the mailbox, in lower case."""
        return frozenset({self.address, *self.aliases})

    @property
    def username(self) -> str:
        """What it is signed in with: the name set for it, else the address."""
        return (self.imap.username if self.imap else "") or self.address


def configured_mailboxes(settings: Settings) -> tuple[Mailbox, ...]:
    """All mailboxes, at least one; the first takes what names no mailbox.

    Raises:
        ConfigurationError: the file cannot be used; one line for each mistake.
    """
    if not settings.mailboxes_file:
        return (Mailbox(name=DEFAULT_NAME, address=settings.support_email, locale=settings.default_locale),)
    return _mailboxes_in(Path(settings.mailboxes_file).resolve(), settings.default_locale)


def mailbox_for(address: str) -> Mailbox | None:
    """The mailbox that `address` belongs to, with or without a +tag; None when it is not ours."""
    return mailbox_among(configured_mailboxes(current_settings()), address)


def mailbox_named(mailboxes: tuple[Mailbox, ...], name: str) -> Mailbox | None:
    """The one of `mailboxes` with that name; None when there is none."""
    return next((mailbox for mailbox in mailboxes if mailbox.name == name), None)


def mailbox_among(mailboxes: tuple[Mailbox, ...], address: str) -> Mailbox | None:
    """The one of `mailboxes` that `address` belongs to, with or without a +tag; None when it is of none."""
    local_part, _, domain = address.strip().strip("<>").lower().rpartition("@")
    # Whole first: an address may have a "+" of its own.
    for wanted in (f"{local_part}@{domain}", f"{local_part.partition('+')[0]}@{domain}"):
        for mailbox in mailboxes:
            if wanted in mailbox.addresses:
                return mailbox
    return None


@lru_cache(maxsize=64)
def _mailboxes_in(path: Path, default_locale: str) -> tuple[Mailbox, ...]:
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("mailboxes")
    except OSError as error:
        raise _mistakes([f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _mistakes([f"is not TOML: {error}"]) from error
    if not isinstance(tables, dict) or not tables:
        raise _mistakes(["has no table [mailboxes.NAME]"])
    found: list[Mailbox] = []
    mistakes: list[str] = []
    for name, values in tables.items():
        if not isinstance(values, dict):
            mistakes.append(f"{name}: write a table [mailboxes.{name}]")
            continue
        try:
            found.append(Mailbox.model_validate({"locale": default_locale, **values, "name": name}))
        except ValidationError as error:
            mistakes += [_line(name, mistake["loc"], mistake["msg"]) for mistake in error.errors()]
    mistakes += _addresses_of_two(found)
    if mistakes:
        raise _mistakes(mistakes)
    return tuple(found)


def _addresses_of_two(mailboxes: list[Mailbox]) -> list[str]:
    owners: dict[str, str] = {}
    return [
        f"{mailbox.name}: {address} is an address of {owners[address]} already"
        for mailbox in mailboxes
        for address in sorted(mailbox.addresses)
        if owners.setdefault(address, mailbox.name) != mailbox.name
    ]


def _line(name: str, place: tuple[int | str, ...], message: str) -> str:
    return ".".join(map(str, (name, *place))) + ": " + message.removeprefix("Value error, ")


def _mistakes(lines: list[str]) -> ConfigurationError:
    return ConfigurationError(
        "The settings cannot be used:\n" + "\n".join(f"  PORTAL_MAILBOXES_FILE: {line}" for line in lines)
    )
