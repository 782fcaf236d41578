from __future__ import annotations

from markupsafe import Markup

from portal.bench.quality import Surface, ask, engine_on, measure
from portal.bench.retrieval_sets import Question
from portal.search.documents import Hit
from tests.search.conftest import HELP_CENTRE


class Fixed:
    """Answers every question with the same articles."""

    def __init__(self, *article_ids: int) -> None:
        self.hits = tuple(
            Hit(number, "en", 1 - place / 10, "", Markup(), Markup()) for place, number in enumerate(article_ids)
        )

    def suggest_for_message(self, _subject: str, message: str, _locale: str, *, limit: int) -> tuple[Hit, ...]:
        return () if message == "silence" else self.hits[:limit]


def question(text: str, *relevant: int) -> Question:
    return Question(text, "en", text, frozenset(relevant))


def test_recall_counts_right_articles_down_to_each_depth_and_mrr_their_rank():
    asked = [question("a", 1), question("b", 2), question("c", 4), question("d", 99)]

    found = measure(Fixed(1, 2, 3, 4), asked, surface=Surface.MESSAGE)

    assert [found.recall[depth].value for depth in (1, 3, 5)] == [0.25, 0.5, 0.75]
    assert found.mrr.value == (1 + 1 / 2 + 1 / 4 + 0) / 4
    assert found.answerable == 4


def test_silence_is_counted_for_questions_with_and_without_answer():
    asked = [question("a", 1), question("silence", 1), question("x"), question("silence")]

    found = measure(Fixed(1), asked, surface=Surface.MESSAGE)

    assert (found.kept.value, found.wrongly_suggested.value) == (0.5, 0.5)
    assert (found.answerable, found.unanswerable) == (2, 2)
    assert found.auroc == 0.5


def test_sets_without_unanswerable_questions_claim_nothing_about_abstaining():
    found = measure(Fixed(1), [question("a", 1)], surface=Surface.MESSAGE)

    assert (found.wrongly_suggested, found.auroc) == (None, None)


def test_every_surface_is_asked_of_the_products_own_engine():
    with engine_on(HELP_CENTRE) as engine:
        found = {surface: ask(engine, surface, "reset your password", "en") for surface in Surface}

    assert {surface: hits[0].article_id for surface, hits in found.items()} == dict.fromkeys(Surface, 2)


def test_where_the_language_has_nothing_the_articles_of_others_count():
    with engine_on(HELP_CENTRE) as engine:
        hits = ask(engine, Surface.SEARCH, "câble réseau bleu", "ja")

    assert [(hit.article_id, hit.locale) for hit in hits[:1]] == [(6, "fr")]
