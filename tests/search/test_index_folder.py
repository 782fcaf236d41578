from __future__ import annotations

import json
import multiprocessing
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexBusy, IndexUnavailable
from portal.search.index_folder import IndexFolder
from portal.search.whoosh_index import one_writer
from tests.search.conftest import article

ONE = Upsert(article("Zebra", "Stripes.", article_id=1))
TWO = Upsert(article("Tiger", "Stripes too.", article_id=2))


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    folder = IndexFolder(tmp_path / "search")
    folder.rebuild([ONE], position=3)
    return folder


def ids(folder: IndexFolder) -> set[int]:
    snapshot = folder.snapshot("en")
    assert snapshot is not None
    return set(snapshot.article_ids[snapshot.article_ids > 0].tolist())


def builds(folder: IndexFolder) -> list[str]:
    return sorted(path.name for path in folder.root.glob("build-*"))


def test_a_rebuild_is_swapped_in_and_the_old_build_goes(folder):
    assert folder.rebuild([ONE, TWO], position=8) == 2

    assert ids(folder) == {1, 2}
    assert folder.manifest().position == 8
    assert [path.name for path in sorted(folder.root.glob("build-*"))] == ["build-2"]


def test_a_rebuild_that_fails_leaves_the_old_build_in_use(folder):
    def broken():
        yield ONE
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        folder.rebuild(broken(), position=9)

    assert builds(folder) == ["build-1"]
    assert folder.manifest().position == 3
    assert ids(folder) == {1}
    assert folder.rebuild([TWO], position=10) == 1
    assert len(builds(folder)) == 1


def test_a_build_that_cannot_be_swapped_in_leaves_nothing(folder, monkeypatch):
    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.search.index_folder._replace", fail)
    with pytest.raises(OSError, match="No space left"):
        folder.rebuild([TWO], position=9)

    assert builds(folder) == ["build-1"]
    assert ids(folder) == {1}


@pytest.mark.parametrize("is_there_an_index", [True, False])
def test_what_killed_builds_left_makes_room_before_the_next_is_written(folder, is_there_an_index):
    for number in (2, 3):
        (folder.root / f"build-{number}" / "en").mkdir(parents=True)
    if not is_there_an_index:
        folder.discard()
    seen: list[list[str]] = []

    def articles():
        seen.append(builds(folder))
        yield ONE

    folder.rebuild(articles(), position=9)

    assert seen == [["build-1", "build-4"] if is_there_an_index else ["build-4"]]
    assert builds(folder) == ["build-4"]


def test_a_build_that_another_is_writing_is_left_alone(folder):
    with one_writer(folder.root / "writer.lock", wait=True):
        (folder.root / "build-2").mkdir()
        with pytest.raises(IndexBusy):
            folder.rebuild([TWO], position=9, wait=False)

    assert builds(folder) == ["build-1", "build-2"]


def test_no_build_is_removed_while_nobody_can_say_which_is_in_use(folder, monkeypatch):
    (folder.root / "build-2").mkdir()
    read_text = Path.read_text

    def fail(path: Path, *arguments: str) -> str:
        if path.name == "current":
            raise OSError(24, "Too many open files")
        return read_text(path, *arguments)

    def broken():
        yield ONE
        raise RuntimeError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", fail)
        with pytest.raises(RuntimeError):
            folder.rebuild(broken(), position=9)

    assert builds(folder) == ["build-1", "build-2"]
    assert ids(folder) == {1}


def test_an_opened_snapshot_answers_on_while_the_index_changes(folder):
    before = folder.snapshot("en")

    folder.apply([TWO], position=4)
    folder.rebuild([TWO], position=5)

    (row,) = before.weights_of("title", "zebra").nonzero()[0]
    assert before.lead(int(row))["title"] == "Zebra"


def test_another_process_sees_what_was_committed(folder):
    other = IndexFolder(folder.root)
    assert ids(other) == {1}

    folder.apply([TWO], position=4)

    assert ids(other) == {1, 2}
    assert other.manifest().position == 4


def test_applying_again_changes_nothing(folder):
    for _ in range(3):
        folder.apply([TWO], position=4)

    assert ids(folder) == {1, 2}
    assert folder.snapshot("en").document_count >= 2
    assert np.count_nonzero(folder.snapshot("en").weights_of("title", "tiger")) == 1


def test_the_position_never_goes_back(folder):
    folder.apply([TWO], position=2)

    assert folder.manifest().position == 3


def _hold_lock(path: str, ready, done) -> None:
    with one_writer(Path(path), wait=True):
        ready.set()
        done.wait(20)


def test_only_one_process_writes(folder):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold_lock, args=(str(folder.root / "writer.lock"), ready, done))
    holder.start()
    try:
        assert ready.wait(20)
        with pytest.raises(IndexBusy):
            folder.apply([TWO], position=4, wait=False)
        with pytest.raises(IndexBusy):
            folder.rebuild([TWO], position=4, wait=False)
        assert ids(folder) == {1}
    finally:
        done.set()
        holder.join(20)
    folder.apply([TWO], position=4, wait=False)
    assert ids(folder) == {1, 2}


def test_a_thread_of_the_same_process_waits_its_turn_too(folder):
    with one_writer(folder.root / "writer.lock", wait=True), pytest.raises(IndexBusy):
        folder.apply([TWO], position=4, wait=False)


def damage_manifest(root: Path) -> None:
    (root / "build-1" / "manifest.json").write_text("{", encoding="utf-8")


def damage_current(root: Path) -> None:
    (root / "current").write_text("../../etc", encoding="utf-8")


def damage_format(root: Path) -> None:
    path = root / "build-1" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": -1}), encoding="utf-8")


def damage_contents(root: Path) -> None:
    for path in (root / "build-1" / "en").iterdir():
        path.write_bytes(b"\x00" * path.stat().st_size)


def truncate_segments(root: Path) -> None:
    for path in (root / "build-1" / "en").glob("*.postings"):
        path.write_bytes(path.read_bytes()[:50])


def remove_locale(root: Path) -> None:
    for path in (root / "build-1" / "en").iterdir():
        path.unlink()


# Whoosh leaves a damaged file to the garbage collector instead of closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    "damage", [damage_manifest, damage_current, damage_format, damage_contents, truncate_segments, remove_locale]
)
def test_a_damaged_index_says_so_and_is_built_anew(folder, damage):
    damage(folder.root)
    engine = SearchEngine(folder.root)

    with pytest.raises(IndexUnavailable):
        engine.search("zebra", "en", limit=1)

    engine.rebuild([ONE, TWO], position=9)
    assert engine.search("zebra", "en", limit=1).hits[0].article_id == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_garbled_postings_give_the_build_up_so_that_it_is_replaced(folder):
    (segment,) = (folder.root / "build-1" / "en").glob("*.postings")
    content = bytearray(segment.read_bytes())
    # It opens and its terms are found, but where they stand is nonsense.
    (head,) = struct.unpack("<I", content[8:12])
    kind, at, count = json.loads(content[16 : 16 + head])["postings"]
    start = 16 + head + at
    content[start : start + count * int(kind[-1])] = b"\xff" * (count * int(kind[-1]))
    segment.write_bytes(bytes(content))
    engine = SearchEngine(folder.root)

    with pytest.raises(IndexUnavailable):
        engine.search("zebra stripes", "en", limit=1)

    assert not (folder.root / "current").exists()


def test_a_mistake_in_our_own_code_does_not_cost_the_index(folder, monkeypatch):
    engine = SearchEngine(folder.root)
    monkeypatch.setattr("portal.search.ranking.rank", lambda *_args, **_more: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        engine.search("zebra", "en", limit=1)

    assert folder.manifest().position == 3


def test_a_commit_gives_way_to_searches_for_a_moment_only(folder):
    give_way = folder.courtesy.with_patience()

    with folder.courtesy.searching():
        began = time.monotonic()
        for _ in range(200):
            give_way()
        waited = time.monotonic() - began

    assert 0.2 <= waited < 2
