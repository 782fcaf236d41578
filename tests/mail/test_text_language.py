"""The language of a few words is found, or left open; another language is not taken for one of the candidates."""

from __future__ import annotations

from pathlib import Path
from time import thread_time

import pytest
import yaml

from portal.mail.text_language import detect_language

CASES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "language_cases.yaml").read_text(encoding="utf-8")
)
SHIPPED = ("en", "de", "fr", "es", "pt_BR", "ar", "ja", "zh_Hans")
OTHERS = tuple(language for language in CASES if language not in SHIPPED)


@pytest.mark.parametrize("locale", SHIPPED)
def test_short_sentences_are_known_or_left_open_and_hardly_ever_mistaken(locale: str) -> None:
    sentences = CASES[locale]
    found = [detect_language(sentence, SHIPPED) for sentence in sentences]

    assert len(sentences) >= 30
    assert found.count(locale) >= 0.85 * len(sentences)
    assert sum(it not in {locale, None} for it in found) <= 1


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_that_is_no_candidate_is_left_open(language: str) -> None:
    taken = [(text, found) for text in CASES[language] if (found := detect_language(text, SHIPPED))]

    assert taken == []


def test_other_languages_are_known_when_they_are_candidates() -> None:
    cases = [(language, text) for language in OTHERS for text in CASES[language]]
    right = [detect_language(text, [*SHIPPED, *OTHERS]) == language for language, text in cases]

    assert sum(right) >= 0.85 * len(right)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "12345", "\U0001f44d", "OK", "https://example.com/de/hallo", "LP-1042", "jo@example.com", "?!", "x"],
)
def test_a_text_that_says_nothing_has_no_language(text: str) -> None:
    assert detect_language(text, SHIPPED) is None


def test_candidates_may_be_few_or_none() -> None:
    assert detect_language("Ich habe mein Passwort vergessen", ["en"]) is None
    assert detect_language("Ich habe mein Passwort vergessen", []) is None


def test_a_regional_candidate_is_taken_for_its_language() -> None:
    assert detect_language("Não consigo entrar desde ontem", ["en", "pt_PT"]) == "pt_PT"
    assert detect_language("Jeg har glemt passordet mitt og kan ikke logge inn", ["en", "no"]) == "no"


def test_traditional_characters_prefer_a_candidate_of_their_own() -> None:
    text = "請問我的訂單什麼時候會到?還沒收到電話"

    assert detect_language(text, ["zh_Hans", "zh_Hant"]) == "zh_Hant"
    assert detect_language(text, ["zh_Hans"]) == "zh_Hans"
    assert detect_language("请问我的订单什么时候会到?", ["zh_Hant", "zh_Hans"]) == "zh_Hans"


def test_the_name_of_a_product_does_not_change_the_language() -> None:
    assert detect_language("Lumen Router Pro Max が動きません", SHIPPED) == "ja"
    assert detect_language("我的 Lumen Router Pro 无法连接网络了", SHIPPED) == "zh_Hans"
    assert detect_language("لا يعمل جهاز Lumen Pro منذ أمس", SHIPPED) == "ar"


def test_hostile_texts_take_no_time() -> None:
    detect_language("warm up the table", SHIPPED)
    began = thread_time()

    for text in ("a" * 1_000_000, "the " * 250_000, "漢" * 1_000_000, "a@" * 500_000, "a." * 500_000, "'" * 1_000_000):
        detect_language(text, SHIPPED)

    assert thread_time() - began < 5.0
