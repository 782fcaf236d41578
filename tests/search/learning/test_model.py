"""Articles learn the words of the people they helped; what they did not learn stays as it was."""

from __future__ import annotations

import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.learning.combining import Ballot, combined
from portal.search.learning.features import features
from portal.search.learning.model import ArticleText, Example, LearnedModel, fit
from portal.search.learning.packing import DamagedModel, packed, unpacked

REFUND, PASSWORD, ROUTER, DELIVERY = 11, 22, 33, 44
QUESTIONS = {
    REFUND: ("i want my money back", "how do i get my cash returned", "money for the cancelled game", "give it back"),
    PASSWORD: ("cannot sign in any more", "forgot what i log in with", "login does not work", "locked out of login"),
    ROUTER: ("the box keeps blinking red", "no internet since monday", "red light on the box", "box is offline"),
}
TEXTS = {
    REFUND: ArticleText("Get a refund", "Open your purchases and ask for a refund."),
    PASSWORD: ArticleText("Reset your password", "We send you a link."),
    ROUTER: ArticleText("Connection lost", "Restart the router."),
    DELIVERY: ArticleText("Where is my parcel?", "Track the box with your red parcel number."),
}
EXAMPLES = [Example(text, article) for article, texts in QUESTIONS.items() for text in texts]
GREETING = "Hello dear team,\nI hope that you are well and had a good week.\n"


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit(EXAMPLES, locale="en", articles=TEXTS)


def best(votes: dict[int, float]) -> int | None:
    return max(votes, key=lambda article: votes[article], default=None)


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("where is my money", REFUND),
        ("the login is locked", PASSWORD),
        ("the box blinks", ROUTER),
        ("bliking box", ROUTER),
        (GREETING + "The box is blinking since yesterday.\nMany thanks for your help!", ROUTER),
    ],
)
def test_an_article_has_the_vote_of_questions_like_those_it_answered(model, question, article):
    assert best(model.votes(question)) == article


@pytest.mark.parametrize(
    ("locale", "learned", "asked"),
    [
        ("de", "mein Geld zurückbekommen", "Gelder zurück"),
        ("ar", "أريد استرداد نقودي", "نقودي"),
        ("ja", "お金を返してほしい", "お金が返ってこない"),
        ("zh_Hans", "我想要回我的钱", "要回钱"),
        ("th", "อยากได้เงินคืน", "เงินคืน"),
        ("ko", "돈을 돌려주세요", "돈을 돌려받고 싶어요"),
        ("ru", "верните мне деньги", "вернуть деньги"),
        ("hi", "मुझे पैसे वापस चाहिए", "पैसे वापस"),
        ("und", "quero o meu dinheiro", "dinheiro"),
    ],
)
def test_every_language_is_learned(locale, learned, asked):
    model = fit([Example(learned, 1), Example("zzz 123 qqq", 2)], locale=locale)
    votes = model.votes(asked)
    assert best(votes) == 1


def test_an_article_without_evidence_has_no_vote(model):
    assert DELIVERY not in model.votes("where is my parcel box")


def test_the_text_of_an_article_without_evidence_is_not_voted_away_from_it():
    without = fit(EXAMPLES, locale="en").votes("track the red box").get(ROUTER, 0.0)
    having = fit(EXAMPLES, locale="en", articles=TEXTS).votes("track the red box").get(ROUTER, 0.0)
    assert having < without


def test_what_nobody_asked_has_no_vote(model):
    assert max(model.votes("quantum chromodynamics lattice").values(), default=0.0) < 0.1
    assert model.votes("") == model.votes("?!") == {}


def test_a_vote_grows_with_the_number_of_questions():
    def vote(count: int) -> float:
        others = [Example(text, PASSWORD) for text in QUESTIONS[PASSWORD]]
        asked = [Example(f"the box blinks in room {number}", ROUTER) for number in range(count)]
        return fit(asked + others, locale="en").votes("the box blinks")[ROUTER]

    votes = [vote(count) for count in (1, 5, 25)]
    assert votes == sorted(votes)
    assert votes[0] < 0.5 < votes[-1] < 1.0


def test_weak_evidence_counts_less():
    sure = fit([Example("blinking box", 1), Example("lost money", 2)], locale="en")
    weak = fit([Example("blinking box", 1, 0.2), Example("lost money", 2)], locale="en")
    assert weak.votes("blinking box")[1] < sure.votes("blinking box")[1]


def test_one_article_alone_can_learn():
    assert fit([Example("the box blinks", 7)], locale="en").votes("box blinks") != {}


def test_contradicting_evidence_raises_nothing():
    votes = fit([Example("the same", 1), Example("the same", 2)], locale="en").votes("the same")
    assert votes.keys() <= {1, 2}


@pytest.mark.parametrize("examples", [[], [Example("", 1)], [Example("?!", 1)], [Example("box", 1, 0.0)]])
def test_nothing_to_learn_from_is_a_model_without_votes(examples):
    model = LearnedModel.from_bytes(fit(examples, locale="en", articles=TEXTS).to_bytes())
    assert model.votes("box") == {}
    assert model.terms_of(1) == []


def test_the_same_evidence_yields_the_same_model(model):
    assert fit(EXAMPLES, locale="en", articles=TEXTS).to_bytes() == model.to_bytes()


def test_what_is_stored_votes_alike(model):
    stored = LearnedModel.from_bytes(model.to_bytes())
    assert stored.votes("where is my money") == model.votes("where is my money")
    assert stored.terms_of(REFUND) == model.terms_of(REFUND)
    assert [stored.evidence_count(article) for article in (REFUND, DELIVERY, 99)] == [4, 0, 0]


def test_the_words_learned_are_shown_as_people_wrote_them(model):
    words = [word for word, _weight in model.terms_of(ROUTER, 3)]
    assert "box" in words
    assert all(weight > 0 for _word, weight in model.terms_of(ROUTER))
    assert model.terms_of(DELIVERY) == []


@pytest.mark.parametrize("damage", [b"", b"AWLM\x01", b"AWLM\x02" + bytes(40), b"PK" + bytes(100)])
def test_damaged_bytes_are_refused(damage):
    with pytest.raises(DamagedModel):
        LearnedModel.from_bytes(damage)


def test_every_flipped_byte_and_every_cut_is_refused(model):
    content = model.to_bytes()
    for at in range(0, len(content), max(1, len(content) // 60)):
        for damaged in (content[:at], content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]):
            with pytest.raises(DamagedModel):
                LearnedModel.from_bytes(damaged)


@pytest.mark.parametrize(
    "change",
    [
        {"starts": lambda array: array[::-1].copy()},
        {"articles": lambda array: array + 1000},
        {"articles": lambda array: array - 1000},
        {"articles": lambda array: array[:-1]},
        {"idf": lambda array: array * np.float32("nan")},
        {"idf": lambda array: array[:-1]},
        {"features": lambda array: array[::-1].copy()},
        {"evidence": lambda array: array[:-1]},
        {"article_ids": lambda array: array[::-1].copy()},
    ],
)
def test_bytes_that_point_nowhere_are_refused(model, change):
    arrays, values = unpacked(model.to_bytes())
    for name, changed in change.items():
        arrays[name] = changed(arrays[name])
    with pytest.raises(DamagedModel):
        LearnedModel.from_bytes(packed(arrays, values))


def test_a_few_bytes_do_not_become_gigabytes():
    head = zlib.compress(b'{"arrays": [["x", "<f4", 99999999999]], "values": {}}')
    body = zlib.compress(bytes(10_000_000))
    swollen = b"AWLM\x01" + struct.pack("<II", len(head), zlib.crc32(head + body)) + head + body
    with pytest.raises(DamagedModel):
        unpacked(swollen)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_has_votes_between_none_and_one(text):
    votes = HOSTILE_MODEL.votes(text)
    assert all(0.0 < vote < 1.0 for vote in votes.values())


HOSTILE_MODEL = fit([*EXAMPLES, Example("\u202e…\x00 \ud800 %s", REFUND)], locale="en", articles=TEXTS)


@pytest.mark.parametrize("text", ["a" * 10**6, "box " * 250_000, "\ud800" * 1000, "box. " * 200_000, "箱" * 10**6])
def test_a_megabyte_is_voted_on_in_no_time(text):
    began = time.thread_time()
    HOSTILE_MODEL.votes(text)
    assert time.thread_time() - began < 5.0


def test_many_articles_with_few_questions_each_are_told_apart():
    random = np.random.default_rng(5)
    names = [
        "".join(random.choice(list("bdfgklmnprstv")) + random.choice(list("aeiou")) for _ in "xxx") for _ in range(900)
    ]
    examples = [
        Example(f"how does {names[3 * number]} work with {names[3 * number + 1 + turn]} please", number)
        for number in range(300)
        for turn in range(2)
    ]
    model = fit(examples, locale="en")
    right = sum(best(model.votes(f"{names[3 * number]} {names[3 * number + 2]}")) == number for number in range(300))
    assert right >= 285


def test_votes_lift_what_search_found_and_bring_what_it_missed():
    together = combined(np.array([0.5, 0.5, 0.0]), Ballot(np.array([0.0, 0.4, 0.4]), np.array([1e9, 1e9, 1e9])))
    assert together == pytest.approx([0.5, 0.7, 0.4])


def test_without_votes_the_scores_of_search_stay():
    scores = np.array([0.6, 0.3, 0.0])
    assert combined(scores, Ballot(np.zeros(3), np.zeros(3))) == pytest.approx(scores)
    assert combined(np.empty(0), Ballot(np.empty(0), np.empty(0))).tolist() == []


def test_an_article_that_had_no_occasion_to_learn_keeps_its_place_near_the_learned_ones():
    scores, votes = np.array([0.6, 0.4, 0.35, 0.3]), np.array([0.0, 0.9, 0.85, 0.8])
    evidence = np.array([0.0, 100.0, 100.0, 100.0])
    assert np.argsort(-combined(scores, Ballot(votes, evidence))).tolist().index(0) < 3
    evidence[0] = 100.0
    assert np.argsort(-combined(scores, Ballot(votes, evidence))).tolist().index(0) == 3


def test_an_article_without_questions_claims_more_where_its_own_text_fits():
    scores, votes, evidence = np.array([0.6, 0.55]), np.array([0.0, 0.9]), np.array([0.0, 130.0])
    ballot = Ballot(votes, evidence, np.array([0.0, 0.8]))
    assert combined(scores, ballot).argmax() == 1
    assert combined(scores, ballot._replace(margins=np.array([0.8, 0.8]))).argmax() == 0


def test_the_text_of_an_article_without_questions_stands_in_the_ballot(model):
    ballot = model.ballot("track my parcel", np.array([DELIVERY, REFUND, 999]))
    assert ballot.votes[0] == 0.0
    assert ballot.margins[0] > 0.1
    assert ballot.margins[2] == 0.0


def test_words_are_paired_in_any_order_and_synonyms_are_one_word():
    def pairs(text: str) -> set[int]:
        return set(features(text, "en").loose_pairs.ids.tolist())

    assert pairs("refund for the annual plan") & pairs("the plan and its refund")
    assert pairs("sign in voucher") == pairs("voucher for log in")
    assert not pairs("where is it")


def test_a_question_holds_against_all_rivals_and_not_only_the_nearest():
    names = [f"{first}{second}" for first in "bdfgklmnpr" for second in ("ola", "iru", "emi", "ata")]
    model = fit([Example(f"{name} help", number) for number, name in enumerate(names)], locale="und")
    for number, name in enumerate(names):
        assert best(model.votes(f"{name} help")) == number


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.999), st.floats(0, 1e6)), max_size=8))
def test_combined_scores_are_no_worse_and_at_most_one(rows):
    scores, votes, evidence = np.array(rows, dtype=float).reshape(-1, 3).T
    together = combined(scores, Ballot(votes, evidence))
    assert np.all((together >= scores - 1e-12) & (together <= 1.0))


def test_a_ballot_has_the_votes_in_the_order_of_the_articles(model):
    article_ids = np.array([ROUTER, 5, REFUND, 999])
    ballot = model.ballot("where is my money", article_ids)
    assert ballot.votes.argmax() == 2
    assert ballot.votes[1] == ballot.votes[3] == ballot.evidence[1] == ballot.evidence[3] == 0.0
    assert not fit([], locale="en").ballot("money", article_ids).votes.any()


def test_features_hold_no_spelled_out_text():
    assert all(group.ids.dtype == np.uint32 for group in features("my secret words", "en"))
