"""Bearer tokens: sessions, drafts and magic links. Whoever has one is let in, so only its hash is stored."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: 64 lower-case hex digits. A plain digest is enough, tokens cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
