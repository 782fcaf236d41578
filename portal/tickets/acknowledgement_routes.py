"""The page where leads choose the topics whose articles acknowledgements of mails suggest."""

from __future__ import annotations

from flask import Response, render_template, request, url_for

from portal.agents.access import agent_required, signed_in_agent
from portal.agents.models import Role, Team
from portal.agents.queries import all_teams
from portal.clock import utcnow
from portal.database import db
from portal.errors import NotFound
from portal.tickets.acknowledgement_actions import choose_suggested_topics
from portal.tickets.acknowledgement_queries import topics_by_team
from portal.tickets.mail_view_routes import blueprint
from portal.tickets.ticket_page import topic_choices
from portal.web.forms import row_id
from portal.web.htmx import see_other
from portal.web.locale_urls import interface_locale

__all__ = ["blueprint"]


@blueprint.get("/agent/mail/suggestions")
@agent_required(Role.LEAD)
def list_suggested_topics() -> str:
    """A form for each team; ``?saved=`` names the one that was just sent."""
    return render_template(
        "mailroom/suggestions.html",
        teams=all_teams(),
        topics=topic_choices(interface_locale()),
        chosen=topics_by_team(),
        saved=row_id(request.args.get("saved")),
    )


@blueprint.post("/agent/mail/suggestions/<int:team_id>")
@agent_required(Role.LEAD)
def update_suggested_topics(team_id: int) -> Response:
    """Choose a team's topics; none is a choice as well."""
    team = db.session.get(Team, team_id)
    wanted = {row_id(value) for value in request.form.getlist("topic")}
    if team is None or not wanted <= set(topic_choices(interface_locale())):
        raise NotFound
    topic_ids = {topic_id for topic_id in wanted if topic_id is not None}
    choose_suggested_topics(team, topic_ids, agent=signed_in_agent(), now=utcnow())
    return see_other(url_for(".list_suggested_topics", saved=team.id, _anchor=f"team-{team.id}"))
