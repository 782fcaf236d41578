"""What public pages cost and leave behind: few bytes, few requests, no cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import PAGES, Visit

KB = 1024
# Upper limits of bytes as sent, and of requests: the document, then styles, scripts and all together.
PUBLIC = {"document": 14 * KB, "stylesheet": 12 * KB, "script": 24 * KB, "total": 50 * KB, "requests": 5}
AGENT = {"document": 24 * KB, "stylesheet": 20 * KB, "script": 34 * KB, "total": 78 * KB, "requests": 8}
LARGEST_PICTURE = 60 * KB
LARGEST_FRAGMENT = 6 * KB
LARGEST_SUGGESTIONS = 3 * KB
PUBLIC_PAGES = ("home", "results", "results-zero", "topic", "article", "not-found", "contact-question", "requests")
AGENT_PAGES = ("queue", "ticket", "account")
STATES = {state.name: state for state in PAGES}


@dataclass
class Traffic:
    """The bodies that a page loads, as the network carries them."""

    requests: list[Request]

    def of(self, *kinds: str) -> list[int]:
        """The sizes in bytes of what was loaded of some kinds."""
        return [_size(request) for request in self.requests if request.resource_type in kinds]

    def over(self, limits: dict[str, int]) -> dict[str, int]:
        """Every limit that is exceeded, with what was measured."""
        # An article's pictures and what is fetched when the page stands have limits of their own.
        page = [
            request
            for request in self.requests
            if request.resource_type not in {"xhr", "fetch"} and "/media/" not in request.url
        ]
        measured = {kind: sum(self.of(kind)) for kind in ("document", "stylesheet", "script")}
        measured |= {"total": sum(map(_size, page)), "requests": len(page)}
        return {name: number for name, number in measured.items() if number > limits[name]}


def _size(request: Request) -> int:
    return request.sizes()["responseBodySize"]


def _load(page: Page, open_page: Callable[[], None]) -> Traffic:
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    open_page()
    page.wait_for_load_state("networkidle")
    return Traffic(requests)


@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_a_public_page_is_light_and_leaves_no_cookie(site: LiveSite, window: OpenWindow, name: str):
    opened = window()
    traffic = _load(opened.page, lambda: STATES[name].open(Visit(site, opened, "en")))

    assert traffic.over(PUBLIC) == {}
    assert max(traffic.of("image"), default=0) <= LARGEST_PICTURE
    assert opened.context.cookies() == []
    assert all(request.url.startswith((site.base_url, "data:")) for request in traffic.requests)
    document = next(request for request in traffic.requests if request.resource_type == "document").response()
    assert document.status != 200 or document.header_value("content-encoding") == "br"


@pytest.mark.parametrize("name", AGENT_PAGES)
def test_an_agent_page_is_light(site: LiveSite, window: OpenWindow, name: str):
    opened = window()
    traffic = _load(opened.page, lambda: STATES[name].open(Visit(site, opened, "en")))

    assert traffic.over(AGENT) == {}
    assert max(traffic.of("xhr", "fetch"), default=0) <= LARGEST_FRAGMENT


def test_suggestions_are_a_small_answer(site: LiveSite, window: OpenWindow):
    opened = window()
    traffic = _load(opened.page, lambda: STATES["home-suggestions"].open(Visit(site, opened, "en")))

    assert 0 < max(traffic.of("fetch")) <= LARGEST_SUGGESTIONS
    assert opened.context.cookies() == []
