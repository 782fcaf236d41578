"""What commands need: the app, its context, and the right to write."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import Flask

from portal.database import writing

P = ParamSpec("P")
R = TypeVar("R")


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run a click command inside the app's context, with transactions that may write."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        app: Flask = click.get_current_context().obj()
        with app.app_context(), writing():
            return command(*args, **kwargs)

    return run
