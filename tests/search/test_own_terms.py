"""An operator's own synonyms and translations, from a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.search import analyzers, termbase
from portal.search.termbase import own
from tests.conftest import make_settings
from tests.search.conftest import article
from tests.search.test_cli import run

FILE = """
# What our shop calls things
[de]
Kassenbon, Bonzettel
WaWi => Warenwirtschaft System
[*]
LP2, Lumen Player 2
[en | de]
hearth, fire place | Kamin, Ofenplatz
[ja]
テレポ, 在宅端末
[pt-BR]
figurinha, cromo
"""


@pytest.fixture
def write_terms(tmp_path, monkeypatch):
    """Write the file that counts from then on, looked at with every search."""
    path = tmp_path / "terms.txt"
    monkeypatch.setattr(termbase, "_own_file", own.Watched(path, every_seconds=0.0))

    def write(content: str) -> Path:
        path.write_text(content, "utf-8")
        # Two writes may fall into one tick of the file system's clock.
        os.utime(path, ns=(write.clock, write.clock))
        write.clock += 1_000_000_000
        return path

    write.clock = 1_000_000_000_000_000_000
    return write


GERMAN = (
    article("Quittung drucken", "Sie finden den Bonzettel in der Tüte.", article_id=1, locale="de"),
    article("Warenwirtschaft und System", "So verbinden Sie beide.", article_id=2, locale="de"),
    article("Lumen Player 2 einrichten", "Stecken Sie das Netzteil ein.", article_id=3, locale="de"),
    article("Clean the fire place", "Take the ashes out first.", article_id=4, locale="en"),
)


def found(engine, text, locale="de"):
    result = engine.search(text, locale, limit=3)
    return [hit.article_id for hit in (*result.hits, *result.other_language_hits)]


@pytest.mark.parametrize(("asked", "meant"), [("Kassenbon", 1), ("WaWi", 2), ("LP2", 3), ("Ofenplatz", 4)])
def test_a_term_finds_what_its_operator_says_that_it_means(build_engine, write_terms, asked, meant):
    engine = build_engine(*GERMAN)
    write_terms("")
    assert meant not in found(engine, asked)

    write_terms(FILE)

    assert found(engine, asked)[:1] == [meant]


def test_what_stands_for_another_is_marked(build_engine, write_terms):
    engine = build_engine(*GERMAN)
    write_terms(FILE)

    (hit, *_) = engine.search("Kassenbon", "de").hits

    assert "<mark>Bonzettel</mark>" in hit.snippet


def test_an_arrow_leads_one_way(write_terms):
    write_terms(FILE)
    terms = termbase.synonyms_of("de")

    def named(text):
        words = analyzers.words(text, "de")
        return [form for phrase in terms.find(words) for concept in phrase.concepts for form in terms.forms(concept)]

    assert named("wawi") == ["Warenwirtschaft System"]
    assert named("Warenwirtschaft System") == []


def test_a_synonym_of_a_word_that_the_portal_knows_means_all_that_it_does(build_engine, write_terms):
    engine = build_engine(article("Get a refund", "The money goes back.", article_id=1))
    write_terms("[de]\nRetourgeld, Rückerstattung")

    assert found(engine, "Retourgeld") == [1]


@pytest.mark.parametrize(
    ("locale", "text", "is_known"),
    [
        ("de", "der Kassenbon", True),
        ("en", "der Kassenbon", False),
        ("ja", "テレポの設定", True),
        ("pt_BR", "figurinhas", True),
        ("pt", "figurinhas", False),
        ("sw", "LP2", True),
    ],
)
def test_terms_count_in_the_languages_of_their_section(write_terms, locale, text, is_known):
    write_terms(FILE)

    phrases = list(termbase.terms_of(locale).find(analyzers.words(text, locale)))

    assert any(termbase.is_own(concept) for phrase in phrases for concept in phrase.concepts) is is_known


def test_the_file_may_change_go_and_come_back(build_engine, write_terms):
    engine = build_engine(*GERMAN)
    path = write_terms("[de]\nKassenbon, Bonzettel")
    assert found(engine, "Kassenbon") == [1]

    write_terms("[de]\nKassenbon, Netzteil")
    assert found(engine, "Kassenbon") == [3]

    path.unlink()
    assert found(engine, "Kassenbon") == []

    write_terms("[de]\nKassenbon, Bonzettel")
    assert found(engine, "Kassenbon") == [1]


def test_it_is_looked_at_now_and_then_only(tmp_path, monkeypatch):
    looks = []
    watched = own.Watched(tmp_path / "terms.txt")
    monkeypatch.setattr(own.Watched, "_look", lambda _self: looks.append(1))

    for _ in range(50):
        watched.terms()

    assert len(looks) == 1


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("a, b", "line 1: write a section such as [en] before the first terms"),
        ("[en]\n\na, b\nalone", "line 4: write at least two terms with a comma between them"),
        ("[en]\na, b\nc => ", "line 3: write terms on both sides of =>"),
        ("[en | de]\na, b | c\nd", "line 3: write 2 columns with | between them, as in the header"),
        ("[en | de]\na | b\na | b => c", "line 3: => stands in sections of one language only"),
        ("[en | de]\na | b\n | ", "line 3: write terms in at least one column"),
        ("[en]\na, b\n[english]\nc, d", "line 3: [english] is no language; write one such as [en], [pt-BR] or [*]"),
        ("[en]\na, b\n[en | en]", "line 3: [en | en] names a language twice"),
        ("[en]\na, b\n---, c", "line 3: “---” has no letters or digits"),
        ("[en]\na, b\nc, one two three four five six", "line 3: “one two three four five six” has more than 5 words"),
    ],
)
def test_a_mistake_is_named_by_its_line_and_spoils_no_other(tmp_path, content, mistake):
    path = tmp_path / "terms.txt"
    path.write_text(content, "utf-8")

    terms = own.read(path)

    assert terms.mistakes == (mistake,)
    assert [row.naming.get("en") for row in terms.rows] in ([("a", "b")], [("a",)], [])
    assert bool(terms.rows) is ("\n" in content)


@pytest.mark.parametrize("content", [b"\xff\xfe[\x00e\x00n\x00]\x00", b"[en]\n" + b"a, b\n" * 500_000, None])
def test_a_file_that_cannot_be_read_is_one_mistake(tmp_path, content):
    path = tmp_path / "terms.txt"
    if content is not None:
        path.write_bytes(content)

    terms = own.read(path)

    assert (terms.rows, len(terms.mistakes)) == ((), 1)


@pytest.mark.parametrize("content", ["[", "[en]\n,,,\n=>\n|", "\0\0", "[en]\n" + "x" * 70_000, "[de]\nKonto, \ud83d"])
def test_search_works_whatever_the_file_holds(build_engine, write_terms, tmp_path, content):
    engine = build_engine(*GERMAN)
    path = write_terms("")
    path.write_bytes(content.encode("utf-8", "surrogatepass"))

    assert found(engine, "Quittung drucken")[:1] == [1]


def test_the_command_tells_what_the_file_holds_and_its_mistakes(app, tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text(FILE, "utf-8")
    good = run(app, "check-terms", str(path))
    path.write_text(FILE + "alone\n", "utf-8")
    bad = run(app, "check-terms", str(path))

    assert good.exit_code == 0
    assert "6 lines of terms in *, de, en, ja, pt-BR." in good.output
    assert bad.exit_code == 1
    assert "line 14: write at least two terms" in bad.output


def test_without_a_file_the_command_says_so(app):
    assert "PORTAL_SEARCH_TERMS_FILE is not set" in run(app, "check-terms").output


def test_the_setting_names_the_file_that_search_uses(tmp_path, monkeypatch):
    from portal.search.setup import search_engine

    monkeypatch.setattr(termbase, "_own_file", None)
    path = tmp_path / "terms.txt"
    path.write_text("[en]\na1, b1\nalone", "utf-8")
    search_engine(make_settings(tmp_path, search_terms_file=str(path)))
    assert [row.naming["en"] for row in termbase.own_terms().rows] == [("a1", "b1")]

    search_engine(make_settings(tmp_path))
    assert termbase.own_terms() is own.NO_TERMS
