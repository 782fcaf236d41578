"""Passwords: argon2id, at least twelve characters, none of the most common ones."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 1024
# The common passwords of at least twelve characters; shorter ones are refused by length.
_COMMON_TEXT = """
    123456789012 1234567890123 12345678901234 123456123456 111111111111 000000000000 qwertyuiop12 qwertyuiop123
    password1234 password12345 passwordpassword passw0rd1234 administrator adminadmin12 adminadminadmin
    welcome12345 welcome123456 letmeinletmein iloveyou1234 iloveyouiloveyou qwerty123456 1q2w3e4r5t6y 1qaz2wsx3edc
    qwertyqwerty abcdefghijkl abc123abc123 changeme1234 changemechangeme football1234 baseball1234 sunshine1234
    princess1234 trustno1trustno1 asdfghjkl123 zxcvbnm12345 supersecret12 secretsecret dragondragon monkeymonkey
"""
COMMON = frozenset(_COMMON_TEXT.split())
# About 100 ms on a small server: the default profile of RFC 9106 for little memory.
_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=2)


def password_problem(password: str, *, email: str = "") -> str | None:
    """Why a password is refused: "short", "long", "common" or "like_address"; None when it is good."""
    if len(password) < MINIMUM_LENGTH:
        return "short"
    if len(password) > MAXIMUM_LENGTH:
        return "long"
    if password.casefold() in COMMON or len(set(password)) < 4:
        return "common"
    if email and password.casefold() == email.casefold():
        return "like_address"
    return None


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(stored_hash: str | None, password: str) -> bool:
    """Whether the password fits. Takes the same time when there is no account (`stored_hash` None)."""
    try:
        return _hasher.verify(stored_hash or _nobodys_hash(), password[:MAXIMUM_LENGTH]) and stored_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored_hash: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(stored_hash)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")
