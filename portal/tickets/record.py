"""How fast a team has answered lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.agents.models import Team
from portal.database import db
from portal.tickets.business_time import business_time_between
from portal.tickets.deadlines import calendar_of
from portal.tickets.models import Ticket

RECENT = timedelta(days=60)
SAMPLE_SIZE = 100


def recent_first_replies(team: Team | None, *, now: datetime) -> list[timedelta]:
    """The business times of the team's latest first replies, newest first, at most 100 of the last 60 days."""
    if team is None:
        return []
    calendar = calendar_of(team)
    rows = db.session.execute(
        select(Ticket.created_at, Ticket.first_responded_at)
        .where(Ticket.team_id == team.id, Ticket.first_responded_at > now - RECENT)
        .order_by(Ticket.first_responded_at.desc())
        .limit(SAMPLE_SIZE)
    )
    return [business_time_between(created, responded, calendar) for created, responded in rows if responded]
