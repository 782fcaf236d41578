"""Reads a folder of articles and works out what it says: articles, their files in each language, topics, pictures.

No database: what is already in the portal does not matter here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from portal.knowledge_base.front_matter import FrontMatterError
from portal.knowledge_base.hugo import ConvertedText, convert_shortcodes
from portal.knowledge_base.layouts import FolderPage, FoundFile, Layout, Scan, scan_folder
from portal.knowledge_base.link_targets import rewrite_targets
from portal.knowledge_base.markdown_files import MAXIMUM_BYTES, ParsedFile, UnreadableFile, normalize_body, parse_file
from portal.knowledge_base.references import ArticleLink
from portal.knowledge_base.topic_files import PlannedTopic, read_topics, readable_name
from portal.localization import normalize_locale

_TEXT_ENDINGS = (".md", ".markdown", ".html", ".htm")
_PICTURE_NAME_LENGTH = 200

Note = tuple[str, str]


@dataclass(slots=True)
class PlannedFile:
    """An article in one locale, ready to be rendered: `body` names articles and pictures as the portal does."""

    found: FoundFile
    parsed: ParsedFile
    body: str
    pictures: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PlannedArticle:
    """An article with its readable files by locale. `source_locale` is that of the text the others translate."""

    key: str
    source_locale: str
    files: dict[str, PlannedFile] = field(default_factory=dict)


@dataclass(slots=True)
class ImportPlan:
    """What a folder says. `present` are (key, locale) of all files found, also of those that could not be read.

    The notes are (path, one line): `unreadable` for lack of sense, `skipped` on purpose, `problems` to know about.
    """

    root: Path
    articles: list[PlannedArticle] = field(default_factory=list)
    topics: list[PlannedTopic] = field(default_factory=list)
    present: set[tuple[str, str]] = field(default_factory=set)
    unreadable: list[Note] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)


def plan_import(folder: Path, *, default_locale: str) -> ImportPlan:
    """What `folder` holds; see `layouts` for how it may be arranged.

    Raises:
        UnreadableFolder: it does not exist or holds no article.
    """
    scan = scan_folder(folder, default_locale=default_locale)
    plan = ImportPlan(root=scan.root, skipped=list(scan.passed_over))
    plan.present = {(found.key, found.locale) for found in scan.files}
    read = {}
    for found in scan.files:
        parsed = _read(found, plan)
        if parsed is not None:
            read[found.relative] = (found, parsed)
    site = _Site(scan, default_locale, (pair for pair in read.values()))
    articles: dict[str, PlannedArticle] = {}
    for found, parsed in read.values():
        article = articles.setdefault(found.key, PlannedArticle(found.key, default_locale))
        article.files[found.locale] = _plan_file(found, parsed, site)
    for article in articles.values():
        if default_locale not in article.files:
            article.source_locale = min(article.files)
        _separate_pictures(article)
    plan.articles = list(articles.values())
    plan.topics = _plan_topics(scan, plan, default_locale)
    return plan


def _read(found: FoundFile, plan: ImportPlan) -> ParsedFile | None:
    try:
        if found.path.stat().st_size > MAXIMUM_BYTES:
            raise UnreadableFile(f"larger than {MAXIMUM_BYTES:,} bytes")
        parsed = parse_file(found.path.read_bytes(), name=_file_name(found))
    except UnreadableFile as error:
        plan.unreadable.append((found.relative, str(error)))
        return None
    except OSError as error:
        plan.unreadable.append((found.relative, error.strerror or str(error)))
        return None
    if parsed.is_untranslated:
        plan.skipped.append((found.relative, "marked as not translated"))
        return None
    if not parsed.body:
        plan.skipped.append((found.relative, "no text"))
        return None
    return parsed


def _file_name(found: FoundFile) -> str:
    """The name that a missing title is made from: the article's, with the file's ending."""
    return posixpath.basename(found.route) + found.path.suffix


class _Site:
    """Where links and pictures of a folder's files lead."""

    def __init__(self, scan: Scan, default_locale: str, read: Iterable[tuple[FoundFile, ParsedFile]]) -> None:
        self.scan = scan
        self.default_locale = default_locale
        self.locales = {found.locale for found in scan.files}
        self.keys: dict[str, str] = {}
        by_name: dict[str, set[str]] = {}
        for found, parsed in read:
            self.keys.setdefault(found.route, found.key)
            by_name.setdefault(posixpath.basename(found.route), set()).add(found.key)
            if parsed.slug:
                self.keys.setdefault(posixpath.join(posixpath.dirname(found.route), parsed.slug), found.key)
        self.unique_names = {name: min(keys) for name, keys in by_name.items() if len(keys) == 1}

    def article_link(self, target: str, found: FoundFile) -> str | None:
        """The ``article:`` link for a path or address of this site; None when it leads to no article."""
        path, _, fragment = target.partition("#")
        path = unquote(path.partition("?")[0])
        if not path or ":" in path.partition("/")[0] or path.startswith("//"):
            return None
        key = next((self.keys[route] for route in self._routes(path, found) if route in self.keys), None)
        if key is None and path.endswith(_TEXT_ENDINGS):
            key = self.unique_names.get(_without_ending(posixpath.basename(path)))
        return ArticleLink(key, unquote(fragment)).target if key else None

    def _routes(self, path: str, found: FoundFile) -> Iterable[str]:
        plain = _without_ending(path.rstrip("/"))
        plain = posixpath.dirname(plain) if posixpath.basename(plain) in {"index", "_index"} else plain
        if path.startswith("/"):
            route = plain.strip("/")
            yield route
            first, _, rest = route.partition("/")
            if normalize_locale(first) in self.locales:
                yield rest
            return
        folder = posixpath.dirname(found.route)
        yield posixpath.normpath(posixpath.join(folder, plain))
        # As addresses, pages lie one level deeper than as files.
        yield posixpath.normpath(posixpath.join(found.route, plain))
        yield plain

    def picture_path(self, target: str, found: FoundFile) -> tuple[str, Path] | None:
        """The name under which an article keeps a picture, and its file; None when there is no such file."""
        path = unquote(target.partition("?")[0].partition("#")[0])
        if not path or ":" in path or path.startswith("//") or "\\" in path:
            return None
        name = posixpath.normpath(path.lstrip("/"))
        if path.startswith("/"):
            candidates = [root / name for root in self.scan.picture_roots]
        else:
            candidates = [found.path.parent / name, *self._in_other_languages(found, name)]
        allowed = (self.scan.root.resolve(), *(root.resolve() for root in self.scan.picture_roots))
        for candidate in candidates:
            resolved = candidate.resolve()
            if resolved.is_file() and any(resolved.is_relative_to(root) for root in allowed):
                stored = name if not name.startswith("..") else posixpath.basename(name)
                return stored[-_PICTURE_NAME_LENGTH:], resolved
        return None

    def _in_other_languages(self, found: FoundFile, name: str) -> Iterable[Path]:
        """The same place in the default language's folder: pictures without words are kept only once."""
        if self.scan.layout is not Layout.LANGUAGE_FOLDERS:
            return
        below = found.path.parent.relative_to(self.scan.root).parts[1:]
        for folder in sorted(self.scan.root.iterdir()):
            if normalize_locale(folder.name) == self.default_locale:
                yield folder.joinpath(*below, name)


def _without_ending(path: str) -> str:
    return next((path.removesuffix(ending) for ending in _TEXT_ENDINGS if path.endswith(ending)), path)


def _plan_file(found: FoundFile, parsed: ParsedFile, site: _Site) -> PlannedFile:
    # Folders of articles are the portal's own form: braces in them are text.
    is_own_form = site.scan.layout is Layout.ARTICLE_FOLDERS
    converted = ConvertedText(parsed.body, ()) if is_own_form else convert_shortcodes(parsed.body)
    planned = PlannedFile(found, parsed, "", problems=list(parsed.problems))
    if not parsed.has_title:
        planned.problems.append(f"no title: “{parsed.title}” is used")
    if converted.removed:
        planned.problems.append(f"shortcodes taken out: {', '.join(converted.removed)}")

    def rewrite(target: str, is_picture: bool) -> str | None:
        if not is_picture:
            return site.article_link(target, found)
        picture = site.picture_path(target, found)
        if picture is None:
            return None
        planned.pictures[picture[0]] = picture[1]
        return quote(picture[0])

    planned.body = normalize_body(rewrite_targets(converted.text, rewrite))
    return planned


def _separate_pictures(article: PlannedArticle) -> None:
    """Give a translation's picture its own name where it differs from the source's of the same name."""
    source = article.files[article.source_locale]
    for locale, file in article.files.items():
        for name, path in list(file.pictures.items()):
            other = source.pictures.get(name, path)
            if file is source or other == path or other.read_bytes() == path.read_bytes():
                continue
            own = f"{locale}/{name}"[-_PICTURE_NAME_LENGTH:]
            del file.pictures[name]
            file.pictures[own] = path
            file.body = rewrite_targets(file.body, _renamed(quote(name), quote(own)))


def _renamed(old: str, new: str) -> Callable[[str, bool], str | None]:
    return lambda target, is_picture: new if is_picture and target == old else None


def _plan_topics(scan: Scan, plan: ImportPlan, default_locale: str) -> list[PlannedTopic]:
    """Topics of topics.yaml, then those that pages of folders name, then those that only folders or articles imply."""
    topics: dict[tuple[str, ...], PlannedTopic] = {}
    if scan.topics_file:
        try:
            listed, odd = read_topics(scan.topics_file.read_text(encoding="utf-8-sig"))
        except (FrontMatterError, OSError, UnicodeDecodeError) as error:
            plan.unreadable.append((scan.topics_file.name, str(error).removeprefix("the front matter ")))
        else:
            topics = {topic.path: topic for topic in listed}
            plan.problems.extend((scan.topics_file.name, problem) for problem in odd)
    for page in scan.folder_pages:
        _name_topic(page, topics, plan)
    for article in plan.articles:
        path = topic_path(article)
        for depth in range(1, len(path) + 1):
            if path[:depth] in topics:
                continue
            topics[path[:depth]] = PlannedTopic(path[:depth], names={default_locale: readable_name(path[depth - 1])})
            source = article.files[article.source_locale]
            if source.parsed.topic and scan.topics_file:
                source.problems.append(f"the topic “{'/'.join(path[:depth])}” is not in {scan.topics_file.name}")
    return sorted(topics.values(), key=lambda topic: len(topic.path))


def topic_path(article: PlannedArticle) -> tuple[str, ...]:
    """The topic of an article, as its source says or else by its folder; () for none."""
    source = article.files[article.source_locale]
    written = tuple(part.strip()[:80] for part in source.parsed.topic.split("/") if part.strip())[:2]
    return written or source.found.topics


def _name_topic(page: FolderPage, topics: dict[tuple[str, ...], PlannedTopic], plan: ImportPlan) -> None:
    try:
        parsed = parse_file(page.path.read_bytes(), name=page.path.name)
    except (UnreadableFile, OSError) as error:
        plan.unreadable.append((page.relative, str(error)))
        return
    if not page.topics or not parsed.has_title:
        return
    for depth in range(1, len(page.topics)):
        topics.setdefault(page.topics[:depth], PlannedTopic(page.topics[:depth]))
    topic = topics.setdefault(page.topics, PlannedTopic(page.topics, position=parsed.position))
    topic.names.setdefault(page.locale, parsed.title[:120])
    if parsed.summary:
        topic.descriptions.setdefault(page.locale, parsed.summary[:300])
