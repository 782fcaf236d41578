from __future__ import annotations

import pytest

from portal.search import compounds


def parts(word, known, locale):
    stretches = compounds.candidates(word, locale)
    return compounds.parts(word, {stretch: known.get(stretch, 0) for stretch in stretches}, locale)


@pytest.mark.parametrize(
    ("locale", "word", "known", "found"),
    [
        ("de", "kreditkartennummer", {"kreditkarte": 3, "nummer": 9, "karte": 5}, ("kreditkarte", "nummer")),
        ("de", "zahlungsart", {"zahlung": 4, "art": 2}, ("zahlung", "art")),
        ("de", "kundenkontoloschung", {"kunde": 2, "konto": 9, "loschung": 1}, ("kunde", "konto", "loschung")),
        ("nl", "verzekeringskaart", {"verzekering": 1, "kaart": 1}, ("verzekering", "kaart")),
        ("sv", "fakturaadress", {"faktura": 1, "adress": 1}, ("faktura", "adress")),
        ("da", "adgangskode", {"adgang": 1, "kode": 1}, ("adgang", "kode")),
        ("fi", "asiakastunnus", {"asiakas": 1, "tunnus": 1}, ("asiakas", "tunnus")),
        ("hu", "bankkartya", {"bank": 1, "kartya": 1}, ("bank", "kartya")),
        ("en", "emailaddress", {"email": 2, "address": 3}, ("email", "address")),
    ],
)
def test_a_compound_is_taken_apart_into_words_that_are_known(locale, word, known, found):
    assert parts(word, known, locale) == found


def test_of_two_splits_the_one_of_common_words_is_taken():
    known = {"kunden": 1, "dienst": 5, "kunde": 9, "kun": 1, "dendienst": 1}

    assert parts("kundendienst", known, "de") == ("kunde", "dienst")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("kreditkarte", {"kredit": 1}),
        ("karte", {"kar": 1, "te": 1}),
        ("abc12345", {"abc": 1, "12345": 1}),
        ("a" * 500, {"a" * 10: 1}),
    ],
)
def test_what_does_not_consist_of_known_words_stays_whole(word, known):
    assert parts(word, known, "de") == ()


def test_languages_that_write_compounds_apart_have_nothing_between_the_words():
    assert parts("accountsnumber", {"account": 1, "number": 1}, "en") == ()


def test_a_word_of_many_known_stretches_takes_no_time():
    word = "ana" * 13

    assert parts(word, dict.fromkeys(compounds.candidates(word, "de"), 1), "de") != ()


@pytest.mark.parametrize("word", ["kreditkarte", "zahlungsart", "konto", "a" * 50, "ab-cdefgh"])
def test_what_a_word_begins_with_is_among_the_stretches_that_may_be_parts(word):
    stretches = compounds.candidates(word, "de")

    assert compounds.beginnings(word, "de") == sorted(
        (stretch for stretch in stretches if word.startswith(stretch)), key=len
    )
