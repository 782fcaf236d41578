"""How fast the index is built, changed and searched: alone, while it changes, and by several processes at once.

Each measurement runs in processes of its own, as web processes and the worker do, so that none inherits the memory or
the caches of another.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Final

from portal.bench.memory import Memory, peak_memory, size_on_disk
from portal.bench.workload import Asked, Author, Kind, Timings, Workload, search_timed
from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from portal.search.measures import Latency, latency

_CHANGES_ALONE: Final = 20
_PATIENCE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Build:
    """How an index was built. `seconds` leaves out the making of the articles; sizes are in megabytes."""

    translations: int
    seconds: float
    size_on_disk: float
    peak_memory: float | None

    @property
    def per_second(self) -> float:
        """Translations indexed in a second."""
        return self.translations / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Searching:
    """How searching went under one circumstance. `updates` is from a change to the search that finds it."""

    circumstance: str
    first: Latency
    by_kind: dict[str, Latency]
    updates: Latency | None
    memory_before: Memory | None
    memory_after: Memory | None


@dataclass(frozen=True, slots=True)
class Speed:
    """All measurements with one number of articles. `load` is the machine's load average before (1 minute)."""

    articles: int
    locales: tuple[str, ...]
    load: float
    build: Build
    searching: tuple[Searching, ...]


def measure_speed(
    workload: Workload,
    *,
    processes: int = 1,
    while_indexing: bool = False,
    updates_per_second: float = 0.0,
    on_step: Callable[[str], None] = lambda _step: None,
) -> Speed:
    """Build a help centre's index in a temporary folder and search in it.

    With `while_indexing` also while another thread, then another process, changes articles: without pause, or
    `updates_per_second`. With `processes` also in so many at once.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        root = Path(folder)
        on_step("building")
        with _pool(1) as pool:
            build = pool.submit(_build, root, workload).result()
        bench = _Circumstances(root, workload, updates_per_second)
        steps: list[tuple[str, Callable[[str], Searching]]] = [("alone", bench.alone)]
        if while_indexing:
            steps += [("a thread indexes", bench.beside_thread), ("a process indexes", bench.beside_process)]
        if processes > 1:
            steps.append((f"{processes} processes search", lambda name: bench.at_once(name, processes)))
        found = []
        for name, step in steps:
            on_step(name)
            found.append(step(name))
    return Speed(workload.articles, workload.locales, load, build, tuple(found))


class _Circumstances:
    """The ways to search in one index."""

    def __init__(self, root: Path, workload: Workload, updates_per_second: float) -> None:
        self._work = root, workload
        # Made here: what making them needs is no memory of the processes that search.
        self._asked = root, workload.warm_up(), workload.questions()
        self._per_second = updates_per_second

    def alone(self, name: str) -> Searching:
        """One process and nothing else; afterwards some articles change."""
        with _pool(1) as pool:
            timings = pool.submit(_search, *self._asked).result()
            timings.updates = pool.submit(_change, *self._work, _CHANGES_ALONE).result()
        return _summary(name, [timings])

    def beside_thread(self, name: str) -> Searching:
        """One process, one of whose threads changes articles."""
        with _pool(1) as pool:
            return _summary(
                name, [pool.submit(_search_beside_thread, *self._asked, self._work[1], self._per_second).result()]
            )

    def beside_process(self, name: str) -> Searching:
        """One process while another one changes articles."""
        with _pool(2) as pool:
            author = pool.submit(_change_until_told, *self._work, self._per_second)
            timings = pool.submit(_search_beside_process, *self._asked).result()
            timings.updates = author.result()
        return _summary(name, [timings])

    def at_once(self, name: str, processes: int) -> Searching:
        """Several processes that begin together."""
        with _pool(processes, parties=processes) as pool:
            running = [pool.submit(_search_together, *self._asked) for _ in range(processes)]
            return _summary(name, [each.result() for each in running])


def _summary(name: str, timings: list[Timings]) -> Searching:
    updates = [seconds for each in timings for seconds in each.updates]
    return Searching(
        circumstance=name,
        first=latency([seconds for each in timings for seconds in each.first]),
        by_kind={str(kind): latency([s for each in timings for s in each.by_kind[kind]]) for kind in Kind},
        updates=latency(updates) if updates else None,
        memory_before=timings[0].memory_before,
        memory_after=timings[0].memory_after,
    )


class _Signals:
    """What processes of one pool tell each other: all are ready, an author is at work, it is enough."""

    def __init__(self, context: SpawnContext, parties: int) -> None:
        self.all_ready: Barrier = context.Barrier(parties)
        self.is_at_work: Event = context.Event()
        self.is_enough: Event = context.Event()


_signals: _Signals | None = None


@contextmanager
def _pool(processes: int, *, parties: int = 1) -> Iterator[ProcessPoolExecutor]:
    """New processes that share signals; an error in one of them ends the others."""
    context = multiprocessing.get_context("spawn")
    signals = _Signals(context, parties)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_receive, initargs=(signals,)) as pool:
        try:
            yield pool
        finally:
            signals.is_enough.set()
            signals.is_at_work.set()


def _receive(signals: _Signals) -> None:
    global _signals
    _signals = signals


def _told() -> _Signals:
    if _signals is None:
        raise RuntimeError("this runs in a process of a pool")
    return _signals


def _build(root: Path, workload: Workload) -> Build:
    making = 0.0

    def articles() -> Iterator[Upsert]:
        nonlocal making
        for _locale, centre in sorted(workload.centres().items()):
            ready = iter(centre)
            while True:
                began = time.perf_counter()
                article = next(ready, None)
                making += time.perf_counter() - began
                if article is None:
                    break
                yield article

    engine = SearchEngine(root)
    began = time.perf_counter()
    count = engine.rebuild(articles(), position=1)
    seconds = time.perf_counter() - began - making
    return Build(count, seconds, size_on_disk(root), peak_memory())


def _search(root: Path, warm_up: list[Asked], questions: list[Asked]) -> Timings:
    return search_timed(root, warm_up, questions)


def _search_together(root: Path, warm_up: list[Asked], questions: list[Asked]) -> Timings:
    def until_all_are_ready(_engine: SearchEngine) -> None:
        _told().all_ready.wait(_PATIENCE_SECONDS)

    return search_timed(root, warm_up, questions, on_warm=until_all_are_ready)


def _search_beside_process(root: Path, warm_up: list[Asked], questions: list[Asked]) -> Timings:
    def until_somebody_writes(_engine: SearchEngine) -> None:
        _told().is_at_work.wait(_PATIENCE_SECONDS)

    try:
        return search_timed(root, warm_up, questions, on_warm=until_somebody_writes)
    finally:
        _told().is_enough.set()


def _search_beside_thread(
    root: Path, warm_up: list[Asked], questions: list[Asked], workload: Workload, per_second: float
) -> Timings:
    is_at_work, is_enough = threading.Event(), threading.Event()
    authors: list[Future[list[float]]] = []

    def until_somebody_writes(engine: SearchEngine) -> None:
        author = Author(engine, workload, per_second=per_second)
        authors.append(threads.submit(author.work, is_enough, is_at_work.set))
        is_at_work.wait(_PATIENCE_SECONDS)

    with ThreadPoolExecutor(1) as threads:
        try:
            timings = search_timed(root, warm_up, questions, on_warm=until_somebody_writes)
        finally:
            is_enough.set()
        timings.updates = authors[0].result()
    return timings


def _change(root: Path, workload: Workload, count: int) -> list[float]:
    author = Author(SearchEngine(root), workload)
    return [author.change_one() for _ in range(count)]


def _change_until_told(root: Path, workload: Workload, per_second: float) -> list[float]:
    told = _told()
    return Author(SearchEngine(root), workload, per_second=per_second).work(told.is_enough, told.is_at_work.set)
