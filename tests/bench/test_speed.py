from __future__ import annotations

from portal.bench.memory import memory_from, memory_in_use, size_on_disk
from portal.bench.speed import measure_speed
from portal.bench.tables import build_table, latency_table, memory_table
from portal.bench.workload import Workload

ROLLUP = """\
55d0c0000000-7ffe00000000 ---p 00000000 00:00 0                          [rollup]
Rss:               10240 kB
Pss:                5120 kB
Shared_Clean:       4096 kB
Private_Clean:      1024 kB
Private_Dirty:      2048 kB
Anonymous:          1536 kB
"""


def test_memory_without_shared_files_is_what_would_be_freed():
    memory = memory_from(ROLLUP)

    assert (memory.resident, memory.proportional, memory.private, memory.anonymous) == (10.0, 5.0, 3.0, 1.5)


def test_a_process_knows_its_own_memory():
    memory = memory_in_use()

    assert memory is None or memory.resident >= memory.private > 1


def test_the_size_of_a_folder_is_that_of_all_files_below(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(bytes(2**20))
    (tmp_path / "c").write_bytes(bytes(2**19))

    assert size_on_disk(tmp_path) == 1.5


def test_searching_is_measured_alone_beside_authors_and_by_several_processes_at_once():
    steps: list[str] = []

    speed = measure_speed(
        Workload(("en",), articles=20, queries=4), processes=2, while_indexing=True, on_step=steps.append
    )

    alone, thread, process, together = speed.searching
    assert steps == ["building", "alone", "a thread indexes", "a process indexes", "2 processes search"]
    assert speed.build.translations == 20
    assert min(speed.build.seconds, speed.build.size_on_disk) > 0
    assert alone.by_kind["short"].count == 4
    assert together.by_kind["short"].count == 8
    assert all(each.updates is not None for each in (alone, thread, process))
    assert together.updates is None
    assert [table([speed]).row_count for table in (build_table, latency_table)] == [1, 23]
    assert memory_table([speed]).row_count in {0, 8}
