"""Sign-in, sign-out, and the agent's own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from portal.agents import account, actions, queries
from portal.agents.access import COOKIE, agent_required, current_agent, current_session, signed_in_agent
from portal.agents.devices import describe_device
from portal.agents.forms import PASSWORD_PROBLEMS, PasswordForm, ProfileForm, SignInForm
from portal.agents.models import AgentSession
from portal.agents.sign_in_limits import (
    RECEIPT_COOKIE,
    RECEIPT_LIFETIME,
    issue_receipt,
    take_password_attempt,
    take_sign_in_attempt,
)
from portal.clock import utcnow
from portal.errors import LimitExceeded, NotFound
from portal.web.access import public
from portal.web.cookies import delete_cookie, read_cookie, set_cookie
from portal.web.htmx import fragment_or_redirect, invalid_form, see_other
from portal.web.routes import local_path

blueprint = Blueprint("agents", __name__)


@blueprint.get("/agent/sign-in")
@public
def show_sign_in() -> Response:
    """The sign-in page; who is signed in already goes on."""
    if current_agent() is not None:
        return see_other(_way_on())
    return make_response(render_template("agents/sign_in.html", form=SignInForm(), next=request.args.get("next", "")))


@blueprint.post("/agent/sign-in")
@public
def create_session() -> Response:
    """Sign in: a new session each time, whatever cookie the browser brought."""
    form = SignInForm(request.form)
    status, headers = 422, {}
    if form.validate():
        email = form.email.data or ""
        try:
            signed_in = _try_to_sign_in(email, form.password.data or "")
        except LimitExceeded as limit:
            form.form_errors = [str(limit)]
            status, headers = 429, {"Retry-After": str(limit.retry_after_seconds)}
        else:
            if signed_in is not None:
                return signed_in
            form.form_errors = [_("The email address or password is not right. Check both and try again.")]
    page = render_template("agents/sign_in.html", form=form, next=request.form.get("next", ""))
    return make_response(page, status, headers)


@blueprint.post("/agent/sign-out")
@agent_required()
def delete_session() -> Response:
    """Sign out of this device."""
    actions.revoke_session(_this_session(), by=signed_in_agent(), now=utcnow())
    response = see_other(url_for(".show_sign_in"))
    delete_cookie(response, COOKIE)
    return response


@blueprint.get("/agent/account")
@agent_required()
def show_account() -> Response:
    """Name, language, time zone, shortcuts; password; devices."""
    agent = signed_in_agent()
    return _account_page(ProfileForm.of(agent), PasswordForm(), saved=request.args.get("saved", ""))


@blueprint.post("/agent/account")
@agent_required()
def update_account() -> Response:
    """Keep what the agent chose."""
    agent = signed_in_agent()
    form = ProfileForm.of(agent, request.form)
    if not form.validate():
        return _invalid("agents/_profile.html", "#profile", profile_form=form)
    account.update_profile(
        agent,
        name=form.name.data or "",
        locale=form.locale.data,
        time_zone=form.time_zone.data,
        shortcuts_enabled=form.shortcuts_enabled.data,
        now=utcnow(),
    )
    return see_other(url_for(".show_account", saved="profile"))


@blueprint.post("/agent/account/password")
@agent_required()
def update_password() -> Response:
    """Change the password; every other device is signed out."""
    agent = signed_in_agent()
    form = PasswordForm(request.form)
    if form.validate():
        now = utcnow()
        try:
            take_password_attempt(agent, now=now)
        except LimitExceeded as limit:
            form.form_errors = [str(limit)]
            response = _invalid("agents/_password.html", "#password", status=429, password_form=form)
            response.headers["Retry-After"] = str(limit.retry_after_seconds)
            return response
        problem = actions.change_password(
            agent, form.current_password.data or "", form.new_password.data or "", keep=_this_session(), now=now
        )
        if problem is None:
            return see_other(url_for(".show_account", saved="password", _anchor="password"))
        field = form.current_password if problem == "wrong" else form.new_password
        field.errors = [PASSWORD_PROBLEMS[problem]]
    return _invalid("agents/_password.html", "#password", password_form=form)


@blueprint.post("/agent/account/devices/<int:session_id>/revocation")
@agent_required()
def create_revocation(session_id: int) -> Response:
    """Sign one device out."""
    agent = signed_in_agent()
    now = utcnow()
    session = next((known for known in queries.live_sessions(agent, now=now) if known.id == session_id), None)
    if session is None:
        raise NotFound
    actions.revoke_session(session, by=agent, now=now)
    if session.id == _this_session().id:
        return see_other(url_for(".show_sign_in"))
    return _devices_after_change()


@blueprint.post("/agent/account/devices/revocations")
@agent_required()
def create_revocations() -> Response:
    """Sign every other device out."""
    actions.revoke_other_sessions(signed_in_agent(), keep=_this_session(), now=utcnow())
    return _devices_after_change()


def _try_to_sign_in(email: str, password: str) -> Response | None:
    now = utcnow()
    ip_address = request.remote_addr or ""
    take_sign_in_attempt(email, ip_address=ip_address, receipt=read_cookie(RECEIPT_COOKIE), now=now)
    replaced = current_session()
    result = actions.sign_in(
        email, password, ip_address=ip_address, user_agent=request.headers.get("User-Agent", ""), now=now
    )
    if result is None:
        return None
    agent, token = result
    if replaced is not None:
        actions.revoke_session(replaced, by=replaced.agent, now=now)
    response = see_other(_way_on())
    set_cookie(response, COOKIE, token, lifetime=actions.ABSOLUTE_LIMIT)
    set_cookie(response, RECEIPT_COOKIE, issue_receipt(agent.email), lifetime=RECEIPT_LIFETIME)
    return response


def _way_on() -> str:
    return local_path(request.values.get("next", "")) or url_for("agent_tickets.list_tickets")


def _this_session() -> AgentSession:
    session = current_session()
    assert session is not None  # noqa: S101 - the guard ran before
    return session


def _account_page(profile_form: ProfileForm, password_form: PasswordForm, *, saved: str = "") -> Response:
    context = _account_context(profile_form=profile_form, password_form=password_form, saved=saved)
    return make_response(render_template("agents/account.html", **context))


def _account_context(**values: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {"profile_form": None, "password_form": None, "saved": ""}
    return {**defaults, **values, **_devices()}


def _invalid(fragment: str, notice: str, *, status: int = 422, **forms: Any) -> Response:
    agent = signed_in_agent()
    blank: dict[str, Any] = {"profile_form": ProfileForm.of(agent), "password_form": PasswordForm()}
    context = _account_context(**{**blank, **forms})
    return invalid_form("agents/account.html", fragment, notice=notice, status=status, **context)


def _devices_after_change() -> Response:
    back_to = url_for(".show_account", saved="devices", _anchor="devices")
    return fragment_or_redirect("agents/_devices.html", back_to=back_to, saved="devices", **_devices())


def _devices() -> dict[str, Any]:
    this = _this_session()
    now = utcnow()
    devices = [
        {"session": session, "is_this": session.id == this.id, "names": describe_device(session.user_agent)}
        for session in queries.live_sessions(signed_in_agent(), now=now)
        if now - session.last_seen_at <= actions.IDLE_LIMIT
    ]
    return {"devices": devices}
