"""``topics.yaml``: the topics in two levels, with names and descriptions in each language. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal.knowledge_base.front_matter import FrontMatterError, clean_text, read_yaml
from portal.localization import normalize_locale

KEY_LENGTH, ICON_LENGTH, NAME_LENGTH, DESCRIPTION_LENGTH = 80, 40, 120, 300


@dataclass(slots=True)
class PlannedTopic:
    """A topic as files describe it. `path` is its key, or its parent's and its own. `position` None: leave as it is."""

    path: tuple[str, ...]
    icon: str = ""
    position: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)


def read_topics(text: str) -> tuple[list[PlannedTopic], list[str]]:
    """The topics in `text`, parents before their children, and what is odd about it.

    Raises:
        FrontMatterError: it is not YAML or not a list.
    """
    entries, problems = read_yaml(text)
    if not isinstance(entries, list):
        raise FrontMatterError("it is no list of topics")
    topics: list[PlannedTopic] = []
    for position, entry in enumerate(entries, start=1):
        topic = _read_topic(entry, (), position, problems)
        if topic is None:
            continue
        topics.append(topic)
        children = entry.get("topics")
        for place, child in enumerate(children if isinstance(children, list) else [], start=1):
            read = _read_topic(child, topic.path, place, problems)
            if read is not None:
                topics.append(read)
    return topics, problems


def write_topics(topics: Iterable[PlannedTopic]) -> str:
    """The file that `read_topics` reads back; parents come before their children."""
    entries: dict[str, dict[str, Any]] = {}
    for topic in topics:
        entry = _entry(topic)
        if len(topic.path) == 1:
            entries[topic.path[0]] = entry
        else:
            entries[topic.path[0]].setdefault("topics", []).append(entry)
    return yaml.safe_dump(list(entries.values()), allow_unicode=True, sort_keys=False, width=120)


def readable_name(key: str) -> str:
    """A name for a topic that has none but its key."""
    return key.replace("-", " ").replace("_", " ").strip().capitalize()[:NAME_LENGTH] or key


def _read_topic(entry: Any, parent: tuple[str, ...], position: int, problems: list[str]) -> PlannedTopic | None:
    key = clean_text(str(entry.get("key") or "")).strip().strip("/") if isinstance(entry, dict) else ""
    if not key or "/" in key or len(key) > KEY_LENGTH:
        place = f"topic {position}" + (f" in “{parent[0]}”" if parent else "")
        problems.append(f"{place} has no usable key: left out")
        return None
    return PlannedTopic(
        path=(*parent, key),
        icon=str(entry.get("icon") or "")[:ICON_LENGTH],
        position=position,
        names=_texts(entry.get("names"), key, NAME_LENGTH, problems),
        descriptions=_texts(entry.get("descriptions"), key, DESCRIPTION_LENGTH, problems),
    )


def _texts(values: Any, key: str, limit: int, problems: list[str]) -> dict[str, str]:
    texts = {}
    for tag, value in values.items() if isinstance(values, dict) else ():
        locale = normalize_locale(str(tag))
        text = " ".join(str(value or "").split())[:limit]
        if locale is None:
            problems.append(f"topic “{key}”: “{tag}” is no language code")
        elif text:
            texts[locale] = text
    return texts


def _entry(topic: PlannedTopic) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": topic.path[-1]}
    if topic.icon:
        entry["icon"] = topic.icon
    for name, texts in (("names", topic.names), ("descriptions", topic.descriptions)):
        if texts:
            entry[name] = dict(sorted(texts.items()))
    return entry
