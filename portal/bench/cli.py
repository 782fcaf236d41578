"""``portal bench``: measure the search of this release on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from portal.bench.noise import NOISES
from portal.bench.quality import Surface
from portal.localization import INTERFACE_LOCALES, normalize_locale

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class _Listed(click.ParamType[Any]):
    """Values with commas between them."""

    def __init__(self, item: click.ParamType[Any], name: str) -> None:
        self._item = item
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Each value, converted."""
        if not isinstance(value, str):
            return value
        return [self._item.convert(part.strip(), param, ctx) for part in value.split(",") if part.strip()]


class _Locale(click.ParamType[Any]):
    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A language tag in any spelling → its code."""
        if value == "*":
            return value
        return normalize_locale(value) or self.fail(f"{value} is no language that is known.", param, ctx)


class _TicketCount(click.ParamType[Any]):
    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A number, or None for "all"."""
        return None if value == "all" else click.IntRange(min=0).convert(value, param, ctx)


@click.group("bench")
def group() -> None:
    """Measure this release on this machine."""


@group.command()
@click.option("--quality", "folder", type=_FOLDER, metavar="FOLDER", help="How often the right article comes first.")
@click.option("--speed", is_flag=True, help="Speed, size and memory on help centres made for it.")
@click.option("--hostile", is_flag=True, help="Texts that nobody types: none may fail or be slow.")
@click.option("--locale", "--ask-in", "asked_in", type=_Locale(), help="Questions in one language; by default each.")
@click.option("--answer-from", "answered_from", type=_Locale(), help="Articles in another language, * for all.")
@click.option("--use", "surface", type=click.Choice([str(each) for each in Surface]), default="search")
@click.option("--noise", type=_Listed(click.Choice(list(NOISES)), "kinds"), default="clean", help=", ".join(NOISES))
@click.option(
    "--tickets", type=_Listed(_TicketCount(), "counts"), default="0", help="Learned from, an article; or all."
)
@click.option(
    "--hold-back", "held_back", type=click.FloatRange(0, 0.9), default=0.0, help="Share of articles left out."
)
@click.option("--strangers", type=_FOLDER, metavar="FOLDER", help="A set about other things, asked as well.")
@click.option(
    "--semantic/--no-semantic", default=None, help="With what texts mean, or by words; default: as installed."
)
@click.option("--limit", type=click.IntRange(min=0), default=0, help="At most so many questions; 0 for all.")
@click.option("--articles", type=_Listed(click.IntRange(min=20), "counts"), default="1000", show_default=True)
@click.option("--locales", type=_Listed(_Locale(), "languages"), default=",".join(INTERFACE_LOCALES))
@click.option("--queries", type=click.IntRange(min=4), help="In each language; by default 100, hostile ones 1000.")
@click.option("--processes", type=click.IntRange(min=1), default=1, help="Also with so many searching at once.")
@click.option("--while-indexing", is_flag=True, help="Also while articles change.")
@click.option("--updates-per-second", type=click.FloatRange(min=0), default=0.0, help="0: one after the other.")
@click.option("--longest", "longest_ms", type=float, default=100.0, show_default=True, help="Milliseconds, hostile.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.pass_context
def search(context: click.Context, /, **options: Any) -> None:
    """How good, how fast and how robust the search is; needs no database.

    FOLDER holds docs.jsonl, queries.jsonl and, to learn from, tickets.jsonl.
    """
    chosen = [name for name in ("folder", "speed", "hostile") if options[name]]
    if len(chosen) != 1:
        raise click.UsageError("Choose one of --quality FOLDER, --speed and --hostile.")
    # Web processes and the worker load this module, too, and never measure.
    from portal.bench import running

    report = {"folder": running.report_quality, "speed": running.report_speed, "hostile": running.report_hostile}
    if not report[chosen[0]](options):
        context.exit(1)


@group.command()
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.pass_context
def mail(context: click.Context, folder: Path, as_json: bool) -> None:
    """How much of the mails in FOLDER is read as the YAML file beside each says; needs no database."""
    from portal.bench.mail import report_mail

    if not report_mail(folder, as_json=as_json):
        context.exit(1)
