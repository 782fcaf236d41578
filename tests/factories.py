"""make_* functions: everything defaults, name what the test is about. Each flushes and commits."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from portal.agents.models import Agent, AgentSession, Role, Team
from portal.clock import utcnow
from portal.database import db
from portal.knowledge_base.models import Article, Revision, Section, Topic, TopicName, Translation, TranslationState
from portal.people.models import Identity, Person
from portal.tickets.models import Channel, Message, Ticket, TicketEvent
from portal.tokens import token_hash
from portal.web.cookies import cookie_name

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
# Of "correct horse battery staple", made with the cheapest parameters: tests do not wait for argon2.
PASSWORD = "correct horse battery staple"
_counter = itertools.count(1)


def _save(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def make_team(**values: Any) -> Team:
    number = next(_counter)
    return _save(Team(**{"key": f"team-{number}", "name": "Player support", "time_zone": "Europe/Berlin", **values}))


def make_agent(**values: Any) -> Agent:
    number = next(_counter)
    defaults: dict[str, Any] = {
        "email": f"agent{number}@help.example",
        "name": f"Agent {number}",
        "password_hash": "unusable",
        "role": Role.AGENT,
        "created_at": utcnow(),
    }
    return _save(Agent(**{**defaults, **values}))


def signed_in_client(app: Flask, agent: Agent) -> FlaskClient:
    """A browser in which `agent` is signed in. POSTs need no token from the page: it is added to form data."""
    token = f"session-{next(_counter)}"
    now = utcnow()
    db.session.add(
        AgentSession(
            token_hash=token_hash(token),
            agent=agent,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=30),
        )
    )
    db.session.commit()
    client = _TokenClient(app, app.response_class)
    client.agent = agent
    client.token_page = "/agent/account"
    client.set_cookie(cookie_name("agent_session"), token)
    return client


class _TokenClient(FlaskClient):
    """Reads the forgery token from a page once and sends it along, as a browser does with the form."""

    agent: Agent
    token_page: str
    _csrf: str | None = None

    def post(self, *args: Any, **kwargs: Any) -> Any:
        if self._csrf is None:
            page = self.get(self.token_page).get_data(as_text=True)
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            self._csrf = found.group(1) if found else ""
        headers = dict(kwargs.pop("headers", {}) or {})
        headers.setdefault("X-CSRF-Token", self._csrf)
        return super().post(*args, headers=headers, **kwargs)


def make_person(**values: Any) -> Person:
    number = next(_counter)
    email = values.pop("email", f"person{number}@example.org")
    person = Person(**{"name": "Noor Haddad", "locale": "en", "created_at": utcnow(), **values})
    person.identities.append(Identity(address=email))
    return _save(person)


def make_topic(**values: Any) -> Topic:
    number = next(_counter)
    names = values.pop("names", {"en": f"Topic {number}"})
    topic = Topic(**{"key": f"topic-{number}", **values})
    topic.names = [TopicName(locale=locale, name=name) for locale, name in names.items()]
    return _save(topic)


def make_article(**values: Any) -> Article:
    """An article without translations; see make_translation."""
    number = next(_counter)
    return _save(Article(**{"key": f"article-{number}", "source_locale": "en", "created_at": utcnow(), **values}))


def make_translation(article: Article | None = None, **values: Any) -> Translation:
    """A published translation with one revision and sections made from `sections` [(key, heading, text)]."""
    number = next(_counter)
    article = article or make_article()
    title = values.pop("title", f"Article {number}")
    sections = values.pop("sections", [("", "", "A lead paragraph."), ("steps", "Steps", "Press the button.")])
    revision_values = {
        key: values.pop(key) for key in ("based_on_number", "summary", "keywords", "body_html") if key in values
    }
    now = utcnow()
    translation = Translation(
        **{
            "article": article,
            "locale": "en",
            "slug": f"article-{number}",
            "state": TranslationState.PUBLISHED,
            "updated_at": now,
            "published_at": now,
            **values,
        }
    )
    db.session.add(translation)
    db.session.flush()
    html = "".join(
        f'<h2 id="{key}">{heading}</h2><p>{text}</p>' if key else f"<p>{text}</p>" for key, heading, text in sections
    )
    revision = Revision(
        **{
            "translation_id": translation.id,
            "number": 1,
            "title": title,
            "summary": "A summary.",
            "body_markdown": "",
            "body_html": html,
            "created_at": now,
            **revision_values,
        }
    )
    revision.sections = [
        Section(
            key=key, position=position, level=2 if key else 1, heading=heading, text=text, content_hash=f"{hash(text)}"
        )
        for position, (key, heading, text) in enumerate(sections)
    ]
    db.session.add(revision)
    db.session.flush()
    translation.published_revision_id = revision.id
    db.session.commit()
    db.session.refresh(translation)
    return translation


def make_ticket(**values: Any) -> Ticket:
    """A new ticket with one message of its requester."""
    number = next(_counter)
    body = values.pop("body", "I cannot sign in since yesterday.")
    now = utcnow()
    requester = values.pop("requester", None) or make_person()
    defaults: dict[str, Any] = {
        "reference": f"HX-T{number:05d}",
        "idempotency_key": f"ticket-{number}",
        "subject": "Cannot sign in",
        "locale": requester.locale,
        "requester": requester,
        "created_at": now,
        "updated_at": now,
        "waiting_since": now,
        "message_count": 1,
    }
    ticket = Ticket(**{**defaults, **values})
    ticket.messages.append(
        Message(
            idempotency_key=f"message-{number}",
            person=requester,
            channel=Channel.FORM,
            body=body,
            locale=ticket.locale,
            created_at=now,
        )
    )
    ticket.events.append(TicketEvent(kind="opened", occurred_at=now, person_id=requester.id))
    return _save(ticket)
