"""The worker process: Huey's consumer with our sign of life."""

from __future__ import annotations

import os
import socket

from flask import Flask
from huey import crontab

from portal.clock import utcnow
from portal.database import writing
from portal.jobs.queue import JobQueue, beat

POLL_SECONDS = 0.2
LONGEST_POLL_SECONDS = 1.0
THREADS = 2


def run_worker(app: Flask) -> None:
    """Work until SIGINT (finish the running job first) or SIGTERM."""
    queue: JobQueue = app.extensions["jobs"]
    name = f"{socket.gethostname()}:{os.getpid()}"

    def note_sign_of_life() -> None:
        with app.app_context(), writing():
            beat(name, now=utcnow())

    queue.huey.periodic_task(crontab(minute="*"), name="worker.heartbeat")(note_sign_of_life)
    note_sign_of_life()
    # What a killed worker left behind is taken up at once, not only at the next full minute.
    for task in queue.tasks.values():
        task()
    # What domains keep open beside their jobs; it ends with the process.
    for start in app.extensions.get("worker_services", ()):
        start()
    consumer = queue.huey.create_consumer(
        workers=THREADS, worker_type="thread", initial_delay=POLL_SECONDS, max_delay=LONGEST_POLL_SECONDS
    )
    consumer.run()
