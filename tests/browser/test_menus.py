"""Every list that opens stays within the narrowest page, in both directions."""

from __future__ import annotations

import pytest

from tests.browser.chromium import overflow
from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import PAGES, Visit, open_composer

STATES = {state.name: state for state in PAGES}
# Opens one menu after the other; names those that stick out of the window.
OPEN_ALL = """() => [...document.querySelectorAll("details[data-menu]")].flatMap((menu) => {
  if (!menu.checkVisibility()) return [];
  menu.open = true;
  const box = menu.querySelector(".menu-panel").getBoundingClientRect();
  const wide = document.scrollingElement.scrollWidth > innerWidth;
  menu.open = false;
  return box.left < 0 || box.right > innerWidth || wide ? [menu.querySelector("summary").textContent.trim()] : [];
})"""


@pytest.mark.parametrize("locale", ["en", "ar", "de"])
@pytest.mark.parametrize("name", ["home", "article", "queue", "ticket"])
def test_open_menus_stay_within_the_page(site: LiveSite, window: OpenWindow, name: str, locale: str):
    opened = window(locale=locale, width=320, height=640)
    visit = Visit(site, opened, locale)
    STATES[name].open(visit)
    assert opened.page.evaluate(OPEN_ALL) == []

    if name == "ticket":
        open_composer(visit, "reply")
        assert opened.page.evaluate(OPEN_ALL) == []
    for width in (600, 768, 1280):
        opened.page.set_viewport_size({"width": width, "height": 800})
        assert opened.page.evaluate(OPEN_ALL) == [], f"at {width}"
        assert overflow(opened.page) == []
