"""Which files of a folder are articles, in which language, under which key. Reads names only, no contents."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from portal.errors import PortalError
from portal.knowledge_base.slugs import unicode_slug
from portal.localization import normalize_locale

TEXT_SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm"})
TOPICS_FILE = "topics.yaml"
KEY_LENGTH, TOPIC_KEY_LENGTH = 160, 80
_PLAIN_KEY = re.compile(r"^\w[\w.-]*$")
_ABOUT_THE_FOLDER = frozenset({"readme", "license", "licence", "changelog", "contributing", "code_of_conduct"})
_SITE_SETTINGS = ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "config.yaml", "config.json", "config")


class Layout(StrEnum):
    """How a folder is arranged."""

    ARTICLE_FOLDERS = "article folders"
    LANGUAGE_FOLDERS = "language folders"
    LANGUAGE_SUFFIXES = "language suffixes"
    ONE_LANGUAGE = "one language"


class UnreadableFolder(PortalError):
    """There is nothing to import; the message says why."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that holds an article in one locale.

    `relative` is its path below the folder, `route` the same without language and ending: what links are made of.
    """

    path: Path
    relative: str
    key: str
    locale: str
    route: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderPage:
    """A page that names the folder it lies in (``_index.md``): the topic's name in one locale."""

    path: Path
    relative: str
    locale: str
    topics: tuple[str, ...]


@dataclass(slots=True)
class Scan:
    """What a folder holds, in the order of its paths. `passed_over` are files that count for nothing, and why."""

    root: Path
    layout: Layout
    files: list[FoundFile] = field(default_factory=list)
    folder_pages: list[FolderPage] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    topics_file: Path | None = None

    @property
    def picture_roots(self) -> tuple[Path, ...]:
        """Folders in which ``/images/a.png`` is looked for."""
        beside = self.root.parent / "static" if self.root.name == "content" else self.root / "static"
        return (beside, self.root)


def scan_folder(folder: Path, *, default_locale: str) -> Scan:
    """The articles below `folder`; files without any mark of a language are in `default_locale`.

    Raises:
        UnreadableFolder: it does not exist or holds no article.
    """
    if not folder.is_dir():
        raise UnreadableFolder(f"{folder}: there is no such folder")
    root = _content_root(folder)
    paths = list(_text_files(root))
    if not paths:
        raise UnreadableFolder(f"{folder}: there is no Markdown or HTML file in it")
    layout = _detect([path.relative_to(root).parts for path in paths])
    scan = Scan(root=root, layout=layout)
    if (root / TOPICS_FILE).is_file():
        scan.topics_file = root / TOPICS_FILE
    taken: dict[tuple[str, str], str] = {}
    for path in paths:
        _classify(path, scan, default_locale, taken)
    return scan


def article_key(parts: Sequence[str]) -> str:
    """The key of an article from the parts of its path; plain names stay as they are."""
    key = "-".join(_plain(part) for part in parts)
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{key[: KEY_LENGTH - 9]}-{digest}"


def topic_keys(parts: Sequence[str]) -> tuple[str, ...]:
    """The topic that a folder stands for: topics have two levels, deeper folders belong to the second."""
    return tuple(_plain(part)[:TOPIC_KEY_LENGTH] for part in parts[:2])


def _plain(name: str) -> str:
    return name if _PLAIN_KEY.match(name) else unicode_slug(name) or hashlib.sha256(os.fsencode(name)).hexdigest()[:8]


def _content_root(folder: Path) -> Path:
    content = folder / "content"
    if not content.is_dir():
        return folder
    is_site = any((folder / name).exists() for name in _SITE_SETTINGS)
    has_other_texts = any(content not in path.parents for path in _text_files(folder))
    return content if is_site or not has_other_texts else folder


def _text_files(root: Path) -> Iterator[Path]:
    for directory, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")) and name != "node_modules")
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in TEXT_SUFFIXES:  # noqa: PTH122
                yield Path(directory, name)


def _detect(paths: Sequence[tuple[str, ...]]) -> Layout:
    def count(is_so: Callable[[tuple[str, ...]], bool]) -> int:
        return sum(1 for parts in paths if is_so(parts))

    article_folders = count(lambda parts: len(parts) > 1 and normalize_locale(_stem(parts[-1])) is not None)
    language_folders = count(lambda parts: len(parts) > 1 and normalize_locale(parts[0]) is not None)
    if max(article_folders, language_folders) * 2 >= len(paths):
        return Layout.ARTICLE_FOLDERS if article_folders >= language_folders else Layout.LANGUAGE_FOLDERS
    if count(lambda parts: _split_suffix(_stem(parts[-1]))[1] is not None):
        return Layout.LANGUAGE_SUFFIXES
    return Layout.ONE_LANGUAGE


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _split_suffix(stem: str) -> tuple[str, str | None]:
    """A file's name and its language, if it ends in one: ``intro.pt-br`` → ``intro``, ``pt_BR``."""
    name, dot, ending = stem.rpartition(".")
    locale = normalize_locale(ending) if dot and name else None
    return (name, locale) if locale else (stem, None)


def _classify(path: Path, scan: Scan, default_locale: str, taken: dict[tuple[str, str], str]) -> None:
    parts = path.relative_to(scan.root).parts
    relative = "/".join(parts)
    locale: str | None = default_locale
    *folders, stem = (*parts[:-1], _stem(parts[-1]))
    if len(parts) == 1 and stem.casefold() in _ABOUT_THE_FOLDER:
        return
    if scan.layout is Layout.ARTICLE_FOLDERS:
        locale = normalize_locale(stem)
        *folders, stem = folders or [""]
    elif scan.layout is Layout.LANGUAGE_FOLDERS:
        locale = normalize_locale(folders[0]) if folders else None
        folders = folders[1:]
    elif scan.layout is Layout.LANGUAGE_SUFFIXES:
        stem, suffix = _split_suffix(stem)
        locale = suffix or default_locale
    if locale is None or not stem:
        scan.passed_over.append((relative, "its name or folder is no language code"))
        return
    if stem == "_index":
        scan.folder_pages.append(FolderPage(path, relative, locale, topic_keys(folders)))
        return
    if stem == "index":
        if not folders:
            scan.passed_over.append((relative, "the start page is made by the portal"))
            return
        *folders, stem = folders
    key = article_key([*folders, stem])
    if (key, locale) in taken:
        scan.passed_over.append((relative, f"the same article in the same language as {taken[key, locale]}"))
        return
    taken[key, locale] = relative
    scan.files.append(FoundFile(path, relative, key, locale, "/".join([*folders, stem]), topic_keys(folders)))
