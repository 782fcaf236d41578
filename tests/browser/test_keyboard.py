"""Tab reaches everything, leaves the page again, and never hides what has the focus."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import PAGES, Visit

STATES = {state.name: state for state in PAGES}
MOST_STOPS = 120
# None at the end of the page; else what is wrong with the element that has the focus, or "".
FAULT_OF_FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const name = element.outerHTML.slice(0, 120);
  const box = element.getClientRects()[0];
  if (!box) return `no place: ${name}`;
  const points = [[.5, .5], [.05, .2], [.95, .8], [.05, .8], [.95, .2]].map(([across, down]) =>
    document.elementFromPoint(box.left + box.width * across, box.top + box.height * down));
  if (!points.some((found) => found && (element.contains(found) || found.contains(element)))) return `hidden: ${name}`;
  // A card draws the ring of its link around itself; inside a frame the mail draws its own.
  const styles = [getComputedStyle(element), getComputedStyle(element, "::after")];
  const hasRing = styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3);
  return hasRing || element.tagName === "IFRAME" ? "" : `no ring: ${name}`;
}"""


@pytest.mark.parametrize(
    ("name", "locale", "width"),
    [
        ("home", "en", 1280),
        ("results", "ar", 360),
        ("article", "ar", 1280),
        ("contact-errors", "en", 360),
        ("request-waiting", "ar", 360),
        ("mailbox-mail", "en", 1280),
        ("ticket", "en", 1280),
        ("queue-selected", "en", 360),
        ("queue-selected", "ar", 1280),
    ],
)
def test_tab_goes_through_the_page(site: LiveSite, window: OpenWindow, name: str, locale: str, width: int):
    opened = window(locale=locale, width=width, height=700)
    STATES[name].open(Visit(site, opened, locale))
    opened.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")

    faults = []
    for _ in range(MOST_STOPS):
        opened.page.keyboard.press("Tab")
        fault = opened.page.evaluate(FAULT_OF_FOCUS)
        if fault is None:
            break
        faults += [fault] if fault else []
    else:
        faults.append("Tab never leaves the page")
    assert faults == []
