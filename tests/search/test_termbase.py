from __future__ import annotations

import pytest

from portal.localization import INTERFACE_LOCALES
from portal.search import analyzers, termbase
from portal.search.termbase import GENERAL, SYNONYMS, compiling


def found_in(text, locale, find=termbase.terms_of):
    words = analyzers.words(text, locale)
    terms = find(locale)
    return [
        phrase.text or " ".join(word.form for word in words[phrase.first : phrase.end]) for phrase in terms.find(words)
    ]


def test_every_row_has_a_term_in_every_shipped_language():
    for table in (SYNONYMS, GENERAL):
        header, rows = compiling.table(table)
        assert header == [locale.split("_")[0] for locale in INTERFACE_LOCALES]
        assert [row for row in rows if len(row) != len(header) or not all(row)] == []


def test_no_concept_of_support_is_in_the_table_twice():
    _, rows = compiling.table(SYNONYMS)

    assert len({row[0][0] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("locale", "text", "terms"),
    [
        ("en", "How do I log in with two-factor authentication?", ["log in", "two factor authentication"]),
        ("de", "Die Rückerstattungen kommen nicht", ["rückerstattungen"]),
        ("fr", "j'ai oublié mon mot de passe", ["oublié", "mot de passe"]),
        ("ja", "パスワードを忘れた", ["パスワード", "忘れた"]),
        ("ja", "サブスクリプションを解約", ["サブスクリプション", "解約"]),
        ("zh_Hans", "我要取消订阅", ["取消订阅"]),
        ("ar", "نسيت كلمة المرور", ["نسيت", "كلمة المرور"]),
    ],
)
def test_terms_are_found_inflected_and_the_longest_first(locale, text, terms):
    assert found_in(text, locale, termbase.synonyms_of) == terms


@pytest.mark.parametrize(
    ("locale", "text", "name"),
    [
        ("de", "nach Deutschland", "Germany"),
        ("ru", "доставка в Германию или Германия", "Germany"),
        ("pl", "w październiku czy październik, do Warszawa", "Warsaw"),
        ("ja", "フランスへの送料", "France"),
    ],
)
def test_names_of_countries_and_cities_are_known_in_every_language(locale, text, name):
    terms = termbase.terms_of(locale)
    concepts = [concept for phrase in terms.find(analyzers.words(text, locale)) for concept in phrase.concepts]

    assert name in {form for concept in concepts for form in termbase.terms_of("en").forms(concept)}


@pytest.mark.parametrize("locale", ["xx", "zh_Hant", "haw"])
def test_a_language_without_a_table_has_no_synonyms(locale):
    assert found_in("log in 登入", locale, termbase.synonyms_of) == []


@pytest.fixture
def kept_in(tmp_path, monkeypatch):
    """A folder for the terms, and a process that knows none."""
    monkeypatch.setattr(termbase, "_folder", tmp_path / "terms")
    forget()
    yield tmp_path / "terms"
    forget()


def forget():
    termbase._compiled_for.cache_clear()


def test_terms_are_made_once_and_then_read(kept_in, monkeypatch):
    made = termbase.terms_of("de")._compiled
    forget()
    monkeypatch.setattr(termbase, "compiled", None)

    assert termbase.terms_of("de")._compiled == made
    assert found_in("Die Rückerstattungen kommen nicht", "de", termbase.synonyms_of) == ["rückerstattungen"]


@pytest.mark.parametrize("content", ["", "[]", '{"forms": {}}', '{"forms": {}, "phrases": {"a": 1}}', "\udcff"])
def test_a_damaged_file_of_terms_is_made_anew(kept_in, content):
    termbase.make_ready(["fr"])
    (path,) = kept_in.iterdir()
    whole = path.read_text("utf-8")
    path.write_text(content, "utf-8", errors="surrogateescape")
    forget()

    assert found_in("oublié", "fr") == ["oublié"]
    assert path.read_text("utf-8") == whole


def test_terms_of_another_release_make_room(kept_in):
    kept_in.mkdir()
    (kept_in / "terms-fr-0123.json").write_text("{}")
    (kept_in / "terms-de-0123.json").write_text("{}")

    termbase.make_ready(["fr"])

    assert not (kept_in / "terms-fr-0123.json").exists()
    assert (kept_in / "terms-de-0123.json").exists()


def test_without_a_folder_to_write_to_terms_are_made_in_memory(kept_in):
    kept_in.write_text("no folder")

    assert found_in("reembolso", "es") == ["reembolso"]
