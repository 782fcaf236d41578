from __future__ import annotations

import threading
from pathlib import Path

import pytest

from portal.bench.workload import Author, Kind, Workload, search_timed
from portal.search.engine import SearchEngine

WORKLOAD = Workload(("en", "ja"), articles=20, queries=4)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    engine = SearchEngine(tmp_path / "index")
    engine.rebuild((upsert for _locale, centre in sorted(WORKLOAD.centres().items()) for upsert in centre), position=1)
    return engine.folder.root


def test_all_languages_are_asked_in_turn_in_every_way():
    asked = WORKLOAD.questions()

    assert [each.locale for each in asked[:4]] == ["en", "ja", "en", "ja"]
    assert {each.kind for each in asked if each.locale == "ja"} == set(Kind)
    assert {each.text for each in asked}.isdisjoint(each.text for each in WORKLOAD.warm_up() if len(each.text) > 12)


def test_as_you_type_is_each_beginning_of_a_query():
    asked = [each.text for each in WORKLOAD.questions() if each.kind is Kind.TYPING and each.locale == "en"]

    whole = asked[-1]
    assert asked == [whole[:end] for end in range(1, len(whole) + 1)]


def test_words_that_no_article_has_are_asked_for_too(root):
    engine = SearchEngine(root)
    unknown = [each for each in Workload(("en",), articles=20, queries=40).questions() if each.kind is Kind.UNKNOWN]

    found = [bool(engine.search(each.text, each.locale, limit=1, is_corrected=False).hits) for each in unknown]

    assert len(unknown) == 10
    assert sum(found) < len(found) / 2


def test_every_question_is_timed_and_the_first_of_its_kind_in_each_language_apart(root):
    warmed = []

    timings = search_timed(root, WORKLOAD.warm_up(), WORKLOAD.questions(), on_warm=warmed.append)

    assert len(timings.first) == 2 * len(Kind)
    assert sum(map(len, timings.by_kind.values())) == len(WORKLOAD.questions())
    assert all(seconds > 0 for found in timings.by_kind.values() for seconds in found)
    assert isinstance(warmed[0], SearchEngine)


def test_a_change_is_timed_until_a_search_finds_it(root):
    engine = SearchEngine(root)
    is_enough = threading.Event()

    found = Author(engine, WORKLOAD).work(is_enough, is_enough.set)

    assert len(found) == 1
    assert 0 < found[0] < 5
    assert engine.manifest().position == 2


def test_a_change_that_no_search_finds_is_an_error(root, monkeypatch):
    monkeypatch.setattr("portal.bench.workload._PATIENCE_SECONDS", 0.05)
    engine = SearchEngine(root)
    monkeypatch.setattr(engine, "apply", lambda _changes, position: None)

    with pytest.raises(TimeoutError):
        Author(engine, WORKLOAD).change_one()
