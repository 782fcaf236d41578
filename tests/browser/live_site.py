"""The demo served from inside this process: a real server for a real browser, with a clock that the tests turn."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from portal import clock
from portal.agents.models import Agent, AgentSession
from portal.app import create_app
from portal.config import Settings
from portal.database import db, writing
from portal.demo.seeding import DEMO_EMAIL, seed_demo
from portal.jobs.queue import run_now
from portal.knowledge_base.models import Article, Translation, TranslationState
from portal.localization import bundled_path, lang_tag
from portal.mail.models import CapturedMail
from portal.tickets.links import issue_link
from portal.tickets.models import Status, Ticket
from portal.tokens import new_token, token_hash
from tests.factories import NOW

DATABASE = "portal.sqlite3"


def demo_settings(instance_dir: Path, base_url: str) -> Settings:
    """The settings of `portal serve --demo`, independent of the environment."""
    return Settings(
        _env_file=None,
        environment="demo",
        instance_dir=instance_dir,
        mail_transport="capture",
        brand_name="Lumen Play Help",
        support_email="support@lumenplay.example",
        time_zone="Europe/Berlin",
        base_url=base_url,
        secret_key="for-tests-" * 5,
        database_url="",
        job_queue_url="",
    )


def seeded_instance(shared: Path) -> Path:
    """The folder of a demo as it is when it begins; made once, whichever process asks first."""
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "is-ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _seed(folder)
            (folder / "is-ready").touch()
    return folder


def _seed(folder: Path) -> None:
    app = create_app(demo_settings(folder, "http://127.0.0.1"))
    with clock.frozen(NOW), app.app_context(), writing():
        db.create_all()
        seed_demo(bundled_path("kb_articles"), blobs=app.extensions["blobs"])
        _number_references()
        for name in app.extensions["jobs"].jobs:
            run_now(name)
        db.session.remove()
        db.engine.dispose()
    # No write-ahead log: readers of it would make and remove files beside the database while others copy the folder.
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)


def _number_references() -> None:
    """References are random; here they are not, so that two rounds of screenshots can be compared."""
    for ticket in db.session.scalars(select(Ticket)):
        ticket.reference = f"HX-{40_000 + ticket.id}"
    db.session.commit()


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args: Any) -> None:
        return None


@dataclass
class LiveSite:
    """A running demo; `reset` brings it back to its beginning."""

    app: Flask
    base_url: str
    fresh: Path

    def reset(self, now: datetime = NOW) -> None:
        """The data as seeded, and the clock at `now`."""
        clock.freeze(now)
        live = self.app.extensions["settings"].instance_path / DATABASE
        # Through SQLite itself, for threads of the server may still read.
        with closing(sqlite3.connect(self.fresh / DATABASE)) as source, closing(sqlite3.connect(live)) as target:
            source.backup(target)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Inside the app, with the right to write; keep it short, the server waits for the lock."""
        with self.app.app_context(), writing():
            yield

    def pass_time(self, **duration: float) -> datetime:
        """Turn the clock on, such as by ``seconds=5``; returns the new time."""
        now = clock.utcnow() + timedelta(**duration)
        clock.freeze(now)
        return now

    def work(self) -> None:
        """What the worker would do by now."""
        with self.database():
            for name in self.app.extensions["jobs"].jobs:
                run_now(name)

    def newest_mail(self, recipient: str) -> str:
        """The address of the newest captured mail to `recipient`."""
        self.work()
        with self.database():
            mail_id = db.session.scalar(
                select(CapturedMail.id).where(CapturedMail.recipient == recipient).order_by(CapturedMail.id.desc())
            )
        assert mail_id is not None, f"no mail to {recipient}"
        return f"{self.base_url}/demo/mailbox/{mail_id}"

    def sign_in(self, context: BrowserContext, locale: str = "en", email: str = DEMO_EMAIL) -> None:
        """Sign the demo's agent in, with an interface in `locale`."""
        token, now = new_token(), clock.utcnow()
        with self.database():
            agent = db.session.scalars(select(Agent).where(Agent.email == email)).one()
            agent.locale = locale
            db.session.add(
                AgentSession(
                    token_hash=token_hash(token),
                    agent=agent,
                    ip_address="127.0.0.1",
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + timedelta(days=30),
                )
            )
            db.session.commit()
        context.add_cookies([{"name": "agent_session", "value": token, "url": self.base_url}])

    def ticket_id(self, status: Status, locale: str = "en", *, minimum_messages: int = 1) -> int:
        """A seeded ticket that its requester has not rated."""
        with self.database():
            query = select(Ticket.id).where(
                Ticket.status == status, Ticket.message_count >= minimum_messages, ~Ticket.ratings.any()
            )
            in_locale = db.session.scalar(query.where(Ticket.locale == locale).order_by(Ticket.id))
            found = in_locale or db.session.scalar(query.order_by(Ticket.id))
        assert found is not None, f"no {status} ticket in the demo"
        return found

    def request_link(self, ticket_id: int, locale: str = "en") -> str:
        """The address that a mail would carry for the requester of a ticket."""
        with self.database():
            ticket = db.session.get_one(Ticket, ticket_id)
            token = issue_link(ticket, ticket.requester, now=clock.utcnow())
            db.session.commit()
        return f"{self.base_url}/{lang_tag(locale)}/requests/link/{token}"

    def article_slug(self, key: str, locale: str) -> str | None:
        """The slug of an article in a language; None when it is not published in it."""
        with self.database():
            return db.session.scalar(
                select(Translation.slug)
                .join(Article)
                .where(Article.key == key, Translation.locale == locale)
                .where(Translation.state == TranslationState.PUBLISHED)
            )


@contextmanager
def serve_demo(shared: Path, folder: Path) -> Iterator[LiveSite]:
    """A demo on a free port of this machine, on a copy (in `folder`) of the seeded instance that `shared` keeps."""
    fresh = seeded_instance(shared)
    shutil.copytree(fresh, folder)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, _not_ready, threaded=True, request_handler=_QuietHandler)
    base_url = f"http://127.0.0.1:{server.port}"
    app = create_app(demo_settings(folder, base_url))
    server.app = app.wsgi_app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield LiveSite(app=app, base_url=base_url, fresh=fresh)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        clock.freeze(None)
        with app.app_context():
            db.engine.dispose()


def _not_ready(_environ: Any, _start_response: Any) -> Any:
    raise RuntimeError("the app is put in before the server runs")
