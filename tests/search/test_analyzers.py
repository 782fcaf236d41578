from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.localization import INTERFACE_LOCALES
from portal.search import analyzers
from portal.search.folding import fold, normalize

LOCALES = (*INTERFACE_LOCALES, "hi", "th", "ko", "el", "tr", "vi", "ru", "he", "fa", "it", "ca", "zh_Hant", "xx")


def texts_of(text: str, locale: str = "en") -> list[str]:
    return [term.text for term in analyzers.terms(text, locale)]


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("en", "refunds", "refunded"),
        ("en", "cafés", "Cafe"),
        ("en", "can't", "can’t"),
        ("en", "ＲＥＦＵＮＤ", "refund"),
        ("de", "Rückerstattungen", "RÜCKERSTATTUNG"),
        ("de", "Straße", "strasse"),
        ("fr", "l'abonnement", "abonnements"),
        ("fr", "remboursés", "rembourser"),
        ("fr", "jusqu’à l’été prochain", "prochain"),
        ("it", "dell'abbonamento", "abbonamento"),
        ("ca", "l'ordinador", "ordinadors"),
        ("es", "contraseñas", "contrasena"),
        ("pt_BR", "reembolsos", "reembolso"),
        ("ar", "كَلِمَة", "كلمه"),
        ("ar", "إعادة", "اعادة"),
        ("ar", "الـمرور", "المرور"),
        ("ar", "مستشفى", "مستشفي"),
        ("ar", "٢٠٢٦", "2026"),
        ("tr", "İSTANBUL", "istanbul"),
        ("tr", "Ankara'da", "Ankara"),
        ("pl", "Łódź", "lodz"),
        ("da", "smørrebrød", "smorrebrod"),
        ("ru", "ещё́", "ЕЩЕ"),
        ("el", "κωδικός", "ΚΩΔΙΚΟΣ"),
        ("he", "שָׁלוֹם", "שלום"),
        ("vi", "mật khẩu", "mat khau"),
        ("fa", "رمز", "رمز"),
        ("fa", "كتاب‌ها", "کتابها"),
        ("ja", "ﾊﾟｽﾜｰﾄﾞ", "パスワード"),
    ],
)
def test_what_readers_write_differently_is_one_term(locale, one, other):
    assert texts_of(one, locale) == texts_of(other, locale) != []


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("ERR-1042", "err1042", "1042"),
        ("err 1042", "err1042", "1042"),
        ("ERR1042", "err1042", "1042"),
        ("ＥＲＲ－１０４２", "err1042", "1042"),
        ("Wi-Fi", "wifi", "wi"),
        ("e‑mail", "email", "mail"),
        ("node.js", "nodejs", "node"),
        ("25,000", "25000", "25"),
    ],
)
def test_codes_and_compounds_are_kept_whole_and_in_parts(text, whole, part):
    assert {whole, part} <= set(texts_of(text))


def test_c_plus_plus_is_not_c():
    assert texts_of("C++ and C#") == ["c++", "c#"]


def test_scripts_without_spaces_become_overlapping_bigrams():
    assert texts_of("返金額面", "ja") == ["返金", "金額", "額面"]
    assert texts_of("税", "ja") == ["税"]
    assert texts_of("iPhoneの充電", "ja") == ["iphone", "の充", "充電"]


def test_thai_bigrams_keep_the_marks_on_their_letters():
    assert "หัส" in texts_of("รหัสผ่าน", "th")


def test_hangul_is_found_as_a_word_and_by_its_parts():
    assert texts_of("비밀번호", "ko") == ["비밀번호", "비밀", "밀번", "번호"]


def test_hindi_words_are_not_cut_at_their_vowel_signs():
    assert len(analyzers.words("पासवर्ड रीसेट", "hi")) == 2


def test_stop_words_are_dropped_unless_there_is_nothing_else():
    assert texts_of("how do I get the refund") == ["refund"]
    assert texts_of("who are you") != []


def test_a_vietnamese_word_is_not_dropped_for_a_stop_word_with_other_accents():
    assert texts_of("chứng chỉ", "vi") == ["chung", "chi"]


def test_offsets_lead_back_to_what_was_written():
    text = "Ein Ｗort: Café-Größe (ERR-7)."

    assert [text[term.start : term.end] for term in analyzers.terms(text, "de")][:2] == ["Ｗort", "Café-Größe"]


def test_no_marks_are_lost_where_they_are_letters():
    assert fold(normalize("ि")) == "ि"
    assert fold(normalize("й")) == "й"


@given(st.text(), st.sampled_from(LOCALES))
@settings(max_examples=300, deadline=None)
def test_any_text_is_analysed_with_offsets_inside_it(text, locale):
    for word in analyzers.words(text, locale):
        assert 0 <= word.start < word.end <= len(text)
        assert word.folded
    for term in analyzers.terms(text, locale):
        assert 0 <= term.start < term.end <= len(text)
        assert term.text
        assert not any(char.isspace() for char in term.text)
    assert all(analyzers.grams(analyzers.words(text, locale)))


@given(st.text(alphabet="aA1-._'’ é漢字カﾞกิ한글ا\u0301\u200d\ud800", max_size=80), st.sampled_from(LOCALES))
@settings(max_examples=300, deadline=None)
def test_awkward_text_gives_the_same_terms_again(text, locale):
    first = analyzers.terms(text, locale)

    assert first == analyzers.terms(text, locale)
    for term in first:
        term.text.encode("utf-8")


def test_a_megabyte_of_one_word_is_one_short_term():
    (term,) = analyzers.terms("a" * 1_000_000, "xx")

    assert len(term.text) <= analyzers.MAXIMUM_WORD_LENGTH
    assert term.end == 1_000_000


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("he", "הסיסמה", "סיסמה"),
        ("he", "וכשהמינוי", "מינוי"),
        ("he", "חשבוניות", "חשבונית"),
        ("he", "תשלום", "תשלומים"),
        ("uk", "підписку", "підписки"),
        ("bg", "абонаментът", "абонаменти"),
        ("hr", "pretplatu", "pretplate"),
        ("sk", "faktúry", "faktúru"),
        ("sl", "naročnino", "naročnine"),
        ("lv", "rēķins", "rēķinu"),
        ("ka", "პაროლის", "პაროლი"),
        ("bn", "টাকার", "টাকা"),
        ("az", "parolu", "parol"),
    ],
)
def test_inflected_words_of_languages_without_a_snowball_stemmer_are_one_term(locale, one, other):
    assert texts_of(one, locale) == texts_of(other, locale) != []


def test_a_short_hebrew_word_keeps_the_letters_that_could_be_prefixes():
    assert texts_of("מכל", "he") == ["מכל"]
