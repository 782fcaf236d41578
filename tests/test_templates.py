"""Every template compiles, and none carries what the content policy forbids or what cannot be translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

TEMPLATES = Path(__file__).parent.parent / "templates"
NAMES = sorted(
    str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml"}
)
# Mails carry their style with them: no mail program fetches a file of ours. The frame around a mail that came in has a
# policy of its own, which tests/tickets/test_mail_view.py holds.
PAGE_NAMES = [name for name in NAMES if not name.startswith("mail/") and name != "mailroom/frame.html"]
# The style guide shows texts in other languages on purpose.
TEXT_NAMES = [name for name in NAMES if name.endswith((".html", ".txt")) and name != "agent/styleguide.html"]

FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on[:\w-]*\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b"),
    "third-party address": re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.IGNORECASE),
}
_NOT_TEXT = re.compile(
    r"{#.*?#}|{% block \w*(?:class|attributes) %}.*?{% endblock %}|{%.*?%}|{{.*?}}|<!--.*?-->|<svg.*?</svg>"
    r"|<(?:code|kbd)\b.*?</(?:code|kbd)>|<[^>]*>|&\w+;",
    re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z]{3,}")


def problems_of(text: str) -> list[str]:
    """The names of the forbidden things in a template's source (comments aside)."""
    plain = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    # Expressions may hold ">" and quotes that would end a tag early.
    plain = re.sub(
        r"{{.*?}}|{%.*?%}",
        lambda found: "⟨safe⟩" if FORBIDDEN["unescaped output"].search(found[0]) else "",
        plain,
        flags=re.DOTALL,
    )
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(plain)] + (
        ["unescaped output"] if "⟨safe⟩" in plain else []
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory):
    from portal.app import create_app
    from tests.conftest import make_settings

    app: Flask = create_app(make_settings(tmp_path_factory.mktemp("templates")))
    return app.jinja_env


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(environment, name: str):
    environment.get_template(name)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_template_carries_nothing_that_the_content_policy_forbids(name: str):
    assert problems_of((TEMPLATES / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_template_has_no_text_outside_translations(name: str):
    words = _WORD.findall(_NOT_TEXT.sub(" ", (TEMPLATES / name).read_text("utf-8").split("</style>")[-1]))
    assert words == []


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<a onclick="f()">',
        "{{ text|safe }}",
        '<img src="https://example.com/x.png">',
        '<div hx-on:click="f()">',
    ],
)
def test_a_planted_violation_is_found(source: str):
    assert problems_of(source)
