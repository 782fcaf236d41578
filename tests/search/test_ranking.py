from __future__ import annotations

import pytest

from portal.search import question, ranking
from portal.search.fields import SATURATION
from portal.search.ranking import Query, rank, rank_message
from tests.search.conftest import article


def snapshot_of(build_engine, *articles):
    return build_engine(*articles).folder.snapshot("en")


def scores(snapshot, text: str, **options) -> dict[int, float]:
    return {scored.article_id: scored.score for scored in rank(snapshot, question.query_of(text, "en"), **options)}


def test_scores_are_between_nothing_and_one(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    for text in ("refund", "get a refund", "router connection password", "x"):
        assert all(0 < score <= 1 for score in scores(snapshot, text).values())


def test_the_same_question_always_has_the_same_answer(help_centre):
    snapshot = help_centre.folder.snapshot("en")
    query = question.query_of("router refund password", "en")

    assert rank(snapshot, query) == rank(snapshot, query)


def test_words_that_nobody_wrote_lower_the_score(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    assert scores(snapshot, "purchases gargoyle basilisk")[1] < scores(snapshot, "purchases")[1] / 2


def test_a_rare_word_says_more_than_a_common_one(build_engine):
    common = [article(f"Device {number}", "A device and a cable.", article_id=number) for number in range(1, 9)]
    snapshot = snapshot_of(build_engine, *common, article("Zebra", "Black and white.", article_id=10))

    found = scores(snapshot, "device zebra")

    assert max(found, key=found.__getitem__) == 10


def test_a_misspelled_word_still_finds_by_its_letters(build_engine):
    snapshot = snapshot_of(
        build_engine, article("Subscription", "text", article_id=1), article("Other", "x", article_id=2)
    )

    assert list(scores(snapshot, "subskription")) == [1]


def test_an_error_code_in_a_question_comes_first(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    found = scores(snapshot, "I cannot reset my password because of LP-1042")

    assert max(found, key=found.__getitem__) == 3


def test_hits_far_behind_the_best_are_left_out(build_engine):
    best = article("Pair a controller", "Pair the controller.", article_id=1)
    snapshot = snapshot_of(build_engine, best, article("Batteries", "Some controllers have them.", article_id=2))

    assert list(scores(snapshot, "pair a controller")) == [1]


def test_the_bar_falls_with_the_number_of_words(build_engine):
    snapshot = snapshot_of(build_engine, article("Refund", "text", article_id=1))

    (score,) = scores(snapshot, "refund gargoyle basilisk griffin").values()
    assert scores(snapshot, "refund gargoyle basilisk griffin", least=1.9 * score)
    assert not scores(snapshot, "refund gargoyle basilisk griffin", least=2.1 * score)


def test_only_what_is_asked_for_is_ranked(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    assert list(scores(snapshot, "password", only={3})) == []
    assert list(scores(snapshot, "password", only={2})) == [2]


def test_an_empty_index_and_an_empty_query_give_nothing(build_engine):
    snapshot = snapshot_of(build_engine, article("Refund", "text"))

    assert rank(snapshot, Query((), ())) == []
    assert rank_message(snapshot, [], least=0.1) == []


def test_greetings_count_less_than_the_question(build_engine):
    snapshot = snapshot_of(
        build_engine,
        article("Good morning wishes", "Say good morning.", article_id=1),
        article("Delivery address", "Change the delivery address of a parcel order.", article_id=2),
    )
    sentences = ["Good morning", "how to change the delivery address of a parcel order"]

    found = rank_message(snapshot, [question.query_of(text, "en") for text in sentences], least=0.1)

    assert found[0].article_id == 2


@pytest.mark.parametrize("field", SATURATION)
def test_more_of_a_word_is_better_and_a_longer_text_worse(field):
    curve = SATURATION[field]

    assert 0 < curve.of(1, 50) < curve.of(2, 50) < 1
    assert curve.of(1, 500) < curve.of(1, 50)


def test_the_version_of_the_ranker_fits_its_column():
    assert 0 < len(ranking.RANKER_VERSION) <= 24


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three? Four", 4),
        ("これは一つ。これは二つ！", 2),
        ("a.b.c version 2.0 of node.js", 1),
        ("same\nsame\nsame", 1),
        ("", 0),
        (" ".join(map(str, range(500))), 7),
    ],
)
def test_messages_are_cut_into_sentences(text, count):
    assert len(question.sentences(text)) == count


def test_a_message_has_a_limited_number_of_sentences():
    assert len(question.sentences("\n".join(map(str, range(1000))))) == question.MAXIMUM_SENTENCES


def test_what_is_searched_has_no_control_characters_and_a_limit():
    assert question.clean(" a\x00b\n\tc ") == "a b c"
    assert len(question.clean("word " * 1000)) <= question.MAXIMUM_QUERY_LENGTH
    assert question.clean_message("one\x00\n\ntwo ") == "one\ntwo"
