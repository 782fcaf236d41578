from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from portal.bench.cli import group
from portal.search import semantic
from tests.bench.test_retrieval_sets import write_set
from tests.search.embedders import Concepts


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["search", *arguments])


def test_quality_is_a_line_for_each_language_and_noise(tmp_path):
    result = run("--quality", str(write_set(tmp_path / "shop")), "--noise", "clean,email")

    assert result.exit_code == 0, result.output
    lines = [line.split("│")[1:5] for line in result.stdout.splitlines() if "shop" in line]
    assert [[cell.strip() for cell in line] for line in lines] == [
        ["shop", "de", "search", "clean"],
        ["shop", "de", "search", "email"],
        ["shop", "en", "search", "clean"],
        ["shop", "en", "search", "email"],
    ]
    assert "still suggested" in result.stdout


def test_quality_as_json_has_all_figures(tmp_path):
    result = run("--quality", str(write_set(tmp_path / "shop")), "--locale", "en", "--use", "message", "--json")

    [row] = json.loads(result.stdout)
    assert (row["languages"], row["surface"], row["quality"]["answerable"]) == ("en", "message", 2)
    assert row["quality"]["recall"]["1"]["value"] > 0
    assert row["quality"]["latency"]["count"] == 3


def test_questions_in_one_language_are_answered_from_another(tmp_path):
    result = run("--quality", str(write_set(tmp_path / "shop")), "--ask-in", "de", "--answer-from", "en", "--json")

    [row] = json.loads(result.stdout)
    assert (row["languages"], row["quality"]["answerable"]) == ("de → en", 1)


def test_articles_held_back_leave_questions_without_answer(tmp_path):
    folder = str(write_set(tmp_path / "shop"))

    [row] = json.loads(run("--quality", folder, "--ask-in", "en", "--hold-back", "0.5", "--json").stdout)

    assert (row["quality"]["answerable"], row["quality"]["unanswerable"]) == (1, 2)


def test_a_set_about_other_things_tells_how_often_something_is_suggested_for_nothing(tmp_path):
    folder, strangers = str(write_set(tmp_path / "shop")), str(write_set(tmp_path / "other"))

    [row] = json.loads(run("--quality", folder, "--locale", "de", "--strangers", strangers, "--json").stdout)

    assert (row["quality"]["answerable"], row["quality"]["unanswerable"]) == (1, 1)


def test_learning_from_tickets_is_measured_beside_not_learning(tmp_path):
    rows = [{"locale": "en", "text": "they charged me for nothing", "doc": "en:2"}] * 5
    folder = write_set(
        tmp_path / "shop",
        tickets=rows,
        queries=[{"qid": "a", "locale": "en", "text": "they charged me", "relevant": ["en:2"]}],
    )

    found = json.loads(run("--quality", str(folder), "--tickets", "0,all", "--json").stdout)

    assert [row["tickets"] for row in found] == ["0", "all"]
    before, after = (row["quality"]["recall"]["1"]["value"] for row in found)
    assert (before, after) == (0.0, 1.0)


def test_what_texts_mean_is_measured_where_it_is_installed_unless_it_is_declined(tmp_path, monkeypatch):
    folder = write_set(
        tmp_path / "shop",
        docs=[
            {"id": "en:1", "locale": "en", "title": "Find a doctor", "summary": "", "body": "All about surgeries."},
            {"id": "en:2", "locale": "en", "title": "Insure a car", "summary": "", "body": "Also abroad."},
        ],
        queries=[{"qid": "a", "locale": "en", "text": "physician", "relevant": ["en:1"]}],
    )
    monkeypatch.setattr(semantic, "StaticEmbedder", Concepts)

    def recall(*arguments: str) -> float:
        [row] = json.loads(run("--quality", str(folder), "--json", *arguments).stdout)
        return row["quality"]["recall"]["1"]["value"]

    monkeypatch.setattr(semantic, "available", lambda: True)
    assert [recall(), recall("--semantic"), recall("--no-semantic")] == [1.0, 1.0, 0.0]
    monkeypatch.setattr(semantic, "available", lambda: False)
    assert recall() == 0.0


def test_meanings_cannot_be_measured_where_they_are_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(semantic, "available", lambda: False)

    result = run("--quality", str(write_set(tmp_path / "shop")), "--semantic")

    assert result.exit_code == 2
    assert "--semantic needs the extra" in result.output


def test_hostile_texts_that_take_too_long_fail_the_command():
    arguments = ("--hostile", "--locales", "en", "--articles", "20", "--queries", "4")

    good, bad = run(*arguments, "--longest", "60000"), run(*arguments, "--longest", "0")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "12 searches: 0 failed, 0 took longer than 60000 ms." in good.stdout
    assert "12 took longer than 0 ms." in bad.stdout


@pytest.mark.parametrize("arguments", [(), ("--speed", "--hostile")])
def test_exactly_one_measurement_is_chosen(arguments):
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Choose one of" in result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--speed", "--locales", "en,klingonese"), "no language"),
        (("--speed", "--articles", "3"), "x>=20"),
        (("--speed", "--noise", "mumbling"), "mumbling"),
    ],
)
def test_options_that_mean_nothing_are_refused(arguments, complaint):
    result = run(*arguments)

    assert result.exit_code == 2
    assert complaint in result.output
