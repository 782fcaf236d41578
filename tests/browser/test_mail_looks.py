"""Our mails as a mail program shows them: on a small screen, dark and light, with no picture to wait for."""

from __future__ import annotations

import pytest

from tests.browser.chromium import axe_violations
from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.mail.made_mails import TEMPLATES, make_mail

LONG = "An address without an end: https://help.example/" + "a" * 300


@pytest.mark.parametrize("template", [*TEMPLATES, "copy"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_mail_fits_a_small_screen_and_is_readable_dark_and_light(
    site: LiveSite, window: OpenWindow, template: str, locale: str
):
    with site.database():
        changes = {"text": LONG} if template in {"acknowledgement", "reply"} else {}
        html = make_mail(template, locale, **changes).html_body
    for scheme in ("light", "dark"):
        opened = window(width=320, height=700, color_scheme=scheme, bypass_csp=True)
        asked: list[str] = []
        opened.page.on("request", lambda request, asked=asked: asked.append(request.url))

        opened.page.set_content(html)

        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
        background = opened.page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
        assert background == ("rgb(27, 34, 32)" if scheme == "dark" else "rgb(255, 255, 255)")
        # A mail is no page: it has no landmarks, and its first heading may be a small one.
        rules = ("region", "landmark", "heading", "page-has")
        assert [each for each in axe_violations(opened.page) if not each.startswith(rules)] == []
        assert asked == []
