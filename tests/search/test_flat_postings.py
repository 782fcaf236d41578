from __future__ import annotations

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from portal.search.fields import FIELDS
from portal.search.flat_postings import FlatPostings, PostingsBuilder, keys_of, term_key

WORDS = sorted({"".join(random.Random(seed).choices("aeimnrst", k=2 + seed % 9)) for seed in range(600)})


def opened(builder, tmp_path):
    path = tmp_path / "segment.postings"
    with path.open("wb") as file:
        builder.write(file)
    return FlatPostings(path)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    builder = PostingsBuilder()
    builder.add_document(1, {"text": dict.fromkeys(WORDS, 1.0)})
    builder.add_spellings({word: word.capitalize() for word in WORDS})
    return opened(builder, tmp_path_factory.mktemp("vocabulary"))


def test_every_term_has_its_documents_in_ascending_order_with_their_weights(tmp_path):
    rng, builder, expected = random.Random(5), PostingsBuilder(), {}
    for document in range(300):
        terms = {f"t{rng.randrange(500)}": rng.uniform(0.1, 1.0) for _ in range(20)}
        builder.add_document(document + 1, {"text": terms})
        for term, weight in terms.items():
            expected.setdefault(term, []).append((document, max(1, round(weight * 255))))
    postings = opened(builder, tmp_path)

    names = [*expected, "never"]
    found = postings.find(keys_of([("text", name) for name in names]))
    documents, weights, counts = postings.gather(found[:-1])

    assert found[-1] == -1
    assert postings.counts(found).tolist() == [*map(len, expected.values()), 0]
    for own, name in zip(np.split(np.arange(len(documents)), np.cumsum(counts)[:-1]), expected, strict=True):
        assert list(zip(documents[own].tolist(), weights[own].tolist(), strict=True)) == expected[name]


def test_a_term_of_one_field_is_none_of_another(tmp_path):
    builder = PostingsBuilder()
    builder.add_document(1, {"title": {"refund": 1.0}})
    postings = opened(builder, tmp_path)

    assert postings.find(keys_of([("title", "refund"), ("text", "refund")])).tolist() == [0, -1]


def test_no_two_fields_share_a_key():
    assert len({term_key(field, "refund") for field in FIELDS}) == len(FIELDS)


def test_nothing_looked_up_is_nothing_found(tmp_path):
    postings = opened(PostingsBuilder(), tmp_path)

    documents, weights, counts = postings.gather(postings.find(keys_of([])))

    assert (len(documents), len(weights), len(counts)) == (0, 0, 0)
    assert postings.find(keys_of([("text", "refund")])).tolist() == [-1]


@given(word=st.sampled_from(WORDS), slips=st.integers(0, 3), seed=st.integers(0, 10_000))
@settings(max_examples=300, deadline=None)
def test_no_near_word_is_missed_and_no_far_one_given(vocabulary, word, slips, seed):
    asked = misspelled(word, slips, random.Random(seed))

    for reach in (1, 2):
        near = {other for other in WORDS if OSA.distance(asked, other) <= reach}
        assert {spelling.folded for spelling in vocabulary.near_spellings(asked, reach)} == near


def test_near_words_come_as_they_are_written(vocabulary):
    (found,) = [near for near in vocabulary.near_spellings(WORDS[100], 1) if near.folded == WORDS[100]]

    assert (found.written, found.frequency) == (WORDS[100].capitalize(), 1)


def test_a_segment_with_more_documents_than_fit_is_refused(monkeypatch):
    monkeypatch.setattr("portal.search.flat_postings._MOST_DOCUMENTS", 2)
    builder = PostingsBuilder()
    for number in range(3):
        builder.add_document(number, {"text": {"word": 1.0}})

    with pytest.raises(ValueError, match="room for 2 documents"):
        builder.write(io.BytesIO())


def misspelled(word, slips, rng):
    for _ in range(slips):
        at = rng.randrange(len(word))
        word = (
            rng.choice(
                [
                    word[:at] + word[at + 1 :],
                    word[:at] + rng.choice("aeimnrst") + word[at:],
                    word[:at] + rng.choice("aeimnrst") + word[at + 1 :],
                    word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                ]
            )
            or "a"
        )
    return word
