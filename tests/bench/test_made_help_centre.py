from __future__ import annotations

import pytest

from portal.bench.made_help_centre import MadeHelpCentre, UnknownVocabulary
from portal.bench.vocabulary import Vocabulary, bundled_articles
from portal.localization import INTERFACE_LOCALES
from portal.search import analyzers


def forms(centre: MadeHelpCentre, first: int, last: int) -> set[str]:
    texts = [section.text for number in range(first, last) for section in centre.article(number).sections]
    return {word.folded for text in texts for word in analyzers.words(text, centre.locale)}


def test_an_article_is_made_again_from_its_number_alone():
    one, other = MadeHelpCentre("de", 50, seed=4), MadeHelpCentre("de", 50, seed=4)

    assert list(one)[6].article == other.article(7)
    assert MadeHelpCentre("de", 50, seed=5).article(7) != one.article(7)


def test_an_edit_changes_the_opening_text_only():
    centre = MadeHelpCentre("en", 50)
    before, after = centre.article(3), centre.article(3, addition="brandnew")

    assert after.sections[0].text.startswith("brandnew ")
    assert after.sections[1:] == before.sections[1:]
    assert (after.title, after.keywords) == (before.title, before.keywords)


def test_the_vocabulary_grows_with_the_texts_but_more_slowly():
    centre = MadeHelpCentre("en", 400)

    half, whole = len(forms(centre, 1, 200)), len(forms(centre, 1, 400))

    assert 1.25 < whole / half < 1.6
    assert whole > 5_000


@pytest.mark.parametrize("locale", INTERFACE_LOCALES)
def test_articles_have_sections_and_their_languages_script(locale):
    made = [MadeHelpCentre(locale, 30).article(number) for number in range(1, 31)]
    bundled = next(article for article in bundled_articles() if article.locale == locale)

    assert sum(len(article.sections) for article in made) / len(made) > 3
    assert all(article.title and article.summary and article.topic_key for article in made)
    text = " ".join(section.text for article in made for section in article.sections)
    assert analyzers.is_dense(text) == analyzers.is_dense(bundled.summary)


def test_short_queries_are_words_of_articles_and_some_are_misspelled():
    centre = MadeHelpCentre("en", 100)
    known = forms(centre, 1, 101)

    queries = centre.queries(200)

    assert {len(query.split()) for query in queries} == {2, 3, 4}
    unknown = [query for query in queries if any(word.lower() not in known for word in query.split())]
    assert 0.05 < len(unknown) / len(queries) < 0.35
    assert queries != centre.queries(200, seed=2)


def test_messages_are_letters_of_a_hundred_words_and_more():
    lengths = [len(message.split()) for message in MadeHelpCentre("fr", 100).messages(40)]

    assert min(lengths) >= 100
    assert max(lengths) <= 270
    assert max(lengths) - min(lengths) > 80


def test_a_language_without_bundled_articles_is_refused():
    with pytest.raises(UnknownVocabulary):
        MadeHelpCentre("sv", 10)


def test_made_words_follow_from_their_rank_and_repeat_little():
    one, other = Vocabulary("es"), Vocabulary("es")

    assert [one.word(rank) for rank in (9_000, 5_000)] == [other.word(rank) for rank in (9_000, 5_000)]
    assert len({one.word(rank) for rank in range(1_000, 3_000)}) > 1_700
