"""Who is signed in, and the guard of agent routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.agents.actions import IDLE_LIMIT, SEEN_INTERVAL
from portal.agents.models import Agent, AgentSession, Role
from portal.clock import utcnow
from portal.database import db, write_intent, writing
from portal.tokens import token_hash
from portal.web.access import states_policy
from portal.web.cookies import read_cookie
from portal.web.htmx import is_fragment_request, see_other

COOKIE = "agent_session"
# What agents write at length; other fields, passwords among them, are never shown again.
PROSE = ("reply-body", "note-body", "tags")
POLL_ATTRIBUTE = "is_poll"
P = ParamSpec("P")


def current_session() -> AgentSession | None:
    """The valid session of this request's cookie; looked up once a request."""
    if "agent_session" not in g:
        g.agent_session = _load_session(read_cookie(COOKIE))
    session: AgentSession | None = g.agent_session
    return session


def current_agent() -> Agent | None:
    """The signed-in agent, or None."""
    session = current_session()
    return session.agent if session else None


def signed_in_agent() -> Agent:
    """The signed-in agent; for views behind ``agent_required``."""
    agent = current_agent()
    assert agent is not None  # noqa: S101 - the guard ran before
    return agent


def agent_required(
    role: Role = Role.AGENT,
    *,
    is_poll: bool = False,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Only agents with `role` or more. Others are asked to sign in and come back; a lesser role gets a 403.

    `is_poll`: the page asks by itself, so that asking does not count as somebody being there.
    """

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            agent = current_agent()
            if agent is None:
                return _ask_to_sign_in()
            if not agent.role.includes(role):
                abort(403)
            return view(*args, **kwargs)

        setattr(guarded, POLL_ATTRIBUTE, is_poll)
        return states_policy(role.value)(guarded)

    return guard


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_fragment_request() or request.method != "GET":
        # The script keeps the text on the device and shows where to sign in again; without it this page says so.
        page = "errors/_signed_out.html" if is_fragment_request() else "errors/signed_out.html"
        typed = [text for name in PROSE if (text := request.form.get(name, "").strip())]
        return make_response(render_template(page, sign_in_url=url_for("agents.show_sign_in"), typed=typed), 401)
    return see_other(url_for("agents.show_sign_in", next=request.full_path.rstrip("?")))


def _load_session(token: str) -> AgentSession | None:
    if not token:
        return None
    session: AgentSession | None = db.session.scalar(
        select(AgentSession)
        .where(AgentSession.token_hash == token_hash(token))
        .options(joinedload(AgentSession.agent).joinedload(Agent.team))
    )
    now = utcnow()
    if session is None or session.revoked_at or session.expires_at <= now or not session.agent.is_active:
        return None
    if now - session.last_seen_at > IDLE_LIMIT:
        return None
    if now - session.last_seen_at > SEEN_INTERVAL and not _is_poll():
        _note_seen(session.id)
    return session


def _is_poll() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), POLL_ATTRIBUTE, False)


def _note_seen(session_id: int) -> None:
    seen = update(AgentSession).where(AgentSession.id == session_id).values(last_seen_at=utcnow())
    if write_intent.get():
        # This request's own transaction holds the write lock already: a second one would wait for itself.
        db.session.execute(seen)
        db.session.commit()
        return
    # Its own short transaction: the page being read must neither wait for it nor hold the write lock.
    with writing(), db.engine.begin() as connection:
        connection.execute(seen)
