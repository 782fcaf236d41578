"""The checks of this folder find what they are made for."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.chromium import axe_violations, open_window, overflow, restyle


def test_planted_faults_are_found(browser: Browser):
    with open_window(browser, width=320) as window:
        window.page.set_content(
            "<html lang=en><title>Planted</title><main><h1>One</h1><img src='data:,'></main></html>"
        )
        assert [fault.split(":")[0] for fault in axe_violations(window.page)] == ["image-alt"]
        assert overflow(window.page) == []

        restyle(window.page, "h1 { inline-size: 400px }")
        assert "h1" in overflow(window.page)[0]

        window.page.evaluate("console.error('planted')")
        window.page.evaluate("setTimeout(() => { throw new Error('thrown') })")
        window.page.wait_for_timeout(100)
        assert [fault.split(" (")[0] for fault in window.faults] == ["planted", "thrown"]
