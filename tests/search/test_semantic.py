"""Search by meaning, with a small embedder of our own; what needs the extra [semantic] is skipped without it."""

from __future__ import annotations

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from portal.search import semantic
from portal.search.documents import Delete, Upsert
from portal.search.engine import SearchEngine
from portal.search.fields import documents
from portal.search.flat_postings import FlatPostings, PostingsBuilder
from portal.search.following import is_behind
from portal.search.rankers import MEANING_RANKER
from portal.search.setup import search_engine
from portal.search.uses import SUGGESTED_TO_AGENT
from portal.search.vectors import DocumentVectors
from tests import factories
from tests.conftest import make_settings
from tests.search.conftest import article
from tests.search.embedders import Concepts

needs_extra = pytest.mark.skipif(not semantic.available(), reason="the extra [semantic] is not installed")

CAR = Upsert(article("Car insurance", "Insure a car abroad.", article_id=1))
DOCTOR = Upsert(article("Find a doctor", "All about surgeries nearby.", article_id=2))


def engine_in(folder: Path, *changes: Upsert, embedder: semantic.Embedder | None = None) -> SearchEngine:
    engine = SearchEngine(folder, embedder=embedder, ranker=MEANING_RANKER)
    if changes:
        engine.rebuild(changes, position=1)
    return engine


def found(engine: SearchEngine, text: str, locale: str = "en") -> dict[int, float]:
    return {hit.article_id: hit.score for hit in engine.search(text, locale, limit=50).hits}


def test_an_article_of_the_same_meaning_is_found_without_a_shared_word(tmp_path):
    with_meaning = engine_in(tmp_path / "with", CAR, DOCTOR, embedder=Concepts())
    without = engine_in(tmp_path / "without", CAR, DOCTOR)

    assert list(found(with_meaning, "physician")) == [2]
    assert found(without, "physician") == {}


def test_messages_are_answered_by_meaning_too(tmp_path):
    engine = engine_in(tmp_path, CAR, DOCTOR, embedder=Concepts())
    others = "Hello there. I have been waiting since yesterday evening and nobody came to help me. "

    hits = engine.suggest_for_message("", others * 6 + "Which physician is nearby?", "en", use=SUGGESTED_TO_AGENT)

    assert [hit.article_id for hit in hits] == [2]


def test_articles_about_other_things_keep_their_score(tmp_path):
    with_meaning = engine_in(tmp_path / "with", CAR, DOCTOR, embedder=Concepts())
    without = engine_in(tmp_path / "without", CAR, DOCTOR)

    assert found(with_meaning, "insuring")[1] == pytest.approx(found(without, "insuring")[1])


def test_the_passage_that_fits_counts_not_the_mean_of_a_long_article(tmp_path):
    filler = [" ".join(f"w{part}x{number}" for number in range(120)) + "." for part in range(9)]
    long = article("Handbook", *filler, "The physician visits on Monday.", article_id=3)
    engine = engine_in(tmp_path, CAR, Upsert(long), embedder=Concepts())

    assert list(found(engine, "physician visits")) == [3]


def test_learned_words_and_keywords_have_a_meaning_of_their_own(tmp_path):
    learned = Upsert(article("Clinics", "Opening hours.", article_id=4, learned_words=("doctor",)))
    engine = engine_in(tmp_path, CAR, learned, embedder=Concepts())

    assert list(found(engine, "physician")) == [4]


def test_vectors_stay_with_their_articles_when_segments_are_merged(tmp_path):
    engine = engine_in(tmp_path, CAR, embedder=Concepts())
    for number in range(10, 24):
        engine.apply([Upsert(article(f"Thing {number}", f"item{number}", article_id=number))], position=number)
    engine.apply([DOCTOR], position=30)
    engine.apply([Delete(1, "en"), Upsert(article("Start", "item24", article_id=24))], position=31)

    snapshot = engine.folder.snapshot("en")
    assert snapshot is not None
    assert len(snapshot.segments) < 10
    assert list(found(engine, "physician")) == [2]
    assert list(found(engine, "begin")) == [24]
    assert found(engine, "automobile") == {}


def test_an_index_with_vectors_answers_those_who_have_no_embedder(tmp_path):
    engine_in(tmp_path, CAR, DOCTOR, embedder=Concepts())
    other = engine_in(tmp_path)

    assert list(found(other, "doctor")) == [2]
    assert found(other, "physician") == {}


def test_an_index_without_vectors_answers_those_who_have_an_embedder(tmp_path):
    engine_in(tmp_path, CAR, DOCTOR)
    other = engine_in(tmp_path, embedder=Concepts())

    assert list(found(other, "doctor")) == [2]
    assert other.folder.lacks_vectors()


def test_vectors_of_another_model_are_not_compared(tmp_path):
    class Newer(Concepts):
        name = "concepts 2"

    engine_in(tmp_path, CAR, DOCTOR, embedder=Concepts())
    other = engine_in(tmp_path, embedder=Newer())

    assert other.folder.lacks_vectors()
    assert found(other, "physician") == {}


def test_who_writes_without_vectors_makes_the_index_lack_them(tmp_path):
    engine = engine_in(tmp_path, CAR, embedder=Concepts())
    assert not engine.folder.lacks_vectors()

    engine_in(tmp_path).apply([DOCTOR], position=2)

    assert engine.folder.lacks_vectors()
    assert list(found(engine, "doctor")) == [2]


def test_only_languages_that_it_helps_have_vectors(tmp_path):
    german = Upsert(article("Car", "Ein car.", article_id=1, locale="de"))
    engine = engine_in(tmp_path, german, CAR, embedder=Concepts())

    def has_vectors(locale: str) -> bool:
        snapshot = engine.folder.snapshot(locale)
        assert snapshot is not None
        return snapshot.segments[0].files.postings.vectors is not None

    assert has_vectors("en")
    assert not has_vectors("de")
    assert found(engine, "automobile", "de") == {}


def test_an_index_without_wanted_vectors_is_built_anew(indexed):
    factories.make_translation(title="Find a doctor")
    engine = indexed()
    engine.ranker = MEANING_RANKER
    engine.folder.embedder = Concepts()
    assert is_behind(engine)

    indexed()

    assert not is_behind(engine)
    assert len(found(engine, "physician")) == 1


def test_packed_vectors_have_the_cosines_of_the_exact_ones(tmp_path):
    rng = np.random.default_rng(1)
    vectors = semantic.unit(rng.standard_normal((60, 256)))
    builder = PostingsBuilder(256)
    for number in range(20):
        builder.add_document(number + 1, {})
        builder.add_vectors(DocumentVectors(vectors[3 * number + 1 : 3 * number + 3], vectors[3 * number]))
    with (tmp_path / "segment").open("wb") as file:
        builder.write(file)
    asked = semantic.unit(rng.standard_normal((2, 256)))

    packed = FlatPostings(tmp_path / "segment").vectors
    assert packed is not None
    wholes, passages = vectors[0::3], np.stack([vectors[1::3], vectors[2::3]])
    np.testing.assert_allclose(packed.of_articles(asked), asked @ wholes.T, atol=0.01)
    best = packed.of_passages(asked[0], packed.starts[:-1], packed.starts[1:])
    np.testing.assert_allclose(best, (passages @ asked[0]).max(axis=0), atol=0.01)


def test_vectors_that_do_not_fit_the_documents_are_damage(tmp_path):
    builder = PostingsBuilder(4)
    builder.add_document(1, {})
    with (tmp_path / "segment").open("wb") as file:
        builder.write(file)

    with pytest.raises(ValueError, match="do not fit"):
        FlatPostings(tmp_path / "segment")


def test_long_texts_are_cut_into_few_passages_at_sentence_ends():
    vectors = semantic.article_vectors(article("Title", "One sentence stands here. " * 2_000), Concepts())

    assert 20 <= len(vectors[0].passages) <= 33
    np.testing.assert_allclose(np.linalg.norm(vectors[0].passages, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("sections", [(), ("",), ("Opening.", "Further.", "")])
def test_every_document_of_an_article_has_its_vectors(sections):
    made = article("Title", *sections)

    vectors = semantic.article_vectors(made, Concepts())

    assert len(vectors) == len(list(documents(made)))
    assert vectors[0].whole is not None
    assert len(vectors[0].passages)


def test_without_the_extra_nothing_of_it_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(semantic, "available", lambda: False)
    monkeypatch.delitem(sys.modules, "tokenizers", raising=False)

    engine = search_engine(make_settings(tmp_path))
    engine.rebuild([CAR, DOCTOR], position=1)

    assert list(found(engine, "doctor")) == [2]
    assert not engine.ranker.meaning
    assert "tokenizers" not in sys.modules


def test_the_setting_switches_it_off_where_it_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(semantic, "available", lambda: True)

    assert search_engine(make_settings(tmp_path, semantic_search=False)).folder.embedder is None


@needs_extra
def test_the_installed_vectors_bring_like_meanings_together():
    vectors = semantic.StaticEmbedder().embed(["I forgot my passcode", "Reset your password", "Cancel a trip", ""])

    assert vectors.shape == (4, 256)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert not vectors[3].any()


@needs_extra
def test_the_installed_vectors_need_no_network(monkeypatch):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)

    assert semantic.StaticEmbedder().embed(["refund"]).any()
    assert "wordllama" not in sys.modules


@needs_extra
def test_threads_share_the_installed_vectors():
    embedder = semantic.StaticEmbedder()
    with ThreadPoolExecutor(4) as threads:
        alone, *others = threads.map(embedder.embed, [["a refund, please"]] * 8)

    assert all(np.array_equal(alone, other) for other in others)


@needs_extra
def test_the_installed_part_is_used_by_default(tmp_path):
    engine = search_engine(make_settings(tmp_path))
    engine.rebuild([CAR, DOCTOR], position=1)

    assert engine.ranker is MEANING_RANKER
    assert next(iter(found(engine, "physician"))) == 2


def test_an_article_of_just_that_meaning_is_surer_than_one_that_shares_a_word(tmp_path):
    others = [Upsert(article(f"Thing {number}", f"item{number} nearby", article_id=number)) for number in range(10, 16)]
    engine = engine_in(tmp_path, CAR, DOCTOR, *others, embedder=Concepts())

    hits = engine.search("physician nearby", "en", limit=50).hits

    assert hits[0].article_id == 2
    assert hits[0].confidence > 2 * max(hit.confidence for hit in hits[1:])


def test_meanings_are_learned_as_the_last_engine_was_set_up(tmp_path, monkeypatch):
    monkeypatch.setattr(semantic, "_in_use", None)
    monkeypatch.setattr(semantic, "available", lambda: False)
    engine = search_engine(make_settings(tmp_path))
    assert semantic.in_use() is engine.folder.embedder is None

    with semantic.using(Concepts()):
        assert semantic.in_use() is not None
    assert semantic.in_use() is None


@needs_extra
def test_a_text_just_asked_is_not_looked_at_again():
    embedder = semantic.StaticEmbedder()
    first = embedder.embed(["a refund, please", "thanks"])
    embedder._loaded = (None, None)

    assert np.array_equal(embedder.embed(["thanks", "a refund, please"]), first[::-1])
