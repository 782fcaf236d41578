"""Sentences that only frame a question are told from those that may hold it."""

from __future__ import annotations

import pytest

from portal.bench.letters import LETTERS
from portal.localization import INTERFACE_LOCALES
from portal.search.framing import is_framing, without_framing
from portal.search.question import sentences
from tests.search.judged_searches import LOCALES, judged_searches


@pytest.mark.parametrize(
    "sentence",
    [
        "Hi there, hope you're well.",
        "Dear Ms Porter,",
        "Could you please help me?",
        "Sent from my phone",
        "Über eine schnelle Antwort würde ich mich freuen.",
        "Merci de me répondre rapidement.",
        "¿Me podéis decir qué tengo que hacer?",
        "Fico no aguardo.",
        "شاكرًا تعاونكم.",
        "お世話になっております",
        "希望尽快得到回复",
    ],
)
def test_greetings_thanks_and_calls_for_help_frame_a_question(sentence):
    assert is_framing(sentence)


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_that_people_search_for_is_taken_for_framing(locale):
    judged = judged_searches(locale)
    asked = [*(each.text for each in judged.searches), *judged.unanswered]

    assert [text for text in asked if is_framing(text)] == []


@pytest.mark.parametrize("locale", INTERFACE_LOCALES)
def test_what_happened_is_no_framing(locale):
    happened = [sentence for text in LETTERS[locale].circumstances for sentence in sentences(text)]

    assert happened
    assert [text for text in happened if is_framing(text)] == []


def test_the_name_below_a_closing_goes_with_it():
    assert without_framing(["I was charged twice", "Kind regards", "Sam Porter"]) == ["I was charged twice"]


def test_what_follows_thanks_in_front_stays():
    assert without_framing(["Thanks!", "Card declined"]) == ["Card declined"]


def test_where_all_is_framing_all_stays():
    assert without_framing(["Hello,", "please help me"]) == ["Hello,", "please help me"]


def test_framing_is_not_looked_up_among_the_sentences_of_a_message():
    message = "Guten Tag,\nmein Konto ist gesperrt. Können Sie mir helfen?\nViele Grüße\nToni Weber"

    assert sentences(message) == ["mein Konto ist gesperrt."]
