"""``portal search refit`` and ``portal search forget``."""

from __future__ import annotations

import click

from portal.cli_context import with_app
from portal.clock import utcnow
from portal.database import db
from portal.localization import lang_tag
from portal.people.queries import person_by_address
from portal.search.learning.actions import forget_person
from portal.search.learning.openings import judge_openings
from portal.search.learning.refitting import FitReport, due_locales, refit_all, refit_due
from portal.search.learning.verdicts import LEAST_VERDICTS


@click.command()
@with_app
def refit() -> None:
    """Learn from all evidence at once, as the worker does by itself when there is something new."""
    judge_openings()
    reports = refit_all(now=utcnow())
    for report in reports:
        click.echo(_sentence(report))
        if report.verdict_count:
            click.echo(_sentence_of_verdicts(report))
    if not reports:
        click.echo("There is nothing to learn from yet.")


@click.command()
@click.argument("address")
@with_app
def forget(address: str) -> None:
    """Remove what search learned from the person with this e-mail ADDRESS."""
    person = person_by_address(address)
    if person is None:
        raise click.ClickException(f"Nobody is known under {address}.")
    now = utcnow()
    count = forget_person(person.id, now=now)
    db.session.commit()
    refit_due()
    if count and due_locales(now=now):
        raise click.ClickException(
            f"Questions removed: {count}. But search could not learn anew without them; the log says why. "
            "A running worker tries again every minute."
        )
    click.echo(
        f"Questions removed: {count}. Search has learned anew without them."
        if count
        else "There was nothing to remove."
    )


def _sentence_of_verdicts(report: FitReport) -> str:
    calibration = report.calibration
    said = f"{lang_tag(report.locale)}: verdicts on suggestions {report.verdict_count}"
    if report.verdict_count < LEAST_VERDICTS:
        return f"{said}, too few to change chances (least {LEAST_VERDICTS})."
    return f"{said}, chances with slope {calibration.slope:.2f} and offset {calibration.offset:+.2f}."


def _sentence(report: FitReport) -> str:
    if not report.example_count:
        return f"{lang_tag(report.locale)}: not enough people yet."
    return (
        f"{lang_tag(report.locale)}: questions {report.example_count}, people {report.people_count}, "
        f"articles {report.article_count}, words {report.word_count}."
    )
