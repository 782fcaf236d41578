"""Pictures of every page in every state: ``python -m tests.browser.screenshots DIR`` (or ``make screenshots``).

Clock and data are always the same, so two rounds can be compared. Names: {page}-{state}-{width}-{theme}-{lang}.png.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser, Error, Page, sync_playwright
from rich.progress import Progress

from portal.localization import lang_tag
from tests.browser.chromium import find_chromium, launch, open_window
from tests.browser.live_site import LiveSite, serve_demo
from tests.browser.pages import PAGES, PageState, Visit
from tests.factories import NOW

SIZES = ((360, 740), (768, 1024), (1280, 800))
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Setting:
    """One way to look at every page: a language and a window, in some themes."""

    locale: str
    width: int
    height: int
    themes: tuple[str, ...]


SETTINGS = (
    *(Setting(locale, width, height, THEMES) for locale in ("en", "ar") for width, height in SIZES),
    *(Setting(locale, *SIZES[0], ("light",)) for locale in ("de", "ja")),
    Setting("en", *SIZES[-1], ("forced",)),
)


def take_pictures(site: LiveSite, browser: Browser, state: PageState, setting: Setting, folder: Path) -> None:
    """Open a page in a state and write one picture for each theme."""
    locale = state.locale_near(setting.locale)
    site.reset()
    with open_window(browser, locale=locale, width=setting.width, height=setting.height) as window:
        window.page.clock.set_fixed_time(NOW)
        state.open(Visit(site, window, locale))
        _load_all_pictures(window.page)
        # What sticks to the window's lower edge would stand in the middle of a picture of the whole page.
        is_whole = setting.width < SIZES[1][0] or window.page.locator(".composer, .bulk-bar").count() == 0
        if is_whole:
            window.page.evaluate("scrollTo(0, 0)")
        for theme in setting.themes:
            if theme == "forced":
                window.page.emulate_media(forced_colors="active")
            else:
                window.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            name = f"{state.name}-{setting.width}-{theme}-{lang_tag(locale)}.png"
            window.page.screenshot(path=folder / name, full_page=is_whole, animations="disabled")


def _load_all_pictures(page: Page) -> None:
    page.evaluate(
        """() => Promise.all([...document.images].map((image) => {
          image.loading = "eager";
          return image.decode().catch(() => {});
        }))"""
    )


def _chosen_states(only: tuple[str, ...]) -> Iterator[PageState]:
    for state in PAGES:
        if not only or any(state.name == name or state.name.startswith(f"{name}-") for name in only):
            yield state


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--only", multiple=True, help="A page, with all its states, or one state of it.")
@click.option("--language", "languages", multiple=True, help="Only this language, such as ar.")
@click.option("--width", "widths", multiple=True, type=int, help="Only this width.")
def main(folder: Path, only: tuple[str, ...], languages: tuple[str, ...], widths: tuple[int, ...]) -> None:
    """Write pictures of all pages into FOLDER."""
    path = find_chromium()
    if path is None:
        raise click.ClickException("Chromium is needed; install it, then run this again.")
    states = list(_chosen_states(only))
    if not states:
        raise click.ClickException(f"No such page. There are: {', '.join(state.name for state in PAGES)}")
    settings = [
        setting
        for setting in SETTINGS
        if (not languages or setting.locale in languages) and (not widths or setting.width in widths)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright, Progress() as progress:
        browser = launch(playwright, path)
        task = progress.add_task("Preparing the demo", total=len(states) * len(settings))
        with serve_demo(Path(temporary), Path(temporary) / "instance") as site:
            for setting in settings:
                for state in states:
                    progress.update(task, description=f"{state.name} {setting.width} {setting.locale}")
                    try:
                        take_pictures(site, browser, state, setting, folder)
                    except (Error, AssertionError) as error:
                        failures.append(f"{state.name} {setting.width} {setting.locale}: {str(error).splitlines()[0]}")
                    progress.advance(task)
        browser.close()
    for failure in failures:
        click.echo(f"No picture of {failure}", err=True)
    click.echo(f"{len(list(folder.glob('*.png')))} pictures are in {folder}.")
    if failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
