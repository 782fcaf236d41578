"""Every page and state: accessible, as narrow as the narrowest phone, without a complaint of the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Window, axe_violations, open_window, overflow, restyle
from tests.browser.live_site import LiveSite
from tests.browser.pages import PAGES, PageState, Visit

NARROWEST = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
TWICE_THE_NARROWEST = {"width": 640, "height": 640}
TWICE_THE_TEXT = "html { font-size: 200% !important; }"
# WCAG 1.4.12
WIDE_SPACING = """
  * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
  p { margin-block-end: 2em !important; }
"""
# Long words and right to left stand for all; each has its own window, where styles and scripts are loaded once.
READERS = {"en": (DESKTOP, "light"), "ar": (PHONE, "dark"), "de": (NARROWEST, "dark"), "ja": (NARROWEST, "light")}
OpenState = Callable[[PageState, str], Window]


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[str, Window]]:
    """A window for each of the languages."""
    with ExitStack() as stack:
        yield {
            locale: stack.enter_context(open_window(browser, locale=locale, color_scheme=theme, **size))
            for locale, (size, theme) in READERS.items()
        }


@pytest.fixture
def open_state(site: LiveSite, windows: dict[str, Window]) -> Iterator[OpenState]:
    """``open_state(state, "ar")`` brings that language's window there; it may have no fault at the end."""
    used: list[Window] = []

    def open_one(state: PageState, reader: str) -> Window:
        window = windows[reader]
        used.append(window)
        window.page.set_viewport_size(READERS[reader][0])
        state.open(Visit(site, window, state.locale_near(reader)))
        return window

    yield open_one
    faults = [fault for window in used for fault in window.faults]
    for window in used:
        window.forget()
    assert faults == []


@pytest.mark.parametrize("reader", ["en", "ar"])
@pytest.mark.parametrize("state", PAGES, ids=lambda state: state.name)
def test_axe_finds_nothing_and_nothing_is_wider_than_320_even_with_larger_text(
    open_state: OpenState, state: PageState, reader: str
):
    window = open_state(state, reader)

    assert axe_violations(window.page) == []
    window.page.set_viewport_size(NARROWEST)
    assert overflow(window.page) == []
    restyle(window.page, WIDE_SPACING)
    assert overflow(window.page) == []
    window.page.set_viewport_size(TWICE_THE_NARROWEST)
    restyle(window.page, TWICE_THE_TEXT)
    assert overflow(window.page) == []


@pytest.mark.parametrize("reader", ["de", "ja"])
@pytest.mark.parametrize("state", PAGES, ids=lambda state: state.name)
def test_nothing_is_wider_than_320_in_long_words_and_in_none(open_state: OpenState, state: PageState, reader: str):
    assert overflow(open_state(state, reader).page) == []
