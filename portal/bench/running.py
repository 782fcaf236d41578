"""The measurements of ``portal bench``: run one, print it, say whether it is as it should be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from portal.bench import tables
from portal.bench.endurance import endure
from portal.bench.made_help_centre import MadeHelpCentre
from portal.bench.quality import Surface, engine_on
from portal.bench.reports import Conditions, quality_rows
from portal.bench.speed import Speed, measure_speed
from portal.bench.workload import Workload
from portal.search import semantic

# Where output goes into a file: tables keep their columns.
_FILE_WIDTH: Final = 200
_TIMED_QUERIES: Final = 100
_HOSTILE_QUERIES: Final = 1000


def report_quality(options: dict[str, Any]) -> bool:
    """Recall and abstaining on a set of articles and questions. True: any figure is a result.

    Raises:
        UsageError: meanings are asked for, and the extra is not installed.
    """
    if options["semantic"] and not semantic.available():
        raise click.UsageError("--semantic needs the extra [semantic], which is not installed.")
    conditions = Conditions(
        asked_in=options["asked_in"],
        answered_from=options["answered_from"],
        surface=Surface(options["surface"]),
        noises=options["noise"],
        tickets=options["tickets"],
        held_back=options["held_back"],
        strangers=options["strangers"],
        limit=options["limit"],
    )
    is_semantic = semantic.available() if options["semantic"] is None else options["semantic"]
    with semantic.using(semantic.StaticEmbedder() if is_semantic else None), _progress() as progress:
        task = progress.add_task("Asking", total=None)
        rows = list(quality_rows(options["folder"], conditions, on_question=lambda: progress.advance(task)))
    _print([asdict(row) for row in rows], [tables.quality_table(rows)], as_json=options["as_json"])
    return True


def report_speed(options: dict[str, Any]) -> bool:
    """Speed, size and memory. True: any figure is a result."""
    measured: list[Speed] = []
    with _progress() as progress:
        task = progress.add_task("", total=None)
        for count in options["articles"]:
            queries = options["queries"] or _TIMED_QUERIES
            measured.append(
                measure_speed(
                    Workload(tuple(options["locales"]), count, queries, seed=options["seed"]),
                    processes=options["processes"],
                    while_indexing=options["while_indexing"],
                    updates_per_second=options["updates_per_second"],
                    on_step=partial(_describe, progress, task, count),
                )
            )
    found = [tables.build_table(measured), tables.latency_table(measured), tables.memory_table(measured)]
    _print([asdict(speed) for speed in measured], found, as_json=options["as_json"])
    return True


def report_hostile(options: dict[str, Any]) -> bool:
    """Hostile texts on made help centres; False when one failed or took too long."""
    locales, count = options["locales"], options["queries"] or _HOSTILE_QUERIES
    articles = [
        upsert.article for locale in locales for upsert in MadeHelpCentre(locale, options["articles"][0], seed=1)
    ]
    with _progress() as progress, engine_on(articles) as engine:
        task = progress.add_task("Asking", total=count * len(locales))
        endurance = endure(
            engine,
            locales,
            count=count,
            longest_ms=options["longest_ms"],
            seed=options["seed"],
            on_text=lambda: progress.advance(task),
        )
    _print([asdict(endurance)], [tables.endurance_table(endurance)], as_json=options["as_json"])
    if not options["as_json"]:
        click.echo(
            f"{endurance.searches:,} searches: {len(endurance.failed)} failed, {endurance.too_slow} took longer than "
            f"{options['longest_ms']:.0f} ms."
        )
    return endurance.is_good


def _describe(progress: Progress, task: TaskID, articles: int, step: str) -> None:
    progress.update(task, description=f"{articles:,} articles: {step}")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _print(values: Sequence[Any], found: Sequence[Table], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=_FILE_WIDTH)
    for table in found:
        console.print(table)
