"""The measurements as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.table import Table

from portal.bench.endurance import Endurance
from portal.bench.memory import Memory
from portal.bench.reports import QualityRow
from portal.bench.speed import Searching, Speed
from portal.bench.workload import Kind
from portal.localization import lang_tag
from portal.search.measures import Estimate, Latency

_PER_ARTICLES: Final = 10_000
_NOTHING: Final = "–"


def quality_table(rows: Sequence[QualityRow]) -> Table:
    """One line a condition, in percent with 95 % half-widths; abstaining only where questions have no answer."""
    table = Table(title="Quality (per cent ± half of the 95 % confidence interval)", title_justify="left")
    abstains = any(row.quality.unanswerable for row in rows)
    for name in ("set", "language", "surface", "noise", "tickets"):
        table.add_column(name)
    names = ["n", "R@1", "R@3", "R@5", "MRR@10", "kept"]
    names += ["no answer n", "still suggested", "AUROC"] if abstains else []
    for name in (*names, "p50 ms", "p95 ms"):
        table.add_column(name, justify="right")
    for row in rows:
        found = row.quality
        cells = [row.set_name, row.languages, row.surface, found.noise, row.tickets, str(found.answerable)]
        cells += [_percent(found.recall[depth]) for depth in (1, 3, 5)] + [_percent(found.mrr), _percent(found.kept)]
        if abstains:
            area = _NOTHING if found.auroc is None else f"{100 * found.auroc:.1f}"
            cells += [str(found.unanswerable), _percent(found.wrongly_suggested), area]
        table.add_row(*cells, f"{found.latency.p50:.1f}", f"{found.latency.p95:.1f}")
    return table


def build_table(measured: Sequence[Speed]) -> Table:
    """How the indexes were built."""
    table = Table(title="Building the index", title_justify="left")
    names = ("articles", "languages", "translations", "seconds", "a second", "MB on disk", "MB an article", "peak MB")
    for name in names:
        table.add_column(name, justify="right")
    for speed in measured:
        build = speed.build
        table.add_row(
            f"{speed.articles:,}",
            str(len(speed.locales)),
            f"{build.translations:,}",
            f"{build.seconds:.1f}",
            f"{build.per_second:,.0f}",
            f"{build.size_on_disk:.1f}",
            f"{build.size_on_disk / max(1, build.translations):.4f}",
            _NOTHING if build.peak_memory is None else f"{build.peak_memory:.0f}",
        )
    return table


def latency_table(measured: Sequence[Speed]) -> Table:
    """How long answers took: absolute, against one process alone, and per 10,000 articles."""
    table = Table(title="Answers (milliseconds)", title_justify="left")
    for name in ("articles", "while", "asked"):
        table.add_column(name)
    for name in ("n", "p50", "p95", "p99", "longest", "p95 × alone", f"p50 per {_PER_ARTICLES:,}"):
        table.add_column(name, justify="right")
    for speed in measured:
        for cells in _latency_cells(speed):
            table.add_row(f"{speed.articles:,}", *cells)
        table.add_section()
    return table


def _latency_cells(speed: Speed) -> Iterator[list[str]]:
    alone = speed.searching[0]
    for searching in speed.searching:
        for kind in Kind:
            found, reference = searching.by_kind[kind], alone.by_kind[kind]
            ratio = found.p95 / reference.p95 if reference.p95 else 0.0
            yield [
                searching.circumstance,
                str(kind),
                *_latency(found),
                f"{ratio:.2f}",
                f"{found.p50 * _PER_ARTICLES / speed.articles:.2f}",
            ]
        yield [searching.circumstance, "first of its kind", *_latency(searching.first), "", ""]
        if searching.updates:
            yield [searching.circumstance, "change → found", *_latency(searching.updates), "", ""]


def memory_table(measured: Sequence[Speed]) -> Table:
    """What a searching process held before its first and after its last question."""
    table = Table(title="Memory of a searching process (megabytes)", title_justify="left")
    for name in ("articles", "while", "when"):
        table.add_column(name)
    for name in ("resident", "proportional", "private", "without files"):
        table.add_column(name, justify="right")
    for speed in measured:
        for searching in speed.searching:
            for when, memory in _memories(searching):
                cells = (memory.resident, memory.proportional, memory.private, memory.anonymous)
                figures = [f"{value:.0f}" for value in cells]
                table.add_row(f"{speed.articles:,}", searching.circumstance, when, *figures)
    return table


def endurance_table(endurance: Endurance) -> Table:
    """What failed, then what took longest."""
    table = Table(title="Hostile texts: failed, then slowest", title_justify="left")
    table.add_column("ms", justify="right")
    for name in ("language", "surface", "length", "text", "error"):
        table.add_column(name)
    for ordeal in dict.fromkeys((*endurance.failed, *endurance.slowest)):
        table.add_row(
            f"{ordeal.milliseconds:.1f}",
            lang_tag(ordeal.locale),
            ordeal.surface,
            f"{ordeal.length:,}",
            ordeal.beginning.replace("[", r"\["),
            ordeal.error.replace("[", r"\["),
        )
    return table


def _memories(searching: Searching) -> Iterator[tuple[str, Memory]]:
    for when, memory in (("before", searching.memory_before), ("after", searching.memory_after)):
        if memory is not None:
            yield when, memory


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return _NOTHING
    return f"{100 * estimate.value:.1f} ± {100 * estimate.half_width:.1f}"


def _latency(found: Latency) -> list[str]:
    return [str(found.count), *(f"{value:.1f}" for value in (found.p50, found.p95, found.p99, found.longest))]
