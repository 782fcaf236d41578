"""Articles learn what questions mean, where there is an embedder; everybody else learns as before."""

from __future__ import annotations

import numpy as np
import pytest

from portal.bench.learning import TaughtVotes
from portal.clock import utcnow
from portal.database import db
from portal.search import semantic
from portal.search.documents import Upsert
from portal.search.engine import SearchEngine
from portal.search.learning.dense import DenseWeights
from portal.search.learning.model import ArticleText, Example, LearnedModel, fit
from portal.search.learning.models import FittedModel
from portal.search.learning.packing import DamagedModel, packed, start_of, unpacked
from portal.search.learning.refitting import due_locales, refit_due
from portal.search.rankers import RANKER
from tests.factories import make_translation
from tests.search.conftest import article
from tests.search.embedders import Concepts
from tests.search.learning.evidence import learn

INSURANCE, CLINIC, DELIVERY = 11, 22, 33
QUESTIONS = {
    INSURANCE: ("is my car covered", "the car was damaged", "cover for a second car", "my car abroad"),
    CLINIC: ("which doctor is open", "the doctor moved", "need a doctor tonight", "my doctor retired"),
    DELIVERY: ("where is the parcel", "the parcel got lost", "parcel not there", "my parcel is late"),
}
EXAMPLES = [Example(text, article) for article, texts in QUESTIONS.items() for text in texts]
TEXTS = {INSURANCE: ArticleText("Insurance"), CLINIC: ArticleText("Clinics"), DELIVERY: ArticleText("Delivery")}


class Newer(Concepts):
    name = "concepts 2"


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit(EXAMPLES, locale="en", articles=TEXTS, embedder=Concepts())


def best(votes: dict[int, float]) -> int | None:
    return max(votes, key=lambda article: votes[article], default=None)


@pytest.mark.parametrize(("word", "answer"), [("automobile", INSURANCE), ("vehicle", INSURANCE), ("physician", CLINIC)])
def test_words_that_nobody_used_have_the_votes_of_those_that_mean_the_same(model, word, answer):
    by_words = fit(EXAMPLES, locale="en", articles=TEXTS)

    assert best(model.votes(word, Concepts())) == answer
    assert answer not in by_words.votes(word)


def test_each_sentence_of_a_message_has_a_meaning_of_its_own(model):
    others = "Hello dear team!\nI hope that all of you had a good week.\nIt rained here.\n"

    assert best(model.votes(others + "Physician?\nMany thanks!", Concepts())) == CLINIC


@pytest.mark.parametrize("embedder", [None, Newer()])
def test_without_the_embedder_that_was_learned_with_only_words_vote(model, embedder):
    assert CLINIC not in model.votes("physician", embedder)
    assert best(model.votes("doctor tonight", embedder)) == CLINIC


def test_in_languages_that_the_embedder_does_not_help_all_stays_as_it_was():
    with_embedder = fit(EXAMPLES, locale="de", articles=TEXTS, embedder=Concepts())

    assert with_embedder.to_bytes() == fit(EXAMPLES, locale="de", articles=TEXTS).to_bytes()
    assert with_embedder.to_bytes().startswith(start_of())


def test_what_is_stored_votes_alike_and_begins_with_its_embedder(model):
    stored = LearnedModel.from_bytes(model.to_bytes())

    assert stored.votes("physician", Concepts()) == model.votes("physician", Concepts())
    assert stored.to_bytes().startswith(start_of(Concepts.name))
    assert not stored.to_bytes().startswith(start_of(Newer.name))


def test_the_same_evidence_yields_the_same_model(model):
    assert fit(EXAMPLES, locale="en", articles=TEXTS, embedder=Concepts()).to_bytes() == model.to_bytes()


def test_every_flipped_byte_and_every_cut_is_refused(model):
    content = model.to_bytes()
    # The checksum of the name only says whether to fit anew.
    for at in [*range(5), *range(9, len(content), max(1, len(content) // 60))]:
        for damaged in (content[:at], content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]):
            with pytest.raises(DamagedModel):
                LearnedModel.from_bytes(damaged)


@pytest.mark.parametrize(
    ("arrays_changed", "values_changed"),
    [
        ({"dense": lambda array: array[:-1]}, {}),
        ({"dense": lambda array: array[:0]}, {}),
        ({}, {"embedder": ""}),
        ({}, {"dense_scale": "much"}),
    ],
)
def test_weights_that_do_not_fit_the_articles_are_refused(model, arrays_changed, values_changed):
    arrays, values = unpacked(model.to_bytes())
    changed = arrays | {name: change(arrays[name]) for name, change in arrays_changed.items()}

    with pytest.raises(DamagedModel):
        LearnedModel.from_bytes(packed(changed, values | values_changed, embedder=Concepts.name))


def test_weights_of_a_byte_score_as_the_exact_ones():
    random = np.random.default_rng(3)
    exact = DenseWeights("any", random.standard_normal((20, 64)).astype(np.float32))
    asked = semantic.unit(random.standard_normal((5, 64)))

    np.testing.assert_allclose(exact.quantized().scores(asked), exact.scores(asked), atol=0.06)


def test_texts_that_mean_nothing_known_are_learned_by_their_words():
    class Silent(Concepts):
        def embed(self, texts):
            return np.zeros((len(texts), self.dimensions), np.float32)

    assert best(fit(EXAMPLES, locale="en", embedder=Silent()).votes("lost parcel", Silent())) == DELIVERY


def test_models_are_fitted_anew_when_an_embedder_comes_changes_or_goes(app):
    with semantic.using(None):
        learn(make_translation(), "my voucher is gone", "voucher lost", "where is the voucher")
        refit_due()
        assert due_locales(now=utcnow()) == []
    for embedder in (Concepts(), Newer(), None):
        with semantic.using(embedder):
            assert due_locales(now=utcnow()) == ["en"]
            refit_due()
            assert due_locales(now=utcnow()) == []
            content = db.session.get_one(FittedModel, "en", populate_existing=True).content
            assert content.startswith(start_of(embedder.name if embedder else ""))


def test_the_engine_finds_by_what_articles_learned_of_meanings(tmp_path, model):
    engine = SearchEngine(tmp_path, ranker=RANKER, embedder=Concepts())
    engine.rebuild([Upsert(article(text.title, article_id=number)) for number, text in TEXTS.items()], position=1)
    assert engine.search("physician", "en").hits == ()

    engine.learned = TaughtVotes({"en": model})

    assert [hit.article_id for hit in engine.search("physician", "en").hits][:1] == [CLINIC]
