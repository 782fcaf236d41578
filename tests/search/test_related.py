from __future__ import annotations

import pytest

from portal.search.related import related_terms
from tests.search.conftest import article


@pytest.fixture
def related(build_engine):
    """Ask what a text is related to among articles with these titles, all in one locale."""

    def ask(text, *titles, locale="en"):
        engine = build_engine(*(article(title, "…", locale=locale) for title in titles))
        return related_terms(text, engine.folder.snapshot(locale))

    return ask


def others(found):
    return {other for pairs in found.values() for other, _ in pairs}


@pytest.mark.parametrize(
    ("locale", "text", "title", "term"),
    [
        ("en", "money back", "Get a refund", "refund"),
        ("en", "how do I log in", "Trouble with sign-in", "sign"),
        ("de", "einloggen", "Beim Anmelden", "anmeld"),
        ("fr", "récupérer mon mot de passe", "Réinitialisation", "reinitialis"),
        ("ja", "払い戻し", "返金について", "返金"),
        ("zh_Hans", "退钱", "退款", "退款"),
    ],
)
def test_a_synonym_that_the_articles_use_is_looked_up_too(related, locale, text, title, term):
    assert term in others(related(text, title, locale=locale))


def test_a_synonym_says_less_than_the_word_itself(related):
    shares = [share for pairs in related("money back", "Get a refund").values() for _, share in pairs]

    assert all(0 < share < 1 for share in shares)


def test_synonyms_that_no_article_uses_are_left_out(related):
    assert "reimburs" not in others(related("money back", "Get a refund"))


def test_a_compound_is_looked_up_by_its_parts(related):
    assert {"kreditkart", "numm"} <= others(related("Kreditkartennummer", "Kreditkarte", "Nummer", locale="de"))


def test_a_word_that_the_articles_have_is_not_taken_apart(related):
    assert related("Hausnummer", "Hausnummer", "Haus", "Nummer", locale="de") == {}


def test_what_is_typed_apart_is_looked_up_in_one(related):
    assert "bildschirm" in others(related("bild schirm", "Bildschirm", locale="de"))


def test_letters_that_a_keyboard_lacks_are_looked_up_as_they_are_written(related):
    assert "losning" in others(related("loesning", "Løsning", locale="da"))


def test_any_text_is_related_to_something_or_nothing(related):
    for text in ("", "… ؟ !", "a" * 500, "日本" * 300, "\u202e\u0000", "1042 LP-1042"):
        assert isinstance(related(text, "Title"), dict)
