"""A mail that means harm, in a real browser: nothing of it runs and nothing is fetched."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.mailroom import PICTURE, add_html_mail
from tests.browser.pages import Visit

HARM = """
<p>Dear team</p>
<script>alert(1); fetch("https://tracker.example/script")</script>
<img src="https://tracker.example/pixel.gif"><img src="//tracker.example/two.gif" srcset="https://tracker.example/2 2x">
<img src="nowhere" onerror="alert(2)"><svg onload="alert(3)"><image href="https://tracker.example/svg"></image></svg>
<iframe src="https://tracker.example/frame"></iframe><object data="https://tracker.example/object"></object>
<style>@import "https://tracker.example/import.css"; body { background: url(https://tracker.example/body) }</style>
<link rel="stylesheet" href="https://tracker.example/sheet.css">
<div style="background: url(https://tracker.example/style); position: fixed; inset: 0">over it all</div>
<meta http-equiv="refresh" content="0;url=https://tracker.example/refresh">
<video autoplay poster="https://tracker.example/poster" src="https://tracker.example/video"></video>
<form action="https://tracker.example/form" id="f"><input name="password" autofocus onfocus="alert(4)"></form>
<table background="https://tracker.example/table"><tr><td>Kind regards</td></tr></table>
"""


class Watch:
    """What of a page gets as far as the network, and what speaks up; a blocked request gets nowhere."""

    def __init__(self, page: Page, site: LiveSite) -> None:
        self.seen: list[str] = []
        page.context.route(lambda url: not url.startswith((site.base_url, "data:")), self._answer)
        page.on("dialog", self._note_dialog)

    def _answer(self, route: Route) -> None:
        self.seen.append(route.request.url)
        route.fulfill(body=PICTURE, content_type="image/png")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()


def open_mail(site: LiveSite, visit: Visit, *, html: str) -> Watch:
    with site.database():
        mail_id = add_html_mail(subject="Order", text="Dear team", html=html)
    site.sign_in(visit.window.context, visit.locale)
    watch = Watch(visit.page, site)
    visit.go(f"/agent/mail/{mail_id}")
    visit.page.wait_for_load_state("networkidle")
    return watch


def test_a_mail_that_means_harm_is_only_read(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")

    watch = open_mail(site, visit, html=HARM)

    frame = visit.page.frame_locator(".letter-frame")
    expect(frame.locator("body")).to_contain_text("Dear team")
    expect(frame.locator("body")).to_contain_text("Kind regards")
    assert frame.locator("script, form, input, iframe, object, link, video, svg").count() == 0
    assert watch.seen == []


def test_the_policy_holds_even_where_nothing_was_cleaned(site: LiveSite, window: OpenWindow):
    opened = window()
    visit = Visit(site, opened, "en")
    raw = "<!doctype html><title>x</title>" + HARM

    def answer(route: Route) -> None:
        route.fulfill(response=route.fetch(), body=raw)

    visit.page.route("**/agent/mail/*/html", answer)

    watch = open_mail(site, visit, html="<p>Hello")

    frame = visit.page.frame_locator(".letter-frame")
    expect(frame.locator("body")).to_contain_text("Dear team")
    # The browser names what it refuses, which is what this test is about.
    assert opened.faults
    opened.faults.clear()
    assert watch.seen == []


def test_pictures_of_the_internet_come_when_they_are_asked_for(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(java_script_enabled=False), "en")
    watch = open_mail(site, visit, html='<p>Hello</p><img src="https://pictures.example.org/logo.png" alt="Logo">')
    assert watch.seen == []

    with visit.page.expect_navigation():
        visit.page.get_by_role("link", name="Show the pictures").click()
    visit.page.wait_for_load_state("networkidle")

    assert watch.seen == ["https://pictures.example.org/logo.png"]
    expect(visit.page.get_by_text("from the internet")).to_have_count(0)
