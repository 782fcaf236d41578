"""``portal search compare``: two rankers on what people asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from portal.cli_context import with_app
from portal.clock import utcnow
from portal.database import db
from portal.localization import lang_tag
from portal.search.comparing import Ask, Comparison, Judgement, LoggedQuestion, compare
from portal.search.documents import Hit
from portal.search.index_errors import IndexUnavailable
from portal.search.learning.votes import LearnedVotes
from portal.search.log_queries import logged_questions
from portal.search.measures import Estimate
from portal.search.rankers import RANKER_VERSION, RANKERS, Ranker
from portal.search.setup import search_engine
from portal.web.templating import current_settings

_DEPTH = 10
_NOTHING = "–"


@click.command("compare")
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True, help="How far back the log is read.")
@click.option("--old", "old_version", help="A ranker's version; by default the one before the new one.")
@click.option("--new", "new_version", default=RANKER_VERSION, show_default=True, help="A ranker's version.")
@click.option("--limit", type=click.IntRange(min=1), default=2_000, show_default=True, help="Searches, and messages.")
@click.option("--examples", type=click.IntRange(min=0), default=10, show_default=True, help="Changed ones shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@with_app
def compare_rankers(
    days: int, old_version: str | None, new_version: str, limit: int, examples: int, as_json: bool
) -> None:
    """Ask two rankers what people asked: how often they differ, and which one puts first what helped."""
    new = _ranker(new_version)
    old_version = old_version or _version_before(new_version)
    old = _ranker(old_version)
    questions = logged_questions(since=utcnow() - timedelta(days=days), limit=limit)
    if not questions:
        raise click.ClickException(f"Nobody asked anything in the last {days} days.")
    shown = track(questions, "Asking", console=Console(stderr=True), transient=True)
    try:
        found = compare(shown, _asking(old), _asking(new), examples=examples)
    except IndexUnavailable as error:
        raise click.ClickException(f"No usable index: {error}. Build one with `portal search rebuild`.") from error
    if as_json:
        click.echo(json.dumps({"old": old_version, "new": new_version, **asdict(found)}, ensure_ascii=False, indent=2))
    else:
        for part in _tables(found, old_version, new_version):
            Console().print(part)


def _ranker(version: str) -> Ranker:
    if version not in RANKERS:
        raise click.UsageError(f"There is no ranker {version}; known are {', '.join(sorted(RANKERS))}.")
    return RANKERS[version]


def _version_before(version: str) -> str:
    known = sorted(RANKERS)
    at = known.index(version)
    if at == 0:
        raise click.UsageError(f"There is no ranker before {version}: name one with --old.")
    return known[at - 1]


def _asking(ranker: Ranker) -> Ask:
    engine = search_engine(current_settings(), ranker=ranker)
    engine.learned = LearnedVotes(db.engine)

    def ask(question: LoggedQuestion) -> tuple[Hit, ...]:
        text, locale = question.text, question.locale
        if question.is_message:
            return engine.suggest_for_message("", text, locale, limit=_DEPTH)
        if question.is_unfinished:
            return engine.suggest(text, locale, limit=_DEPTH)
        result = engine.search(text, locale, limit=_DEPTH)
        return result.hits or result.other_language_hits

    return ask


def _tables(found: Comparison, old: str, new: str) -> Iterator[Table | str]:
    yield f"{found.questions:,} different questions, asked {found.searches:,} times. Shares are ± their 95 % interval."
    changes = Table(title="What changes", title_justify="left")
    for name in ("", "of all searches"):
        changes.add_column(name)
    changes.add_row("another first article", _percent(found.first_changed))
    changes.add_row("other first three", _percent(found.top_changed))
    changes.add_row("of the first three the same", _percent(found.overlap))
    changes.add_row(f"nothing found by {old}", _percent(found.silent_old))
    changes.add_row(f"nothing found by {new}", _percent(found.silent_new))
    yield changes
    yield _judgement_table(found, old, new)
    yield f"Median answer: {old} {found.latency_old.p50:.1f} ms, {new} {found.latency_new.p50:.1f} ms."
    if found.examples:
        yield _example_table(found, old, new)


def _judgement_table(found: Comparison, old: str, new: str) -> Table:
    table = Table(title="Which one people would have been better off with", title_justify="left")
    names = ("judged by", "questions", f"MRR {old}", f"MRR {new}", "gain", "wins / losses / ties", "preference")
    for name in names:
        table.add_column(name)
    for name, judged in (("articles opened", found.opened), ("articles that helped", found.helped)):
        table.add_row(name, *_judgement_cells(judged))
    return table


def _judgement_cells(judged: Judgement) -> list[str]:
    means = [_percent(each) for each in (judged.mrr_old, judged.mrr_new, judged.gain)]
    counts = f"{judged.wins} / {judged.losses} / {judged.ties}"
    return [f"{judged.questions:,}", *means, counts, _percent(judged.preference)]


def _example_table(found: Comparison, old: str, new: str) -> Table:
    table = Table(title="Asked most among those with another first article", title_justify="left", show_lines=True)
    for name in ("asked", "times", old, new):
        table.add_column(name)
    for example in found.examples:
        asked = f"{lang_tag(example.locale)} {example.surface}: {example.text}"
        answers = ("\n".join(titles) or _NOTHING for titles in (example.old, example.new))
        table.add_row(escape(asked), str(example.count), *map(escape, answers))
    return table


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return _NOTHING
    return f"{100 * estimate.value:.1f} % ± {100 * estimate.half_width:.1f}"
