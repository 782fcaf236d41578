from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from markupsafe import Markup

from portal.search.comparing import (
    LoggedQuestion,
    compare,
    interleaving_preference,
    reciprocal_rank,
)
from portal.search.documents import Hit


def fixed(**answers: Sequence[int]) -> Callable[[LoggedQuestion], list[Hit]]:
    """A ranker that answers each text with these articles."""

    def ask(question: LoggedQuestion) -> list[Hit]:
        return [Hit(number, "en", 0.5, f"Article {number}", Markup(), Markup()) for number in answers[question.text]]

    return ask


def asked(text: str, count: int = 1, *, opened: Sequence[int] = (), helped: Sequence[int] = ()) -> LoggedQuestion:
    return LoggedQuestion("results", "en", text, count, frozenset(opened), frozenset(helped))


@pytest.mark.parametrize(
    ("old", "new", "taken", "preference"),
    [
        ([1, 2, 3], [1, 2, 3], {1}, 0.0),
        ([1, 2, 3], [3, 2, 1], {3}, 1.0),
        ([3, 2, 1], [1, 2, 3], {3}, -1.0),
        ([1, 2, 3], [3, 2, 1], {1, 3}, 0.0),
        ([], [7], {7}, 1.0),
        ([7], [], {7}, -1.0),
        ([1, 2], [1, 2], {9}, 0.0),
        # Both have it second: whoever picked it did so by a coin.
        ([1, 5], [2, 5], {5}, 0.0),
    ],
)
def test_interleaving_prefers_whoever_brings_what_people_took(old, new, taken, preference):
    assert interleaving_preference(old, new, frozenset(taken)) == preference


def test_interleaving_is_the_mean_over_all_throws_of_the_coin():
    # Old first: old 1, new 5. New first: new 1, old 2, and then either one's 5.
    assert interleaving_preference([1, 2, 5], [1, 5, 2], frozenset({5})) == pytest.approx(0.5)


def test_interleaving_changes_sign_with_the_rankers():
    taken = frozenset({2, 8})
    one = interleaving_preference([1, 2, 3, 4], [8, 3, 1, 9], taken)

    assert one == -interleaving_preference([8, 3, 1, 9], [1, 2, 3, 4], taken)


def test_what_is_not_among_ten_has_no_rank():
    assert reciprocal_rank(range(1, 30), frozenset({4})) == 0.25
    assert reciprocal_rank(range(1, 30), frozenset({11})) == 0.0


def test_the_same_ranker_twice_changes_nothing():
    ranker = fixed(a=[1, 2], b=[])

    found = compare([asked("a", opened=[2]), asked("b")], ranker, ranker)

    assert (found.first_changed.value, found.top_changed.value, found.overlap.value) == (0.0, 0.0, 1.0)
    assert (found.opened.gain.value, found.opened.preference.value, found.opened.ties) == (0.0, 0.0, 1)
    assert found.silent_old == found.silent_new
    assert found.examples == ()


def test_questions_asked_often_count_often():
    old, new = fixed(a=[1, 2, 3], b=[5]), fixed(a=[1, 3, 4], b=[6])

    found = compare([asked("a", 3), asked("b", 1)], old, new)

    assert (found.questions, found.searches) == (2, 4)
    assert found.first_changed.value == 0.25
    assert found.top_changed.value == 1.0
    assert found.overlap.value == pytest.approx((3 * 2 / 3 + 0) / 4)


def test_the_ranker_that_puts_first_what_helped_gains_and_wins():
    old, new = fixed(a=[1, 2], b=[1, 2], c=[1]), fixed(a=[2, 1], b=[2, 1], c=[])

    found = compare([asked("a", helped=[2]), asked("b", opened=[2]), asked("c", helped=[1])], old, new)

    assert (found.helped.questions, found.opened.questions) == (2, 3)
    assert (found.helped.mrr_old.value, found.helped.mrr_new.value) == (0.75, 0.5)
    assert found.opened.gain.value == pytest.approx((0.5 + 0.5 - 1) / 3)
    assert (found.opened.wins, found.opened.losses, found.opened.ties) == (2, 1, 0)
    assert found.silent_new.value == pytest.approx(1 / 3)


def test_nobody_opened_anything_says_nothing_of_what_is_better():
    found = compare([asked("a")], fixed(a=[1]), fixed(a=[2]))

    assert (found.opened.questions, found.opened.gain, found.helped.preference) == (0, None, None)
    assert found.first_changed.value == 1.0


def test_examples_are_what_is_asked_most_and_names_nobody():
    secret = "please write to pat@mail.example " + "about my order " * 20
    old, new = (
        fixed(**{"rare": [1], "often": [1], secret: [1, 2, 3, 4]}),
        fixed(**{"rare": [2], "often": [2], secret: []}),
    )

    found = compare([asked("rare"), asked("often", 9), asked(secret, 2)], old, new, examples=2)

    often, message = found.examples
    assert (often.text, often.old, often.new) == ("often", ("Article 1",), ("Article 2",))
    assert "pat@mail" not in message.text
    assert len(message.text) <= 80
    assert message.old == ("Article 1", "Article 2", "Article 3")
