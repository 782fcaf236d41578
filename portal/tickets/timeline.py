"""Messages, notes and events of a ticket as one list in the order of time. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.tickets.models import Message, Note, TicketEvent

# What a message or note shows by itself needs no line of its own.
TOLD_BY_MESSAGES = frozenset({"opened", "requester_message", "agent_reply", "note_added"})
# Longer conversations show the first message and this many of the latest ones in full.
OPEN_AT_THE_END = 6


class EntryKind(StrEnum):
    """What a line of the conversation is."""

    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"


@dataclass(frozen=True)
class Entry:
    """One line of the conversation; exactly one of `message`, `note`, `event` is set."""

    kind: EntryKind
    at: datetime
    message: Message | None = None
    note: Note | None = None
    event: TicketEvent | None = None
    is_folded: bool = False


def merge_timeline(messages: Iterable[Message], notes: Iterable[Note], events: Iterable[TicketEvent]) -> list[Entry]:
    """Everything that happened, oldest first; what was written stands before what it caused at the same instant."""
    written: list[tuple[tuple[datetime, int, int], Entry]] = [
        ((message.created_at, 0, message.id), Entry(EntryKind.MESSAGE, message.created_at, message=message))
        for message in messages
    ]
    written += [((note.created_at, 1, note.id), Entry(EntryKind.NOTE, note.created_at, note=note)) for note in notes]
    written += [
        ((event.occurred_at, 2, event.id), Entry(EntryKind.EVENT, event.occurred_at, event=event))
        for event in events
        if event.kind not in TOLD_BY_MESSAGES
    ]
    return fold_middle([entry for _order, entry in sorted(written, key=lambda pair: pair[0])])


def fold_middle(entries: list[Entry]) -> list[Entry]:
    """The same entries with the messages between the first and the latest ones marked as folded."""
    places = [at for at, entry in enumerate(entries) if entry.message is not None]
    folded = set(places[1:-OPEN_AT_THE_END])
    return [
        Entry(entry.kind, entry.at, message=entry.message, is_folded=True) if at in folded else entry
        for at, entry in enumerate(entries)
    ]
