"""The key–value head of a Markdown file: YAML between ``---``, TOML between ``+++`` or a JSON object. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode

from portal.errors import PortalError

MAXIMUM_CHARACTERS = 64 * 1024
_MAXIMUM_DEPTH = 20
_FENCED = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<head>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_OPENED = re.compile(r"\A(?:---|\+\+\+)[ \t]*\n\s*[\w\"'-]+\s*[:=]")
# Control characters have no place in texts, and half a surrogate pair in no encoding.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BOOLEANS = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


class FrontMatterError(PortalError):
    """The head of a file cannot be read; the message is one line that says why and where."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values of a head, of JSON's types only (dates as ISO text), and the text below it."""

    values: dict[str, Any]
    body: str
    problems: tuple[str, ...] = field(default=())


def clean_text(text: str) -> str:
    """`text` without control characters other than tabs and line ends."""
    return _UNPRINTABLE.sub("", text)


def split_front_matter(text: str) -> FrontMatter:
    """Separate the head of a file from its body. A file without a head has no values.

    Raises:
        FrontMatterError: there is a head, but it cannot be read.
    """
    match = _FENCED.match(text)
    if match:
        head, body = match["head"], text[match.end() :]
        if len(head) > MAXIMUM_CHARACTERS:
            raise FrontMatterError("the front matter is too long")
        values, problems = read_yaml(head) if match["fence"] == "---" else (_read_toml(head), [])
        return FrontMatter(_as_mapping(values), body, tuple(problems))
    if text.startswith("{"):
        return _split_json(text)
    if _OPENED.match(text):
        raise FrontMatterError(f"the front matter has no end (a line {text[:3]})")
    return FrontMatter({}, text)


def read_yaml(text: str) -> tuple[Any, list[str]]:
    """The value of a YAML document, of JSON's types, and what is odd about it.

    Raises:
        FrontMatterError: it is not YAML.
    """
    loader = _Loader(text)
    try:
        value = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The head starts on the file's second line.
        place = f"line {mark.line + 2}: " if mark else ""
        raise FrontMatterError(f"the front matter is not YAML: {place}{error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise FrontMatterError(f"the front matter is not YAML: {_first_line(error)}") from error
    finally:
        loader.dispose()
    return _as_json(value), loader.problems


class _Loader(yaml.SafeLoader):
    """Plain values only: dates stay text, "no" is a word (and a language), aliases are refused."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.problems: list[str] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(AliasEvent):
            # A few nested aliases can stand for gigabytes.
            raise yaml.YAMLError("aliases (*name) are not supported")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                self.problems.append(f"“{name}” is given twice: the last one counts")
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, _BOOLEANS if tag == "tag:yaml.org,2002:bool" else expression)
        for tag, expression in resolvers
        if tag != "tag:yaml.org,2002:timestamp"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read_toml(text: str) -> Any:
    try:
        return _as_json(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FrontMatterError(f"the front matter is not TOML: {_first_line(error)}") from error


def _split_json(text: str) -> FrontMatter:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        # Text that happens to begin with a brace.
        return FrontMatter({}, text)
    return FrontMatter(_as_mapping(_as_json(values)), text[end:])


def _as_mapping(values: Any) -> dict[str, Any]:
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise FrontMatterError("the front matter has no keys")
    return values


def _as_json(value: Any, depth: int = 0) -> Any:
    if depth > _MAXIMUM_DEPTH:
        raise FrontMatterError("the front matter is nested too deeply")
    if isinstance(value, dict):
        return {clean_text(str(key)): _as_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_as_json(item, depth + 1) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return clean_text(str(value))


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
