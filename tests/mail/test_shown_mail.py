"""What an agent sees of a mail's HTML: its looks and its own pictures, and nothing that runs, fetches or asks."""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail.bounded_reading import BoundedReader
from portal.mail.parsed import MailFile, ParsedMail
from portal.mail.parsing import UnreadableMail, parse_mail
from portal.mail.shown_mail import MAXIMUM_PICTURE_BYTES, ShownMail, show_mail

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
FETCHING = {"srcset", "background", "action", "formaction", "srcdoc", "id", "class"}
RUNNING = {"script", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "style", "link", "meta"}


def mail(html: str, *files: MailFile) -> ParsedMail:
    return ParsedMail(
        message_id="", in_reply_to=(), references=(), sender=None, reply_to=(), to=(), cc=(), subject="Order",
        sent_at=None, text="", html=html, files=files,
    )  # fmt: skip


def shown(html: str, *files: MailFile, with_remote_pictures: bool = False) -> ShownMail:
    return show_mail(mail(html, *files), with_remote_pictures=with_remote_pictures)


def picture(content: bytes, *, content_id: str = "logo@shop", is_inline: bool = True) -> MailFile:
    return MailFile("logo.png", "image/png", content, content_id, is_inline)


class _Audit(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNNING:
            self.wrong.append(tag)
        self.wrong += [name for name, value in attrs if not _is_harmless(name, (value or "").strip().lower())]


def _is_harmless(name: str, value: str) -> bool:
    if name == "src":
        return value.startswith("data:image/")
    if name == "href":
        return value.startswith(("http://", "https://", "mailto:", "tel:"))
    if name == "style":
        return not any(word in value for word in ("url", "position", "expression", "@", "\\"))
    return not name.startswith("on") and name not in FETCHING


def wrong_in(html: str) -> list[str]:
    audit = _Audit()
    audit.feed(html)
    audit.close()
    return audit.wrong


HOSTILE = [
    "<script>alert(1)</script><p>x",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://t.example/p.gif'>",
    "<img src='//t.example/p.gif' srcset='https://t.example/2 2x'>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<svg onload=alert(1)><image href='https://t.example/x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>a</a><a href=' java\nscript:alert(1)'>b</a><a href='&#106;avascript:x'>c</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>d</a><a href='vbscript:x'>e</a><a href='/agent/account'>f</a>",
    "<a href='//evil.example'>g</a><a href='blob:x'>h</a>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<iframe src='https://evil.example'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x><applet code=x></applet>",
    "<base href='https://evil.example'><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://t.example/x.css'><style>@import 'https://t.example/x.css'</style>",
    "<p style='background:url(https://t.example/x)'>x",
    "<p style='background:u\\72l(https://t.example/x)'>x",
    "<p style='background-image:image-set(\"https://t.example/x\" 1x);position:fixed;inset:0'>x",
    "<p style='width:expression(alert(1));behavior:url(x);-moz-binding:url(x)'>x",
    "<table background='https://t.example/x'><td background='https://t.example/x'>x",
    "<body onload=alert(1) background='https://t.example/x'>x",
    "<video poster='https://t.example/x'><source src='https://t.example/x'></video><audio src=x autoplay>",
    "<!--[if mso]><script>alert(1)</script><![endif]--><p>x",
    "<p id=location class=x name=y>clobber</p><img name=getElementById>",
    "<xml><script>alert(1)</script></xml><textarea><script>alert(1)</script></textarea>",
    "<div style=\"color:red\" onmouseover=alert(1) style='x'>x",
    "<template><img src=x onerror=alert(1)></template><dialog open>x</dialog>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_fetches_or_asks_is_left(html):
    assert wrong_in(shown(html).html) == []


@given(st.lists(st.sampled_from([*HOSTILE, "<table>", "</p>", "<b>", "'", '"', "<", ">", "</style>", "<!--", "-->"])))
def test_nothing_that_runs_is_left_of_any_mixture(pieces):
    assert wrong_in(shown("".join(pieces)).html) == []


def test_every_sample_mail_is_shown_and_none_does_harm():
    kept = []
    for path in sorted((Path(__file__).parent / "fixtures").rglob("*.eml")):
        with suppress(UnreadableMail):
            kept.append(show_mail(parse_mail(path.read_bytes())))
    with_html = [each.html for each in kept if each.html]
    assert len(with_html) > 30
    assert [wrong for html in with_html for wrong in wrong_in(html)] == []


def test_the_looks_of_a_letter_stay():
    table = '<table bgcolor="#eee"><tr><td colspan="2">1</td></tr></table>'
    kept = shown(f'<p style="color: red; text-align: center">Hi <b>you</b></p>{table}').html
    assert 'style="color:red;text-align:center"' in kept
    assert "<b>you</b>" in kept
    assert 'bgcolor="#eee"' in kept
    assert 'colspan="2"' in kept


def test_links_open_elsewhere_and_tell_nothing():
    kept = shown('<a href="https://shop.example/order">order</a>').html
    assert kept == '<a href="https://shop.example/order" target="_blank" rel="noopener noreferrer">order</a>'


def test_a_picture_of_the_mail_stands_where_the_mail_shows_it():
    kept = shown('<img src="cid:logo@shop" alt="Logo" width="40">', picture(PNG))
    assert 'src="data:image/png;base64,iVBORw0KGgo' in kept.html
    assert (kept.held_back, kept.files) == (0, ())


@pytest.mark.parametrize("name", ["cid:logo%40shop", "CID:LOGO@shop"])
def test_a_picture_is_found_however_its_name_is_written(name):
    assert "data:image/png" in shown(f'<img src="{name}">', picture(PNG)).html


def test_what_only_calls_itself_a_picture_is_not_shown():
    assert "src" not in shown('<img src="cid:logo@shop" alt="Logo">', picture(b"<svg onload=alert(1)>")).html


def test_pictures_that_are_too_large_together_show_their_text():
    half = PNG + b"\0" * (MAXIMUM_PICTURE_BYTES // 2)
    kept = shown(
        '<img src="cid:a" alt="A"><img src="cid:b" alt="B">',
        picture(half, content_id="a"),
        picture(half, content_id="b"),
    )
    assert kept.html.count("data:image/png") == 1
    assert '<img alt="B">' in kept.html


def test_pictures_of_the_internet_are_counted_and_left_out_until_asked_for():
    html = '<p>Hi<img src="https://t.example/1.gif"><img src="//t.example/2.gif"><img src="http://t.example/3.gif">'
    assert shown(html).held_back == 3
    asked = shown(html, with_remote_pictures=True)
    assert asked.held_back == 0
    assert 'src="https://t.example/1.gif"' in asked.html
    assert 'src="https://t.example/2.gif"' in asked.html


def test_empty_html_is_none():
    assert shown("<div><br>&nbsp;</div>").html == ""


def test_files_that_are_not_pictures_of_the_letter_are_named():
    kept = shown("<p>x", MailFile("invoice.pdf", "application/pdf", b"1234"))
    assert [(each.file_name, each.size_bytes) for each in kept.files] == [("invoice.pdf", 4)]


def test_html_that_takes_too_long_is_refused_and_the_next_mail_is_shown():
    def raw(html: str) -> bytes:
        return b"From: a@b.example\nContent-Type: text/html\n\n" + html.encode()

    reader = BoundedReader(seconds=1)
    try:
        with pytest.raises(UnreadableMail, match="too long"):
            reader.show(raw("<div>" * 150_000))
        assert reader.show(raw("<p>Hello")).html == "<p>Hello</p>"
    finally:
        reader.close()
