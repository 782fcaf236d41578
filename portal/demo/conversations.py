"""Conversations of the demo, written by hand in each language, with slots that make two tickets of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA_DIR = Path(__file__).parent / "data"
_ROUNDS = 4
_ENDED = frozenset({"solved", "solved_confirmed", "closed"})
# Where agents greet people by their first name.
_FIRST_NAME_LOCALES = frozenset({"en", "fr", "es", "pt_BR"})


@dataclass(frozen=True)
class DemoMessage:
    """One turn: from "requester", "agent" or "note" (internal)."""

    sender: str
    text: str


@dataclass(frozen=True)
class DemoConversation:
    """A ticket to be; slots in subject, searches and texts are filled already. `is_retold`: it happened before."""

    topic: str
    priority: str
    tags: tuple[str, ...]
    articles: tuple[str, ...]
    searches: tuple[str, ...]
    subject: str
    messages: tuple[DemoMessage, ...]
    outcome: str
    rating_comment: str
    requester_name: str
    requester_email: str
    is_retold: bool


def load_conversations(locale: str) -> list[DemoConversation]:
    """The conversations of a locale, those that ended up to four times with other people and details.

    What is still open happens once: nobody believes a queue in which every question stands twice.
    """
    content: dict[str, Any] = yaml.safe_load((DATA_DIR / f"{locale}.yaml").read_text("utf-8"))
    requesters = content["requesters"]
    written = content["conversations"]
    filled = []
    for variant in range(_ROUNDS):
        for index, conversation in enumerate(written):
            if variant and conversation["outcome"] not in _ENDED:
                continue
            # 25 stories and 30 people: in the next round the same story happens to somebody else.
            requester = requesters[(index + variant * len(written)) % len(requesters)]
            filled.append(_fill(conversation, requester, variant, first_name=locale in _FIRST_NAME_LOCALES))
    return filled


def load_canned_responses() -> list[dict[str, Any]]:
    """Canned responses as in the file: key, name, shortcut, texts by locale."""
    content = yaml.safe_load((DATA_DIR / "canned_responses.yaml").read_text("utf-8"))
    responses: list[dict[str, Any]] = content["canned_responses"]
    return responses


def _fill(
    conversation: dict[str, Any], requester: dict[str, str], variant: int, *, first_name: bool
) -> DemoConversation:
    slots = {name: values[variant % len(values)] for name, values in (conversation.get("slots") or {}).items()}
    # Later, by whoever answers: the one slot that is not the story's.
    greeted = requester["name"].split()[0] if first_name else requester["name"]
    slots |= {"requester_name": greeted, "agent_name": "{agent_name}"}

    def fill(text: str) -> str:
        for name, value in slots.items():
            text = text.replace("{" + name + "}", str(value))
        return text.strip()

    return DemoConversation(
        topic=conversation["topic"],
        priority=conversation["priority"],
        tags=tuple(conversation.get("tags") or ()),
        articles=tuple(conversation.get("articles") or ()),
        searches=tuple(fill(search) for search in conversation.get("searches") or ()),
        subject=fill(conversation["subject"]),
        messages=tuple(DemoMessage(turn["from"], fill(turn["text"])) for turn in conversation["messages"]),
        outcome=conversation["outcome"],
        rating_comment=fill(conversation.get("rating_comment") or ""),
        requester_name=requester["name"],
        requester_email=requester["email"],
        is_retold=variant > 0,
    )
