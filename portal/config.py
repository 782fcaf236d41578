"""Typed settings, read from the environment (prefix ``PORTAL_``) and an optional ``.env`` file.

Every mistake is reported at once, each with the variable's name and what to write instead.
"""

from __future__ import annotations

import json
from datetime import timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from portal.errors import ConfigurationError
from portal.localization import INTERFACE_LOCALES

Environment = Literal["development", "demo", "test", "production"]
MailTransport = Literal["smtp", "capture"]
SmtpSecurity = Literal["none", "starttls", "tls"]

DEFAULT_SECRET_KEY = "development-only-not-a-secret"  # noqa: S105 - refused in production
MINIMUM_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """All that a deployment may choose. Durations name their unit; paths are made absolute.

    A rule about two settings stands with the later one, so that no mistake hides another.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore", frozen=True)

    environment: Environment = "production"
    secret_key: str = Field(default=DEFAULT_SECRET_KEY, validate_default=True)
    base_url: str = Field(default="", validate_default=True)
    trusted_hosts: Annotated[list[str], NoDecode] = Field(default_factory=list)
    proxy_count: int = Field(default=0, ge=0, le=5)

    instance_dir: Path = Path("instance")
    database_url: str = ""
    job_queue_url: str = ""

    brand_name: str = "Answerwell"
    brand_logo_url: str = ""
    default_locale: str = "en"
    time_zone: str = "UTC"
    reference_prefix: str = Field(default="HX", pattern=r"^[A-Z]{2,4}$")

    support_email: str = "support@example.com"
    mail_transport: MailTransport = "smtp"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_security: SmtpSecurity = "none"
    smtp_timeout_seconds: float = Field(default=20, gt=0, le=300)

    # The mailboxes with their teams and languages, as TOML; "" is one mailbox, that of the support address.
    mailboxes_file: str = ""
    # Whoever has it may hand in mails at /mail/inbound; "" is nobody.
    inbound_token: str = Field(default="", repr=False)
    # Where the worker takes mail from a mail server (LMTP or SMTP); 0 is nowhere.
    lmtp_host: str = "127.0.0.1"
    lmtp_port: int = Field(default=0, ge=0, le=65535)
    # More than these are held back until the next hour, and somebody is told; agents' replies always go out.
    automatic_mails_an_hour: int = Field(default=1000, ge=1)
    # What our mail server calls itself in Authentication-Results; "" believes no such header.
    mail_authserv_id: str = ""

    # Mails of the support address's domain, and of these, are signed with this key (RSA, PEM); "" signs nothing.
    dkim_key_file: str = ""
    dkim_selector: str = Field(default="answerwell", pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")
    dkim_domains: Annotated[list[str], NoDecode] = Field(default_factory=list)

    business_days: Annotated[list[int], NoDecode] = Field(default_factory=lambda: [0, 1, 2, 3, 4])
    business_opens: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    business_closes: str = Field(default="18:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", validate_default=True)
    holidays_country: str = Field(default="", max_length=8)

    # "While you wait, this may answer it" for those who were offered no article before they wrote.
    suggest_in_acknowledgement: bool = False
    # So long after a request was solved its requester is asked by mail whether it is; 0 asks nobody.
    survey_after_hours: int = Field(default=0, ge=0, le=24 * 30)
    # A request that waited for its requester for so many days is taken as solved, and they are told; 0 lets all wait.
    pending_expires_after_days: int = Field(default=0, ge=0, le=365)
    # Has an effect where the extra [semantic] is installed.
    semantic_search: bool = True
    # The operator's synonyms and translations; a relative path is one below the working directory.
    search_terms_file: str = ""

    log_format: Literal["json", "console"] = "json"

    @field_validator("trusted_hosts", "business_days", "dkim_domains", mode="before")
    @classmethod
    def _may_be_written_with_commas(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except ValueError as error:
                raise ValueError("write the values with commas between them") from error
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("default_locale")
    @classmethod
    def _is_shipped(cls, value: str) -> str:
        if value not in INTERFACE_LOCALES:
            raise ValueError(f"choose one of {', '.join(INTERFACE_LOCALES)}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("use a name such as Europe/Berlin")
        return value

    @field_validator("business_days")
    @classmethod
    def _are_weekdays(cls, value: list[int]) -> list[int]:
        if not value or any(day not in range(7) for day in value):
            raise ValueError("list at least one day, 0 for Monday to 6 for Sunday")
        return sorted(set(value))

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise ValueError("write a full address such as https://help.example.com")
        return value.rstrip("/")

    @field_validator("support_email")
    @classmethod
    def _is_mail_address(cls, value: str) -> str:
        try:
            return Address(addr_spec=value.encode("ascii").decode()).addr_spec
        except (ValueError, HeaderParseError, IndexError) as error:
            raise ValueError("write one address such as support@example.com") from error

    @field_validator("holidays_country")
    @classmethod
    def _has_known_holidays(cls, value: str) -> str:
        if not value:
            return value
        # The calendars take some ten megabytes, which a portal without holidays does not need.
        import holidays

        country, dash, subdivision = value.partition("-")
        known = holidays.list_supported_countries(include_aliases=False)
        if country not in known or (dash and subdivision not in known[country]):
            raise ValueError("use the code of a country or of a part of it, such as DE or DE-BY")
        return value

    @field_validator("inbound_token")
    @classmethod
    def _cannot_be_guessed(cls, value: str) -> str:
        if value and len(value) < MINIMUM_SECRET_LENGTH:
            raise ValueError(f"set a random text of at least {MINIMUM_SECRET_LENGTH} characters, or nothing")
        return value

    @field_validator("business_closes")
    @classmethod
    def _is_after_opening(cls, value: str, info: ValidationInfo) -> str:
        if value <= info.data.get("business_opens", ""):
            raise ValueError("must be later than PORTAL_BUSINESS_OPENS")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_secret_in_production(cls, value: str, info: ValidationInfo) -> str:
        if _is_for_production(info) and (value == DEFAULT_SECRET_KEY or len(value) < MINIMUM_SECRET_LENGTH):
            raise ValueError(
                f"set a random text of at least {MINIMUM_SECRET_LENGTH} characters "
                "(python -c 'import secrets; print(secrets.token_urlsafe(48))' prints one)"
            )
        return value

    @field_validator("base_url")
    @classmethod
    def _is_set_in_production(cls, value: str, info: ValidationInfo) -> str:
        if _is_for_production(info) and not value:
            raise ValueError("set the public address, for example https://help.example.com")
        return value

    @field_validator("mail_transport")
    @classmethod
    def _sends_in_production(cls, value: MailTransport, info: ValidationInfo) -> MailTransport:
        if _is_for_production(info) and value == "capture":
            raise ValueError("captured mail is for the demo; use smtp")
        return value

    @property
    def mail_domain(self) -> str:
        """The domain of the support address, in lower case; we greet mail servers by this name."""
        return self.support_email.rpartition("@")[2].lower()

    @property
    def signed_domains(self) -> frozenset[str]:
        """The domains whose mails are signed, in lower case."""
        return frozenset({self.mail_domain, *map(str.lower, self.dkim_domains)})

    @property
    def is_demo(self) -> bool:
        """Whether demo pages (captured mail, style guide) exist at all."""
        return self.environment == "demo"

    @property
    def shows_development_pages(self) -> bool:
        """Whether the style guide may be opened."""
        return self.environment in {"demo", "development", "test"}

    @property
    def zone(self) -> ZoneInfo:
        """The default team's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def effective_base_url(self) -> str:
        """The address that links in mails start with, without a trailing slash."""
        return self.base_url or "http://127.0.0.1:8000"

    @property
    def is_https(self) -> bool:
        """Whether cookies are Secure and carry the ``__Host-`` prefix."""
        return self.effective_base_url.startswith("https://")

    @property
    def instance_path(self) -> Path:
        """The folder of everything this installation writes; absolute."""
        return self.instance_dir.resolve()

    @property
    def effective_database_url(self) -> str:
        """The SQLAlchemy URL; PostgreSQL addresses always use psycopg 3."""
        url = self.database_url or f"sqlite:///{self.instance_path / 'portal.sqlite3'}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @property
    def search_index_path(self) -> Path:
        """This machine's copy of the search index; may be deleted at any time."""
        return self.instance_path / "search"

    @property
    def search_terms_path(self) -> Path | None:
        """The file of the operator's own terms for search; None for none. It need not exist yet."""
        return Path(self.search_terms_file).resolve() if self.search_terms_file else None

    @property
    def solved_tickets_index_path(self) -> Path:
        """This machine's index of solved tickets, for agents only; may be deleted at any time."""
        return self.search_index_path / "tickets"

    @property
    def blob_path(self) -> Path:
        """Attachments and article pictures, by content digest."""
        return self.instance_path / "files"

    @property
    def draft_lifetime(self) -> timedelta:
        """How long an unsent contact form is kept."""
        return timedelta(days=30)


def _is_for_production(info: ValidationInfo) -> bool:
    # An environment that is misspelt is not in the data: the strictest rules tell most.
    return bool(info.data.get("environment", "production") == "production")


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, with `overrides` on top.

    Raises:
        ConfigurationError: something cannot be used; the message has one line for each mistake.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        # The second part of a place is the number of a value in a list.
        lines = dict.fromkeys(
            f"PORTAL_{str(mistake['loc'][0]).upper()}: {mistake['msg'].removeprefix('Value error, ')}"
            for mistake in error.errors()
        )
        raise ConfigurationError("The settings cannot be used:\n" + "\n".join(f"  {line}" for line in lines)) from error
