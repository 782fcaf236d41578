"""The mails that requesters get: what they say, in every language, and what user text may never become."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from portal import clock
from portal.database import db
from portal.localization import INTERFACE_LOCALES, lang_tag, text_direction
from portal.mail.models import OutboxMail
from portal.tickets import actions
from portal.tickets.models import Channel, Status
from tests import factories
from tests.mail.made_mails import TEMPLATES, make_mail


@pytest.fixture(autouse=True)
def _time(app: Flask) -> Iterator[None]:
    clock.freeze(factories.NOW)
    yield
    clock.freeze(None)


@pytest.mark.parametrize("template", [*TEMPLATES, "copy"])
@pytest.mark.parametrize("locale", INTERFACE_LOCALES)
def test_every_mail_is_made_in_every_language(template: str, locale: str):
    mail = make_mail(template, locale)

    assert f'<html lang="{lang_tag(locale)}" dir="{text_direction(locale)}"' in mail.html_body
    # Mail programs drop the html element, so the frame inside says it again.
    frame = re.search(r'<div class="page"[^>]*>', mail.html_body)
    assert frame is not None
    assert f'lang="{lang_tag(locale)}"' in frame[0]
    assert f'dir="{text_direction(locale)}"' in frame[0]
    assert len(mail.html_body.encode()) < 20_000
    assert "%(" not in mail.html_body + mail.text_body + mail.subject
    assert "{{" not in mail.html_body + mail.text_body


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_mail_asks_for_anything_from_outside(template: str):
    html = make_mail(template).html_body

    assert not re.search(r"<(img|script|link|iframe|form|object)\b", html)
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_style_is_written_into_the_elements(template: str):
    assert re.search(r'class="sheet" style="[^"]*background-color', make_mail(template).html_body)


@pytest.mark.parametrize("template", ["acknowledgement", "reply"])
def test_the_subject_begins_with_the_reference(template: str):
    mail = make_mail(template)

    assert re.fullmatch(r"\[HX-\w+\] Tom & “Jerry” <late>", mail.subject)


@pytest.mark.parametrize("template", TEMPLATES)
def test_plain_text_is_not_escaped_and_html_is(template: str):
    mail = make_mail(template)

    assert "Tom & “Jerry” <late>" in mail.text_body
    assert "&amp;" not in mail.text_body
    assert "&lt;" not in mail.text_body
    assert "Tom &amp; “Jerry” &lt;late&gt;" in mail.html_body


@pytest.mark.parametrize("template", TEMPLATES)
def test_both_parts_have_the_same_links(template: str):
    mail = make_mail(template)
    in_html = set(re.findall(r'href="(https://help\.example/en/requests[^"]+)"', mail.html_body))
    in_text = set(re.findall(r"https://help\.example/en/requests\S+", mail.text_body))

    assert in_html == in_text != set()


def test_an_acknowledgement_says_when_which_and_what():
    mail = make_mail("acknowledgement")

    for part in (mail.text_body, mail.html_body):
        assert "We are closed until Monday 09:00. Expect a reply by Monday 13:00 (your time)." in part
        assert "Your reference is" in part
        assert "Open the shop" in part
    assert "2 files attached: a&b.png, c.log" in mail.text_body
    assert "<strong>this</strong>" in mail.html_body


def test_a_reply_begins_with_the_answer():
    mail = make_mail("reply")

    assert mail.text_body.startswith("Try **this**:")
    assert mail.text_body.index("Ines <Caldeira> · Player & support") < mail.text_body.index("Did this solve it?")
    body = mail.html_body.split('class="sheet"')[1]
    assert body.index("Try <strong>this</strong>") < body.index("Did this solve it?")
    assert "Yes, it is solved" in body
    assert "Not yet" in body
    assert "Ines &lt;Caldeira&gt;" in body


@pytest.mark.parametrize("template", ["acknowledgement", "reply"])
def test_scripts_in_user_text_are_text(template: str):
    text = '<script>alert(1)</script><img src="https://evil.example/p.png">'
    mail = make_mail(template, text=text, subject="<b>x</b>")

    assert "<script" not in mail.html_body
    assert "<img" not in mail.html_body
    assert "<b>" not in mail.html_body


def test_an_agents_reply_is_queued_with_this_template():
    agent = factories.make_agent(name="Ines Caldeira")
    ticket = actions.open_ticket(
        subject="Refund", body="Where?", requester=factories.make_person(locale="ar"), locale="ar",
        channel=Channel.FORM, team=None, idempotency_key="k", now=factories.NOW,
    )  # fmt: skip
    actions.send_reply(
        ticket, agent=agent, body="On its way.", status_after=Status.PENDING, last_seen_message_id=10**9,
        idempotency_key="r", now=factories.NOW,
    )  # fmt: skip
    mail = db.session.query(OutboxMail).one()

    assert mail.text_body.startswith("On its way.")
    assert 'dir="rtl"' in mail.html_body
    assert "answer=solved" in mail.text_body
