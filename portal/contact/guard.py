"""Signs of a machine: a filled decoy, a form sent too quickly or too late. A person passes at the second try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, Signer

QUICKEST = timedelta(seconds=2)
LATEST = timedelta(hours=24)


class FormClock:
    """Notes, signed, when a form was shown, so that the form itself can carry it."""

    def __init__(self, secret: str | bytes) -> None:
        self._signer = Signer(secret, salt="contact-form")

    def stamp(self, now: datetime) -> str:
        """What the form carries."""
        return self._signer.sign(str(int(now.timestamp() * 1000))).decode()

    def shown_at(self, stamp: str) -> datetime | None:
        """When the form was shown; None for a stamp that is not ours."""
        try:
            return datetime.fromtimestamp(int(self._signer.unsign(stamp)) / 1000, UTC)
        except (BadSignature, ValueError, OverflowError, OSError):
            return None

    def is_in_doubt(self, stamp: str, *, now: datetime) -> bool:
        """Whether the form came back too quickly, too late or with a foreign stamp."""
        shown_at = self.shown_at(stamp)
        return shown_at is None or not QUICKEST <= now - shown_at <= LATEST

    def next_stamp(self, stamp: str, *, now: datetime) -> str:
        """The stamp for the same form shown again: the old one while it can still pass, so that waiting counts."""
        shown_at = self.shown_at(stamp)
        is_usable = shown_at is not None and timedelta(0) <= now - shown_at < LATEST / 2
        return stamp if is_usable else self.stamp(now)
