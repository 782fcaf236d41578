from __future__ import annotations

from portal.search import bilingual

EXAMPLES = [
    (("geld", "zuruck"), ("refund", "money")),
    (("geld", "uberweis"), ("money", "transfer")),
    (("konto", "losch"), ("account", "delete")),
    (("konto", "andern"), ("account", "change")),
    (("abo", "andern"), ("plan", "change")),
    (("abo", "losch"), ("plan", "delete")),
    (("uberweis", "dauer"), ("transfer", "time")),
]


def test_terms_that_translate_each_other_are_found_in_both_directions():
    there, back = bilingual.learn(EXAMPLES)

    assert {term: others[0][0] for term, others in there.items()} == {
        "geld": "money",
        "konto": "account",
        "losch": "delete",
        "andern": "change",
        "abo": "plan",
        "uberweis": "transfer",
    }
    assert back["money"][0][0] == "geld"
    assert all(0 < share <= 1 for others in there.values() for _, share in others)


def test_what_was_seen_once_is_no_evidence():
    there, _ = bilingual.learn(EXAMPLES)

    assert "dauer" not in there


def test_nothing_is_learned_from_nothing():
    assert bilingual.learn([]) == ({}, {})
    assert bilingual.learn([((), ("word",)), ((), ())]) == ({}, {})


def test_a_word_that_stands_everywhere_translates_nothing_in_particular():
    examples = [((f"wort{n}", "und"), (f"word{n}", "and")) for n in (1, 2, 3, 1, 2, 3)]

    there, _ = bilingual.learn(examples)

    assert {term: [other for other, _ in others] for term, others in there.items()} == {
        "wort1": ["word1"],
        "wort2": ["word2"],
        "wort3": ["word3"],
        "und": ["and"],
    }
