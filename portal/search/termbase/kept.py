"""Compiled terms in files, one a locale: what one process has made, others only read."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Final

from portal.search.fields import INDEX_FORMAT
from portal.search.termbase.compiling import FOLDER, GENERAL, SYNONYMS, Compiled

# Raised when the words of terms are cut or stemmed otherwise and the index need not be built anew.
_FORMAT: Final = 2


def path_of(folder: Path, locale: str) -> Path:
    """The file of a locale; another release of what the terms are made from has another."""
    return folder / f"terms-{locale}-{_edition()}.json"


def read(folder: Path, locale: str) -> Compiled | None:
    """What :func:`write` kept; None where there is no such file, or another than it wrote."""
    try:
        content = json.loads(path_of(folder, locale).read_text("utf-8"))
        # Concepts are the same in every language: one string serves all.
        return Compiled(
            {sys.intern(concept): str(forms) for concept, forms in content["forms"].items()},
            {str(phrase): sys.intern(concepts) for phrase, concepts in content["phrases"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(folder: Path, locale: str, found: Compiled) -> None:
    """Keep a locale's terms in place of those of other releases; where that is impossible, nothing is kept."""
    path = path_of(folder, locale)
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(found._asdict(), ensure_ascii=False, separators=(",", ":")), "utf-8")
        temporary.replace(path)
        for other in folder.glob(f"terms-{locale}-*.json"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@cache
def _edition() -> str:
    """A digest of all that compiled terms depend on."""
    made_from = [str((_FORMAT, INDEX_FORMAT, version("babel"), version("pystemmer"))).encode()]
    made_from += [(FOLDER / f"{name}.txt").read_bytes() for name in (SYNONYMS, GENERAL)]
    return blake2b(b"\0".join(made_from), digest_size=6).hexdigest()
