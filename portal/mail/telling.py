"""Sentences about mailboxes: English in the log and on the command line, the reader's language on a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext


@dataclass(frozen=True, slots=True)
class Told:
    """A translatable sentence with the values of its places."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text

    def translated(self) -> str:
        """In the language of the page that is being made."""
        return str(gettext(self.text, **self.values))

    def stored(self) -> str:
        """For the database; `read` makes it a sentence again."""
        return json.dumps({"text": self.text, "values": dict(self.values)}, ensure_ascii=False)

    @classmethod
    def read(cls, stored: str) -> Told | None:
        """What was stored; None for "". Plain text, which earlier versions stored, is told as it stands."""
        if not stored.startswith('{"text"'):
            return cls(stored) if stored else None
        found: dict[str, Any] = json.loads(stored)
        return cls(found["text"], found["values"])


def told(text: str, **values: object) -> Told:
    """A sentence to be told. Imported as ``_l``, by which sentences are found for translation."""
    return Told(text, {name: str(value) for name, value in values.items()})
