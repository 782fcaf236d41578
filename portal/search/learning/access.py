"""Who gave evidence, as a request tells it."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request

from portal.search.learning.givers import network_giver


def request_giver(now: datetime) -> str:
    """What tells the sender of this request apart from others, without naming them."""
    return network_giver(request.remote_addr or "", secret=str(current_app.secret_key), now=now)
