"""Telling people apart without naming them: what counts as "three different people"."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from ipaddress import ip_address, ip_network

# Households and providers hand out whole networks of IPv6: addresses inside one are no different people.
_IPV6_NETWORK_BITS = 64


def person_giver(person_id: int) -> str:
    """Somebody whom we know by their address."""
    return f"person:{person_id}"


def network_giver(address: str, *, secret: str, now: datetime) -> str:
    """Somebody whom we do not know: a keyed digest of where they are and the month, so that months cannot be joined.

    Drafts and browser tabs would not do: one person has as many as they like. Different people behind one address
    count as one, which errs on the side of privacy.
    """
    month = now.strftime("%Y-%m")
    key = f"learning:{month}:{_network(address)}".encode()
    return f"network:{hmac.new(secret.encode(), key, hashlib.sha256).hexdigest()[:40]}"


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, _IPV6_NETWORK_BITS), strict=False)) if found.version == 6 else str(found)
