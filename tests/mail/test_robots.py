"""Programs are told from people by headers, senders and subjects; a person's mail is never taken for a program's."""

from __future__ import annotations

from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from portal.bench.mail_fixtures import outcomes, read_fixtures
from portal.mail.parsed import MailAddress, ParsedMail
from portal.mail.robot_subjects import is_vacation_subject
from portal.mail.robots import automatic_reason

FIXTURES = list(read_fixtures(Path(__file__).parent / "fixtures" / "robots"))
OWN = frozenset({"support@help.example"})


def make_mail(sender: str = "pat@firm.example", **fields: Any) -> ParsedMail:
    values: dict[str, Any] = {
        "message_id": "<m1@firm.example>",
        "in_reply_to": (),
        "references": (),
        "sender": MailAddress("Pat Example", sender),
        "reply_to": (),
        "to": (MailAddress("", "support@help.example"),),
        "cc": (),
        "subject": "Question",
        "sent_at": None,
        "text": "Where is my order?",
    }
    return ParsedMail(**(values | fields))


def reason_of(*, envelope_from: str | None = None, sender: str = "pat@firm.example", **headers: str) -> str:
    named = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return automatic_reason(make_mail(sender, headers=named), envelope_from=envelope_from, own_addresses=OWN)


def test_there_are_robots_and_people_to_tell_apart() -> None:
    assert sum(bool(expected["is_robot"]) for _, _, expected in FIXTURES) >= 40
    assert sum(not expected["is_robot"] for _, _, expected in FIXTURES) >= 14


@pytest.mark.parametrize(("name", "raw", "expected"), FIXTURES, ids=[name for name, _, _ in FIXTURES])
def test_a_mail_is_told_as_expected(name: str, raw: bytes, expected: dict[str, Any]) -> None:
    wrong = [(it.field, it.expected, it.found) for it in outcomes(name, raw, expected) if not it.is_right]

    assert wrong == []


def test_no_reply_that_people_wrote_is_a_robots() -> None:
    replies = read_fixtures(Path(__file__).parent / "fixtures" / "replies")

    taken = [
        (name, it.found)
        for name, raw, expected in replies
        if expected.get("is_robot") is False
        for it in outcomes(name, raw, {"is_robot": False})
        if not it.is_right
    ]

    assert taken == []


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("auto_submitted", "auto-replied; owner=pat", "auto_submitted"),
        ("auto_submitted", "no", ""),
        ("auto_submitted", "NO (a person)", ""),
        ("precedence", "bulk", "bulk"),
        ("precedence", "JUNK", "bulk"),
        ("precedence", "auto_reply", "auto_reply"),
        ("precedence", "auto-reply", "auto_reply"),
        ("precedence", "list", "list"),
        ("precedence", "first-class", ""),
        ("x_autoreply", "yes", "auto_reply"),
        ("x_autoreply", "no", ""),
        ("x_autorespond", "Your question", "auto_reply"),
        ("list_id", "<users.lists.example>", "list"),
        ("list_unsubscribe", "<mailto:u@lists.example>", "bulk"),
        ("feedback_id", "c1:shop:mail", "bulk"),
        ("feedback_id", "1.eu-west-1.a:AmazonSES", ""),
        ("x_auto_response_suppress", "All", "suppress"),
        ("x_auto_response_suppress", "DR, OOF, AutoReply", "suppress"),
        ("x_auto_response_suppress", "DR, NDR, RN, NRN, OOF", ""),
        ("x_auto_response_suppress", "None", ""),
        ("x_answerwell_loop", "1", "loop"),
        ("x_loop", "support@help.example", "loop"),
        ("x_loop", "yes", "loop"),
        ("x_loop", "forward@alumni.example", ""),
        ("return_path", "<>", "null_return_path"),
        ("return_path", "<pat@firm.example>", ""),
        ("x_mailer", "Outlook", ""),
    ],
)
def test_headers_decide(header: str, value: str, reason: str) -> None:
    assert reason_of(**{header: value}) == reason


def test_what_exchange_suppresses_for_people_does_not_make_them_robots() -> None:
    assert reason_of(x_auto_response_suppress="DR, OOF, AutoReply", thread_index="AdnAb==") == ""


def test_people_who_write_to_a_list_that_is_our_address_are_answered() -> None:
    assert reason_of(list_id="Support <support.help.example>", precedence="list") == ""
    assert reason_of(list_post="<mailto:support@help.example>", list_id="<x.help.example>", precedence="bulk") == ""


@pytest.mark.parametrize(
    "address",
    [
        "mailer-daemon@firm.example",
        "postmaster@firm.example",
        "no-reply@firm.example",
        "noreply@firm.example",
        "shop-noreply@firm.example",
        "noreply-7@firm.example",
        "do_not_reply@firm.example",
        "donotreply@firm.example",
        "nicht-antworten@firm.example",
        "ne-pas-repondre@firm.example",
        "noresponder@firm.example",
        "no-responder@firm.example",
        "nao-responda@firm.example",
        "naoresponda@firm.example",
        "non-rispondere@firm.example",
        "no-reply+42@firm.example",
        "keine-antwort@firm.example",
    ],
)
def test_senders_that_want_no_answer_get_none(address: str) -> None:
    assert reason_of(sender=address) in {"mailer_daemon", "no_reply"}


@pytest.mark.parametrize(
    "address", ["noreen@firm.example", "nora.reply@firm.example", "reply@firm.example", "bouncer@firm.example"]
)
def test_people_whose_names_look_alike_are_people(address: str) -> None:
    assert reason_of(sender=address) == ""


def test_the_envelope_is_believed_before_the_header() -> None:
    assert reason_of(envelope_from="") == "null_return_path"
    assert reason_of(envelope_from="<>") == "null_return_path"
    assert reason_of(envelope_from="pat@firm.example", return_path="<>") == ""


def test_our_own_address_with_a_token_is_our_own_address() -> None:
    assert reason_of(sender="support+r-abc@help.example") == "own_address"


def test_a_mail_from_nobody_raises_nothing() -> None:
    assert automatic_reason(make_mail(sender="", text=""), envelope_from=None, own_addresses=OWN) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office hours question",
        "Automatic reply does not arrive",
        "Vacation",
        "On leave request form",
        "Abwesenheitsnotiz einrichten",
        "Im Urlaub nicht erreichbar?",
        "Absence de réponse",
        "Absence request",
        "Ausente o pedido",
        "Fuera de la oficina no funciona",
        "Mein Kollege ist im Urlaub und ich brauche Zugang",
        "自動返信の設定",
        "自动回复设置",
        "Autosvar fungerar inte",
        "Afwezigheid registreren lukt niet",
        "Как настроить автоответ",
        "Re: Automatic reply: x",
        "Order 12 out of office",
        "",
    ],
)
def test_a_subject_about_absence_is_a_persons(subject: str) -> None:
    assert not is_vacation_subject(subject, "How?", is_reply=False)


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office",
        "OUT OF OFFICE: Re: x",
        "Out-of-Office AutoReply: x",
        "[Auto-Reply] x",
        "Auto: Automatic reply: x",
        "I am currently out of the office until Monday",
        "On annual leave - back on 3 June",
        "Abwesenheitsnotiz: Re: x",
        "Automatische Antwort: x",
        "Ich bin im Urlaub vom 3.6. bis 9.6.",
        "Réponse automatique : x",
        "Absent jusqu'au 12 mai",
        "Respuesta automática: x",
        "De vacaciones hasta el 3 de junio",
        "Resposta automática: x",
        "Fora do escritório até 12/05",
        "Risposta automatica: x",
        "In ferie dal 3 al 9 giugno",
        "Automatisch antwoord: x",
        "Odpowiedź automatyczna: x",
        "Автоответ: x",
        "Я в отпуске до 12 мая",
        "Otomatik yanıt: x",
        "İzindeyim",
        "Frånvaro: x",
        "Fravær: x",
        "Poissa: x",
        "Nepřítomnost: x",
        "Házon kívül: x",
        "부재중: x",
        "不在通知: x",
        "自动回复:x",
        "自動回覆: x",
        "رد تلقائي: x",
        "Reponse automatique : x",
        "Răspuns automat: x",
        "Αυτόματη απάντηση: x",
        "תשובה אוטומטית: x",
        "ตอบกลับอัตโนมัติ: x",
        "Trả lời tự động: x",
        "Balasan otomatis: x",
        "Automatski odgovor: x",
        "Samodejni odgovor: x",
        "Automaatvastus: x",
        "Automatinis atsakymas: x",
        "Automātiska atbilde: x",
        "Автоматичен отговор: x",
        "پاسخ خودکار: x",
    ],
)
def test_automatic_replies_are_known_in_many_languages(subject: str) -> None:
    assert is_vacation_subject(subject, "I am away.", is_reply=False)


def test_hostile_mails_take_no_time() -> None:
    began = thread_time()

    for text in ("is " * 300_000, "[" * 1_000_000, "a" * 1_000_000 + "@", "on leave " * 100_000, "א" * 1_000_000):
        headers = dict.fromkeys(("x-loop", "list-post", "list-id", "precedence", "feedback-id"), (text,))
        mail = make_mail(subject=text, text=text, headers=headers)
        automatic_reason(mail, envelope_from=text, own_addresses=OWN)

    assert thread_time() - began < 5.0
