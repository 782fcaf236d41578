"""What a file means for a translation that the portal already has. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.knowledge_base.models import Origin, Significance


class Verdict(StrEnum):
    """What becomes of a file's text."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CAUGHT_UP = "caught up"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class KnownRevision:
    """A revision as far as an import needs it.

    `label` is the author's own ``version:``, else the number. `digest` is that of the file it was made from or written
    to, "" for one that no file has yet. `modified` is the day that the file gave as its last change.
    """

    number: int
    label: int
    origin: Origin
    digest: str
    based_on_number: int | None
    modified: date | None = None


def judge(
    digest: str,
    *,
    version: int | None,
    based_on_number: int | None,
    history: Sequence[KnownRevision],
    latest_content_digest: Callable[[], str],
    prefer_file: bool = False,
) -> Verdict:
    """Compare a file with the revisions of its translation, oldest first.

    An edit made in the portal is never overwritten, unless `prefer_file`. Caught up: the file now says what was
    written in the portal, so later changes of the file build on it.
    """
    if not history:
        return Verdict.CREATED
    latest = history[-1]
    if latest.origin is Origin.PORTAL and not latest.digest:
        if digest == latest_content_digest():
            return Verdict.CAUGHT_UP
        imported = next((revision for revision in reversed(history) if revision.origin is Origin.IMPORT), None)
        if imported is not None and digest == imported.digest:
            return Verdict.UNCHANGED
        return Verdict.UPDATED if prefer_file else Verdict.CONFLICT
    is_same = (
        digest == latest.digest
        and (version is None or version <= latest.label)
        and (based_on_number is None or based_on_number == latest.based_on_number)
    )
    return Verdict.UNCHANGED if is_same else Verdict.UPDATED


def next_number(version: int | None, latest: KnownRevision | None) -> int:
    """The number of a new revision: the author's version if it is higher than all before, else one more."""
    before = latest.number if latest else 0
    return version if version is not None and version > before else before + 1


def significance_of(written: Significance | None, *, version: int | None, latest: KnownRevision | None) -> Significance:
    """Whether a new revision makes translations outdated: as the author says, else by whether `version` went up."""
    if written is not None:
        return written
    if latest is None or version is None or version > latest.label:
        return Significance.MAJOR
    return Significance.MINOR


def made_from(
    written: int | None,
    *,
    modified: date | None,
    source_modified: date | None,
    previous: KnownRevision | None,
    source: Sequence[KnownRevision],
    is_text_new: bool,
) -> int | None:
    """Number of the source revision that a translation's file was made from; None when there is no source yet.

    `written` is ``based_on:``, the author's version of the source. Files that do not say are judged by their dates: one
    that is older than its source was made from an earlier revision. `source` is the source's history, oldest first.
    """
    if not source:
        return None
    current = source[-1].number
    known = previous.based_on_number if previous else None
    if written is not None:
        named = [revision.number for revision in source if revision.label == written]
        return known if known in named else (named[-1] if named else written)
    if modified and source_modified and modified < source_modified:
        return known if known is not None else current - 1
    if previous is None or is_text_new or modified != previous.modified:
        return current
    return known
