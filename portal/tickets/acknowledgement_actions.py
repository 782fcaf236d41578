"""What leads change about acknowledgements of mails."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from sqlalchemy import delete

from portal.agents.actions import record_audit
from portal.agents.models import Agent, Team
from portal.database import db
from portal.tickets.acknowledgement_queries import topics_by_team
from portal.tickets.models import AcknowledgementTopic


def choose_suggested_topics(team: Team, topic_ids: Set[int], *, agent: Agent, now: datetime) -> None:
    """Suggest the articles of just these topics in acknowledgements of the team's mails. Commits."""
    before = topics_by_team().get(team.id, set())
    chosen = AcknowledgementTopic
    db.session.execute(delete(chosen).where(chosen.team_id == team.id, chosen.topic_id.not_in(topic_ids)))
    for topic_id in sorted(topic_ids - before):
        db.session.add(chosen(team_id=team.id, topic_id=topic_id, chosen_by_id=agent.id, chosen_at=now))
    if before != topic_ids:
        record_audit(
            "acknowledgement.topics",
            now=now,
            agent_id=agent.id,
            object_type="team",
            object_id=str(team.id),
            before=sorted(before),
            after=sorted(topic_ids),
        )
    db.session.commit()
