"""Thanks alone leaves a ticket solved; thanks with anything new does not, in every language that is shipped."""

from __future__ import annotations

from pathlib import Path
from time import thread_time

import pytest
import yaml

from portal.tickets.thanks import thanks_reason

CASES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "thanks_cases.yaml").read_text(encoding="utf-8")
)
LOCALES = ("en", "de", "fr", "es", "pt_BR", "ar", "ja", "zh_Hans")


def test_every_shipped_language_has_forty_sentences_half_of_them_thanks() -> None:
    assert set(CASES) == set(LOCALES)
    for case in CASES.values():
        assert len(case["thanks"]) >= 20
        assert len(case["more"]) >= 20


@pytest.mark.parametrize("locale", LOCALES)
def test_thanks_alone_is_recognised(locale: str) -> None:
    missed = [text for text in CASES[locale]["thanks"] if not thanks_reason(text, locale, has_files=False)]

    assert missed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_thanks_with_anything_new_is_more_than_thanks(locale: str) -> None:
    swallowed = [text for text in CASES[locale]["more"] if thanks_reason(text, locale, has_files=False)]

    assert swallowed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_in_a_ticket_of_another_language_nothing_new_is_swallowed_either(locale: str) -> None:
    swallowed = [
        (text, other)
        for text in CASES[locale]["more"]
        for other in LOCALES
        if thanks_reason(text, other, has_files=False)
    ]

    assert swallowed == []


def test_a_file_is_something_new() -> None:
    assert thanks_reason("Thanks!", "en", has_files=True) == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [("Thanks!", "only_thanks"), ("It works now, thank you.", "thanks_and_solved"), ("It works now.", "only_solved")],
)
def test_the_rule_that_decided_is_named(text: str, rule: str) -> None:
    assert thanks_reason(text, "en", has_files=False) == rule


@pytest.mark.parametrize("text", ["", "   \n", "\U0001f44d", "Hello", "OK", "Best regards\nJane", "你好", "مرحبا"])
def test_a_text_without_a_word_of_thanks_is_no_thanks(text: str) -> None:
    assert thanks_reason(text, "en", has_files=False) == ""


def test_people_may_thank_in_another_language_than_the_ticket() -> None:
    assert thanks_reason("Merci beaucoup !", "de", has_files=False) == "only_thanks"
    assert thanks_reason("ありがとうございます", "en", has_files=False) == "only_thanks"


def test_long_and_hostile_texts_are_refused_at_once() -> None:
    began = thread_time()

    for text in ("thanks " * 150_000, "谢" * 1_000_000, "thanks" + "'" * 1_000_000, "\n" * 390 + "x" * 9):
        assert thanks_reason(text, "en", has_files=False) == ""

    assert thread_time() - began < 5.0
