"""Whether a translation is behind its source, as a whole and section by section. Computed, never stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class SectionState(Protocol):
    """What the comparison needs of a section; `models.Section` has it."""

    @property
    def key(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def source_hash(self) -> str: ...


def is_outdated(based_on_number: int | None, source_major_numbers: Iterable[int]) -> bool:
    """Whether the source got a major revision after the one that a translation was made from.

    `source_major_numbers` are the numbers of the source's major revisions that readers have seen. A translation that
    does not say what it was made from (None) counts as current: nothing shows the contrary.
    """
    return based_on_number is not None and any(number > based_on_number for number in source_major_numbers)


def outdated_sections(translation: Iterable[SectionState], source: Iterable[SectionState]) -> list[str]:
    """Keys of the source's sections that the translation lacks or made from an older text, in the source's order.

    Sections whose origin is unknown (no `source_hash`) are left out: the answer names only what is certain.
    """
    made_from = {section.key: section.source_hash for section in translation}
    return [
        section.key
        for section in source
        if section.key not in made_from or made_from[section.key] not in {"", section.content_hash}
    ]
