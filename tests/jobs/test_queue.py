"""Jobs by name: woken through any store, swept every minute, harmless when they fail."""

from __future__ import annotations

import os
import secrets
import threading

import pytest
from huey import Huey

from portal.app import create_app
from portal.database import write_intent
from portal.jobs.queue import register, run_here, wake
from portal.jobs.readiness import worker_readiness
from tests.conftest import make_settings, skip_or_fail


def redis_url() -> str:
    url = os.environ.get("ANSWERWELL_TEST_REDIS", "redis://127.0.0.1:6379/9")
    redis = pytest.importorskip("redis")
    try:
        redis.Redis.from_url(url).ping()
    except redis.ConnectionError as error:
        skip_or_fail(f"no Redis at {url}: {error}")
    return url


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def queue_app(request: pytest.FixtureRequest, instance_dir, monkeypatch):
    """An app whose wake-ups go through each of the stores, in a queue of its own: other tests use the same server."""
    monkeypatch.setattr("portal.jobs.queue.QUEUE_NAME", f"test{secrets.token_hex(8)}")
    urls = {"sqlite": lambda: "", "redis": redis_url, "postgresql": lambda: request.getfixturevalue("postgres_url")}
    app = create_app(make_settings(instance_dir, job_queue_url=urls[request.param]()))
    with app.app_context():
        yield app
    storage = app.extensions["jobs"].huey.storage
    storage.flush_all()
    storage.close()


def work_off(huey: Huey) -> int:
    """Run what is queued, as the worker does; returns how many tasks there were."""
    count = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        count += 1
    return count


def test_a_woken_job_runs_in_the_worker(queue_app):
    ran = []
    register(queue_app, "test.job", lambda: ran.append(write_intent.get()))
    wake("test.job")
    assert ran == []
    assert work_off(queue_app.extensions["jobs"].huey) == 1
    assert ran == [True]


def test_waking_a_job_many_times_runs_it_once_and_then_again(queue_app):
    ran = []
    register(queue_app, "test.job", lambda: ran.append(1))
    for _time in range(5):
        wake("test.job")
    assert work_off(queue_app.extensions["jobs"].huey) == 1
    wake("test.job")
    assert work_off(queue_app.extensions["jobs"].huey) == 1
    assert ran == [1, 1]


def test_a_job_that_only_reads_takes_no_write_lock(queue_app):
    ran = []
    register(queue_app, "test.reader", lambda: ran.append(write_intent.get()), writes=False)
    wake("test.reader")
    work_off(queue_app.extensions["jobs"].huey)
    assert ran == [False]


def test_a_failing_job_does_not_stop_the_next(queue_app, capsys):
    ran = []
    register(queue_app, "test.broken", lambda: 1 / 0)
    register(queue_app, "test.sound", lambda: ran.append(1))
    wake("test.broken")
    wake("test.sound")
    assert work_off(queue_app.extensions["jobs"].huey) == 2
    assert ran == [1]


def test_a_broken_store_does_not_break_the_request(app, monkeypatch):
    def fail() -> None:
        raise OSError("disk full")

    monkeypatch.setitem(app.extensions["jobs"].tasks, "mail.deliver", fail)
    wake("mail.deliver")


def test_a_job_beside_the_request_runs_once_at_a_time(app):
    started, release, runs = threading.Event(), threading.Event(), []

    def slow() -> None:
        runs.append(1)
        started.set()
        release.wait(5)

    register(app, "test.slow", slow, writes=False)
    run_here("test.slow")
    assert started.wait(5)
    run_here("test.slow")
    release.set()
    for thread in threading.enumerate():
        if thread.name == "test.slow":
            thread.join(5)
    assert runs == [1]


def test_queues_of_other_names_in_the_same_store_are_left_alone(queue_app, monkeypatch):
    monkeypatch.setattr("portal.jobs.queue.QUEUE_NAME", f"test{secrets.token_hex(8)}")
    other = create_app(queue_app.extensions["settings"]).extensions["jobs"].huey
    register(queue_app, "test.job", lambda: None)
    wake("test.job")

    assert work_off(other) == 0
    other.storage.flush_all()
    other.storage.close()
    assert work_off(queue_app.extensions["jobs"].huey) == 1


def test_a_worker_that_never_ran_is_told(app):
    assert worker_readiness() == {"alive": False, "last_seen_seconds_ago": None}
