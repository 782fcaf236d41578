from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.bench.retrieval_sets import UnreadableSet, read_set

DOCS = [
    {"id": "de:1", "locale": "de", "title": "Konto löschen", "summary": "", "body": "Öffne die Einstellungen."},
    {"id": "en:1", "locale": "en", "title": "Delete your account", "summary": "", "body": "Open the settings."},
    {"id": "en:2", "locale": "en", "title": "Get a refund", "summary": "", "body": "Open your purchases."},
]
QUERIES = [
    {"qid": "a", "locale": "en", "text": "delete account", "relevant": ["en:1"]},
    {"qid": "b", "locale": "en", "text": "money back", "relevant": ["en:2"]},
    {"qid": "c", "locale": "de", "text": "konto weg", "relevant": ["de:1"]},
    {"qid": "d", "locale": "en", "text": "opening hours", "relevant": []},
]


def write_set(folder: Path, **files: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in {"docs": DOCS, "queries": QUERIES, **files}.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_translations_of_an_article_share_its_number(tmp_path):
    found = read_set(write_set(tmp_path / "set"))

    numbers = {(article.locale, article.title): article.article_id for article in found.articles}
    assert numbers["de", "Konto löschen"] == numbers["en", "Delete your account"]
    assert [len(question.relevant) for question in found.questions] == [1, 1, 1, 0]
    assert found.locales == ["de", "en"]


def test_a_question_may_be_asked_in_one_language_and_answered_from_another(tmp_path):
    part = read_set(write_set(tmp_path / "set")).narrowed(asked_in="de", answered_from="en")

    assert [question.id for question in part.questions] == ["c"]
    assert {article.locale for article in part.articles} == {"en"}
    assert part.questions[0].relevant <= {article.article_id for article in part.articles}


def test_questions_of_articles_held_back_have_no_answer(tmp_path):
    whole = read_set(write_set(tmp_path / "set"))

    part = whole.holding_back(0.5)

    assert len({article.article_id for article in part.articles}) == 1
    assert len(part.questions) == len(whole.questions)
    assert sum(not question.relevant for question in part.questions) > 1
    assert part == whole.holding_back(0.5)


def test_questions_about_other_things_are_asked_as_well_and_have_no_answer(tmp_path):
    whole = read_set(write_set(tmp_path / "set"))
    other = read_set(write_set(tmp_path / "other"))

    part = whole.asked_also(other)

    assert len(part.questions) == 2 * len(whole.questions)
    assert not any(question.relevant for question in part.questions[len(whole.questions) :])
    assert len({question.id for question in part.questions}) == len(part.questions)


def test_more_tickets_contain_the_fewer_ones(tmp_path):
    rows = [{"locale": "en", "text": f"refund {number}", "doc": "en:2"} for number in range(9)]
    rows.append({"locale": "en", "text": "delete me", "doc": "en:1"})
    whole = read_set(write_set(tmp_path / "set", tickets=rows))

    assert whole.learned_from(0) == ()
    assert len(whole.learned_from(None)) == 10
    assert set(whole.learned_from(2)) < set(whole.learned_from(5))
    assert len(whole.learned_from(2)) == 3


def test_a_sample_is_the_same_each_time(tmp_path):
    whole = read_set(write_set(tmp_path / "set"))

    assert whole.sampled(2).questions == whole.sampled(2).questions
    assert len(whole.sampled(2).questions) == 2
    assert whole.sampled(0) is whole


@pytest.mark.parametrize(
    ("queries", "named"),
    [
        ([{"qid": "a", "locale": "en", "text": "x", "relevant": ["en:9"]}], "line 1: there is no 'en:9'"),
        ([QUERIES[0], {"qid": "b", "locale": "en", "text": "x"}], "line 2: there is no 'relevant'"),
        ([{"qid": "a", "locale": "xx-nowhere", "text": "x", "relevant": []}], "unknown language"),
        ([], "holds no articles or no questions"),
    ],
)
def test_what_is_wrong_with_a_set_is_said_with_its_line(tmp_path, queries, named):
    with pytest.raises(UnreadableSet, match=named):
        read_set(write_set(tmp_path / "set", queries=queries))


def test_a_folder_without_articles_is_no_set(tmp_path):
    with pytest.raises(UnreadableSet, match=r"docs\.jsonl cannot be read"):
        read_set(tmp_path)
