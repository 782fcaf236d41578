"""Fixtures: the demo site and a Chromium, both once a session; the site is as new for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from portal import clock
from tests.browser.chromium import Window, find_chromium, launch, open_window
from tests.browser.live_site import LiveSite, serve_demo
from tests.conftest import skip_or_fail

HERE = Path(__file__).parent
OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All of these tests need one site and one browser: with ``--dist loadgroup`` one worker runs them."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    path = find_chromium()
    if path is None:
        skip_or_fail("no Chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_site(browser: Browser, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[LiveSite]:
    """The demo, served; what it begins with is made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with serve_demo(shared, tmp_path_factory.mktemp("site") / "instance") as site:
        yield site


@pytest.fixture
def site(running_site: LiveSite) -> Iterator[LiveSite]:
    """The demo as at its beginning; the clock stands and only the test moves it."""
    running_site.reset()
    yield running_site
    clock.freeze(None)


@pytest.fixture
def window(browser: Browser) -> Iterator[OpenWindow]:
    """``window(locale="ar", width=360, …)`` opens a window; at the end none may have noted a fault."""
    with ExitStack() as stack:
        opened: list[Window] = []

        def open_one(**options: Any) -> Window:
            opening: AbstractContextManager[Window] = open_window(browser, **options)
            opened.append(stack.enter_context(opening))
            return opened[-1]

        yield open_one
        faults = [fault for one in opened for fault in one.faults]
    assert faults == []
