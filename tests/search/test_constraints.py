"""Operators applied: which articles a query with phrases, exclusions, titles, topics and languages finds."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from tests.search.conftest import BuildEngine, article

ARTICLES = (
    article(
        "Get a refund",
        "The annual plan is refunded in full. L'eau n'est pas froide.",
        "A refund goes to your card.",
        article_id=1,
        keywords=("money back",),
        topic_key="payments/refunds",
        popularity=0.2,
    ),
    article("Change your plan", "An annual or a monthly plan. Plan annual events elsewhere.", article_id=2,
            topic_key="payments", popularity=0.9),
    article("Refunds for gift vouchers", "Gift vouchers cannot be returned.", article_id=3,
            topic_key="payments/refunds"),
    article("Café opening hours", "Our cafés are open. We can’t say more.", article_id=4, topic_key="about"),
    article("Connect to Wi-Fi", "Turn Wi-Fi off and on.", article_id=5, topic_key="connection"),
    article("Die Erstattung", "Das Geld der Erstattung ist in fünf Tagen da.", article_id=1, locale="de",
            topic_key="payments/refunds"),
    article("ログインできない", "二段階認証を設定してください。", article_id=6, locale="ja", topic_key="account"),
    article("認証アプリ", "アプリを二段階で認証します。", article_id=7, locale="ja", topic_key="account"),
    article("비밀번호 재설정", "비밀번호를 재설정하세요.", article_id=8, locale="ko"),
    article("รีเซ็ตรหัสผ่าน", "คุณสามารถรีเซ็ตรหัสผ่านได้", article_id=9, locale="th"),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    engine = SearchEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild((Upsert(each) for each in sorted(ARTICLES, key=lambda each: each.locale)), position=1)
    return engine


def ids(engine: SearchEngine, text: str, locale: str = "en", **options: str) -> Sequence[int]:
    result = engine.search(text, locale, limit=10, **options)
    assert result.total == len(result.hits)
    return [hit.article_id for hit in result.hits]


def test_a_phrase_is_words_side_by_side_in_one_text(engine):
    assert set(ids(engine, "annual plan")) == {1, 2}
    assert ids(engine, '"annual plan"') == [1]
    assert ids(engine, '"plan annual"') == [2]
    assert ids(engine, '"refund The annual"') == []


def test_a_phrase_looks_past_case_accents_punctuation_and_apostrophes(engine):
    assert ids(engine, '"CAFES are open"') == [4]
    assert ids(engine, '"we cant say"') == ids(engine, '"We can\'t say"') == [4]
    assert ids(engine, '"wi fi off"') == ids(engine, '"Wi-Fi off"') == [5]


def test_a_phrase_is_exact_where_a_word_alone_has_all_its_forms(engine):
    assert 1 in ids(engine, "refunds")
    assert ids(engine, '"refunds"') == [3]
    assert ids(engine, '"to your"') == [1]


@pytest.mark.parametrize(
    ("phrase", "locale", "found"),
    [
        ("「二段階認証」", "ja", [6]),
        ('"認証"', "ja", [6, 7]),
        ('"認証 二段階"', "ja", []),
        ('"비밀번호 재설정"', "ko", [8]),
        ('"รหัสผ่าน"', "th", [9]),
        ('"รหัสผ่านรีเซ็ต"', "th", []),
        ('"証"', "ja", [6, 7]),
    ],
)
def test_phrases_of_scripts_without_spaces_are_found_inside_a_run(engine, phrase, locale, found):
    assert sorted(ids(engine, phrase, locale)) == found


def test_what_is_excluded_is_left_out_with_all_its_forms(engine):
    assert set(ids(engine, "refund")) == {1, 3}
    assert ids(engine, "refund -card") == ids(engine, "refund -cards") == [3]
    assert ids(engine, 'refund -"gift vouchers"') == [1]
    assert set(ids(engine, 'refund -"vouchers gift"')) == {1, 3}
    assert ids(engine, "認証 -ログイン", "ja") == [7]


def test_a_title_is_the_title_and_not_the_keywords_or_the_text(engine):
    assert set(ids(engine, "title:refund")) == {1, 3}
    assert ids(engine, 'title:"gift refunds"') == [3]
    assert ids(engine, "title:money") == ids(engine, "title:annual") == []
    assert ids(engine, "title:wi-fi") == [5]
    assert ids(engine, "title:認証", "ja") == [7]


def test_a_topic_is_kept_to_and_alone_it_lists_its_articles_most_read_first(engine):
    assert ids(engine, "refund topic:payments/refunds") == ids(engine, "refund", topic="payments/refunds")
    assert ids(engine, "topic:payments") == [2, 1, 3]
    assert ids(engine, "", topic="payments") == [2, 1, 3]
    assert ids(engine, "topic:payments -card") == [2, 3]


def test_another_language_is_searched_when_it_is_named(engine):
    result = engine.search("lang:de erstattung", "en", limit=10)

    assert [(hit.article_id, hit.locale) for hit in result.hits] == [(1, "de")]
    assert (result.locale, result.query) == ("de", "lang:de erstattung")
    assert [hit.article_id for hit in engine.search('lang:de "in fünf tagen"', "en", limit=10).hits] == [1]


def test_unknown_topics_and_languages_are_words(engine):
    assert set(ids(engine, "refund topic:nonsense lang:xx")) >= {1}
    assert engine.search("lang:xx", "en", limit=10).locale == "en"


def test_a_language_alone_finds_nothing_and_breaks_nothing(engine):
    assert ids(engine, "lang:de") == []


def test_operators_are_not_corrected_and_offer_nothing_in_other_languages(engine):
    result = engine.search('"annul plan"', "ja", limit=10)

    assert (result.hits, result.corrected_query, result.did_you_mean, result.other_language_hits) == (
        (),
        None,
        None,
        (),
    )


def test_the_passage_shown_holds_the_phrase(engine):
    (hit,) = engine.search('"refund goes" plan', "en", limit=10).hits

    assert hit.section_key == "s1"
    assert "<mark>refund</mark> <mark>goes</mark>" in hit.snippet


def test_the_pages_of_a_topic_follow_each_other(build_engine: BuildEngine):
    many = build_engine(*(article(f"Page {number}", "x", article_id=number, topic_key="t") for number in range(1, 31)))

    first = many.search("topic:t", "en", limit=10)
    third = many.search("topic:t", "en", limit=10, offset=20)

    assert first.total == third.total == 30
    assert {hit.article_id for hit in first.hits}.isdisjoint({hit.article_id for hit in third.hits})


def test_a_phrase_of_one_word_again_and_again_is_answered_at_once(tmp_path):
    text = "A plan has a page and a member, a card and a date. " * 40
    engine = SearchEngine(tmp_path)
    engine.rebuild((Upsert(article(f"Plan {number}", text, article_id=number)) for number in range(1, 4)), position=1)
    engine.search("plan", "en", limit=10)
    began = time.thread_time()

    assert ids(engine, f'"{"a " * 20}nowhere"') == []

    assert time.thread_time() - began < 5.0


def test_a_long_phrase_is_found_among_long_texts_that_hold_its_words_apart(tmp_path):
    apart = "Card a plan, page annual has, the whole of. " * 60
    engine = SearchEngine(tmp_path)
    engine.rebuild(
        (Upsert(article(f"Plan {n}", apart + ("The plan has a page." if n == 30 else ""), article_id=n))
         for n in range(1, 41)),
        position=1,
    )  # fmt: skip
    assert ids(engine, '"the plan has a page"') == [30]
