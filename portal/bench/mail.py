"""``portal bench mail``: how much of a folder of mails is read as its fixtures say, by field, and the misses."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from portal.bench.mail_fixtures import Outcome, outcomes, read_fixtures

_MAXIMUM_SHOWN: Final = 600


def report_mail(folder: Path, *, as_json: bool = False) -> bool:
    """Print the score of the mails in a folder; whether all was read as expected."""
    mails = 0
    found: list[Outcome] = []
    for name, raw, expected in read_fixtures(folder):
        mails += 1
        found.extend(outcomes(name, raw, expected))
    misses = [each for each in found if not each.is_right]
    if as_json:
        score = {field: {"right": right, "of": total} for field, right, total in _score(found)}
        click.echo(
            json.dumps({"mails": mails, "fields": score, "misses": [asdict(each) for each in misses]}, default=str)
        )
        return not misses
    console = Console()
    console.print(_table(mails, found))
    for each in misses:
        click.echo(f"{each.mail}: {each.field}\n  expected {_short(each.expected)}\n  found    {_short(each.found)}")
    return not misses


def _score(found: list[Outcome]) -> list[tuple[str, int, int]]:
    total = Counter(each.field for each in found)
    right = Counter(each.field for each in found if each.is_right)
    return [(field, right[field], count) for field, count in sorted(total.items())]


def _table(mails: int, found: list[Outcome]) -> Table:
    table = Table(title=f"{mails} mails, {len(found)} expectations")
    for column in ("field", "right", "of", "share"):
        table.add_column(column, justify="left" if column == "field" else "right")
    rows = _score(found)
    for field, right, total in [*rows, ("all", sum(row[1] for row in rows), sum(row[2] for row in rows))]:
        table.add_row(field, str(right), str(total), f"{right / total:.1%}" if total else "")
    return table


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _MAXIMUM_SHOWN else f"{shown[:_MAXIMUM_SHOWN]}…"
