"""How often somebody may try a password: 20 times an hour from one place, 10 times an hour for one account.

Guessing from afar must not lock out the owner: a browser that has signed in to the account before carries a signed
receipt and is counted by itself. Addresses without an account are counted and answered like the others.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from portal.agents.models import Agent
from portal.web.rate_limit import take
from portal.web.templating import current_settings

PER_PLACE = 20
PER_ADDRESS = 10
_HOUR_SECONDS = 3600
RECEIPT_COOKIE = "agent_browser"
RECEIPT_LIFETIME = timedelta(days=365)


def take_sign_in_attempt(email: str, *, ip_address: str, receipt: str, now: datetime) -> None:
    """Count one attempt; commits.

    Raises:
        LimitExceeded: there were too many.
    """
    browser = _browser_of(receipt, email)
    if browser:
        take(f"sign-in:browser:{browser}", capacity=PER_ADDRESS, refill_seconds=_HOUR_SECONDS / PER_ADDRESS, now=now)
        return
    take(f"sign-in:ip:{ip_address}", capacity=PER_PLACE, refill_seconds=_HOUR_SECONDS / PER_PLACE, now=now)
    take(f"sign-in:to:{_digest(email)}", capacity=PER_ADDRESS, refill_seconds=_HOUR_SECONDS / PER_ADDRESS, now=now)


def take_password_attempt(agent: Agent, *, now: datetime) -> None:
    """Count one try of the present password by somebody who is signed in: they may have found the device open. Commits.

    Raises:
        LimitExceeded: there were too many.
    """
    take(f"password:agent:{agent.id}", capacity=PER_ADDRESS, refill_seconds=_HOUR_SECONDS / PER_ADDRESS, now=now)


def issue_receipt(email: str) -> str:
    """What the browser keeps to be known as one of this account."""
    return str(_serializer().dumps([_digest(email), secrets.token_hex(8)]))


def _browser_of(receipt: str, email: str) -> str:
    try:
        address, browser = _serializer().loads(receipt)
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if address == _digest(email) else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt="sign-in receipt")


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
