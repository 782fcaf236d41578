"""``portal search``: look at the index and build it anew."""

from __future__ import annotations

from pathlib import Path

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
from portal.search.termbase.own import EVERY_LANGUAGE
from portal.search.termbase.own import read as read_own_terms
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


@group.command("check-terms")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@with_app
def check_terms(file: Path | None) -> None:
    """Say what FILE, by default that of PORTAL_SEARCH_TERMS_FILE, holds and which of its lines have mistakes."""
    path = file or current_settings().search_terms_path
    if path is None:
        click.echo("PORTAL_SEARCH_TERMS_FILE is not set: search knows the terms that come with it.")
        return
    found = read_own_terms(path)
    languages = ", ".join(
        language if language == EVERY_LANGUAGE else lang_tag(language) for language in found.languages
    )
    click.echo(f"{path}: {len(found.rows)} lines of terms{f' in {languages}' if languages else ''}.")
    for mistake in found.mistakes:
        click.echo(f"  {mistake}")
    if found.mistakes:
        raise SystemExit(1)


def _engine() -> SearchEngine:
    return search_engine(current_settings())


group.add_command(compare_rankers)
