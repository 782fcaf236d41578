from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.operators import MAXIMUM_OPERATORS, ParsedQuery, finds_locale, parse

TOPICS = {"billing": "payments/billing", "payments": "payments"}


def read(text: str) -> ParsedQuery:
    return parse(text, find_topic=TOPICS.get, find_locale=finds_locale(["en", "de", "pt_BR"]))


def test_words_are_sought_as_they_are_typed():
    assert read("  gift   card code ") == ParsedQuery("gift card code", "gift card code")


@pytest.mark.parametrize(
    "text",
    [
        '"annual plan"',
        "„annual plan“",
        "„annual plan”",
        "“annual plan”",
        "”annual plan”",
        "«annual plan»",
        "« annual plan »",
        "»annual plan«",
        "「annual plan」",
        "『annual plan』",
        "＂annual plan＂",
    ],
)
def test_every_keyboards_quotation_marks_hold_a_phrase(text):
    found = read(f"refund {text}")

    assert (found.phrases, found.text) == (("annual plan",), "refund annual plan")


def test_japanese_brackets_hold_a_phrase_inside_a_sentence():
    found = read("「二段階認証」ができない")

    assert found.phrases == ("二段階認証",)
    assert found.rest == "「二段階認証」ができない"


def test_a_dash_before_a_word_or_a_phrase_leaves_it_out():
    found = read('refund -card -"gift voucher" －卡')

    assert (found.excluded, found.text) == (("card", "gift voucher", "卡"), "refund")


@pytest.mark.parametrize("key", ["title", "TITLE", "Titel", "titre", "título", "العنوان", "タイトル", "标题"])
def test_the_title_is_named_in_the_readers_language(key):
    assert read(f"{key}:refund").titles == ("refund",)
    assert read(f"{key}：refund").titles == ("refund",)


def test_a_topic_and_a_language_leave_the_words_and_become_filters():
    found = read("topic:billing refund lang:de -card")

    assert (found.topic, found.locale) == ("payments/billing", "de")
    assert (found.text, found.rest) == ("refund", "refund -card")
    assert read("lang:pt refund").locale == read("sprache:pt-BR refund").locale == "pt_BR"


def test_a_topic_alone_is_a_question_and_so_is_one_with_an_exclusion():
    assert read("topic:payments").topic == "payments"
    assert read("topic:payments -card").excluded == ("card",)


@pytest.mark.parametrize(
    "text",
    [
        "refund - card",
        "-",
        "--",
        "- -",
        "--force",
        "-36",
        "error -1042",
        "e-mail wi-fi",
        "10:30",
        "10-20",
        "1..5",
        "https://example.com/title:x",
        "foo:bar",
        "title:",
        "t\u0130tle:refund",
        "title: refund",
        "topic:nonsense",
        "lang:xx",
        "lang:fr",
        '"',
        '""',
        '" "',
        '"not closed',
        'title:"not closed',
        '5" disk 3" wide',
        "„!“",
        '-"',
        "-card",
        '-"gift card" -x',
        "it's o'clock",
        "C:\\Windows",
        ":)",
    ],
)
def test_what_is_no_operator_is_words(text):
    found = read(text)

    assert found.is_plain
    assert found.text == found.rest == " ".join(text.split())


def test_the_second_topic_and_language_are_words():
    assert read("topic:billing topic:payments").text == "topic:payments"
    assert read("lang:de lang:en x").text == "lang:en x"


def test_so_many_operators_are_read_and_no_more():
    found = read(" ".join(f'"p{number}"' for number in range(40)))

    assert len(found.phrases) == MAXIMUM_OPERATORS
    assert '"p39"' in found.text


@given(st.text(alphabet='ab -"“”„«»「」:titleлангاعاص\n\t\x00٣', max_size=600))
def test_no_text_is_an_error_and_nothing_is_added_to_it(text):
    found = read(text)

    assert set(found.text) | set(found.rest) <= set(text) | {" "}
    assert found.is_plain or any(char.isalnum() for char in text)


@pytest.mark.parametrize(
    ("query", "is_part"),
    [
        ('what does "Wallet Guard" do', True),
        ('"wallet guard"', False),
        ('refund "wallet guard"', False),
        ("what does it do", False),
        ('what does "Wallet Guard" do -refund', False),
    ],
)
def test_a_question_may_quote_a_name(query, is_part):
    assert parse(query).quotes_in_passing is is_part
