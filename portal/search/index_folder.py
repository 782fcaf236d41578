"""All locales' indexes of this machine: builds, the swap, the applied position.

The folder holds one *build*, named in the file ``current``; a rebuild is written beside it and swapped in.
A build's manifest names its locales and the change it has applied up to. It is replaced after the commits it
speaks of: after a crash between the two, changes are applied once more, which changes nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from portal.search.courtesy import Courtesy
from portal.search.documents import IndexChange, Upsert
from portal.search.fields import INDEX_FORMAT
from portal.search.index_errors import IndexUnavailable
from portal.search.semantic import Embedder
from portal.search.snapshot import Snapshot
from portal.search.whoosh_index import build as write_new
from portal.search.whoosh_index import one_writer, open_snapshot, write

_CURRENT: Final = "current"
_MANIFEST: Final = "manifest.json"
_LOCK: Final = "writer.lock"
_BUILD_PREFIX: Final = "build-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build says of itself. `position` is the last change applied to every locale.

    `embedder` names the one whose vectors all articles have in the languages that it helps; "" without.
    """

    position: int
    locales: tuple[str, ...]
    embedder: str = ""

    @staticmethod
    def read(build: Path) -> Manifest:
        """The manifest of a build.

        Raises:
            IndexUnavailable: missing, unreadable, or of another format.
        """
        try:
            content = json.loads((build / _MANIFEST).read_text("utf-8"))
            if content["format"] != INDEX_FORMAT:
                raise IndexUnavailable(f"its format is {content['format']}, wanted is {INDEX_FORMAT}")
            return Manifest(
                int(content["position"]), tuple(map(str, content["locales"])), str(content.get("embedder", ""))
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable("its manifest is missing or damaged") from error

    def write(self, build: Path) -> None:
        """Replace the manifest at once; readers see the old or the new one."""
        content = {
            "format": INDEX_FORMAT,
            "position": self.position,
            "locales": sorted(self.locales),
            "embedder": self.embedder,
        }
        _replace(build / _MANIFEST, json.dumps(content))


class IndexFolder:
    """This machine's copy of the index. One instance a process; threads may share it.

    With an `embedder` what is written has its vectors, in the languages that it helps.
    """

    def __init__(self, root: Path, *, embedder: Embedder | None = None) -> None:
        self.root = root
        self.embedder = embedder
        self.courtesy = Courtesy()
        self._snapshots: dict[str, Snapshot] = {}
        self._seen: tuple[int, ...] = ()
        self._build: Path | None = None
        self._manifest: Manifest | None = None
        self._lock = threading.Lock()

    def manifest(self) -> Manifest:
        """The manifest of the current build, as it is on disk now.

        Raises:
            IndexUnavailable: there is no usable index.
        """
        with self._lock:
            return self._refreshed()

    def snapshot(self, locale: str) -> Snapshot | None:
        """The newest state of a locale; None when nothing is indexed in it.

        Raises:
            IndexUnavailable: there is no usable index.
        """
        with self._lock:
            manifest = self._refreshed()
            if locale not in manifest.locales or self._build is None:
                return None
            known = self._snapshots.get(locale)
            if known is None or not known.is_current:
                known = open_snapshot(self._build / locale, locale, known)
                known.embedder = self._embedder_of(manifest, locale)
                self._snapshots[locale] = known
            return known

    def lacks_vectors(self) -> bool:
        """Whether the index was written without the embedder there is now, and is to be built anew.

        Raises:
            IndexUnavailable: there is no usable index.
        """
        return self.embedder is not None and self.manifest().embedder != self.embedder.name

    def _embedder_of(self, manifest: Manifest, locale: str) -> Embedder | None:
        """The embedder, if a build has its vectors in a locale."""
        if self.embedder is None or manifest.embedder != self.embedder.name or not self.embedder.helps(locale):
            return None
        return self.embedder

    def discard(self) -> bool:
        """Give up the current build, which turned out to be damaged: there is no index until the next rebuild.

        False when there was none to give up.
        """
        with self._lock:
            self._snapshots.clear()
            self._manifest, self._build = None, None
            try:
                (self.root / _CURRENT).unlink()
            except OSError:
                return False
            return True

    def forget(self) -> None:
        """Open everything anew with the next search."""
        with self._lock:
            self._snapshots.clear()
            self._manifest = None

    def locales(self) -> tuple[str, ...]:
        """The locales with an index.

        Raises:
            IndexUnavailable: there is no usable index.
        """
        return self.manifest().locales

    def apply(self, changes: Iterable[IndexChange], *, position: int, wait: bool = True) -> None:
        """Commit changes to the indexes of their locales, then record `position` as applied.

        Raises:
            IndexUnavailable: there is no usable index to change.
            IndexBusy: somebody else is writing and `wait` is off.
        """
        with one_writer(self.root / _LOCK, wait=wait):
            build = self._current_build()
            manifest = Manifest.read(build)
            newest = {(change.locale, change.article_id): change for change in changes}
            ordered = sorted(newest.values(), key=lambda change: (change.locale, change.article_id))
            locales, give_way = set(manifest.locales), self.courtesy.with_patience()
            for locale, group in groupby(ordered, key=lambda change: change.locale):
                batch = list(group)
                is_new = locale not in locales
                if is_new and not any(isinstance(change, Upsert) for change in batch):
                    continue
                if is_new:
                    upserts = [change for change in batch if isinstance(change, Upsert)]
                    write_new(build / locale, upserts, give_way, self._embedder_of(manifest, locale))
                else:
                    write(build / locale, batch, give_way, self._embedder_of(manifest, locale))
                locales.add(locale)
            # Who writes without the vectors makes the others incomplete.
            has_vectors = self.embedder is not None and manifest.embedder == self.embedder.name
            embedder = manifest.embedder if has_vectors else ""
            Manifest(max(position, manifest.position), tuple(locales), embedder).write(build)

    def rebuild(self, changes: Iterable[Upsert], *, position: int, wait: bool = True) -> int:
        """Write a new build from articles that come locale by locale, and swap it in; returns how many there were.

        The old build serves until then. `position` is the newest change when reading the articles began.

        Raises:
            IndexBusy: somebody else is writing and `wait` is off.
        """
        with one_writer(self.root / _LOCK, wait=wait):
            build = self._next_build()
            try:
                count = self._write_build(build, changes, position)
                _replace(self.root / _CURRENT, build.name)
            except BaseException:
                shutil.rmtree(build, ignore_errors=True)
                raise
            self._remove_builds_except(build)
            return count

    def _refreshed(self) -> Manifest:
        """The manifest, read again when its file is another one; snapshots then reopen as they are asked for."""
        build = self._current_build()
        try:
            status = (build / _MANIFEST).stat()
        except OSError as error:
            raise IndexUnavailable("its manifest is missing or damaged") from error
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._manifest is None or seen != self._seen or build != self._build:
            manifest = Manifest.read(build)
            if build != self._build:
                self._snapshots.clear()
            for snapshot in self._snapshots.values():
                snapshot.is_current = False
            self._manifest, self._seen, self._build = manifest, seen, build
        return self._manifest

    def _current_build(self) -> Path:
        try:
            name = (self.root / _CURRENT).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise IndexUnavailable("it was never built") from error
        if not name.startswith(_BUILD_PREFIX) or not name.removeprefix(_BUILD_PREFIX).isdigit():
            raise IndexUnavailable("the name of the current build is damaged")
        return self.root / name

    def _next_build(self) -> Path:
        """An empty folder for a new build; what killed builds left makes room. The caller holds the lock."""
        self.root.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name.removeprefix(_BUILD_PREFIX)) for path in self._builds()]
        try:
            self._remove_builds_except(self._current_build())
        except IndexUnavailable as error:
            # Only for want of a current build is every folder a leftover; one that cannot be asked for may be in use.
            if not isinstance(error.__cause__, OSError) or isinstance(error.__cause__, FileNotFoundError):
                self._remove_builds_except(None)
        build = self.root / f"{_BUILD_PREFIX}{max(numbers, default=0) + 1}"
        build.mkdir()
        return build

    def _write_build(self, build: Path, changes: Iterable[Upsert], position: int) -> int:
        """Fill a new build with articles that come locale by locale; returns how many there were."""
        locales, count = [], 0
        new = Manifest(position, (), self.embedder.name if self.embedder else "")

        def counted(group: Iterable[Upsert]) -> Iterator[Upsert]:
            nonlocal count
            for change in group:
                count += 1
                yield change

        for locale, group in groupby(changes, key=lambda change: change.locale):
            write_new(build / locale, counted(group), self.courtesy.give_way, self._embedder_of(new, locale))
            locales.append(locale)
        replace(new, locales=tuple(locales)).write(build)
        return count

    def _builds(self) -> list[Path]:
        return [path for path in self.root.glob(f"{_BUILD_PREFIX}*") if path.name.removeprefix(_BUILD_PREFIX).isdigit()]

    def _remove_builds_except(self, kept: Path | None) -> None:
        for build in self._builds():
            if build != kept:
                # Where open files cannot be deleted, the next rebuild removes what is left now.
                shutil.rmtree(build, ignore_errors=True)


def _replace(path: Path, content: str) -> None:
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
