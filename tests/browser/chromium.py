"""The Chromium of this machine, and windows in it that note what goes wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from portal.localization import lang_tag

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--font-render-hinting=none",
)
TIMEOUT_MS = 10_000
# The browser notes every answer of 400 and more; that a form is answered with 422 is no fault.
_EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4(04|09|22)")


def find_chromium() -> str | None:
    """Where the browser is; None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """A browser without a window, which asks nobody else for anything."""
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


@dataclass
class Window:
    """A context with one page. `faults` are errors in the console, scripts that failed and refused resources."""

    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """As if nobody had used the window: no cookie, nothing stored, an empty page."""
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.emulate_media(media="null")
        self.page.goto("about:blank")
        self.context.clear_cookies()
        self.faults.clear()


@contextmanager
def open_window(
    browser: Browser, *, locale: str = "en", width: int = 1280, height: int = 800, **options: Any
) -> Iterator[Window]:
    """A window with empty cookies and storage, in the language and the time zone of the demo."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=lang_tag(locale),
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(TIMEOUT_MS)
    window = Window(context, context.new_page())

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            window.faults.append(f"{message.text} ({message.location.get('url', '')})")

    context.on("console", note_message)
    context.on("weberror", lambda error: window.faults.append(str(error.error)))
    try:
        yield window
    finally:
        context.close()


AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now, one line for each element."""
    # What is scrolled beneath a sticky header counts as too small to press; nothing is at the beginning.
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], iframes: false})", list(AXE_RULES)
    )
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'].splitlines()[-1].strip()}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def restyle(page: Page, rules: str) -> None:
    """Lay a reader's own style over the page's."""
    page.evaluate(
        "rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);"
        " document.adoptedStyleSheets = [sheet]; }",
        rules,
    )


def overflow(page: Page) -> list[str]:
    """What sticks out of the page sideways; empty when nothing does."""
    return page.evaluate(
        """() => {
          if (document.scrollingElement.scrollWidth <= innerWidth) return [];
          const sticksOut = (element) => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
          };
          const found = [...document.body.querySelectorAll('*')].filter(sticksOut).slice(0, 5);
          const names = found.map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
          return [`${document.scrollingElement.scrollWidth} > ${innerWidth}: ${names.join(', ')}`];
        }"""
    )
