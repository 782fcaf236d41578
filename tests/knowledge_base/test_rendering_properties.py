"""Whatever an author or a file contains: no exception, nothing that runs, anchors that are unique."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.knowledge_base.markdown_files import ParsedFile, UnreadableFile, content_digest, parse_file
from portal.knowledge_base.rendering import render_article
from portal.knowledge_base.sanitizing import ALLOWED_TAGS

_PIECES = st.sampled_from(
    [
        "# ", "## ", "\n", "\n\n", "- ", "1. ", "> ", "```", "`", "*", "**", "[", "](", ")", "![", "|", "---", ": ",
        "::: tip\n", ":::\n", "{#key}", "{#main}", "<", ">", '"', "'", "&", "&lt;", "\\", "\x00", "\u202e", "ß",
        "مرحبا", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
        "<a href='javascript:x'>",
        "<div>", "</div>", "<h2 id=a>", "</h2>", "<table>", "<td>", "<p id=a>", "<style>", "<!--", "-->", "<a name=b>",
        "javascript:alert(1)", "data:text/html,x", "article:x#y", "contact:", "https://example.org", "//evil", "#a",
        "word", "{{< x >}}", "{{% def id=\"a\" name=\"b\" %}}", "{{% /def %}}", "<details><summary>", "<b style=x>",
        "<form action=x>", "<input name=a>", "<base href=x>", "<math><mtext>", "<noscript>", "<template>",
        "<plaintext>",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join))
_TEXTUAL_URL = re.compile(r"^(?:https?://|mailto:|tel:|article:|contact:|picture:|#)")


class _Inspector(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.addresses.append(value or "")


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
@example("<a href='java\tscript:alert(1)'>x</a>")
@example('<h2><b><h3 id="x">a</h3></b></h2>')
@example('<a href="article:x"><h2>a</h2></a>')
@example("# \n\n[x](#)\n")
@example(">:::TIP\n>")
def test_any_text_gives_safe_html(text: str):
    article = render_article(text)

    seen = _Inspector()
    seen.feed(article.html)
    assert seen.tags <= ALLOWED_TAGS
    assert not any(name.startswith("on") or name in {"style", "srcdoc", "action"} for name in seen.attributes)
    assert len(seen.ids) == len(set(seen.ids))
    assert all(_TEXTUAL_URL.match(address) for address in seen.addresses), seen.addresses
    assert "main" not in seen.ids


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_sections_have_unique_keys_and_sound_levels(text: str):
    article = render_article(text)

    keys = [section.key for section in article.sections]
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 120 for key in keys)
    previous = 1
    for section in article.sections:
        assert (section.level == 1) == (section.key == "")
        assert section.level <= previous + 1
        previous = section.level


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_rendering_is_stable(text: str):
    assert render_article(text) == render_article(text)


def _parse(content: bytes) -> ParsedFile | None:
    try:
        return parse_file(content, name="a-file.md")
    except UnreadableFile as error:
        reason = str(error)
    assert reason
    assert "\n" not in reason
    return None


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), _TEXTS.map(str.encode)))
@example(b"---\n\xff\n---\n")
@example("---\ntitle: ‮\x00\n---\n".encode())
def test_any_bytes_are_parsed_or_refused_in_one_line(content: bytes):
    parsed = _parse(content)

    if parsed:
        assert parsed.title
        assert "\x00" not in parsed.body
        content_digest(title=parsed.title, summary=parsed.summary, keywords=parsed.keywords, body=parsed.body)


_YAML = st.sampled_from(
    ["title", "slug", "date", "lastmod", "version", "keywords", "kind", ":", " ", "\n", "- ", "[", "]", "{", "}", "1",
     "&a", "*a", "!!python/object", "'", '"', "|", ">", "2026-13-01", "no", "~", "#", "\t", "é", "<<", "?",
     "!!binary", "%"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(_YAML, max_size=25).map("".join), st.sampled_from(["---", "+++"]))
def test_any_front_matter_is_parsed_or_refused_in_one_line(head: str, fence: str):
    _parse(f"{fence}\n{head}\n{fence}\nBody".encode())
