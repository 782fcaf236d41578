from __future__ import annotations

from portal.knowledge_base.references import ArticleLink, PictureSource, parse_article_link, resolve_references
from portal.knowledge_base.rendering import render_article


class Reader:
    """A reader of English pages who can open one article and see one picture."""

    def article_url(self, key: str, section: str) -> str | None:
        return f"/en/articles/{key}" + (f"#{section}" if section else "") if key == "known" else None

    def contact_url(self) -> str | None:
        return "/en/contact"

    def picture(self, name: str) -> PictureSource | None:
        return PictureSource("/pictures/abc/a.svg", 640, 320) if name == "a b.svg" else None


def resolved(markdown: str, **options) -> str:
    return str(resolve_references(render_article(markdown).html, Reader(), **options))


def test_links_get_the_address_for_the_reader():
    assert resolved("[a](article:known#part) [b](contact:)") == (
        '<p><a href="/en/articles/known#part">a</a> <a href="/en/contact">b</a></p>'
    )


def test_a_link_to_an_unknown_article_becomes_its_text():
    assert resolved("See [**this** one](article:lost).") == "<p>See <strong>this</strong> one.</p>"


def test_pictures_get_address_size_and_lazy_loading():
    assert resolved("![A form](<a b.svg>)") == (
        '<figure><img src="/pictures/abc/a.svg" alt="A form" width="640" height="320" loading="lazy" decoding="async">'
        "</figure>"
    )


def test_a_lost_picture_becomes_its_description():
    assert resolved("Look: ![A “form”](lost.svg)") == "<p>Look: A “form”</p>"


def test_a_picture_inside_a_link_is_resolved_too():
    assert '<a href="/en/articles/known"><img src="/pictures/abc/a.svg"' in resolved(
        "x [![y](<a b.svg>)](article:known)"
    )


def test_headings_can_end_in_a_link_to_themselves():
    html = resolved(
        "## [To](article:known) go {#go}", heading_link=lambda key: f'<a class="anchor" href="#{key}">#</a>'
    )

    assert html == '<h2 id="go"><a href="/en/articles/known">To</a> go<a class="anchor" href="#go">#</a></h2>'


def test_callouts_without_a_title_get_the_given_words():
    html = resolved("::: tip\nx\n:::\n\n::: tip Mine\ny\n:::\n", callout_label=lambda kind: f"<{kind}>")

    assert html.count('<p class="callout-title">&lt;tip&gt;</p>') == 1
    assert html.count('<p class="callout-title">Mine</p>') == 1


def test_article_links_survive_any_key():
    link = ArticleLink("schlüssel nr 1", "teil-ä")

    assert parse_article_link(link.target) == link
    assert parse_article_link("https://example.org") is None
