from __future__ import annotations

import pytest

from portal.knowledge_base.rendering import MAXIMUM_CHARACTERS, render_article, table_of_contents
from portal.knowledge_base.section_keys import SectionShape


def keys(markdown: str, **options) -> list[str]:
    return [section.key for section in render_article(markdown, **options).sections]


def levels(markdown: str) -> list[int]:
    return [section.level for section in render_article(markdown).sections]


def test_the_text_before_the_first_heading_is_a_section_of_its_own():
    article = render_article("The lead.\n\n## Steps {#steps}\n\n1. Open it.\n2. Close it.\n")

    assert [(part.key, part.position, part.level, part.heading, part.text) for part in article.sections] == [
        ("", 0, 1, "", "The lead."),
        ("steps", 1, 2, "Steps", "Open it.\nClose it."),
    ]


def test_headings_carry_their_key_as_id():
    assert '<h2 id="no-email">If it does not arrive</h2>' in render_article("## If it does not arrive {#no-email}").html


def test_a_heading_without_a_key_is_called_after_its_ascii_words():
    assert keys("## Straße & “Größe”!\n\n## What's new?") == ["strasse-grosse", "whats-new"]


def test_a_heading_without_ascii_words_is_numbered():
    assert keys("## パスワード\n\n## 次の手順") == ["section-1", "section-2"]


def test_equal_headings_get_different_keys():
    assert keys("## Note\n\n## Note\n\n## Note") == ["note", "note-2", "note-3"]


def test_a_written_key_is_never_taken_by_an_earlier_heading():
    assert keys("## Steps\n\n## Other {#steps}") == ["steps-2", "steps"]


def test_a_key_that_the_page_uses_itself_is_changed():
    assert keys("## Search\n\n## Foo {#main}") == ["search-2", "main-2"]


def test_a_translation_takes_over_the_keys_of_a_source_built_alike():
    source = render_article("## Set a password\n\n### On the web\n\n## No email").shapes

    assert keys("## 設定\n\n### ウェブ\n\n## メール", source=source) == ["set-a-password", "on-the-web", "no-email"]


def test_a_translation_built_otherwise_has_its_own_keys():
    source = [SectionShape("set-a-password", 2), SectionShape("no-email", 2)]

    assert keys("## Passwort", source=source) == ["passwort"]


def test_a_key_written_in_the_translation_wins_over_the_source():
    source = [SectionShape("one", 2), SectionShape("two", 2)]

    assert keys("## Eins\n\n## Zwei {#zwei}", source=source) == ["one", "zwei"]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One\n\n## Two\n\n# Three", [2, 3, 2]),
        ("### One\n\n#### Two", [2, 3]),
        ("## One\n\n##### Deep\n\n###### Deeper", [2, 3, 4]),
    ],
)
def test_levels_begin_at_two_and_skip_none(markdown: str, expected: list[int]):
    assert levels(markdown) == expected


def test_an_anchor_inside_a_heading_is_its_key():
    article = render_article('# <a id="general">General questions</a>\n\n[Up](#general)')

    assert article.html.startswith('<h2 id="general">General questions</h2>')
    assert '<a href="#general">Up</a>' in article.html


def test_page_links_follow_the_words_of_a_heading_to_its_key():
    source = [SectionShape("set-a-password", 2)]

    html = render_article("## Passwort ändern\n\n[hin](#passwort-ändern)", source=source).html

    assert '<a href="#set-a-password">hin</a>' in html


def test_a_page_link_without_a_target_becomes_text_and_is_reported():
    article = render_article("See [below](#nowhere).")

    assert article.html == "<p>See below.</p>"
    assert article.problems == ("links that lead nowhere became text: #nowhere",)


def test_headings_inside_quotes_and_steps_begin_no_section():
    article = render_article("> ## Quoted\n\n1. # Step\n")

    assert [section.key for section in article.sections] == [""]
    assert "<h" not in article.html


def test_an_empty_heading_begins_nothing():
    article = render_article("One\n\n##\n\nTwo")

    assert [section.text for section in article.sections] == ["One\nTwo"]
    assert "<h" not in article.html


def test_callouts_have_a_kind_and_perhaps_a_title():
    html = render_article("::: tip\nUse words.\n:::\n\n::: caution Look out\nHot.\n:::\n").html

    assert '<div class="callout tip" role="note">\n<p>Use words.</p>' in html
    assert '<div class="callout warning" role="note"><p class="callout-title">Look out</p>' in html


def test_a_picture_alone_is_a_figure_with_its_caption():
    article = render_article('![A form](sign-in.svg "The link is below.")\n\nIn a line: ![x](a/b.png)')

    assert (
        '<figure><img src="picture:sign-in.svg" alt="A form"><figcaption>The link is below.</figcaption></figure>'
        in article.html
    )
    assert '<p>In a line: <img src="picture:a/b.png" alt="x"></p>' in article.html
    assert article.pictures == ("sign-in.svg", "a/b.png")


def test_a_picture_from_another_site_becomes_a_link():
    article = render_article("![Diagram](https://example.org/d.png)")

    assert '<a href="https://example.org/d.png" rel="noopener noreferrer">Diagram</a>' in article.html
    assert "<img" not in article.html


def test_tables_scroll_in_a_named_region_that_takes_the_focus():
    html = render_article("| Code | Meaning |\n|---|--:|\n| 1 | **One** |\n").html

    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="Code, Meaning"><table>' in html
    assert '<th class="align-end">Meaning</th>' in html
    assert "style=" not in html


def test_two_tables_of_the_same_kind_have_different_names():
    html = render_article("| A |\n|---|\n| 1 |\n\nAnd\n\n| A |\n|---|\n| 2 |\n").html

    assert 'aria-label="A"' in html
    assert 'aria-label="A (2)"' in html


def test_code_is_coloured_by_classes():
    html = render_article("```python\nreturn 1\n```\n").html

    assert '<div class="highlight"><pre dir="ltr" tabindex="0"><code><span class="k">return</span>' in html


def test_code_in_an_unknown_language_is_shown_plainly():
    assert "<code>x &lt; 1\n</code>" in render_article("```nonsense\nx < 1\n```\n").html


def test_bare_addresses_become_links_but_not_in_code():
    html = render_article("See https://example.org/a_(b)?c=1&d=2. `https://example.org`").html

    assert '<a href="https://example.org/a_(b)?c=1&amp;d=2" rel="noopener noreferrer">' in html
    assert html.count("<a ") == 1


def test_article_links_are_collected_and_kept_independent_of_the_language():
    article = render_article("[a](article:get-a-refund#when) [b](article:get-a-refund#when) [c](contact:)")

    assert article.links == (("get-a-refund", "when"),)
    assert '<a href="article:get-a-refund#when">a</a>' in article.html
    assert '<a href="contact:">c</a>' in article.html


@pytest.mark.parametrize("target", ["/docs/old", "other.md", "../up/", "ftp://example.org/x"])
def test_other_links_become_text_and_are_reported(target: str):
    article = render_article(f"[words]({target})")

    assert article.html == "<p>words</p>"
    assert target in article.problems[0]


def test_active_html_is_taken_out_and_reported():
    article = render_article('Hi<script>alert(1)</script> <b onclick="x()">bold</b>\n\n<iframe src="x"></iframe>\n')

    assert article.html == "<p>Hi <b>bold</b></p>"
    assert article.problems == ("HTML taken out: <iframe>, <script>, onclick",)


def test_words_in_angle_brackets_that_are_no_html_stay_visible():
    assert render_article("Put <token> and <your-name> there.").html == (
        "<p>Put &lt;token&gt; and &lt;your-name&gt; there.</p>"
    )


def test_harmless_html_is_kept():
    html = render_article("<details><summary>More</summary>\n\n**Inside**\n\n</details>\n\nH<sub>2</sub>O").html

    assert "<details><summary>More</summary>" in html
    assert "<strong>Inside</strong>" in html
    assert "H<sub>2</sub>O" in html


def test_ids_are_unique_and_never_those_of_the_page():
    html = render_article(
        '<p id="main">a</p>\n\n<p id="x">b</p>\n\n<p id="x">c</p>\n\n## T {#t}\n\n<p id="t">d</p>'
    ).html

    assert html.count("id=") == 2
    assert '<p id="x">b</p>' in html


def test_a_long_text_is_cut_and_says_so():
    article = render_article("word " * (MAXIMUM_CHARACTERS // 4))

    assert len(article.html) <= MAXIMUM_CHARACTERS + 20
    assert article.problems == ("longer than 200,000 characters: the rest is left out",)


def test_html_nested_without_end_is_shown_as_text():
    article = render_article("<div>" * 500 + "x")

    assert "HTML nested too deeply: shown as text" in article.problems
    assert "<div>" not in article.html


def test_the_content_hash_changes_with_words_and_targets_only():
    def content_hash(markdown: str) -> str:
        return render_article(markdown).sections[0].content_hash

    assert content_hash("One *two*") == content_hash("One **two**")
    assert content_hash("One two") != content_hash("One three")
    assert content_hash("[a](article:x)") != content_hash("[a](article:y)")


def test_the_table_of_contents_nests_the_third_level():
    sections = render_article("Lead\n\n## A\n\n### B\n\n#### C\n\n## D").sections

    toc = table_of_contents(sections)

    assert [(entry.key, [child.key for child in entry.children]) for entry in toc] == [("a", ["b"]), ("d", [])]
