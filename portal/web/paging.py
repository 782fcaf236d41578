"""Lists page by key, never by offset: page n costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Select, TypeDecorator, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.database import db

Row = TypeVar("Row")
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_BIG_INTEGER = 2**63 - 1
# NUL for PostgreSQL, halves of a surrogate pair for every encoding.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list and the cursors of its neighbours (None at either end)."""

    items: Sequence[Row]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class Key:
    """A column of the order; values must never be NULL."""

    column: InstrumentedAttribute[Any]
    descending: bool = False


def keyset_page(query: Select[Row], keys: Sequence[Key], *, cursor: str | None, size: int) -> Page[Row]:
    """The rows of `query` after (or before) `cursor`, ordered by `keys`, whose last one is unique.

    An unreadable cursor gives the first page: it comes from an address that anybody may type.
    """
    forward, position = _decode(cursor, keys)
    query = query.order_by(*[key.column.desc() if key.descending == forward else key.column.asc() for key in keys])
    if position is not None:
        query = query.where(_beyond(keys, position, forward))
    rows: list[Row] = list(db.session.scalars(query.limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    if not forward:
        rows.reverse()
    has_next = more if forward else position is not None
    has_previous = (position is not None) if forward else more
    return Page(
        items=rows,
        next_cursor=_encode("n", keys, rows[-1]) if rows and has_next else None,
        previous_cursor=_encode("p", keys, rows[0]) if rows and has_previous else None,
    )


def _beyond(keys: Sequence[Key], position: list[Any], forward: bool) -> Any:
    alternatives = []
    for index, key in enumerate(keys):
        equal = [earlier.column == position[at] for at, earlier in enumerate(keys[:index])]
        value = position[index]
        after = key.column < value if key.descending == forward else key.column > value
        alternatives.append(and_(*equal, after))
    return or_(*alternatives)


def _encode(direction: str, keys: Sequence[Key], row: Any) -> str:
    values = [getattr(row, key.column.key) for key in keys]
    plain = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([direction, plain]).encode()).decode().rstrip("=")


def _decode(cursor: str | None, keys: Sequence[Key]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return True, None
    try:
        direction, plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_instant(value["at"]) if isinstance(value, dict) else value for value in plain]
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return True, None
    if len(values) != len(keys) or not all(_fits(key, value) for key, value in zip(keys, values, strict=True)):
        return True, None
    return direction != "p", values


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("naive datetime: instants are timezone-aware")
    return instant.astimezone(UTC)


def _fits(key: Key, value: Any) -> bool:
    """Whether the database can compare `value` with the column."""
    kind = key.column.type.impl_instance if isinstance(key.column.type, TypeDecorator) else key.column.type
    expected = kind.python_type
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        return False
    if isinstance(value, int):
        return abs(value) <= (_LARGEST_BIG_INTEGER if isinstance(kind, BigInteger) else _LARGEST_INTEGER)
    return not (isinstance(value, str) and _UNSTORABLE.search(value))
