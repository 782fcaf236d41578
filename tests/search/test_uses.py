"""Every place's settings hold: how many hits, how sure, in which languages."""

from __future__ import annotations

from dataclasses import replace

from portal.search import uses
from portal.search.models import SuggestionImpression
from portal.search.uses import CONTACT_FORM, Use

ALL = [value for value in vars(uses).values() if isinstance(value, Use)]
MESSAGE = "I bought a game by mistake and would like a refund to my card."


def test_names_are_unique_and_fit_their_column():
    assert len({use.name for use in ALL}) == len(ALL) == 8
    assert max(len(use.name) for use in ALL) <= SuggestionImpression.__table__.c.surface.type.length


def test_a_place_gets_as_many_hits_as_it_shows(help_centre):
    many = help_centre.suggest_for_message(
        "", "Refund. Password. Wi-Fi router.", "en", use=replace(CONTACT_FORM, limit=9)
    )

    assert len(many) > 1
    assert (
        help_centre.suggest_for_message("", "Refund. Password. Wi-Fi router.", "en", use=replace(CONTACT_FORM, limit=1))
        == many[:1]
    )


def test_what_is_not_sure_enough_for_a_place_is_not_shown_there(help_centre):
    (hit, *_more) = help_centre.suggest_for_message("Refund", MESSAGE, "en")

    at_most = replace(CONTACT_FORM, least_score=hit.score)
    assert help_centre.suggest_for_message("Refund", MESSAGE, "en", use=at_most)[0].article_id == hit.article_id
    more = replace(CONTACT_FORM, least_score=hit.score + 0.001)
    assert help_centre.suggest_for_message("Refund", MESSAGE, "en", use=more) == ()


def test_only_places_that_want_them_get_other_languages(help_centre, monkeypatch):
    (german,) = help_centre.search("Konto löschen", "de", limit=1).hits
    monkeypatch.setattr(help_centre.other_languages, "answering", lambda *_message, **_more: (german,))

    assert help_centre.suggest_for_message("", "Konto löschen", "ja") == (german,)
    own_only = replace(CONTACT_FORM, asks_other_languages=False)
    assert help_centre.suggest_for_message("", "Konto löschen", "ja", use=own_only) == ()
