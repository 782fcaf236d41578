from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from portal.search import analyzers
from portal.search.snippets import Highlighter


def highlighter(query: str, locale: str = "en", prefix: str = "") -> Highlighter:
    return Highlighter(locale, {term.text: 1.0 for term in analyzers.terms(query, locale)}, prefix)


def text_of(markup: str) -> str:
    return html.unescape(re.sub("</?(?:mark|b)>", "", markup))


@pytest.mark.parametrize(
    ("query", "locale", "text", "marked"),
    [
        ("cafés", "en", "Two Cafe tables", "Two <mark>Cafe</mark> tables"),
        ("refunding", "en", "A refund today", "A <mark>refund</mark> today"),
        ("wifi", "en", "Turn Wi-Fi on", "Turn <mark>Wi-Fi</mark> on"),
        ("lp1042", "en", "Error LP-1042 again", "Error <mark>LP-1042</mark> again"),
        ("abonnements", "fr", "Fin de l’abonnement.", "Fin de l’<mark>abonnement</mark>."),
        ("كلمه", "ar", "إعادة كَلِمَة المرور", "إعادة <mark>كَلِمَة</mark> المرور"),
        ("再設定", "ja", "パスワードを再設定する", "パスワードを<mark>再設定</mark>する"),
    ],
)
def test_stems_and_folded_forms_are_marked_as_they_are_written(query, locale, text, marked):
    assert highlighter(query, locale).marked(text) == marked


def test_markup_in_articles_is_shown_and_never_runs():
    hostile = '<script>alert(1)</script> refund "><img src=x onerror=alert(1)> refund'

    for shown in (
        highlighter("refund script img").marked(hostile),
        highlighter("refund script img").best_passage([hostile]),
        highlighter("refund").completed(hostile),
    ):
        assert isinstance(shown, Markup)
        assert re.findall(r"<(?!/?(?:mark|b)>)", shown) == []
        assert "&lt;" in shown


def test_the_passage_holds_most_of_what_was_asked_for():
    filler = "Nothing of interest stands here at all. " * 20
    text = f"{filler}The refund takes a while. {filler}A refund for the annual plan is paid in full. {filler}"

    passage = highlighter("annual plan refund").best_passage([text])

    assert "A <mark>refund</mark> for the <mark>annual</mark> <mark>plan</mark> is paid in full." in passage
    assert passage.startswith("…")
    assert passage.endswith("…")
    assert len(text_of(passage)) < 260


def test_a_later_text_is_taken_when_it_says_more():
    assert "<mark>refund</mark>" in highlighter("refund").best_passage(["Nothing here.", "The refund."])


def test_without_a_match_the_passage_is_the_beginning():
    assert highlighter("zebra").best_passage(["The first words. Others."]) == "The first words. Others."
    assert highlighter("zebra").best_passage(["", "  "]) == ""


def test_passages_of_scripts_without_spaces_are_shorter():
    passage = highlighter("返金", "ja").best_passage(
        ["これは説明です。" * 30 + "返金は三日かかります。" + "これは説明です。" * 30]
    )

    assert "<mark>返金</mark>" in passage
    assert len(text_of(passage)) <= 90


def test_a_suggestion_is_bold_where_nothing_was_typed():
    assert highlighter("reset", prefix="pass").completed("Reset your password") == "Reset<b> your </b>pass<b>word</b>"
    assert highlighter("wifi", prefix="wifi").completed("Join Wi-Fi again") == "<b>Join </b>Wi-Fi<b> again</b>"
    assert highlighter("x", "ja", prefix="返").completed("ゲームの返金") == "<b>ゲームの</b>返<b>金</b>"
    assert highlighter("x").completed("Other title") == "<b>Other title</b>"


@given(st.text(max_size=200), st.text(max_size=60), st.sampled_from(("en", "fr", "ar", "ja", "th")))
@settings(max_examples=200, deadline=None)
def test_marking_changes_no_letter(text, query, locale):
    found = highlighter(query, locale, prefix=query[:2])

    assert text_of(found.marked(text)) == text
    assert text_of(found.completed(text)) == text
    assert "<" not in re.sub("</?mark>", "", found.best_passage([text]))


@pytest.mark.parametrize(
    ("unknown", "text", "marked"),
    [
        ("pasword", "Reset your password", "password"),
        ("subscripc", "Una subscripcio", "subscripcio"),
        ("sadly", "Reset your password", None),
    ],
)
def test_a_misspelled_word_marks_the_one_that_was_meant(unknown, text, marked):
    html = str(Highlighter("xx", {unknown: 1.0}, unknown=[unknown]).marked(text))

    assert re.findall("<mark>(.*?)</mark>", html) == ([marked] if marked else [])


def test_a_run_of_characters_is_marked_as_far_as_it_was_searched_for():
    weights = {"返金": 2.0, "金す": 0.1, "する": 0.1}

    assert Highlighter("ja", weights).marked("返金するとする") == "<mark>返金する</mark>とする"


@pytest.mark.parametrize(
    ("query", "locale", "texts", "reasons"),
    [
        ("refund", "en", ["Get a refund", "We decide most refunds"], ("refund",)),
        ("e-mail adresse", "de", ["E-Mail-Adresse ändern"], ("E-Mail-Adresse",)),
        ("plan b refund", "en", ["Plan B, or a refund"], ("refund", "Plan")),
        ("返金したい", "ja", ["返金を受ける", "返金します"], ("返金し",)),
    ],
)
def test_reasons_are_whole_words_and_none_is_another_form_of_one_before(query, locale, texts, reasons):
    assert highlighter(query, locale).reasons(texts) == reasons


def test_parts_of_a_hyphenated_word_are_marked_as_one():
    assert highlighter("e-mail adresse", "de").marked("Ihre E-Mail-Adresse") == "Ihre <mark>E-Mail-Adresse</mark>"


def test_cells_of_a_table_do_not_run_into_each_other():
    cells = "Gift card\nnot once the code is used\nPlus\n14 days.\nOffline time counts too."

    passage = highlighter("code").best_passage([cells])

    assert passage == "Gift card · not once the <mark>code</mark> is used · Plus · 14 days. Offline time counts too."
