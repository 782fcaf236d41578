"""Which words may be learned, and which say something about an article."""

from __future__ import annotations

import pytest

from portal.search.learning.words import Question, Usage, proposals, without_rare_words


def usage_of(locale: str, *questions: Question) -> Usage:
    usage = Usage(locale)
    for question in questions:
        usage.add(question)
    return usage


def asked(*texts: str) -> list[Question]:
    """Each text by somebody else."""
    return [Question(text, f"person:{number}") for number, text in enumerate(texts)]


def test_a_word_of_one_person_is_not_learned_however_often_they_use_it():
    questions = [Question("My Gruber account is gone", "person:1")] * 5 + asked("", "", "account gone", "account gone")
    usage = usage_of("en", *questions)
    assert not usage.is_common("gruber")
    assert "Gruber" not in without_rare_words(questions[0].text, usage)
    assert "account is gone" in without_rare_words(questions[0].text, usage)


def test_a_word_that_stands_in_an_article_names_nobody():
    usage = usage_of("en", Question("My voucher, Gruber", "person:1"))
    usage.published.add("voucher")
    assert without_rare_words("My voucher, Gruber", usage).split() == ["My", "voucher,"]


def test_a_word_that_three_people_used_for_an_article_is_proposed_as_they_wrote_it():
    questions = asked("Wo ist mein Guthaben?", "Guthaben ist weg", "kein guthaben mehr, Frau Gruber")
    found = proposals(questions, usage_of("de", *questions), own_terms=())
    assert [(each.word, each.people_count) for each in found] == [("Guthaben", 3)]


def test_words_that_the_article_has_itself_are_not_proposed():
    questions = asked("refund voucher", "refund voucher", "refund voucher")
    usage = usage_of("en", *questions)
    assert [each.word for each in proposals(questions, usage, own_terms={"refund"})] == ["voucher"]


def test_words_that_people_use_for_every_article_are_not_proposed():
    here = [Question("please help voucher", f"here:{number}") for number in range(10)]
    others = [Question("please help password", f"other:{number}") for number in range(90)]
    usage = usage_of("en", *here, *others)
    assert [each.word for each in proposals(here, usage, own_terms=())] == ["voucher"]


def test_a_decision_keeps_a_word_as_long_as_three_people_used_it():
    questions = asked("refund voucher", "refund voucher", "refund voucher")
    usage = usage_of("en", *questions)
    assert "refund" in {each.word for each in proposals(questions, usage, {"refund"}, decided={"refund"})}
    assert proposals(questions[:2], usage, {"refund"}, decided={"refund"}) == []


def test_a_refused_word_is_left_out_of_what_the_model_learns():
    questions = asked("refund voucher", "refund voucher", "refund voucher")
    usage = usage_of("en", *questions)
    assert without_rare_words("refund voucher", usage, refused={"voucher"}).split() == ["refund"]


def test_scripts_without_spaces_yield_runs_of_characters_and_no_pieces_of_them():
    questions = asked("二段階認証ができません", "二段階認証の解除", "二段階認証コード")
    found = {each.word for each in proposals(questions, usage_of("ja", *questions), own_terms=())}
    assert "二段階認" in found or "段階認証" in found
    assert "段階" not in found


def test_a_name_in_a_script_without_spaces_is_left_out_too():
    questions = asked("返金してください", "返金は田中です", "返金はいつ")
    usage = usage_of("ja", *questions)
    assert "田中" not in without_rare_words("返金は田中です", usage)
    assert "返金" in without_rare_words("返金は田中です", usage)


@pytest.mark.parametrize("text", ["", " ", "?!", "the of and", "\u202e\u0000", "1" * 5_000])
def test_nothing_to_learn_is_no_error(text: str):
    questions = asked(text, text, text)
    usage = usage_of("en", *questions)
    without_rare_words(text, usage)
    proposals(questions, usage, ())
