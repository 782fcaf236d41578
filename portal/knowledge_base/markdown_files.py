"""One Markdown or HTML file → its fields and its text. Forgiving: what is odd is mended and reported. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from portal.errors import PortalError
from portal.knowledge_base.front_matter import FrontMatterError, clean_text, split_front_matter
from portal.knowledge_base.models import ArticleKind, Significance

MAXIMUM_BYTES = 1_000_000
MAXIMUM_NUMBER = 2**31 - 1
TITLE_LENGTH, SLUG_LENGTH, SUMMARY_LENGTH, CODE_LENGTH = 300, 200, 2_000, 40
# Everything else in a head is kept and written out again, but means nothing here.
KNOWN_FIELDS = frozenset(
    {"title", "slug", "summary", "description", "topic", "kind", "error_code", "keywords", "tags", "version"}
    | {"based_on", "significance", "reviewed", "review_by", "related", "position", "weight", "popular", "draft"}
)
_FIRST_YEAR = 1970
_LAST_CHANGE = ("lastmod", "modified", "updated", "date")
_ISO_DATE = re.compile(r"^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s].*)?$")
_DAY_FIRST = re.compile(r"^\s*(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\s*$")
_FIRST_HEADING = re.compile(
    r"\A(?:#{1,6}[ \t]+(?P<atx>.+?)(?:[ \t]+#+)?[ \t]*|(?P<setext>[^\n#>`\-*+<|:].*)\n=+[ \t]*)(?:\n|\Z)"
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_HEADING_KEY = re.compile(r"\s*\{[^{}]*\}\s*$")
_MARKUP = re.compile(r"<[^>]*>|[*`]|\\(?=[^\w\s])")
Choice = TypeVar("Choice", ArticleKind, Significance)
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


class UnreadableFile(PortalError):
    """A file that cannot be imported; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file says. Texts are "" and numbers and dates None where it says nothing; `problems` were mended."""

    title: str
    body: str
    slug: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    topic: str = ""
    kind: ArticleKind = ArticleKind.HOWTO
    error_code: str = ""
    related: tuple[str, ...] = ()
    version: int | None = None
    based_on: int | None = None
    significance: Significance | None = None
    reviewed: date | None = None
    review_by: date | None = None
    modified: date | None = None
    position: int | None = None
    popular: int | None = None
    is_draft: bool = False
    is_untranslated: bool = False
    has_title: bool = True
    front_matter: dict[str, Any] | None = None
    problems: tuple[str, ...] = ()


def content_digest(*, title: str, summary: str, keywords: Iterable[str], body: str) -> str:
    """SHA-256 of what a revision is made of; equal for a file and the revision that was made from it."""
    content = json.dumps([title, summary, list(keywords), body], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def normalize_body(text: str) -> str:
    """A text's stored form: no blank lines around it, one line end after it; "" if there is nothing."""
    stripped = _BLANK_LINES.sub("", text).rstrip()
    return f"{stripped}\n" if stripped.strip() else ""


def parse_file(content: bytes, *, name: str) -> ParsedFile:
    """The fields and text of a file called `name`.

    Raises:
        UnreadableFile: it is no text, too large, or its head cannot be read.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UnreadableFile(f"larger than {MAXIMUM_BYTES:,} bytes")
    text, problems = _decode(content)
    try:
        head = split_front_matter(text)
    except FrontMatterError as error:
        raise UnreadableFile(str(error)) from error
    fields = _Fields(head.values, [*problems, *head.problems])
    body = normalize_body(clean_text(head.body))
    if name.lower().endswith((".html", ".htm")):
        body = html_as_markdown(body)
    title = fields.text("title", limit=TITLE_LENGTH)
    has_title = bool(title)
    title, body = _settle_title(title, body, name)
    return ParsedFile(
        title=title,
        has_title=has_title,
        body=body,
        slug=fields.text("slug", limit=SLUG_LENGTH),
        summary=fields.text("summary", "description", limit=SUMMARY_LENGTH),
        keywords=fields.words("keywords", "tags"),
        topic=fields.text("topic", limit=SLUG_LENGTH),
        kind=fields.choice("kind", ArticleKind) or ArticleKind.HOWTO,
        error_code=fields.text("error_code", limit=CODE_LENGTH),
        related=fields.words("related"),
        version=fields.number("version"),
        based_on=fields.number("based_on"),
        significance=fields.choice("significance", Significance),
        reviewed=fields.day("reviewed"),
        review_by=fields.day("review_by"),
        modified=fields.day(*_LAST_CHANGE),
        position=fields.number("position", "weight"),
        popular=fields.number("popular"),
        is_draft=fields.is_set("draft"),
        is_untranslated=fields.is_set("untranslated"),
        front_matter=head.values,
        problems=tuple(fields.problems),
    )


def last_modified(front_matter: dict[str, Any]) -> date | None:
    """The day of the last change that a stored head gives; the same that `parse_file` found in it."""
    return _Fields(front_matter, []).day(*_LAST_CHANGE)


def author_version(front_matter: dict[str, Any]) -> int | None:
    """The ``version:`` of a stored head."""
    return _Fields(front_matter, []).number("version")


def html_as_markdown(html: str) -> str:
    """An HTML text that Markdown lets through as it is: without blank lines and without indented ones."""
    lines = []
    in_listing = False
    for line in html.splitlines():
        starts_in_listing = in_listing
        lowered = line.lower()
        if "<pre" in lowered or "</pre" in lowered:
            in_listing = lowered.rfind("<pre") > lowered.rfind("</pre")
        if starts_in_listing:
            # A blank line ends raw HTML; a comment keeps the line without showing anything.
            lines.append(line if line.strip() else "<!-- -->")
        elif line.strip():
            lines.append(line.strip())
    return normalize_body("\n".join(["<div>", *lines, "</div>"])) if lines else ""


def _decode(content: bytes) -> tuple[str, list[str]]:
    problems = []
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
        problems.append("not UTF-8: read as UTF-16")
    else:
        if b"\x00" in content:
            raise UnreadableFile("not a text file")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
            problems.append("not UTF-8: read as Windows-1252, so some letters may be wrong")
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def _settle_title(title: str, body: str, name: str) -> tuple[str, str]:
    """The title, if need be from the first heading or the file's name, and the text without a repetition of it."""
    match = _FIRST_HEADING.match(body)
    if match:
        words = _LINK.sub(r"\1", _HEADING_KEY.sub("", (match["atx"] or match["setext"]).strip()))
        heading = _MARKUP.sub("", words).strip()
        if heading and (not title or heading.casefold() == title.casefold()):
            return (title or heading[:TITLE_LENGTH]), normalize_body(body[match.end() :])
    if not title:
        stem = re.sub(r"\.\w+$", "", name)
        title = " ".join(stem.replace("-", " ").replace("_", " ").split()).capitalize()[:TITLE_LENGTH] or name
    return title, body


class _Fields:
    """Reads typed values out of a head and notes what it could not use."""

    def __init__(self, values: dict[str, Any], problems: list[str]) -> None:
        self.values = values
        self.problems = problems

    def _first(self, *names: str) -> tuple[str, Any]:
        name = next((name for name in names if self.values.get(name) is not None), names[0])
        return name, self.values.get(name)

    def text(self, *names: str, limit: int) -> str:
        name, value = self._first(*names)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            self.problems.append(f"“{name}” is no text: left out")
            return ""
        text = " ".join(str(value).split())
        if len(text) > limit:
            self.problems.append(f"“{name}” is cut to {limit} characters")
        return text[:limit].rstrip()

    def words(self, *names: str) -> tuple[str, ...]:
        _, value = self._first(*names)
        if value is None or isinstance(value, dict):
            return ()
        items = value if isinstance(value, list) else str(value).split(",")
        words = [" ".join(str(item).split()) for item in items if isinstance(item, (str, int, float))]
        return tuple(dict.fromkeys(word for word in words if word))

    def number(self, *names: str) -> int | None:
        name, value = self._first(*names)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAXIMUM_NUMBER:
            self.problems.append(f"“{name}: {str(value)[:40]}” is no whole number: left out")
            return None
        return value

    def day(self, *names: str) -> date | None:
        for name in names:
            value = self.values.get(name)
            if value is None or value == "":
                continue
            found = _as_date(str(value))
            if found:
                return found
            self.problems.append(f"“{name}: {str(value)[:40]}” is no date: left out")
        return None

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return choices(str(value).strip().lower())
        except ValueError:
            known = ", ".join(choices)
            self.problems.append(f"“{name}: {str(value)[:40]}” is unknown: use one of {known}")
            return None

    def is_set(self, name: str) -> bool:
        return str(self.values.get(name, "")).strip().lower() in {"1", "true", "yes"}


def _as_date(text: str) -> date | None:
    iso = _ISO_DATE.match(text)
    day_first = _DAY_FIRST.match(text)
    try:
        if iso:
            found = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif day_first:
            found = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        else:
            return None
    except ValueError:
        return None
    # Generators write the year 1 for "never", an instant that not every time zone can express.
    return found if found.year >= _FIRST_YEAR else None
