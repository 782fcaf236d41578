"""The worker learns the portal's own dictionaries anew, at night and after an import, and only what has changed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from portal.jobs.queue import JobQueue, run_now
from portal.search import bilingual, dictionaries, dictionary_schedule
from portal.search.dictionary_schedule import LEARN_JOB, learn_due
from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from tests import factories
from tests.search.conftest import article

BERLIN = ZoneInfo("Europe/Berlin")
# Three in the morning in Berlin.
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_positions = count(2)


def pair(number: int, german: str, english: str):
    return [article(german, "…", locale="de", article_id=number), article(english, "…", article_id=number)]


def add(engine: SearchEngine, *articles) -> None:
    engine.apply([Upsert(each) for each in articles], position=next(_positions))


def learned_at(engine: SearchEngine, moment: datetime) -> None:
    path = engine.folder.root / "dictionaries" / "learned.json"
    os.utime(path, (moment.timestamp(), moment.timestamp()))


@pytest.fixture
def fits(monkeypatch):
    """One entry for each locale learned."""
    seen: list[int] = []
    real = bilingual.learn
    monkeypatch.setattr(dictionaries.bilingual, "learn", lambda segments: (seen.append(1), real(segments))[1])
    return seen


@pytest.fixture
def engine(build_engine, fits):
    """A portal in German and English that was indexed and learned the evening before."""
    engine = build_engine(
        *pair(1, "Konto", "Account"),
        *pair(2, "Konto ändern", "Change account"),
        article("Compte", "…", locale="fr", article_id=1),
    )
    fits.clear()
    learned_at(engine, NIGHT - timedelta(hours=8))
    return engine


def meaning(engine: SearchEngine, term: str):
    return [other for other, _ in engine.other_languages.dictionaries.between("de", "en").get(term, ())]


FLURBO = [*pair(3, "Flurbo laden", "Charge zwick"), *pair(4, "Flurbo kaufen", "Buy zwick")]


def test_what_was_translated_during_the_day_is_learned_at_night(engine):
    add(engine, *FLURBO)

    assert learn_due(engine, now=NIGHT - timedelta(minutes=1), zone=BERLIN) == 0
    assert meaning(engine, "flurbo") == []
    assert learn_due(engine, now=NIGHT, zone=BERLIN) >= 1
    assert meaning(engine, "flurbo") == ["zwick"]


def test_once_a_night_is_enough_and_a_worker_that_slept_makes_up_for_it(engine, fits):
    add(engine, *FLURBO)
    learn_due(engine, now=NIGHT + timedelta(hours=5), zone=BERLIN)
    learned_at(engine, NIGHT + timedelta(hours=5))
    fits.clear()
    add(engine, *pair(5, "Mumpel", "Frobnik"))

    assert learn_due(engine, now=NIGHT + timedelta(hours=6), zone=BERLIN) == 0
    assert fits == []
    assert learn_due(engine, now=NIGHT + timedelta(days=1), zone=BERLIN) >= 1


def test_where_nothing_changed_nothing_is_learned(engine, fits):
    assert learn_due(engine, now=NIGHT, zone=BERLIN) == 0
    assert fits == []
    # The time is noted, so that the next change waits for the next night.
    assert engine.other_languages.dictionaries.learned_at() != NIGHT - timedelta(hours=8)


def test_only_the_locale_that_changed_is_learned(engine, fits):
    add(engine, article("Konto löschen", "…", locale="de", article_id=9))

    learn_due(engine, now=NIGHT, zone=BERLIN)

    assert fits == [1]


def test_an_import_is_learned_soon(engine, fits, monkeypatch):
    monkeypatch.setattr(dictionary_schedule, "_MANY_ARTICLES", 4)
    add(engine, *FLURBO)
    learned_at(engine, NIGHT + timedelta(hours=1))

    assert learn_due(engine, now=NIGHT + timedelta(hours=1, minutes=14), zone=BERLIN) == 0
    assert learn_due(engine, now=NIGHT + timedelta(hours=1, minutes=15), zone=BERLIN) >= 1


def test_another_process_reads_what_was_learned(engine):
    other = SearchEngine(engine.folder.root)
    assert meaning(other, "flurbo") == []
    add(engine, *FLURBO)

    learn_due(engine, now=NIGHT, zone=BERLIN)

    assert meaning(other, "flurbo") == ["zwick"]


def test_what_is_no_longer_translated_is_forgotten(engine):
    assert meaning(engine, "konto") == ["account"]
    add(engine, *(article("Wort", "…", locale="de", article_id=number) for number in (1, 2)))
    add(engine, *(article("§", "…", article_id=number) for number in (1, 2)))

    learn_due(engine, now=NIGHT, zone=BERLIN)

    assert meaning(engine, "konto") == []


@pytest.mark.parametrize("content", ["", "[]", '{"de": 1}', '{"de": ["a", "b"]}', "{"])
def test_a_damaged_note_is_as_none(engine, content):
    (engine.folder.root / "dictionaries" / "learned.json").write_text(content)
    learned_at(engine, NIGHT - timedelta(hours=8))

    assert engine.other_languages.dictionaries.learned_from() == {}
    assert learn_due(engine, now=NIGHT, zone=BERLIN) >= 1


def test_without_an_index_there_is_nothing_to_do(tmp_path):
    assert learn_due(SearchEngine(tmp_path / "none"), now=NIGHT, zone=BERLIN) == 0


def test_the_job_asks_the_database_nothing(app, indexed, count_queries):
    factories.make_translation()
    indexed()
    queue: JobQueue = app.extensions["jobs"]

    with count_queries() as statements:
        run_now(LEARN_JOB)

    assert LEARN_JOB in queue.runners
    assert statements == []
