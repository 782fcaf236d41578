from __future__ import annotations

import mmap
import sys

import pytest

from portal.search.mapped_memory import MappedMemory, file_pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

MEGABYTES = 40


@pytest.fixture
def mapped(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * MEGABYTES * 2**20)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def read_all(mapped):
    assert sum(mapped[at] for at in range(0, len(mapped), mmap.PAGESIZE)) > 0


def held_megabytes(pages_before):
    return (file_pages() - pages_before) * mmap.PAGESIZE / 2**20


def test_what_was_read_of_large_files_is_given_back(mapped):
    memory = MappedMemory(kept_megabytes=10)
    memory.add(mapped)
    before = file_pages()

    for _ in range(4):
        read_all(mapped)
        for _ in range(20):
            memory.note_use()

    assert held_megabytes(before) < 10
    assert mapped[:3] == b"xxx"


def test_little_that_was_read_is_kept(mapped):
    memory = MappedMemory(kept_megabytes=4 * MEGABYTES)
    memory.add(mapped)
    before = file_pages()

    read_all(mapped)
    for _ in range(20):
        memory.note_use()

    assert held_megabytes(before) > MEGABYTES / 2


def test_a_file_that_was_closed_is_no_trouble(tmp_path):
    memory = MappedMemory(kept_megabytes=0)
    path = tmp_path / "small"
    path.write_bytes(b"x" * 100)
    with path.open("rb") as file:
        memory.add(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    memory.give_back()
