from __future__ import annotations

import pytest

from portal.search.dictionary_file import read
from portal.search.translation import translated_query
from portal.search.transliteration import in_latin
from tests.search.conftest import article

ENGLISH = (
    article("Get a refund", "The money goes back to your card.", article_id=1),
    article("Reset your password", "Choose Forgot password on the sign-in page.", article_id=2),
    article("Cancel your subscription", "You keep your plan until the end of the month.", article_id=3),
    article("Track a delivery", "Follow your parcel with the number in our e-mail.", article_id=4),
    article("Connect a Lumen Speaker", "Hold the button until the light turns blue.", article_id=5),
    article("Delivery to Germany and Japan", "Shipping abroad takes longer.", article_id=6),
)


@pytest.fixture
def english(build_engine):
    return build_engine(*ENGLISH)


@pytest.mark.parametrize(
    ("locale", "typed", "meant"),
    [
        ("de", "Passwort vergessen", 2),
        ("de", "Wie bekomme ich mein Geld zurück?", 1),
        ("de", "Abokündigung", 3),
        ("de", "Lieferung nach Deutschland", 6),
        ("fr", "suivre mon colis", 4),
        ("es", "cancelar la suscripción", 3),
        ("pt_BR", "quero meu reembolso", 1),
        ("ar", "نسيت كلمة المرور", 2),
        ("ja", "返金してほしい", 1),
        ("ja", "ドイツへの配送", 6),
        ("ja", "ルーメンの接続", 5),
        ("zh_Hans", "忘记密码怎么办", 2),
        ("ru", "Lumen Speaker не работает", 5),
        ("ru", "доставка Германия", 6),
        ("el", "Λούμεν σπίκερ", 5),
        ("sv", "Lumen speaker", 5),
    ],
)
def test_a_question_finds_articles_that_are_only_there_in_another_language(english, locale, typed, meant):
    hits = english.search(typed, locale, limit=3).other_language_hits

    assert [hit.article_id for hit in hits[:1]] == [meant]


def test_the_translation_of_what_was_asked_is_marked(english):
    (hit, *_) = english.search("Passwort vergessen", "de", limit=3).other_language_hits

    assert "<mark>password</mark>" in hit.title_html


@pytest.mark.parametrize("locale", ["de", "ar", "ja", "zh_Hans", "hi", "xx"])
@pytest.mark.parametrize("typed", ["xqzv wkkj", "🙂🙂", "؟؟؟", "…", "42"])
def test_what_nobody_means_finds_nothing_in_another_language(english, locale, typed):
    assert english.search(typed, locale, limit=3).other_language_hits == ()


def test_a_message_is_answered_in_another_language_only_when_it_is_clear(english):
    clear = "Guten Tag,\nich habe mein Passwort vergessen und kann mich nicht anmelden.\nViele Grüße"
    other = "Guten Tag,\nunser Hund mag keinen Regen, und der Nachbar grüßt nie.\nViele Grüße"

    assert [hit.article_id for hit in english.suggest_for_message("", clear, "de")][:1] == [2]
    assert english.suggest_for_message("", other, "de") == ()


def test_a_weak_hit_does_not_hide_what_only_exists_in_another_language(build_engine):
    engine = build_engine(
        article("Konto gesperrt", "Nach zehn falschen Versuchen sperren wir die Anmeldung.", locale="de", article_id=1),
        article("Account locked", "After ten wrong attempts we lock the sign-in.", article_id=1),
        article("Delete your account", "Deleting is final.", article_id=2),
    )

    result = engine.search("Konto löschen", "de", limit=3)

    assert [hit.article_id for hit in result.hits] == [1]
    assert [hit.article_id for hit in result.other_language_hits] == [2]
    assert engine.search("Konto gesperrt", "de", limit=3).other_language_hits == ()


def test_the_next_page_does_not_repeat_other_languages(build_engine):
    engine = build_engine(article("Konto", "…", locale="de", article_id=1), article("Account", "…", article_id=2))

    assert engine.search("Konto", "de", limit=1, offset=1).other_language_hits == ()


def test_what_the_articles_translate_is_looked_up(build_engine):
    pairs = [
        ("Flurbo laden", "Charge the zwick"),
        ("Flurbo kaufen", "Buy a zwick"),
        ("Flurbo drehen", "Turn the zwick"),
    ]
    engine = build_engine(
        *(article(title, "…", locale="de", article_id=number) for number, (title, _) in enumerate(pairs, start=1)),
        *(article(title, "…", article_id=number) for number, (_, title) in enumerate(pairs, start=1)),
    )
    dictionaries = engine.other_languages.dictionaries

    assert dictionaries.between("de", "en").get("flurbo", ())[0][0] == "zwick"
    assert translated_query("Flurbo", "de", "en", dictionaries.between("de", "en")).terms == ("zwick",)


def test_what_was_learned_lies_beside_the_index(build_engine):
    engine = build_engine(
        article("Konto", "…", locale="de", article_id=1),
        article("Account", "…", article_id=1),
        article("Konto ändern", "…", locale="de", article_id=2),
        article("Change account", "…", article_id=2),
    )

    there, back = read(engine.folder.root / "dictionaries" / "de.dictionary")

    assert there.get("konto", ())[0][0] == "account"
    assert back.get("account", ())[0][0] == "konto"


def test_a_portal_of_one_language_learns_nothing(english):
    assert not list((english.folder.root / "dictionaries").glob("*.dictionary"))


def test_two_languages_meet_through_the_one_that_most_articles_are_in(build_engine):
    words = [("Konto", "Account", "Compte"), ("Konto ändern", "Change account", "Changer compte")]
    engine = build_engine(
        *(
            article(title, "…", locale=locale, article_id=number)
            for number, titles in enumerate(words, start=1)
            for locale, title in zip(("de", "en", "fr"), titles, strict=True)
        )
    )

    assert engine.other_languages.dictionaries.between("de", "fr").get("konto", ())[0][0] == "compt"


def test_a_word_is_looked_up_by_its_translations_and_as_it_stands():
    query = translated_query("Rechnung LP-1042 Xylofix", "de", "en", {"xylofix": [("xylo", 0.9)]})

    assert query.terms == ("invoic", "lp1042", "1042", "xylo")
    assert {"bill", "receipt", "rechnung"} <= set(dict(query.related["invoic"]))
    assert dict(query.related["xylo"]) == {"xylofix": 1.0}
    assert "lp1042" in query.codes


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("лумен", "lumen"),
        ("σπικερ", "spiker"),
        ("بانثرز", "banthrz"),
        ("パスワード", "pasuwado"),
        ("로그인", "rogeuin"),
        ("password", ""),
        ("密码", ""),
    ],
)
def test_words_of_other_scripts_are_written_as_they_sound(word, latin):
    assert in_latin(word) == latin
