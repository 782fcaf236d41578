"""``portal search``: look at the index and build it anew."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portal.cli_context import with_app
from portal.localization import lang_tag
from portal.search.compare_cli import compare_rankers
from portal.search.engine import SearchEngine
from portal.search.following import count_visible, newest_change
from portal.search.following import rebuild as rebuild_index
from portal.search.index_errors import IndexUnavailable
from portal.search.learning.cli import forget, refit
from portal.search.setup import search_engine
from portal.web.templating import current_settings


@click.group("search")
def group() -> None:
    """The search index of this machine."""


group.add_command(refit)
group.add_command(forget)


@group.command()
@with_app
def rebuild() -> None:
    """Build the index anew beside the old one, which answers meanwhile."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Indexing", total=count_visible())
        count = rebuild_index(_engine(), on_article=lambda: progress.advance(task))
    click.echo(f"The index holds {count} translations.")


@group.command()
@with_app
def status() -> None:
    """Say which languages are indexed and how far the index is."""
    try:
        manifest = _engine().manifest()
    except IndexUnavailable as error:
        click.echo(f"No usable index: {error}. Build one with `portal search rebuild`.")
        raise SystemExit(1) from error
    newest = newest_change()
    state = "up to date" if manifest.position >= newest else f"{newest - manifest.position} changes behind"
    languages = ", ".join(map(lang_tag, manifest.locales)) or "no language"
    click.echo(f"{languages}: change {manifest.position} of {newest}, {state}.")


def _engine() -> SearchEngine:
    return search_engine(current_settings())


group.add_command(compare_rankers)
