"""Reads about agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.agents.models import Agent, AgentSession, Team
from portal.database import db


def active_agents() -> Sequence[Agent]:
    """Everybody a ticket may be assigned to, by name."""
    return db.session.scalars(select(Agent).where(Agent.is_active).order_by(Agent.name)).all()


def live_sessions(agent: Agent, *, now: datetime) -> Sequence[AgentSession]:
    """The devices an agent is signed in on, most recent first."""
    return db.session.scalars(
        select(AgentSession)
        .where(AgentSession.agent_id == agent.id, AgentSession.revoked_at.is_(None), AgentSession.expires_at > now)
        .order_by(AgentSession.last_seen_at.desc())
    ).all()


def default_team() -> Team | None:
    """The team that new requests go to: the first one."""
    return db.session.scalar(select(Team).order_by(Team.id).limit(1))


def all_teams() -> Sequence[Team]:
    """Every team, by name."""
    return db.session.scalars(select(Team).order_by(Team.name, Team.id)).all()
