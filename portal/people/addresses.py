"""E-mail addresses as we compare them."""

from __future__ import annotations


def normalize_address(address: str) -> str:
    """The form in which addresses are stored and compared: trimmed and lower-cased."""
    return address.strip().lower()
