"""Past tickets, written through the same history as real ones, but without sending mail."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import select

from portal.agents.models import Agent, Team
from portal.database import db
from portal.demo.conversations import DemoConversation, DemoMessage
from portal.demo.links import article_links, with_links
from portal.knowledge_base.models import Article, Topic
from portal.people.actions import find_or_create_person
from portal.people.models import Person
from portal.search.learning.actions import note_answered
from portal.search.models import SearchQuery, SearchSurface, SuggestionImpression, SuggestionVerdict
from portal.tickets.actions import open_ticket
from portal.tickets.business_time import Calendar, add_business_time
from portal.tickets.deadlines import calendar_of
from portal.tickets.history import move, record_event, refresh_times
from portal.tickets.models import Channel, Message, Note, Priority, Rating, RatingScore, Status, Tag, Ticket
from portal.tickets.solutions import note_verified

# How long ago tickets were opened, in days, by what became of them: nobody leaves a request open for months.
_AGE_DAYS = {"new": (0.02, 1.2), "open": (0.3, 3), "reopened": (2, 6), "solved_bad": (2, 6), "waiting": (1, 9)}
_PAST_AGE_DAYS = (3, 90)
# Stories that ended well: the last reply links to what solved them, as careful agents do.
_ENDED_WELL = frozenset({"solved", "solved_confirmed", "closed"})
# The help centre's topic for stories about the subscription.
_TOPIC_KEYS = {"subscriptions": "devices"}
_SEED = 20_261


@dataclass
class DemoTickets:
    """Adds tickets to the session; the caller commits. The same data and `now` give the same tickets."""

    agents: Sequence[Agent]
    team: Team
    now: datetime
    _random: random.Random = field(default_factory=lambda: random.Random(_SEED))  # noqa: S311 - a demo, no secret
    _tags: dict[str, Tag] = field(default_factory=dict)
    _links: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._calendar: Calendar = calendar_of(self.team)
        topics = db.session.scalars(select(Topic).where(Topic.parent_id.is_(None)))
        self._topic_ids = {topic.key: topic.id for topic in topics}
        self._article_ids = {article.key: article.id for article in db.session.scalars(select(Article))}

    def add(self, conversations: Sequence[DemoConversation], *, locale: str, count: int) -> None:
        """The first `count` conversations as tickets in `locale`."""
        for conversation in conversations[:count]:
            self._add_ticket(conversation, locale)

    def _add_ticket(self, conversation: DemoConversation, locale: str) -> None:
        youngest, oldest = _AGE_DAYS.get(conversation.outcome, _PAST_AGE_DAYS)
        at = self.now - timedelta(days=self._random.uniform(youngest, oldest))
        requester = find_or_create_person(
            conversation.requester_email, name=conversation.requester_name, locale=locale, time_zone="", now=at
        )
        ticket = open_ticket(
            subject=conversation.subject,
            body=conversation.messages[0].text,
            requester=requester,
            locale=locale,
            channel=Channel.FORM,
            team=self.team,
            idempotency_key=secrets.token_hex(16),
            topic_id=self._topic_ids.get(_TOPIC_KEYS.get(conversation.topic, conversation.topic)),
            priority=Priority(conversation.priority),
            now=at,
        )
        ticket.tags = [self._tag(name) for name in conversation.tags]
        self._add_traces(ticket, conversation, at)
        agent = self._random.choice(self.agents)
        for turn in self._turns(conversation, locale):
            at = self._after(at, turn)
            self._add_turn(ticket, turn, agent, requester, at)
        self._finish(ticket, conversation, agent, at)
        if conversation.outcome in _ENDED_WELL:
            self._add_answered(conversation, locale, at)

    def _turns(self, conversation: DemoConversation, locale: str) -> list[DemoMessage]:
        """What follows the first message; the last reply of a story that ended well links to its articles.

        Only once: three people who tell a story in the same words would teach the articles all of them.
        """
        turns = list(conversation.messages[1:])
        replies = [number for number, turn in enumerate(turns) if turn.sender == "agent"]
        if replies and conversation.outcome in _ENDED_WELL and not conversation.is_retold:
            if (conversation.articles, locale) not in self._links:
                self._links[conversation.articles, locale] = article_links(conversation.articles, locale)
            last = turns[replies[-1]]
            links = self._links[conversation.articles, locale]
            turns[replies[-1]] = DemoMessage(last.sender, with_links(last.text, links))
        return turns

    def _add_turn(self, ticket: Ticket, turn: DemoMessage, agent: Agent, requester: Person, at: datetime) -> None:
        if turn.sender == "note":
            ticket.notes.append(Note(agent=agent, body=turn.text, idempotency_key=secrets.token_hex(16), created_at=at))
            record_event(ticket, "note_added", now=at, agent=agent)
            return
        by_agent = turn.sender == "agent"
        ticket.messages.append(
            Message(
                idempotency_key=secrets.token_hex(16),
                agent=agent if by_agent else None,
                person=None if by_agent else requester,
                channel=Channel.AGENT if by_agent else Channel.PAGE,
                body=turn.text.replace("{agent_name}", agent.name.split()[0]),
                locale=ticket.locale,
                created_at=at,
            )
        )
        ticket.message_count += 1
        record_event(
            ticket,
            "agent_reply" if by_agent else "requester_message",
            now=at,
            agent=agent if by_agent else None,
            person=None if by_agent else requester,
        )
        if by_agent and ticket.assignee is None:
            ticket.assignee = agent
            record_event(ticket, "assigned", now=at, agent=agent, payload={"from": None, "to": agent.name})
        wanted = Status.PENDING if by_agent else Status.OPEN
        if ticket.status is not wanted:
            move(ticket, wanted, now=at, agent=agent if by_agent else None, person=None if by_agent else requester)

    def _finish(self, ticket: Ticket, conversation: DemoConversation, agent: Agent, at: datetime) -> None:
        """Bring the ticket to its outcome, with the requester's answer where they gave one."""
        outcome = conversation.outcome
        answered = any(turn.sender == "agent" for turn in conversation.messages)
        if outcome in {"solved", "solved_confirmed", "solved_bad", "closed"} and answered:
            at = self._within(at, timedelta(hours=self._random.uniform(0.2, 5)))
            if ticket.status is not Status.SOLVED:
                move(ticket, Status.SOLVED, now=at, agent=agent)
            if outcome in {"solved_confirmed", "solved_bad"}:
                at = self._within(at, timedelta(hours=self._random.uniform(0.5, 30)))
                self._rate(ticket, is_good=outcome == "solved_confirmed", comment=conversation.rating_comment, at=at)
            if outcome == "closed":
                at = self._within(at, timedelta(days=4))
                move(ticket, Status.CLOSED, now=at, agent=agent)
        elif outcome in {"open", "reopened"} and answered and ticket.status is not Status.OPEN:
            move(ticket, Status.OPEN, now=at, agent=agent)
        refresh_times(ticket, now=at)

    def _rate(self, ticket: Ticket, *, is_good: bool, comment: str, at: datetime) -> None:
        number = sum(1 for message in ticket.messages if message.agent is not None)
        score = RatingScore.GOOD if is_good else RatingScore.BAD
        ticket.ratings.append(Rating(solve_number=number, score=score, comment=comment, created_at=at, updated_at=at))
        record_event(ticket, "rated", now=at, person=ticket.requester, payload={"score": score.value})
        if not is_good:
            move(ticket, Status.OPEN, now=at, person=ticket.requester)
            return
        # Learning reads who wrote what and for whom from the rows.
        db.session.flush()
        note_verified(ticket, now=at)

    def _add_traces(self, ticket: Ticket, conversation: DemoConversation, at: datetime) -> None:
        """What the requester searched for and which suggestions did not help, before they wrote."""
        visit = f"{self._random.getrandbits(128):032x}"
        for minutes, text in zip((9, 6, 4), conversation.searches, strict=False):
            when = at - timedelta(minutes=minutes)
            db.session.add(
                SearchQuery(
                    visit=visit,
                    surface=SearchSurface.RESULTS,
                    locale=ticket.locale,
                    text=text,
                    result_count=self._random.randint(1, 9),
                    ticket_id=ticket.id,
                    created_at=when,
                    updated_at=when,
                )
            )
        known = [self._article_ids[key] for key in conversation.articles if key in self._article_ids]
        for position, article_id in enumerate(known, 1):
            shown = _shown(visit, article_id, conversation.subject, ticket.locale, position, at)
            shown.verdict, shown.ticket_id = SuggestionVerdict.REJECTED, ticket.id
            db.session.add(shown)

    def _add_answered(self, conversation: DemoConversation, locale: str, at: datetime) -> None:
        """Others with the same question, whom the article answered on the contact form: no ticket came of it."""
        article_ids = [self._article_ids[key] for key in conversation.articles[:1] if key in self._article_ids]
        for article_id, text in product(article_ids, conversation.searches):
            visit = f"{self._random.getrandbits(128):032x}"
            shown = _shown(visit, article_id, text, locale, 1, at)
            shown.verdict = SuggestionVerdict.ANSWERED
            db.session.add(shown)
            note_answered(visit, text, locale=locale, giver=f"network:{visit}", now=at)

    def _after(self, at: datetime, turn: DemoMessage) -> datetime:
        if turn.sender == "agent":
            # Most first replies come within three business hours; a few take a day.
            hours = min(self._random.lognormvariate(0.4, 0.8), 11.0)
            return self._within(at, add_business_time(at, timedelta(hours=hours), self._calendar) - at)
        if turn.sender == "note":
            return self._within(at, timedelta(minutes=self._random.uniform(4, 40)))
        return self._within(at, timedelta(hours=self._random.lognormvariate(1.0, 1.0)))

    def _within(self, at: datetime, wait: timedelta) -> datetime:
        """`wait` later, but never after now: stories end before the demo begins."""
        left = (self.now - at) * 0.6
        return at + min(wait, left)

    def _tag(self, name: str) -> Tag:
        if name not in self._tags:
            self._tags[name] = db.session.scalar(select(Tag).where(Tag.name == name)) or Tag(name=name)
        return self._tags[name]


def _shown(
    visit: str, article_id: int, query_text: str, locale: str, position: int, at: datetime
) -> SuggestionImpression:
    """An article that was offered at that place; the first one was opened."""
    return SuggestionImpression(
        session_hash=visit,
        ranker_version="demo",
        article_id=article_id,
        locale=locale,
        position=position,
        score=round(0.9 - position / 10, 2),
        query_text=query_text,
        shown_at=at - timedelta(minutes=2),
        opened_at=at - timedelta(minutes=1) if position == 1 else None,
        verdict_at=at,
    )
