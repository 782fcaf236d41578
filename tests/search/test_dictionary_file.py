from __future__ import annotations

import pytest

from portal.search.dictionary_file import Through, read, write

THERE = {"geld": [("money", 0.9), ("cash", 0.4)], "konto": [("account", 0.8)], "größe": [("大きさ", 0.5)]}
BACK = {"money": [("geld", 0.9)], "大きさ": [("größe", 0.5)]}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "dictionaries" / "de.dictionary"
    write(path, THERE, BACK)
    return path


def test_what_was_learned_is_read_back_in_both_directions(path):
    there, back = read(path)

    for table, kept in ((THERE, there), (BACK, back)):
        for term, others in table.items():
            assert [(other, pytest.approx(share)) for other, share in others] == kept.get(term, ())


def test_a_term_that_was_not_learned_has_no_translation(path):
    there, back = read(path)

    assert there.get("abo", ()) == ()
    assert there.get("money", ()) == ()
    assert back.get("zzz", [("a", 1.0)]) == [("a", 1.0)]


def test_a_dictionary_of_nothing_can_be_kept(tmp_path):
    write(tmp_path / "x", {}, {})

    assert read(tmp_path / "x")[0].get("geld", ()) == ()


def test_a_missing_or_damaged_file_says_nothing(path):
    whole = path.read_bytes()
    for content in (b"", b"[]", whole[:40], whole[: len(whole) // 2], b"x" * len(whole)):
        path.write_bytes(content)
        assert read(path)[0].get("geld", ()) == ()
    path.unlink()
    assert read(path)[1].get("money", ()) == ()


def test_an_opened_dictionary_outlives_its_file(path):
    there, _ = read(path)
    write(path, {}, {})

    assert there.get("konto", ())[0][0] == "account"
    assert read(path)[0].get("konto", ()) == ()


def test_two_dictionaries_lead_from_one_language_to_a_third():
    found = Through({"geld": [("money", 0.9), ("cash", 0.4)]}, {"money": [("argent", 0.8)], "cash": [("argent", 1.0)]})

    assert found.get("geld", ()) == [("argent", 0.9 * 0.8)]
    assert found.get("konto", ()) == ()
