from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from portal.clock import frozen
from portal.search import compare_cli
from portal.search.compare_cli import compare_rankers
from portal.search.models import SuggestionVerdict
from portal.search.rankers import RANKER_VERSION, RANKERS
from tests import factories
from tests.factories import NOW
from tests.search.test_log_queries import make_impression, make_opening, make_search

# Older than every real version.
SILENT = "1999-01-a"


@pytest.fixture
def log(app, indexed):
    """A help centre with three searches and a message; who asked for a refund opened it and was helped."""
    refund = factories.make_translation(title="Get a refund")
    factories.make_translation(title="Reset your password")
    indexed()
    for _ in range(2):
        make_opening(make_search("refund"), refund.article, ended_search=True)
    make_search("reset password")
    make_impression(refund.article, query_text="I want a refund [b]", opened_at=NOW, verdict=SuggestionVerdict.ANSWERED)
    return app


@pytest.fixture
def silent_ranker(monkeypatch):
    """An old ranker that finds nothing."""
    new = RANKERS[RANKER_VERSION]
    silent = replace(new, version=SILENT, least_score=99.0, least_for_message=99.0)
    monkeypatch.setattr(compare_cli, "RANKERS", {SILENT: silent, RANKER_VERSION: new})


def run(app, *arguments: str) -> Result:
    with frozen(NOW):
        return CliRunner().invoke(compare_rankers, list(arguments), obj=lambda: app)


def test_a_ranker_compared_with_itself_changes_nothing(log):
    result = run(log, "--old", RANKER_VERSION, "--json")

    found = json.loads(result.stdout)
    assert (found["questions"], found["searches"]) == (3, 4)
    assert (found["first_changed"]["value"], found["overlap"]["value"]) == (0.0, 1.0)
    assert (found["helped"]["questions"], found["helped"]["mrr_new"]["value"]) == (2, 1.0)
    assert found["helped"]["ties"] == 2


def test_a_ranker_that_finds_what_helped_wins_against_one_that_finds_nothing(log, silent_ranker):
    result = run(log, "--json")

    found = json.loads(result.stdout)
    assert (found["old"], found["new"]) == (SILENT, RANKER_VERSION)
    assert (found["silent_old"]["value"], found["silent_new"]["value"]) == (1.0, 0.0)
    assert (found["helped"]["wins"], found["helped"]["preference"]["value"]) == (2, 1.0)


def test_the_tables_name_both_rankers_and_show_what_changed(log, silent_ranker):
    output = run(log).output

    assert "3 different questions, asked 4 times." in output
    assert SILENT in output
    assert "Get a refund" in output
    assert "I want a refund [b]" in " ".join(output.split())


def test_an_unknown_ranker_is_refused_with_the_known_ones(log):
    result = run(log, "--old", "yesterdays")

    assert result.exit_code == 2
    assert RANKER_VERSION in result.output


def test_the_oldest_ranker_has_none_before_it(log):
    result = run(log, "--new", min(RANKERS))

    assert result.exit_code == 2
    assert "--old" in result.output


def test_an_empty_log_is_said(app, indexed):
    result = run(app, "--old", RANKER_VERSION, "--days", "7")

    assert result.exit_code == 1
    assert "Nobody asked anything in the last 7 days." in result.output


def test_without_an_index_the_way_to_one_is_said(app):
    make_search("refund")

    result = run(app, "--old", RANKER_VERSION)

    assert result.exit_code == 1
    assert "portal search rebuild" in result.output
