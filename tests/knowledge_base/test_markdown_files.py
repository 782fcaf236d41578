from __future__ import annotations

from datetime import date

import pytest

from portal.knowledge_base.file_writing import ArticleFacts, write_file
from portal.knowledge_base.markdown_files import (
    UnreadableFile,
    content_digest,
    html_as_markdown,
    last_modified,
    parse_file,
)
from portal.knowledge_base.models import ArticleKind, Significance
from portal.knowledge_base.pictures import PictureFacts, UnusablePicture, describe_picture
from portal.knowledge_base.rendering import render_article
from portal.knowledge_base.topic_files import read_topics, write_topics

FULL = """---
title: "Error LP-1042: no connection"
slug: error-lp-1042
summary: What LP-1042 means.
topic: errors/connection
kind: error
error_code: LP-1042
keywords: [offline, "can't connect"]
version: 3
reviewed: 2026-09-30
review_by: 2027/03/30
related: [wifi, router]
position: 4
popular: 2
own_key: kept
---
The lead.
"""


def parse(text: str, name: str = "my-file.md"):
    return parse_file(text.encode(), name=name)


def test_all_fields_are_read():
    parsed = parse(FULL)

    assert (parsed.title, parsed.slug, parsed.topic) == (
        "Error LP-1042: no connection",
        "error-lp-1042",
        "errors/connection",
    )
    assert (parsed.kind, parsed.error_code) == (ArticleKind.ERROR, "LP-1042")
    assert parsed.keywords == ("offline", "can't connect")
    assert (parsed.version, parsed.based_on, parsed.position, parsed.popular) == (3, None, 4, 2)
    assert (parsed.reviewed, parsed.review_by) == (date(2026, 9, 30), date(2027, 3, 30))
    assert parsed.related == ("wifi", "router")
    assert parsed.body == "The lead.\n"
    assert parsed.front_matter is not None
    assert parsed.front_matter["own_key"] == "kept"
    assert parsed.problems == ()


def test_a_missing_title_is_the_first_heading_which_leaves_the_text():
    parsed = parse("# Reset *your* [password](x) {#top}\n\nText\n")

    assert (parsed.title, parsed.body, parsed.has_title) == ("Reset your password", "Text\n", False)


def test_without_any_heading_the_title_is_the_file_name():
    assert parse("Text", name="reset-your_password.md").title == "Reset your password"


def test_a_heading_that_repeats_the_title_leaves_the_text():
    assert parse("---\ntitle: Payments\n---\nPayments\n========\n\nText").body == "Text\n"


def test_another_first_heading_stays():
    assert parse("---\ntitle: Payments\n---\n# Cards\n\nText").body == "# Cards\n\nText\n"


def test_toml_and_json_heads_are_read():
    toml = parse('+++\ntitle = "A"\ndate = 2020-01-02T03:04:05Z\n+++\nB')
    json = parse('{"title": "A", "keywords": ["x"]}\nB')

    assert (toml.title, toml.modified, toml.body) == ("A", date(2020, 1, 2), "B\n")
    assert (json.title, json.keywords, json.body) == ("A", ("x",), "B\n")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("a: [1", "the front matter is not YAML: line 3: expected ',' or ']', but got '<stream end>'"),
        ("title: Error: broken", "the front matter is not YAML: line 2: mapping values are not allowed here"),
        ("just words", "the front matter has no keys"),
        ("a: &x 1\nb: *x", "the front matter is not YAML: aliases (*name) are not supported"),
    ],
)
def test_a_head_that_cannot_be_read_is_named_in_one_line(head: str, message: str):
    with pytest.raises(UnreadableFile) as caught:
        parse(f"---\n{head}\n---\nText")

    assert str(caught.value) == message


def test_a_head_without_end_is_refused():
    with pytest.raises(UnreadableFile, match=r"no end \(a line ---\)"):
        parse("---\ntitle: A\n\nText")


def test_a_text_that_begins_with_a_rule_is_a_text():
    assert parse("---\n\nText").body == "---\n\nText\n"


def test_what_is_no_text_is_refused():
    with pytest.raises(UnreadableFile, match="not a text file"):
        parse_file(b"\x89PNG\x00\x01", name="a.md")


@pytest.mark.parametrize(
    ("content", "body", "problem"),
    [
        ("\ufeffGrüße".encode(), "Grüße\n", ""),
        ("Grüße".encode("cp1252"), "Grüße\n", "not UTF-8: read as Windows-1252, so some letters may be wrong"),
        ("Grüße".encode("utf-16"), "Grüße\n", "not UTF-8: read as UTF-16"),
        (b"a\r\nb\rc", "a\nb\nc\n", ""),
    ],
)
def test_other_encodings_are_read(content: bytes, body: str, problem: str):
    parsed = parse_file(content, name="a.md")

    assert parsed.body == body
    assert parsed.problems == ((problem,) if problem else ())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("lastmod: 2026-13-45", "“lastmod: 2026-13-45” is no date: left out"),
        ("date: 0001-01-01", "“date: 0001-01-01” is no date: left out"),
        ("lastmod: 0001-01-01T00:00:00Z", "“lastmod: 0001-01-01T00:00:00Z” is no date: left out"),
        ("version: new", "“version: new” is no whole number: left out"),
        ("kind: recipe", "“kind: recipe” is unknown: use one of howto, error, explanation"),
        ("slug: [a, b]", "“slug” is no text: left out"),
        ("title: A\ntitle: B", "“title” is given twice: the last one counts"),
    ],
)
def test_odd_values_are_left_out_and_reported(line: str, problem: str):
    assert parse(f"---\n{line}\n---\nText").problems == (problem,)


@pytest.mark.parametrize("written", ["2026-3-7", "2026/03/07", "7.3.2026", "2026-03-07T10:00:00+02:00", "'2026-03-07'"])
def test_dates_are_read_in_many_spellings(written: str):
    assert parse(f"---\nreviewed: {written}\n---\nText").reviewed == date(2026, 3, 7)


def test_a_stored_head_gives_the_same_day_as_its_file():
    parsed = parse("---\nlastmod: 2026-02-03\ndate: 2020-01-01\n---\nText")

    assert parsed.modified == last_modified(parsed.front_matter or {}) == date(2026, 2, 3)


def test_the_word_no_is_no_truth_value():
    assert parse("---\ntitle: no\nkeywords: [on, off]\n---\nx").keywords == ("on", "off")


def test_flags_of_other_tools_are_understood():
    parsed = parse("---\nuntranslated: 1\ndraft: true\nsignificance: minor\nweight: 7\n---\n")

    assert (parsed.is_untranslated, parsed.is_draft, parsed.body) == (True, True, "")
    assert (parsed.significance, parsed.position) == (Significance.MINOR, 7)


def test_html_files_are_shown_as_they_are():
    html = "<p>\n  One\n\n    two</p>\n\n<h2>Three</h2>\n<pre>\n  a\n\n    b\n</pre>\n"

    rendered = render_article(html_as_markdown(html)).html

    assert '<h2 id="three">Three</h2>' in rendered
    assert "  a\n\n    b\n</pre>" in rendered
    assert "<p>\nOne\ntwo</p>" in rendered


def test_a_written_file_reads_back_as_the_same():
    parsed = parse(FULL)
    text = write_file(
        title=parsed.title,
        slug=parsed.slug,
        summary=parsed.summary,
        keywords=list(parsed.keywords),
        body=parsed.body,
        version=parsed.version,
        facts=ArticleFacts(
            topic=parsed.topic,
            kind=parsed.kind.value,
            error_code=parsed.error_code,
            reviewed=parsed.reviewed,
            review_by=parsed.review_by,
            related=parsed.related,
            position=4,
            popular=2,
        ),
        others=parsed.front_matter,
    )

    again = parse(text)
    assert again == parse(FULL.replace("2027/03/30", "2027-03-30"))
    assert "keywords: [offline, can't connect]\n" in text


def test_the_digest_tells_texts_apart():
    facts = {"title": "A", "summary": "", "keywords": ("x",), "body": "b"}

    assert content_digest(**facts) == content_digest(**facts)
    assert content_digest(**facts) != content_digest(**{**facts, "body": "c"})
    assert content_digest(**facts) != content_digest(**{**facts, "keywords": ("y",)})


def test_topics_are_read_and_written():
    text = """- key: account
  icon: key
  names: {en: Account, pt-br: Conta, xx: "?"}
  descriptions: {en: Sign in and more.}
  topics:
  - key: sign-in
    names: {en: Signing in}
- names: {en: No key}
"""
    topics, problems = read_topics(text)

    assert [(topic.path, topic.position, topic.names) for topic in topics] == [
        (("account",), 1, {"en": "Account", "pt_BR": "Conta"}),
        (("account", "sign-in"), 1, {"en": "Signing in"}),
    ]
    assert problems == ["topic “account”: “xx” is no language code", "topic 2 has no usable key: left out"]
    assert read_topics(write_topics(topics)) == (topics, [])


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x80\x00\x00\x01\x40"
GIF = b"GIF89a\x80\x02\x40\x01"
JPEG = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08\x01\x40\x02\x80\x03" + b"\x00" * 10
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x02\x00\x3f\x01\x00"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320"><path d="M0 0"/></svg>'


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PNG, "image/png"), (GIF, "image/gif"), (JPEG, "image/jpeg"), (WEBP, "image/webp"), (SVG, "image/svg+xml")],
)
def test_type_and_size_of_pictures_are_read_from_their_bytes(content: bytes, media_type: str):
    assert describe_picture(content) == PictureFacts(media_type, 640, 320)


def test_a_cut_picture_has_no_size():
    assert describe_picture(PNG[:18]) == PictureFacts("image/png", None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"<html></html>",
        b"\x00\x01\x02",
        b"<svg><script>alert(1)</script></svg>",
        b"<svg onload='x()'></svg>",
        b'<svg><a href="https://example.org">x</a></svg>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>',
    ],
)
def test_what_is_no_harmless_picture_is_refused(content: bytes):
    with pytest.raises(UnusablePicture):
        describe_picture(content)


def test_a_drawing_may_use_its_own_parts():
    assert describe_picture(b'<svg width="10" height="20"><use href="#a"/></svg>') == PictureFacts(
        "image/svg+xml", 10, 20
    )
