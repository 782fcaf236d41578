"""What is new in a mail is found among what it repeats, and no line of it is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.bench.mail_fixtures import outcomes
from portal.mail.parsing import parse_mail
from portal.mail.reply_text import CHARACTERS_LOOKED_AT, LINES_LOOKED_AT, ReplyText, split_text

FIXTURES = Path(__file__).parent / "fixtures" / "replies"
TEXT_FIELDS = ("new_text", "folded_text", "signature_text", "is_forward", "sent")
# Of the processor, which others may be using as well.
# A guard against time that grows with the square, not a measurement: a busy machine is slow.
SECONDS = 10.0

SENT = (
    "Hello Kim,\n\nplease hold the reset button for ten seconds until the light turns blue. Then open the app,\n"
    "choose Add lamp and wait for a minute.\n\nSam · Lighting\n"
)
INTRODUCTION = "On Mon, Nov 23, 2026 at 3:04 PM Lumen Play Support <support@help.example> wrote:"
OUTLOOK_HEADERS = (
    "From: Lumen Play Support <support@help.example>\nSent: Monday, November 23, 2026 3:04 PM\n"
    "To: Kim Lee <kim.lee@example.com>\nSubject: Setup\n"
)


def filled_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def assert_nothing_is_lost(text: str, parts: ReplyText) -> None:
    """Each line that is not blank is in exactly one part, in its order."""
    left = [filled_lines(part) for part in (parts.new, parts.folded, parts.signature)]
    assert sorted(line for part in left for line in part) == sorted(filled_lines(text))
    for part in left:
        lines = iter(filled_lines(text))
        assert all(line in lines for line in part)


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.eml")))
def test_a_mail_is_split_as_its_fixture_says(name: str) -> None:
    raw = (FIXTURES / f"{name}.eml").read_bytes()
    expected = yaml.safe_load((FIXTURES / f"{name}.yaml").read_text("utf-8"))
    asked = {key: value for key, value in expected.items() if key.startswith(TEXT_FIELDS)}
    assert asked.keys() - {"sent", "is_forward"}
    mail = parse_mail(raw)

    misses = [outcome for outcome in outcomes(name, raw, asked) if not outcome.is_right]

    assert misses == []
    assert_nothing_is_lost(mail.text, split_text(mail.text, sent=expected.get("sent", ()), subject=mail.subject))


def test_the_fixtures_cover_every_shipped_language_and_ten_more() -> None:
    languages = {path.stem.split("_", 1)[0] for path in FIXTURES.glob("*.eml")}

    assert languages >= {"en", "de", "fr", "es", "pt", "ar", "ja", "zh"}
    assert len(languages) >= 18


PIECES = st.one_of(
    st.sampled_from(
        [
            "", " ", "> q", ">> deep", ">", "> > x", INTRODUCTION, *OUTLOOK_HEADERS.split("\n"), *SENT.split("\n"),
            "--", "-- ", "____________", "-----Original Message-----", "Sent from my iPhone",
            "Kind regards", "Jane Doe", "Tel. +44 1632 960 123", "www.example.com", "PS: one more",
            "---------- Forwarded message ---------",
            "This message is confidential. If you are not the intended recipient, delete it.", "an answer",
            "Another answer?", "Am 23.11.2026 um 15:04 schrieb Jane Doe:", "\u200f>:\u202c",
            "> Begin forwarded message:", "answers inline", "a\rb", "x\u2028y", "\x0c", "写道：", "> " * 40,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\0"), max_size=80),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES, max_size=40),
    st.lists(st.sampled_from([SENT, "an answer", "", "写道：" * 20]), max_size=2),
    st.sampled_from(["", "Re: Setup", "Fwd: Setup"]),
)
def test_every_line_is_in_exactly_one_part_in_its_order(lines: list[str], sent: list[str], subject: str) -> None:
    text = "\n".join(lines)

    parts = split_text(text, sent=sent, subject=subject)

    assert_nothing_is_lost(text, parts)
    assert bool(parts.new.strip()) is bool(text.strip())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["Yes.", "It blinks twice", "The serial number is LP-20231, I think."]), min_size=1),
    st.sampled_from([20, 45, 72, 1000]),
    st.sampled_from(["", "> ", ">", "    "]),
)
def test_what_we_sent_is_folded_however_it_is_wrapped_and_marked(answer: list[str], width: int, mark: str) -> None:
    words, lines = SENT.split(), [""]
    for word in words:
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1]) < width else [*lines, word]
    quote = "\n".join(f"{mark}{line}" for line in lines)

    parts = split_text("\n".join(answer) + "\n\n" + quote, sent=[SENT])

    assert filled_lines(parts.new) == answer
    assert filled_lines(parts.folded) == quote.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "I am Kim.\n\nPlease hold the line, the reset button is broken.",
        "Please wait for a minute before you call me.",
        "You said: hold the reset button. I did, and it broke off.",
    ],
)
def test_a_few_of_our_words_in_a_sentence_are_no_quote(text: str) -> None:
    parts = split_text(text, sent=[SENT])

    assert (parts.new, parts.folded) == (text, "")


def test_a_copied_sentence_stays_above_its_answer() -> None:
    text = "You wrote:\nplease hold the reset button for ten seconds until the light turns blue.\nWhich button is that?"

    assert split_text(text, sent=[SENT]).new == text


@pytest.mark.parametrize("text", [f"{INTRODUCTION}\n> Hello", OUTLOOK_HEADERS + "\nHello", "> a\n> b", SENT.strip()])
def test_a_mail_that_is_all_quote_is_new_altogether(text: str) -> None:
    parts = split_text(text, sent=[SENT])

    assert filled_lines(parts.new) == filled_lines(text)
    assert (parts.folded, parts.signature) == ("", "")


def test_a_mail_of_a_greeting_above_a_quote_has_its_answers_inside_the_quote() -> None:
    text = f"Hi Sam,\n\n{OUTLOOK_HEADERS}\nWhich colour? Teal."

    assert filled_lines(split_text(text).new) == filled_lines(text)
    assert filled_lines(split_text(text.replace("Hi Sam,", "Thanks, Sam!")).new) == ["Thanks, Sam!"]


def test_marked_lines_that_the_writer_announces_are_theirs_unless_we_sent_them() -> None:
    log = "\n".join(f"> step {number} of the installation has failed" for number in range(9))

    assert split_text(f"I get this:\n{log}").folded == ""
    assert split_text(f"I get this:\n{log}", sent=[log]).folded == log


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", "\n" * 50_000])
def test_a_blank_text_has_no_parts(text: str) -> None:
    assert split_text(text) == ReplyText("", "", "", is_forward=False)


def test_text_beyond_the_limits_is_folded_as_it_is() -> None:
    many = [f"line {number}" for number in range(LINES_LOOKED_AT + 5)]
    long = ["first", "x" * CHARACTERS_LOOKED_AT, "> third"]

    assert split_text("\n".join(many)).folded == "\n".join(many[LINES_LOOKED_AT:])
    assert split_text("\n".join(long)).folded == "> third"


def test_blank_lines_do_not_count_against_the_limits() -> None:
    parts = split_text("Hello\n" + "\n" * 50_000 + "the end")

    assert parts.new == "Hello\n\n\nthe end"


@pytest.mark.parametrize(
    ("subject", "is_forward"),
    [
        ("FW: Setup", True), ("WG: Setup", True), ("TR : Setup", True), ("RV: Setup", True), ("ENC: Setup", True),
        ("转发：Setup", True), ("Re: Setup", False), ("AW: Fwd", False), ("Setup: tr: x", False), ("", False),
    ],
)  # fmt: skip
def test_the_subject_tells_a_forward_from_a_reply_of_the_same_look(subject: str, is_forward: bool) -> None:
    parts = split_text(f"Please look.\n\n{OUTLOOK_HEADERS}\nYour bill", subject=subject)

    assert parts.is_forward is is_forward
    assert ("Your bill" in parts.new) is is_forward


@pytest.mark.parametrize(
    "end",
    [
        "Please remove me from your mailing list.",
        "Von meinem Handy aus geht es nicht",
        "从我的手机上看不到订单",
        "Outlook für Windows zeigt einen Fehler",
        "Le colis a été remis par erreur à un autre destinataire, et je n'ai reçu aucun mail pour me prévenir de cela.",
        "Ich habe den Rechner auf Viren geprüft",
        "Enviado desde Madrid la semana pasada",
        "Mit freundlichen Grüßen\nMax Muster\nKundennummer 12345678\nBestellung 4500012345",
        "Thanks\nJane Doe\n+44 1632 960 123\nCan you call me there?",
        "--\nAnd the second problem is that the lamp does not turn off when I press the button twice.",
        "Vielen Dank\nMax Muster",
        "PS: The serial number is LP-20231.",
        "You can reach me here:\n\nJane Doe\nPhone +44 1632 960 123\njane.doe@example.com",
    ],
)
def test_what_a_person_says_at_the_end_is_not_taken_for_a_signature(end: str) -> None:
    text = f"Good morning,\n\nmy lamp is broken.\n\n{end}"

    assert split_text(text).new == text


@pytest.mark.parametrize(
    "end",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé depuis mon téléphone Orange",
        "Enviado desde mi Huawei",
        "Enviado do Outlook para Android<https://aka.ms/AAb9ysg>",
        "أُرسلت من الـ iPhone",
        "iPhoneから送信",
        "发自我的小米手机",
        "從我的 iPhone 傳送",
        "Inviato dal mio telefono Huawei",
        "Verstuurd vanaf mijn iPhone",
        "Отправлено из мобильной Почты Mail",
        "나의 iPhone에서 보냄",
        "iPhone'umdan gönderildi",
        "-- \nJane Doe",
        "--\nJane Doe\nExample Ltd",
        "Kind regards\nJane Doe\nExample Ltd\n+44 1632 960 123",
        "This email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
    ],
)
def test_what_devices_and_companies_add_is_the_signature(end: str) -> None:
    parts = split_text(f"My lamp is broken.\n\n{end}\n\n{INTRODUCTION}\n> Which lamp?")

    assert (parts.new, parts.signature) == ("My lamp is broken.", end)


@pytest.mark.parametrize(
    "story",
    [
        "On Monday your colleague wrote:",
        "Am Montag schrieb Ihr Kollege:",
        "Le 12 novembre vous avez écrit :",
        "From: Berlin\nTo: Paris\nDate: 12 December",
        "The message says:\n--------\nerror 12\n--------",
        "Sent from my office to yours last week, the parcel is still missing.",
        "I wrote on 23.11.2026 at 15:04 to help@example.com:",
        "Regards to the team.\nFirst point\nSecond point\nThird point",
    ],
)
def test_what_a_person_tells_is_not_taken_for_a_mark(story: str) -> None:
    text = f"Good morning,\n\n{story}\n\nWhat now?"

    assert split_text(text).new == text


HOSTILE = {
    "blank lines": "Hi\n" + "\n" * 50_000 + "> q\nanswer",
    "nested quotes": "\n".join(">" * depth + " x" for depth in range(5_000)),
    "one line of quote marks": "> " * 500_000,
    "one long line": "a" * 1_000_000,
    "one long line of words": "word " * 200_000,
    "one long line like an introduction": "on 2026 12:00 @ wrote " * 50_000 + ":",
    "many introductions": f"{INTRODUCTION}\n> x\nanswer\n" * 20_000,
    "introductions without end": "On 23.11.2026 at 15:04 somebody <a@example.com> wrote\n" * 40_000,
    "many header blocks": OUTLOOK_HEADERS * 5_000,
    "header labels without sender": "Subject: x\nTo: y\n" * 20_000,
    "rules": "-----\n" * 100_000,
    "long rules": "-" * 500_000 + "\n" + "_" * 500_000,
    "digits": "1 " * 500_000,
    "lines of digits": ("1 2-3" * 50 + "\n") * 3_000,
    "addresses": "a@" * 500_000,
    "lines of addresses": ("a@b." * 75 + "\n") * 2_500,
    "closings": "Regards\nx\ny\nTel 123456789\n" * 20_000,
    "a paragraph of disclaimers": "this message is confidential, unauthorized use prohibited\n" * 20_000,
    "links": ("http://" * 20 + "\n") * 5_000,
    "interleaved": "> q q q\nanswer\n" * 50_000,
    "carriage returns": "\r" * 500_000 + "x",
    "direction marks": "\u200f" * 1_000_000 + "x:",
    "letters that fold into many": "\ufdfa" * 300_000,
    "marks on one letter": "a" + "\u0301\u0316" * 250_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_do_not_hang(name: str) -> None:
    started = time.thread_time()

    parts = split_text(HOSTILE[name], sent=["hello world, this was sent " * 20_000, SENT, HOSTILE[name]])

    assert time.thread_time() - started < SECONDS
    assert_nothing_is_lost_quickly(HOSTILE[name], parts)


def assert_nothing_is_lost_quickly(text: str, parts: ReplyText) -> None:
    held = sum(len(filled_lines(part)) for part in (parts.new, parts.folded, parts.signature))
    assert held == len(filled_lines(text))
