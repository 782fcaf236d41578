"""Named arrays and a few values as bytes, and back: compact, versioned, and safe to read whatever the bytes are."""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# The last byte is the version: raised whenever features or weights change their meaning. Kinds of features may be added
# without: a model that does not know them votes a little lower until it is fitted anew.
_MAGIC: Final = b"AWLM\x01"
# With weights for an embedder's vectors; the checksum of its name follows.
_MAGIC_WITH_VECTORS: Final = b"AWLM\x02"
# No start of a model is longer: see `start_of`.
LONGEST_START: Final = len(_MAGIC_WITH_VECTORS) + 4
_PREFIX: Final = struct.Struct("<II")
_TYPES: Final = frozenset({"<u4", "<i4", "<i8", "<f4", "|i1", "<u2"})
_MAXIMUM_SIZE: Final = 512 * 1024 * 1024

Arrays = dict[str, NDArray[Any]]


class DamagedModel(ValueError):
    """Bytes that are no model of this version."""


def start_of(embedder: str = "") -> bytes:
    """What a model begins with that was fitted with the vectors of the embedder of that name; "" is without any."""
    return _MAGIC_WITH_VECTORS + struct.pack("<I", zlib.crc32(embedder.encode())) if embedder else _MAGIC


def packed(arrays: Mapping[str, NDArray[Any]], values: Mapping[str, Any], *, embedder: str = "") -> bytes:
    """The arrays, of one dimension, and the values, which JSON can hold, as bytes; `embedder` as for `start_of`."""
    ordered = {name: array.astype(array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    shapes = [[name, array.dtype.str, len(array)] for name, array in ordered.items()]
    head = zlib.compress(json.dumps({"arrays": shapes, "values": values}, ensure_ascii=False).encode())
    body = zlib.compress(b"".join(array.tobytes() for array in ordered.values()))
    return start_of(embedder) + _PREFIX.pack(len(head), zlib.crc32(head + body)) + head + body


def unpacked(content: bytes) -> tuple[Arrays, dict[str, Any]]:
    """What :func:`packed` was given.

    Raises:
        DamagedModel: `content` is something else.
    """
    with damage_reported():
        check(content.startswith((_MAGIC, _MAGIC_WITH_VECTORS)))
        start = len(_MAGIC) if content.startswith(_MAGIC) else LONGEST_START
        length, checksum = _PREFIX.unpack_from(content, start)
        rest = content[start + _PREFIX.size :]
        check(zlib.crc32(rest) == checksum)
        head = json.loads(_inflated(rest[:length], _MAXIMUM_SIZE))
        sizes = [(str(name), str(kind), int(count)) for name, kind, count in head["arrays"]]
        check(all(kind in _TYPES and count >= 0 for _name, kind, count in sizes))
        expected = sum(np.dtype(kind).itemsize * count for _name, kind, count in sizes)
        check(expected <= _MAXIMUM_SIZE)
        body = _inflated(rest[length:], expected)
        check(len(body) == expected)
        return _arrays(body, sizes), dict(head["values"])


def check(is_sound: bool) -> None:
    """Raise DamagedModel unless it is."""
    if not is_sound:
        raise DamagedModel


@contextmanager
def damage_reported() -> Iterator[None]:
    """Whatever goes wrong in reading is a DamagedModel."""
    try:
        yield
    except DamagedModel:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OverflowError,
        struct.error,
        zlib.error,
    ) as error:
        raise DamagedModel from error


def _inflated(content: bytes, most: int) -> bytes:
    # A few bytes can claim to be gigabytes.
    return zlib.decompressobj().decompress(content, most + 1) if content else b""


def _arrays(body: bytes, sizes: list[tuple[str, str, int]]) -> Arrays:
    found: Arrays = {}
    offset = 0
    for name, kind, count in sizes:
        array = np.frombuffer(body, np.dtype(kind), count, offset)
        check(array.dtype.kind != "f" or math.isfinite(float(np.abs(array).sum(dtype=np.float64))))
        found[name] = array
        offset += array.nbytes
    return found
