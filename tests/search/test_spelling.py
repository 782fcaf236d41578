from __future__ import annotations

import pytest

from portal.search.engine import SearchEngine
from portal.search.spelling import correct
from tests.search.conftest import article


def correction(engine: SearchEngine, text: str, locale: str = "en"):
    snapshot = engine.folder.snapshot(locale)
    assert snapshot is not None
    return correct(text, locale, snapshot)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("refnud", "refund"),
        ("pasword", "password"),
        ("passwrod reset", "password reset"),
        ("Acount", "Account"),
        ("ACOUNT", "ACCOUNT"),
    ],
)
def test_one_slip_in_a_long_word_is_beyond_doubt(help_centre, typed, meant):
    found = correction(help_centre, typed)

    assert (found.text, found.sure_text) == (meant, meant)


def test_a_short_word_with_another_letter_is_only_a_guess(build_engine):
    engine = build_engine(article("Boot your device", "Hold the button."))

    found = correction(engine, "boat")

    assert (found.text, found.sure_text) == ("boot", "boat")


def test_a_short_word_with_swapped_letters_is_beyond_doubt(build_engine):
    assert correction(build_engine(article("Add a card", "Your card.")), "crad").sure_text == "card"


def test_where_vowels_are_not_written_one_other_letter_is_only_a_guess(build_engine):
    engine = build_engine(article("بطاقتك البنكية", "x", locale="ar"))

    found = correction(engine, "بطاقتي", "ar")

    assert found is None or found.sure_text == "بطاقتي"


def test_of_two_equal_candidates_neither_is_sure(build_engine):
    engine = build_engine(article("Better letters", "Nothing."), article("Wetter", "Nothing."))

    found = correction(engine, "petters")

    assert found is None or found.sure_text == "petters"


def test_the_neighbouring_key_is_likelier_than_a_far_one(build_engine):
    engine = build_engine(article("Printer", "x"), article("Prizter", "x"))

    assert correction(engine, "primter").text == "printer"


@pytest.mark.parametrize(
    "known",
    [
        "refund",
        "refunds",
        "refunding",
        "Wi-Fi",
        "LP-1043",
        "xy",
        "how do you",
        "passw",
        "",
        "漢字変換",
        "كلمات المرور 123",
    ],
)
def test_known_words_codes_beginnings_and_short_words_stay(help_centre, known):
    assert correction(help_centre, known) is None


def test_an_inflection_that_nobody_wrote_is_no_mistake(build_engine):
    assert correction(build_engine(article("Отзыва сертификата", "x", locale="ru")), "отзыв", "ru") is None


def test_what_resembles_nothing_stays(help_centre):
    assert correction(help_centre, "xylophone quartz") is None


def test_a_correction_has_the_accents_and_capitals_of_the_articles(help_centre):
    assert correction(help_centre, "ruckerstatung", "de").text == "Rückerstattung"
