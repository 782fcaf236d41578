"""Changes to one account: by its owner, or on the command line when the owner cannot get in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from portal.agents.actions import record_audit
from portal.agents.models import Agent, AgentSession
from portal.agents.passwords import hash_password, password_problem
from portal.database import db


def update_profile(
    agent: Agent, *, name: str, locale: str, time_zone: str, shortcuts_enabled: bool, now: datetime
) -> None:
    """Keep what an agent chose for themselves. Commits."""
    before = {"name": agent.name, "locale": agent.locale, "time_zone": agent.time_zone}
    agent.name = name
    agent.locale = locale
    agent.time_zone = time_zone
    agent.shortcuts_enabled = shortcuts_enabled
    after = {"name": name, "locale": locale, "time_zone": time_zone}
    if before != after:
        record_audit(
            "agent.updated", now=now, agent_id=agent.id, object_type="agent", object_id=str(agent.id),
            before=before, after=after,
        )  # fmt: skip
    db.session.commit()


def reset_password(agent: Agent, new: str, *, now: datetime) -> str | None:
    """Set a password without the old one and end every session. Commits.

    The problem, as ``password_problem`` names it, when the new one is refused.
    """
    problem = password_problem(new, email=agent.email)
    if problem:
        return problem
    agent.password_hash = hash_password(new)
    db.session.execute(
        update(AgentSession)
        .where(AgentSession.agent_id == agent.id, AgentSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    record_audit("password.reset", now=now, agent_id=None, object_type="agent", object_id=str(agent.id))
    db.session.commit()
    return None
