"""Jobs by name. Rows in our database are the record of what is to do; Huey only wakes the worker.

A job takes no argument: it looks for due rows, so that running it twice, late or for nothing is harmless.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from portal.config import Settings
from portal.database import db, writing
from portal.jobs.models import WorkerHeartbeat

logger = structlog.get_logger(__name__)
Job = Callable[[], None]

# What the queue is called in its store; installations that share one store must not share the name.
QUEUE_NAME = "portal"


@dataclass
class JobQueue:
    """The jobs an app knows and the Huey instance that carries the wake-ups."""

    huey: Huey
    jobs: dict[str, Job] = field(default_factory=dict)
    tasks: dict[str, Callable[[], Any]] = field(default_factory=dict)
    runners: dict[str, Job] = field(default_factory=dict)
    running_here: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


def init_jobs(app: Flask, settings: Settings) -> None:
    """Give `app` its queue; the store follows ``PORTAL_JOB_QUEUE_URL``, else a SQLite file of its own."""
    huey = _make_huey(settings)
    # Web processes are forked from one that has loaded the app, and no connection may cross a fork.
    huey.storage.close()
    app.extensions["jobs"] = JobQueue(huey=huey)


def register(app: Flask, name: str, job: Job, *, writes: bool = True) -> None:
    """Run `job` (inside the app's context) whenever it is woken, and every minute to find what was forgotten.

    A job that only reads says so with `writes` off: it keeps nobody from writing, however long it takes.
    """
    queue: JobQueue = app.extensions["jobs"]

    def run() -> None:
        with app.app_context(), writing(writes):
            try:
                # Before the work: who commits from now on wakes us anew.
                queue.huey.get(_woken(name))
                job()
            except Exception:
                # Rows keep the work; the next sweep tries again.
                db.session.rollback()
                logger.exception("job failed", job=name)

    queue.jobs[name] = job
    queue.runners[name] = run
    queue.tasks[name] = queue.huey.task(name=name)(run)
    queue.huey.periodic_task(crontab(minute="*"), name=f"{name}.sweep")(run)


def wake(name: str) -> None:
    """Tell the worker that there is something to do, once until it begins; never fails, for the sweep comes anyway."""
    queue: JobQueue = current_app.extensions["jobs"]
    try:
        if queue.huey.put_if_empty(_woken(name), True):
            queue.tasks[name]()
    except Exception as error:  # noqa: BLE001 - each store of wake-ups fails in its own way
        logger.warning("the worker could not be woken", job=name, error=repr(error))


def run_here(name: str) -> None:
    """Run a job in this process beside the request, which does not wait; nothing happens while it runs already."""
    queue: JobQueue = current_app.extensions["jobs"]
    with queue.lock:
        if name in queue.running_here:
            return
        queue.running_here.add(name)

    def run() -> None:
        try:
            queue.runners[name]()
        finally:
            queue.running_here.discard(name)

    threading.Thread(target=run, name=name, daemon=True).start()


def run_now(name: str) -> None:
    """Run a job in this process (tests, the command line)."""
    queue: JobQueue = current_app.extensions["jobs"]
    with writing():
        queue.jobs[name]()


def beat(name: str, *, now: datetime) -> None:
    """Note that the worker `name` is alive. Commits."""
    db.session.merge(WorkerHeartbeat(name=name, seen_at=now))
    db.session.commit()


def _woken(name: str) -> str:
    return f"woken.{name}"


def _make_huey(settings: Settings) -> Huey:
    url = settings.job_queue_url
    if settings.environment == "test" and not url:
        return SqliteHuey(QUEUE_NAME, filename=str(settings.instance_path / "jobs.sqlite3"), results=False, fsync=False)
    if url.startswith(("redis://", "rediss://", "unix://")):
        return RedisHuey(QUEUE_NAME, url=url, results=False)
    if url.startswith(("postgres://", "postgresql://")):
        return PostgresHuey(QUEUE_NAME, dsn=url, results=False)
    path = Path(settings.instance_path / "jobs.sqlite3")
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(QUEUE_NAME, filename=str(path), results=False)
