"""What the demo starts with: the sample help centre, agents, and tickets of three months in eight languages."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select

from portal.agents.actions import create_agent, create_team
from portal.agents.models import Agent, Role, Team
from portal.clock import utcnow
from portal.database import db, writing
from portal.demo.conversations import load_canned_responses, load_conversations
from portal.demo.tickets import DemoTickets
from portal.jobs.queue import wake
from portal.knowledge_base.importing import import_articles
from portal.localization import INTERFACE_LOCALES, bundled_path
from portal.search.engine import SearchEngine
from portal.search.following import follow
from portal.search.learning.actions import REFIT_JOB
from portal.search.setup import search_engine
from portal.storage import BlobStore
from portal.tickets import similar_following
from portal.tickets.models import CannedResponse, CannedResponseText, Ticket
from portal.web.templating import current_settings

DEMO_EMAIL = "demo@lumenplay.example"
DEMO_PASSWORD = "lantern-harbour-violet"  # noqa: S105 - printed for everybody who starts the demo
TICKETS_PER_LOCALE = 50
_COLLEAGUES = (
    ("mara@lumenplay.example", "Mara Lindholm"),
    ("jonas@lumenplay.example", "Jonas Reuter"),
    ("aiko@lumenplay.example", "Aiko Sano"),
)


def prepare_demo(blobs: BlobStore, *, base_url: str) -> None:
    """Fill an empty demo and print where everything is; a filled one is left as people changed it."""
    if not _is_seeded():
        click.echo("Preparing the demo. This happens once and takes some seconds.")
        seed_demo(bundled_path("kb_articles"), blobs=blobs)
        with writing(False):
            follow(search_engine(current_settings()), now=utcnow(), wait=True)
            tickets = SearchEngine(current_settings().solved_tickets_index_path)
            similar_following.follow(tickets, now=utcnow(), wait=True)
        # Nobody waits for what the articles learn: the worker begins with it.
        wake(REFIT_JOB)
    click.echo(
        f"\n  Help centre   {base_url}/en/\n"
        f"  Contact form  {base_url}/en/contact\n"
        f"  Agent view    {base_url}/agent/   sign in with {DEMO_EMAIL} and the password {DEMO_PASSWORD}\n"
        f"  Captured mail {base_url}/demo/mailbox\n"
        "\n  Mail is captured, nothing is sent. Stop with Ctrl+C.\n"
    )


def seed_demo(articles: Path, *, blobs: BlobStore) -> None:
    """Articles, agents, canned responses, tickets. Tickets come last, in one transaction: they mean "seeded"."""
    now = utcnow()
    import_articles(articles, blobs=blobs, default_locale="en", now=now)
    team, agents = _seed_agents()
    _seed_canned_responses()
    demo_tickets = DemoTickets(agents=agents, team=team, now=now)
    for locale in INTERFACE_LOCALES:
        demo_tickets.add(load_conversations(locale), locale=locale, count=TICKETS_PER_LOCALE)
    db.session.commit()


def _is_seeded() -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(select(Ticket.id).limit(1).subquery())))


def _seed_agents() -> tuple[Team, list[Agent]]:
    now = utcnow()
    existing = db.session.scalars(select(Agent).order_by(Agent.id)).all()
    if existing and existing[0].team is not None:
        # An earlier start was interrupted after this step.
        return existing[0].team, list(existing)
    team = create_team(
        "player-support",
        "Player support",
        time_zone="Europe/Berlin",
        opens="09:00",
        closes="18:00",
        days=[0, 1, 2, 3, 4],
        country="DE",
    )
    agents = [
        create_agent(
            email=DEMO_EMAIL,
            name="Robin Vale",
            password=DEMO_PASSWORD,
            role=Role.ADMIN,
            team=team,
            now=now,
            time_zone="Europe/Berlin",
        )
    ]
    agents.extend(
        create_agent(
            email=email,
            name=name,
            password=DEMO_PASSWORD,
            role=Role.AGENT,
            team=team,
            now=now,
            time_zone="Europe/Berlin",
        )
        for email, name in _COLLEAGUES
    )
    return team, agents


def _seed_canned_responses() -> None:
    if db.session.scalar(select(CannedResponse.id).limit(1)) is not None:
        return
    for canned in load_canned_responses():
        row = CannedResponse(key=canned["key"], name=canned["name"], shortcut=canned.get("shortcut", ""))
        row.texts = [CannedResponseText(locale=locale, body=body.strip()) for locale, body in canned["texts"].items()]
        db.session.add(row)
    db.session.commit()
