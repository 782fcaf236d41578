"""Reads for what acknowledgements of mails suggest: the topics that teams chose, and what people were shown before."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import or_, select

from portal.database import db
from portal.knowledge_base.models import Article, Topic
from portal.people.queries import person_by_address
from portal.search.models import SuggestionImpression
from portal.tickets.models import AcknowledgementTopic, Ticket


def topics_by_team() -> dict[int, set[int]]:
    """Team id → the ids of the topics chosen for it; teams without any are left out."""
    found: dict[int, set[int]] = {}
    for team_id, topic_id in db.session.execute(select(AcknowledgementTopic.team_id, AcknowledgementTopic.topic_id)):
        found.setdefault(team_id, set()).add(topic_id)
    return found


def suggested_topics(team_id: int) -> frozenset[int]:
    """The ids of the topics whose articles a team suggests: those chosen, and all below them."""
    chosen = select(AcknowledgementTopic.topic_id).where(AcknowledgementTopic.team_id == team_id)
    return frozenset(db.session.scalars(select(Topic.id).where(or_(Topic.id.in_(chosen), Topic.parent_id.in_(chosen)))))


def articles_to_offer(article_ids: Set[int], *, topic_ids: Set[int], address: str) -> set[int]:
    """Of some articles those of the topics that the person with this address was not shown before."""
    wanted = select(Article.id).where(Article.id.in_(article_ids), Article.topic_id.in_(topic_ids))
    person = person_by_address(address)
    if person is not None:
        shown = (
            select(SuggestionImpression.article_id)
            .join(Ticket, Ticket.id == SuggestionImpression.ticket_id)
            .where(SuggestionImpression.article_id.in_(article_ids), Ticket.requester_id == person.id)
        )
        wanted = wanted.where(Article.id.not_in(shown))
    return set(db.session.scalars(wanted))
