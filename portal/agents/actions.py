"""Changes to agents: accounts, sign-in sessions, audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.agents.models import Agent, AgentSession, AuditEntry, Role, Team
from portal.agents.passwords import hash_password, needs_rehash, password_problem, verify_password
from portal.database import db, writing
from portal.errors import RuleViolation
from portal.tokens import new_token, token_hash

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(days=30)
# last_seen_at is written at most this often, so that reading pages stays reading.
SEEN_INTERVAL = timedelta(minutes=5)


def create_team(key: str, name: str, *, time_zone: str, opens: str, closes: str, days: list[int], country: str) -> Team:
    """A team with its business hours; flushes, does not commit."""
    team = Team(
        key=key,
        name=name,
        time_zone=time_zone,
        business_opens=opens,
        business_closes=closes,
        business_days=days,
        holidays_country=country,
    )
    db.session.add(team)
    db.session.flush()
    return team


def create_agent(
    *,
    email: str,
    name: str,
    password: str,
    role: Role,
    team: Team | None,
    now: datetime,
    locale: str = "en",
    time_zone: str = "UTC",
) -> Agent:
    """A new account. Commits.

    Raises:
        RuleViolation: the password is refused, or the address has an account.
    """
    problem = password_problem(password, email=email)
    if problem:
        raise RuleViolation(f"password refused: {problem}")
    address = email.strip().lower()
    if db.session.scalar(select(Agent.id).where(Agent.email == address)) is not None:
        raise RuleViolation(f"{address} has an account already")
    agent = Agent(
        email=address,
        name=name,
        password_hash=hash_password(password),
        role=role,
        team=team,
        locale=locale,
        time_zone=time_zone,
        created_at=now,
    )
    db.session.add(agent)
    db.session.flush()
    record_audit("agent.created", now=now, agent_id=None, object_type="agent", object_id=str(agent.id), role=role)
    db.session.commit()
    return agent


def sign_in(email: str, password: str, *, ip_address: str, user_agent: str, now: datetime) -> tuple[Agent, str] | None:
    """The agent and the token of a new session, or None: wrong address, wrong password, account off. Commits."""
    # Hashing takes a tenth of a second by design: nobody's writing waits for it.
    with writing(False):
        agent = db.session.scalar(select(Agent).where(Agent.email == email.strip().lower()))
        db.session.commit()
    is_right = verify_password(agent.password_hash if agent else None, password)
    if agent is None or not is_right or not agent.is_active:
        record_audit("sign_in.failed", now=now, agent_id=agent.id if agent else None, ip_address=ip_address)
        db.session.commit()
        return None
    if needs_rehash(agent.password_hash):
        agent.password_hash = hash_password(password)
    token = new_token()
    db.session.add(
        AgentSession(
            token_hash=token_hash(token),
            agent=agent,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE_LIMIT,
            ip_address=ip_address[:45],
            user_agent=user_agent[:255],
        )
    )
    record_audit("sign_in", now=now, agent_id=agent.id, ip_address=ip_address)
    db.session.commit()
    return agent, token


def revoke_session(session: AgentSession, *, by: Agent, now: datetime) -> None:
    """End a session at once. Commits."""
    session.revoked_at = session.revoked_at or now
    record_audit("session.revoked", now=now, agent_id=by.id, object_type="agent_session", object_id=str(session.id))
    db.session.commit()


def revoke_other_sessions(agent: Agent, *, keep: AgentSession, now: datetime) -> None:
    """End every session of an agent but one. Commits."""
    db.session.execute(
        update(AgentSession)
        .where(AgentSession.agent_id == agent.id, AgentSession.id != keep.id, AgentSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    record_audit("session.revoked_others", now=now, agent_id=agent.id)
    db.session.commit()


def change_password(agent: Agent, current: str, new: str, *, keep: AgentSession, now: datetime) -> str | None:
    """Change the password and end the other sessions. Commits.

    Returns the problem ("wrong", or as password_problem) and changes nothing, or None.
    """
    if not verify_password(agent.password_hash, current):
        return "wrong"
    problem = password_problem(new, email=agent.email)
    if problem:
        return problem
    agent.password_hash = hash_password(new)
    record_audit("password.changed", now=now, agent_id=agent.id)
    revoke_other_sessions(agent, keep=keep, now=now)
    return None


def record_audit(
    action: str, *, now: datetime, agent_id: int | None, object_type: str = "", object_id: str = "", **details: Any
) -> None:
    """Add an entry to the audit trail; the caller commits."""
    db.session.add(
        AuditEntry(
            occurred_at=now,
            agent_id=agent_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
            details=details,
        )
    )
