"""Typed settings, read from the environment (prefix ``PORTAL_``) and an optional ``.env`` file.

Every mistake is reported at once, each with the variable's name and what to write instead.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.errors import ConfigurationError
from portal.localization import INTERFACE_LOCALES

Environment = Literal["development", "demo", "test", "production"]
MailTransport = Literal["smtp", "capture"]
SmtpSecurity = Literal["none", "starttls", "tls"]

DEFAULT_SECRET_KEY = "development-only-not-a-secret"  # noqa: S105 - refused in production
MINIMUM_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """All that a deployment may choose. Durations name their unit; paths are made absolute."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore", frozen=True)

    environment: Environment = "production"
    secret_key: str = DEFAULT_SECRET_KEY
    base_url: str = ""
    trusted_hosts: list[str] = Field(default_factory=list)
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

    business_days: list[int] = Field(default_factory=lambda: [0, 1, 2, 3, 4])
    business_opens: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    business_closes: str = Field(default="18:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    holidays_country: str = ""

    log_format: Literal["json", "console"] = "json"

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

    @model_validator(mode="after")
    def _is_fit_for_its_environment(self) -> Self:
        mistakes = []
        if self.business_closes <= self.business_opens:
            mistakes.append("PORTAL_BUSINESS_CLOSES: must be later than PORTAL_BUSINESS_OPENS")
        if self.environment == "production":
            if self.secret_key == DEFAULT_SECRET_KEY or len(self.secret_key) < MINIMUM_SECRET_LENGTH:
                mistakes.append(
                    f"PORTAL_SECRET_KEY: set a random text of at least {MINIMUM_SECRET_LENGTH} characters "
                    "(python -c 'import secrets; print(secrets.token_urlsafe(48))' prints one)"
                )
            if not self.base_url:
                mistakes.append("PORTAL_BASE_URL: set the public address, for example https://help.example.com")
            if self.mail_transport == "capture":
                mistakes.append("PORTAL_MAIL_TRANSPORT: captured mail is for the demo; use smtp")
        if mistakes:
            raise ValueError("\n".join(mistakes))
        return self

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
    def blob_path(self) -> Path:
        """Attachments and article pictures, by content digest."""
        return self.instance_path / "files"

    @property
    def draft_lifetime(self) -> timedelta:
        """How long an unsent contact form is kept."""
        return timedelta(days=30)


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, with `overrides` on top.

    Raises:
        ConfigurationError: something cannot be used; the message has one line for each mistake.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = []
        for mistake in error.errors():
            text = str(mistake["msg"]).removeprefix("Value error, ")
            name = "_".join(str(part) for part in mistake["loc"]).upper()
            lines.extend([f"PORTAL_{name}: {text}"] if name else text.splitlines())
        raise ConfigurationError("The settings cannot be used:\n" + "\n".join(f"  {line}" for line in lines)) from error
