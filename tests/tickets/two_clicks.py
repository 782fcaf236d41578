"""Two requests that meet in the middle of what they do, as two clicks of one person can."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn
from unittest import mock

from flask import Flask
from werkzeug.test import TestResponse

from portal.database import db
from portal.tickets import actions

# On SQLite the second waits for the first, who therefore goes on alone after a moment.
PATIENCE_SECONDS = 1


def clicked_twice(
    app: Flask,
    cookie: tuple[str, str],
    address: str,
    data: Mapping[str, Any],
    *,
    meeting: tuple[Any, str] = (actions, "_require_writable"),
) -> list[TestResponse]:
    """The answers to the same form sent twice, each of which waits for the other one at the function `meeting`."""
    db.session.commit()
    barrier = threading.Barrier(2)
    answers: list[TestResponse] = []
    check = getattr(*meeting)

    def wait(*arguments: Any) -> None:
        check(*arguments)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE_SECONDS)

    def click() -> None:
        with app.app_context():
            client = app.test_client()
            client.set_cookie(*cookie)
            answers.append(client.post(address, data=data))
            db.session.remove()

    with mock.patch.object(*meeting, wait):
        clicks = [threading.Thread(target=click) for _click in range(2)]
        for thread in clicks:
            thread.start()
        for thread in clicks:
            thread.join()
    return answers


def raises(error: Exception) -> Callable[..., NoReturn]:
    """A function that raises `error`, whatever it is given."""

    def fail(*_arguments: Any, **_values: Any) -> NoReturn:
        raise error

    return fail
