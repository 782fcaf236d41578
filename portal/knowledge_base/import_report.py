"""What came of an import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# (path of the file or key of the article, one line of text)
Note = tuple[str, str]
# (key of the article, locale)
Page = tuple[str, str]


@dataclass(slots=True)
class ImportReport:
    """Pages by what became of them, and notes on files.

    `skipped` were left out on purpose, `unreadable` could not be read or saved, `conflicts` were edited in the portal
    as well and not overwritten; `problems` are things to know about files that were imported.
    """

    created: list[Page] = field(default_factory=list)
    updated: list[Page] = field(default_factory=list)
    unchanged: list[Page] = field(default_factory=list)
    withdrawn: list[Page] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    unreadable: list[Note] = field(default_factory=list)
    conflicts: list[Note] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)

    @property
    def has_read_anything(self) -> bool:
        """Whether at least one page came out of the folder."""
        return bool(self.created or self.updated or self.unchanged or self.conflicts)

    def pages_by_locale(self) -> dict[str, Counter[str]]:
        """For each locale, in alphabetical order, how many pages were created, updated, unchanged and withdrawn."""
        counts: dict[str, Counter[str]] = {}
        for name in ("created", "updated", "unchanged", "withdrawn"):
            for _, locale in getattr(self, name):
                counts.setdefault(locale, Counter())[name] += 1
        return dict(sorted(counts.items()))
