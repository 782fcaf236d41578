"""``portal kb``: articles in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from portal.cli_context import with_app
from portal.clock import utcnow
from portal.knowledge_base.exporting import export_articles
from portal.knowledge_base.import_report import ImportReport, Note
from portal.knowledge_base.importing import import_articles
from portal.knowledge_base.layouts import UnreadableFolder
from portal.localization import lang_tag, locale_name
from portal.storage import BlobStore
from portal.web.templating import current_settings

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(name="kb")
def group() -> None:
    """Articles of the help centre as files."""


@group.command(name="import")
@click.argument("folder", type=_FOLDER)
@click.option("--withdraw-missing", is_flag=True, help="Withdraw imported pages whose file is gone.")
@click.option("--prefer-files", is_flag=True, help="Let files win over edits made in the portal.")
@click.option("--verbose", "-v", is_flag=True, help="Also list the files that were skipped on purpose.")
@with_app
def import_(folder: Path, withdraw_missing: bool, prefer_files: bool, verbose: bool) -> None:
    """Bring the articles in FOLDER into the portal and publish them.

    FOLDER holds one folder for each article with a file for each language, or one folder for each language as Hugo
    sites have, or files called NAME.LANGUAGE.md, or files in the default language.
    """
    console = Console(stderr=True)
    try:
        with _progress(console, "Importing") as on_progress:
            report = import_articles(
                folder,
                blobs=_blobs(),
                default_locale=current_settings().default_locale,
                now=utcnow(),
                on_progress=on_progress,
                withdraw_missing=withdraw_missing,
                prefer_files=prefer_files,
            )
    except UnreadableFolder as error:
        raise click.ClickException(str(error)) from error
    _print_notes(report, verbose=verbose)
    Console().print(_table(report))
    _print_sums(report)
    if not report.has_read_anything:
        raise SystemExit(1)


@group.command(name="export")
@click.argument("folder", type=_FOLDER)
@with_app
def export(folder: Path) -> None:
    """Write all topics, articles and pictures to FOLDER, as `portal kb import` reads them."""
    console = Console(stderr=True)
    try:
        with _progress(console, "Exporting") as on_progress:
            report = export_articles(folder, blobs=_blobs(), on_progress=on_progress)
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder}: {error.strerror or error}") from error
    for note in report.problems:
        click.echo(_line(note), err=True)
    click.echo(
        f"Pages written to {folder}: {len(report.written)}. "
        f"Already up to date: {len(report.unchanged)}, pictures: {report.picture_count}."
    )


def _blobs() -> BlobStore:
    blobs: BlobStore = current_app.extensions["blobs"]
    return blobs


@contextmanager
def _progress(console: Console, verb: str) -> Iterator[Callable[[int, int, str], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(verb, total=None)

        def on_progress(done: int, total: int, key: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{verb} {key[:40]}".rstrip())

        yield on_progress


def _print_notes(report: ImportReport, *, verbose: bool) -> None:
    for title, notes in (
        ("Could not be read", report.unreadable),
        ("Conflicts", report.conflicts),
        ("Good to know", report.problems),
        ("Skipped", report.skipped if verbose else []),
    ):
        if notes:
            click.echo(f"{title}:", err=True)
            for note in sorted(notes):
                click.echo(f"  {_line(note)}", err=True)


def _line(note: Note) -> str:
    path, text = note
    return f"{path}: {' '.join(text.split())}"


def _table(report: ImportReport) -> Table:
    table = Table(title="Pages by language")
    table.add_column("Language")
    for heading in ("New", "Changed", "Unchanged", "Withdrawn"):
        table.add_column(heading, justify="right")
    for locale, counts in report.pages_by_locale().items():
        numbers = (counts[name] for name in ("created", "updated", "unchanged", "withdrawn"))
        name = f"{locale_name(locale, in_locale='en')} ({lang_tag(locale)})"
        table.add_row(name, *(str(number) if number else "–" for number in numbers))
    return table


def _print_sums(report: ImportReport) -> None:
    pages = len(report.created) + len(report.updated) + len(report.unchanged)
    languages = len(report.pages_by_locale())
    click.echo(
        f"Pages: {pages}, languages: {languages}. Could not be read: {len(report.unreadable)}, "
        f"conflicts: {len(report.conflicts)}, notes: {len(report.problems)}, skipped: {len(report.skipped)}."
    )
