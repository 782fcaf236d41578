"""Browsers by the names that people know."""

from __future__ import annotations

import pytest

from portal.agents.devices import describe_device

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME.format("X11; Linux x86_64"), ("Chrome", "Linux")),
        (CHROME.format("Windows NT 10.0") + " Edg/140.0", ("Edge", "Windows")),
        (CHROME.format("Linux; Android 15"), ("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Gecko/20100101 Firefox/145.0", ("Firefox", "macOS")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_browser_and_system_are_recognised(user_agent: str, expected: tuple[str, str]):
    assert describe_device(user_agent) == expected
