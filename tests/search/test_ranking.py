from __future__ import annotations

import pytest

from portal.search import question
from portal.search.fields import SATURATION
from portal.search.folding import normalize
from portal.search.rankers import RANKER_VERSION, RANKERS
from portal.search.ranking import Query, Ranking, rank, rank_message
from tests.search.conftest import article


def snapshot_of(build_engine, *articles):
    return build_engine(*articles).folder.snapshot("en")


def scores(snapshot, text: str, **options) -> dict[int, float]:
    return listed(snapshot, rank(snapshot, question.query_of(text, "en"), **options))


def listed(snapshot, found: Ranking) -> dict[int, float]:
    return dict(zip(snapshot.article_ids[found.rows].tolist(), found.scores.tolist(), strict=True))


def test_scores_are_between_nothing_and_one(help_centre):
    snapshot = help_centre.folder.snapshot("en")

    for text in ("refund", "get a refund", "router connection password", "x"):
        assert all(0 < score <= 1 for score in scores(snapshot, text).values())


def test_the_same_question_always_has_the_same_answer(help_centre):
    snapshot = help_centre.folder.snapshot("en")
    query = question.query_of("router refund password", "en")

    assert list(listed(snapshot, rank(snapshot, query)).items()) == list(
        listed(snapshot, rank(snapshot, query)).items()
    )


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

    assert list(scores(snapshot, "password", only=snapshot.article_ids == 3)) == []
    assert list(scores(snapshot, "password", only=snapshot.article_ids == 2)) == [2]


def test_an_empty_index_and_an_empty_query_give_nothing(build_engine):
    snapshot = snapshot_of(build_engine, article("Refund", "text"))

    assert not len(rank(snapshot, Query((), ())))
    assert not len(rank_message(snapshot, [], least=0.1))


def test_greetings_count_less_than_the_question(build_engine):
    snapshot = snapshot_of(
        build_engine,
        article("Good morning wishes", "Say good morning.", article_id=1),
        article("Delivery address", "Change the delivery address of a parcel order.", article_id=2),
    )
    sentences = ["Good morning", "how to change the delivery address of a parcel order"]

    found = rank_message(snapshot, [question.query_of(text, "en") for text in sentences], least=0.1)

    assert next(iter(listed(snapshot, found))) == 2


def test_small_words_tell_articles_apart(build_engine):
    snapshot = snapshot_of(
        build_engine,
        article("Where is my card", "Cards come by post.", article_id=1),
        article("Why is my card blocked", "Cards come by post.", article_id=2),
        article("How long does a card last", "Cards come by post.", article_id=3),
    )

    assert next(iter(scores(snapshot, "where is the card"))) == 1
    assert next(iter(scores(snapshot, "how long for a card"))) == 3


def test_words_side_by_side_count_more_than_words_apart(build_engine):
    snapshot = snapshot_of(
        build_engine,
        article("Cards", "The top card is a gift. It goes up.", article_id=1),
        article("Cards", "It goes top up. The gift is a card.", article_id=2),
    )

    found = scores(snapshot, "top up")

    assert found[2] > found[1]


def test_a_long_sentence_of_unknown_words_still_finds_by_the_known_ones(build_engine):
    snapshot = snapshot_of(
        build_engine, article("Refund", "Get a refund.", article_id=1), article("Router", "Restart it.", article_id=2)
    )
    unknown = " ".join(f"gargoyle{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")

    assert next(iter(scores(snapshot, f"{unknown} refund"))) == 1


def test_what_sentences_say_for_an_article_adds_up(build_engine):
    snapshot = snapshot_of(
        build_engine,
        article("Delivery", "The parcel is late. The driver was rude.", article_id=1),
        article("Parcel", "The parcel is late.", article_id=2),
    )
    sentences = [question.query_of(text, "en") for text in ("my parcel is late", "a driver was rude")]

    found = listed(snapshot, rank_message(snapshot, sentences))
    by_the_first = listed(snapshot, rank_message(snapshot, sentences[:1]))

    assert found[1] > by_the_first[1]


@pytest.mark.parametrize("version", RANKERS)
def test_every_ranker_ranks(help_centre, version):
    snapshot = help_centre.folder.snapshot("en")
    ranker = RANKERS[version]
    query = question.query_of("reset my password", "en")

    assert ranker.version == version
    assert next(iter(listed(snapshot, rank(snapshot, query, ranker=ranker)))) == 2
    assert next(iter(listed(snapshot, rank_message(snapshot, [query], ranker=ranker)))) == 2


@pytest.mark.parametrize("field", SATURATION)
def test_more_of_a_word_is_better_and_a_longer_text_worse(field):
    curve = SATURATION[field]

    assert 0 < curve.share(1, 50) < curve.share(2, 50) < 1
    assert curve.share(1, 500) < curve.share(1, 50)


def test_the_versions_of_rankers_fit_their_column():
    assert RANKER_VERSION in RANKERS
    assert all(0 < len(version) <= 24 for version in RANKERS)


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


@pytest.mark.parametrize("character", ["ﷺ", "㍿", "ﬃ", "ΐ"])
def test_a_text_does_not_outgrow_its_limit_when_one_character_stands_for_many(character):
    for cleaned, limit in (
        (question.clean(character * 1000), question.MAXIMUM_QUERY_LENGTH),
        (question.clean_message(character * 20_000), question.MAXIMUM_MESSAGE_LENGTH),
    ):
        assert cleaned
        assert limit * 0.9 < len(normalize(cleaned)) <= limit
