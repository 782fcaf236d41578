"""``portal search refit`` and ``portal search forget``."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask

from portal.database import db
from portal.people.models import Person
from portal.search.cli import group
from portal.search.learning import refitting
from portal.search.learning.verdicts import LEAST_VERDICTS
from tests.factories import make_translation
from tests.search.learning.evidence import all_evidence, judge_suggestion, solve_with

VOUCHER = ("my voucher is gone", "voucher lost", "where is the voucher")


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    db.session.commit()
    result = CliRunner().invoke(group, list(arguments), obj=lambda: app)
    return result.exit_code, result.stdout


def test_refit_says_what_each_language_learned_from(app: Flask):
    solve_with(make_translation(), *VOUCHER)
    solve_with(make_translation(locale="pt_BR"), "meu vale")
    code, output = run(app, "refit")
    assert code == 0
    assert output.splitlines() == [
        "en: questions 3, people 3, articles 1, words 1.",
        "pt-BR: not enough people yet.",
    ]


def test_refit_without_evidence_says_so(app: Flask):
    assert run(app, "refit") == (0, "There is nothing to learn from yet.\n")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (LEAST_VERDICTS - 1, "19, too few to change chances (least 20)."),
        (LEAST_VERDICTS, "20, chances with slope 1.00 and offset -1.04."),
    ],
)
def test_refit_says_how_people_judged_suggestions(app: Flask, count: int, said: str):
    article_id = make_translation().article_id
    for number in range(count):
        judge_suggestion(number, article_id=article_id)
    code, output = run(app, "refit")
    assert code == 0
    assert output.splitlines() == ["en: not enough people yet.", f"en: verdicts on suggestions {said}"]


def test_forget_removes_what_a_person_gave(app: Flask):
    person_id, *_others = solve_with(make_translation(), *VOUCHER)
    address = db.session.get_one(Person, person_id).email
    assert run(app, "forget", address.upper()) == (0, "Questions removed: 1. Search has learned anew without them.\n")
    assert len(all_evidence()) == 2
    assert run(app, "forget", address) == (0, "There was nothing to remove.\n")


def test_forget_says_when_search_could_not_learn_anew(app: Flask, monkeypatch: pytest.MonkeyPatch):
    person_id, *_others = solve_with(make_translation(), *VOUCHER, "voucher empty")
    address = db.session.get_one(Person, person_id).email
    monkeypatch.setattr(refitting, "fit", lambda *_examples, **_options: 1 / 0)

    assert run(app, "forget", address) == (1, "")

    assert len(all_evidence()) == 3


def test_forget_says_when_nobody_has_that_address(app: Flask):
    result = CliRunner().invoke(group, ["forget", "nobody@example.org"], obj=lambda: app)
    assert result.exit_code == 1
    assert "Nobody is known under nobody@example.org." in result.stderr
