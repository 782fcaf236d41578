from __future__ import annotations

import pytest

from portal.bench.letters import LETTERS, letter_for
from portal.bench.noise import NOISES, misspelled, seeded, slip, unfinished, without_accents
from portal.localization import INTERFACE_LOCALES

QUESTION = "Why was my card payment declined abroad?"


@pytest.mark.parametrize("noise", NOISES)
def test_a_question_is_spoiled_the_same_way_each_time(noise):
    def spoiled() -> str:
        return NOISES[noise](QUESTION, "en", seeded(noise, "q1"))

    assert spoiled() == spoiled()


def test_a_slip_changes_a_word_by_one_letter_and_keeps_the_first():
    for number in range(200):
        changed = slip("payment", seeded(number))
        assert changed[0] == "p"
        assert abs(len(changed) - len("payment")) <= 1


def test_short_words_are_typed_right():
    spoiled = misspelled(QUESTION, seeded(1)).split()

    assert (spoiled[0], spoiled[1], spoiled[2]) == ("Why", "was", "my")
    assert spoiled[3] != "card"


def test_a_portion_of_the_words_is_spoiled():
    words = "payment " * 1000
    changed = sum(word != "payment" for word in misspelled(words, seeded(2), portion=0.2).split())

    assert 120 < changed < 280


@pytest.mark.parametrize(
    ("text", "cut"),
    [("card payment", "card pay"), ("how to pay?", "how to pay?"), ("Zahlung abgelehnt!", "Zahlung abge"), ("", "")],
)
def test_the_last_word_is_half_typed(text, cut):
    assert unfinished(text) == cut


@pytest.mark.parametrize(
    ("text", "bare"),
    [("Größe Über", "Grosse Uber"), ("déjà", "deja"), ("łódź", "lodz"), ("йога", "йога"), ("パスワード", "パスワード")],
)
def test_accents_go_and_other_scripts_stay(text, bare):
    assert without_accents(text) == bare


@pytest.mark.parametrize("locale", [*INTERFACE_LOCALES, "th"])
def test_a_letter_holds_the_question_between_greeting_and_signature(locale):
    message = NOISES["email"]("QUESTION", locale, seeded(3)).split("\n")
    letter = letter_for(locale)

    assert message[0] in letter.greetings
    assert "QUESTION" in message
    assert any(closing.startswith(message[-1]) or message[-1] in closing for closing in letter.closings)


def test_every_interface_language_has_its_own_letter():
    assert set(INTERFACE_LOCALES) <= set(LETTERS)
    assert letter_for("pt") is LETTERS["pt_BR"]
