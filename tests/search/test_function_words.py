"""Words and signs that say how somebody puts it are no reason to find anything, unless there is nothing else."""

from __future__ import annotations

import re

import pytest

from portal.search import analyzers
from portal.search.folding import fold
from portal.search.function_signs import signs_of
from portal.search.question import query_of
from portal.search.stopwords import _GENERAL_WORDS, STOP_WORDS
from tests.search.conftest import article


def quiet_of(text, locale):
    return query_of(text, locale).function_words


@pytest.mark.parametrize(
    ("locale", "text", "telling"),
    [
        ("ja", "返金してほしいのですが", ["返金", "金し"]),
        ("ja", "ログインできません", ["ログ", "グイ", "イン", "ンで"]),
        ("ja", "届いていないのですがどうすればいいですか", ["届い"]),
        # Words that are written with the same signs as endings keep those that are their own.
        ("ja", "つながらない", ["つな", "なが", "がら"]),
        ("ja", "パスをなくした", ["パス", "スを", "をな", "なく", "くし"]),
        ("ja", "サブスクをやめたい", ["サブ", "ブス", "スク", "クを", "をや", "やめ", "めた"]),
        ("ja", "いつ返金", ["いつ", "つ返", "返金"]),
        ("zh_Hans", "怎么取消订阅", ["么取", "取消", "消订", "订阅"]),
        ("zh_Hans", "我的密码", ["的密", "密码"]),
        ("en", "I need to get a new card", ["card"]),
        ("de", "Ich möchte eine andere Karte benutzen", ["kart"]),
        ("fr", "j'ai besoin d'une nouvelle carte", ["cart"]),
        ("es", "necesito una tarjeta nueva", ["tarjet"]),
        ("pt_BR", "preciso de um cartão novo para usar", ["carta"]),
    ],
)
def test_what_a_question_looks_up(locale, text, telling):
    query = query_of(text, locale)

    assert list(query.terms) == telling
    assert not set(query.terms) & set(query.function_words)


def test_signs_of_grammar_are_function_words():
    assert {"して", "ほし", "しい", "です"} <= set(quiet_of("返金してほしいのですが", "ja"))
    assert quiet_of("怎么取消订阅", "zh_Hans") == ("怎么",)
    # In other languages nobody writes so.
    assert quiet_of("返金してほしい", "en") == ()


def test_letters_of_grammar_are_not_looked_up_either():
    grams = query_of("返金してほしい", "ja").grams

    assert {"返", "返金し", "金して"} <= set(grams)
    assert not {"ほ", "い", "してほ", "ほしい"} & set(grams)


def test_half_width_signs_are_the_same():
    assert analyzers.terms("ﾊﾟｽﾜｰﾄﾞをください", "ja")[-1].text == "ドを"


@pytest.mark.parametrize(
    ("locale", "text"), [("ja", "ください"), ("ja", "どうすればいいですか"), ("zh_Hans", "怎么办")]
)
def test_where_there_is_nothing_else_it_is_what_is_asked_for(locale, text):
    query = query_of(text, locale)

    assert query.terms
    assert query.grams
    assert query.function_words == ()


def test_only_what_was_meant_is_found_and_marked(build_engine):
    engine = build_engine(
        article("返金を受け取る", "返金してほしいときはサポートにご連絡ください。", locale="ja", article_id=1),
        article("アカウントを削除する", "削除したいときは設定を開いてください。", locale="ja", article_id=2),
        article("お支払い方法を変更する", "変更したいカードを選んでください。", locale="ja", article_id=3),
    )

    hits = engine.search("返金してください", "ja").hits

    assert [hit.article_id for hit in hits] == [1]
    marked = {mark for hit in hits for mark in re.findall("<mark>(.*?)</mark>", str(hit.snippet))}
    assert not {mark for mark in marked if "ださ" in mark}
    assert not {reason for hit in hits for reason in hit.reasons if "ださ" in reason or reason == "して"}


@pytest.mark.parametrize(
    ("locale", "asked", "other"),
    [
        ("de", "ändern", "anderen"),
        ("de", "drücken", "drucken"),
        ("de", "gezählt", "gezahlt"),
        ("de", "täuschen", "tauschen"),
        ("pt_BR", "parou", "para"),
        ("es", "parar", "para"),
    ],
)
def test_words_that_only_a_stemmer_takes_for_each_other_are_two(locale, asked, other):
    assert analyzers.words(asked, locale)[0].terms[0].text != analyzers.words(other, locale)[0].terms[0].text


@pytest.mark.parametrize(("word", "is_stop_word"), [("schon", True), ("schön", False), ("für", True), ("fur", True)])
def test_umlauts_are_left_out_but_not_put_in(word, is_stop_word):
    assert analyzers.words(word, "de")[0].is_stop_word is is_stop_word


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("de", "drücken", "druecken"),
        ("de", "Häuser", "Haus"),
        ("de", "ändern", "ändere"),
        ("de", "Zählung", "zaehlung"),
        ("de", "fur", "für"),
        ("pt_BR", "parou", "parar"),
    ],
)
def test_and_forms_of_one_word_are_one(locale, one, other):
    assert analyzers.words(one, locale)[0].terms[0].text == analyzers.words(other, locale)[0].terms[0].text


def test_another_is_not_marked_where_somebody_asks_how_to_change(build_engine):
    text = "Wählen Sie einen anderen Namen. Hier können Sie ihn ändern."
    engine = build_engine(article("Profil", text, locale="de", article_id=1))

    (hit,) = engine.search("Profil ändern", "de").hits

    assert "<mark>ändern</mark>" in hit.snippet
    assert "<mark>anderen</mark>" not in hit.snippet


@pytest.mark.parametrize(
    ("locale", "title", "text", "message"),
    [
        ("en", "Refunds", "Get a new refund when you need it.", "I want to get a new refund and need it."),
        ("pt_BR", "Reembolso", "Vá para a página para pedir.", "O jogo parou, preciso de reembolso para usar."),
    ],
)
def test_general_words_are_no_reasons(build_engine, locale, title, text, message):
    engine = build_engine(
        article(title, text, locale=locale, article_id=1), article("Wi-Fi", "Router.", locale=locale, article_id=2)
    )

    (hit, *_) = engine.search(message, locale).hits

    assert not {"get", "new", "need", "para", "para a"} & {reason.lower() for reason in hit.reasons}


@pytest.mark.parametrize("locale", sorted(_GENERAL_WORDS))
def test_general_words_stand_once_in_their_list(locale):
    words = [fold(word) for word in _GENERAL_WORDS[locale].split()]
    # "Waren" (goods) must not come in by "wären" (were).
    assert len(set(words)) == len(words)
    assert not {"andern", "ware", "waren", "weise"} & set(words)


def test_the_lists_have_no_signs_that_no_text_has():
    for code in ("ja", "zh"):
        signs = signs_of(code)
        assert signs is not None
        assert all(fold(word) == word and len(word) > 1 for words in signs._words.values() for word in words)
    assert signs_of("en") is None
    assert set(_GENERAL_WORDS) <= set(STOP_WORDS)
