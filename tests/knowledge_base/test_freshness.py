from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from portal.knowledge_base.freshness import is_outdated, outdated_sections
from portal.knowledge_base.import_rules import (
    KnownRevision,
    Verdict,
    judge,
    made_from,
    next_number,
    significance_of,
)
from portal.knowledge_base.models import Origin, Significance


@dataclass
class State:
    key: str
    content_hash: str = ""
    source_hash: str = ""


@pytest.mark.parametrize(
    ("based_on", "major_numbers", "expected"),
    [(1, [1], False), (1, [1, 2], True), (0, [1], True), (3, [1, 2], False), (None, [1, 2], False), (1, [], False)],
)
def test_a_translation_is_outdated_after_a_later_major_revision(based_on, major_numbers, expected):
    assert is_outdated(based_on, major_numbers) is expected


def test_outdated_sections_are_those_made_from_another_text_or_missing():
    source = [State("", "lead"), State("a", "new"), State("b", "same"), State("c", "c"), State("d", "d")]
    translation = [
        State("", source_hash="lead"),
        State("a", source_hash="old"),
        State("b", source_hash="same"),
        State("c", source_hash=""),
    ]

    assert outdated_sections(translation, source) == ["a", "d"]


def known(number: int, **values) -> KnownRevision:
    defaults = {"label": number, "origin": Origin.IMPORT, "digest": f"file-{number}", "based_on_number": None}
    return KnownRevision(number=number, **{**defaults, **values})


def verdict(digest: str, history: list[KnownRevision], *, portal_text: str = "", **values) -> Verdict:
    defaults = {"version": None, "based_on_number": None}
    return judge(digest, history=history, latest_content_digest=lambda: portal_text, **{**defaults, **values})


def test_a_file_without_history_is_new():
    assert verdict("x", []) is Verdict.CREATED


def test_the_same_file_changes_nothing():
    assert verdict("file-1", [known(1)]) is Verdict.UNCHANGED
    assert verdict("file-1", [known(1)], version=1) is Verdict.UNCHANGED


@pytest.mark.parametrize("values", [{"version": 2}, {"based_on_number": 4}])
def test_a_raised_version_or_another_source_is_a_change_even_with_the_same_text(values):
    assert verdict("file-1", [known(1, based_on_number=3)], **values) is Verdict.UPDATED


def test_an_edit_in_the_portal_is_not_overwritten():
    edited = [known(1), known(2, origin=Origin.PORTAL, digest="")]

    assert verdict("file-2", edited) is Verdict.CONFLICT
    assert verdict("file-2", edited, prefer_file=True) is Verdict.UPDATED
    assert verdict("file-1", edited) is Verdict.UNCHANGED
    assert verdict("written", edited, portal_text="written") is Verdict.CAUGHT_UP


def test_a_file_that_caught_up_with_the_portal_may_change_again():
    assert verdict("file-3", [known(1), known(2, origin=Origin.PORTAL)]) is Verdict.UPDATED


@pytest.mark.parametrize(
    ("version", "latest", "expected"),
    [(None, None, 1), (4, None, 4), (None, known(3), 4), (3, known(3), 4), (7, known(3), 7)],
)
def test_numbers_follow_the_author_and_never_go_back(version, latest, expected):
    assert next_number(version, latest) == expected


@pytest.mark.parametrize(
    ("written", "version", "latest", "expected"),
    [
        (None, 1, None, Significance.MAJOR),
        (None, None, known(1), Significance.MAJOR),
        (None, 1, known(1), Significance.MINOR),
        (None, 2, known(1), Significance.MAJOR),
        (None, 2, known(3, label=1), Significance.MAJOR),
        (Significance.MINOR, 2, known(1), Significance.MINOR),
    ],
)
def test_a_change_is_major_unless_the_author_kept_the_version(written, version, latest, expected):
    assert significance_of(written, version=version, latest=latest) is expected


OLD, NEW = date(2024, 1, 1), date(2026, 1, 1)


def origin_of(written: int | None = None, **values) -> int | None:
    defaults = {
        "modified": None,
        "source_modified": None,
        "previous": None,
        "source": [known(1), known(2)],
        "is_text_new": True,
    }
    return made_from(written, **{**defaults, **values})


def test_what_a_translation_says_about_its_source_counts():
    assert origin_of(1) == 1
    assert origin_of(1, source=[known(3, label=1), known(4, label=1), known(5, label=2)]) == 4
    assert origin_of(9) == 9


def test_the_revision_known_before_stays_while_its_label_is_named():
    source = [known(3, label=1), known(4, label=1)]

    assert origin_of(1, source=source, previous=known(1, based_on_number=3)) == 3


def test_a_file_older_than_its_source_was_made_from_an_earlier_revision():
    assert origin_of(modified=OLD, source_modified=NEW) == 1
    assert origin_of(modified=OLD, source_modified=NEW, source=[known(1)]) == 0
    assert origin_of(modified=OLD, source_modified=NEW, previous=known(1, based_on_number=0)) == 0


def test_a_new_text_without_dates_was_made_from_the_newest_source():
    assert origin_of() == 2
    assert origin_of(modified=NEW, source_modified=OLD) == 2


def test_an_unchanged_text_keeps_its_origin_when_the_source_moves_on():
    before = known(1, based_on_number=1, modified=OLD)

    assert origin_of(previous=before, modified=OLD, is_text_new=False) == 1
    assert origin_of(previous=before, modified=NEW, is_text_new=False) == 2


def test_without_a_source_there_is_no_origin():
    assert origin_of(1, source=[]) is None
