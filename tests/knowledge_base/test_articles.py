"""The article page: languages, addresses, what stands around the text."""

from __future__ import annotations

from datetime import date

import pytest

from portal.clock import utcnow
from portal.database import db
from portal.knowledge_base.models import (
    ArticlePicture,
    Revision,
    Significance,
    SlugHistory,
    Translation,
    TranslationState,
)
from tests.factories import make_article, make_topic, make_translation

SECTIONS = [
    ("", "", "You can return a game within 14 days."),
    ("ask", "Ask for a refund", "Open your purchases."),
    ("late", "If it is late", "Write to us."),
]


def make_refund_article(**values):
    """An article in English and German, in a sub-topic."""
    topic = make_topic(key="payments", names={"en": "Payments", "de": "Zahlungen"})
    sub = make_topic(key="refunds", parent_id=topic.id, names={"en": "Refunds", "de": "Erstattungen"})
    article = make_article(key="refund", topic_id=sub.id, reviewed_on=date(2026, 3, 3), **values)
    make_translation(article, locale="en", slug="get-a-refund", title="Get a refund", sections=SECTIONS)
    make_translation(article, locale="de", slug="geld-zurueck", title="Geld zurückbekommen", sections=SECTIONS)
    return article


def replace_slug(translation: Translation, slug: str) -> None:
    """Give a translation another address; the old one is remembered."""
    db.session.add(
        SlugHistory(
            locale=translation.locale, slug=translation.slug, translation_id=translation.id, replaced_at=utcnow()
        )
    )
    translation.slug = slug
    db.session.commit()


def publish_again(translation: Translation, number: int, significance: Significance = Significance.MAJOR) -> None:
    """A newer revision of a translation, published."""
    revision = Revision(
        translation_id=translation.id,
        number=number,
        title="Newer",
        body_markdown="",
        body_html="<p>Newer.</p>",
        significance=significance,
        created_at=utcnow(),
    )
    db.session.add(revision)
    db.session.flush()
    translation.published_revision_id = revision.id
    db.session.commit()


def translation_in(article, locale: str) -> Translation:
    """The article's translation in one locale."""
    return next(found for found in article.translations if found.locale == locale)


def test_an_article_shows_where_it_lies_when_it_was_reviewed_and_what_it_says(client):
    make_refund_article()

    page = client.get("/en/articles/get-a-refund").get_data(as_text=True)

    assert "Get a refund</h1>" in page
    assert '<time datetime="2026-03-03">3 March 2026</time>' in page
    assert 'href="/en/topics/payments/refunds"><span itemprop="name">Refunds</span>' in page
    assert '<h2 id="ask">Ask for a refund<a class="anchor" href="#ask" aria-label="Copy link to this section"' in page
    assert '<a href="#ask">Ask for a refund</a>' in page
    assert "Was this helpful?" in page


def test_an_article_that_was_never_reviewed_says_when_it_changed(client):
    make_translation(slug="new")

    assert "Updated <time" in client.get("/en/articles/new").get_data(as_text=True)


def test_a_short_article_has_no_table_of_contents(client):
    make_translation(slug="short", sections=[("", "", "Lead."), ("one", "One", "Text.")])

    assert "On this page" not in client.get("/en/articles/short").get_data(as_text=True)


def test_the_language_menu_stays_on_the_article(client):
    make_refund_article()

    page = client.get("/en/articles/get-a-refund").get_data(as_text=True)

    assert 'href="/de/articles/geld-zurueck" lang="de"' in page
    assert 'href="/ja/articles/get-a-refund" lang="ja"' in page


def test_an_article_missing_in_the_readers_language_is_shown_in_the_next_one(client):
    make_refund_article()

    page = client.get("/ar/articles/get-a-refund")
    text = page.get_data(as_text=True)

    assert page.status_code == 200
    assert '<html lang="ar" dir="rtl"' in text
    assert '<h1 itemprop="headline" lang="en" dir="ltr">Get a refund</h1>' in text
    assert '<div class="prose" itemprop="articleBody" lang="en" dir="ltr">' in text
    assert 'action="/ar/articles/get-a-refund/translation-request"' in text
    assert '<meta name="robots" content="noindex">' in text
    assert '<link rel="canonical" href="http://localhost/en/articles/get-a-refund">' in text
    assert 'hreflang="x-default"' not in text
    assert page.headers["Cache-Control"].startswith("public")


def test_a_fallback_names_both_languages_in_the_readers_own(client):
    make_translation(slug="get-a-refund")

    page = client.get("/de/articles/get-a-refund").get_data(as_text=True)

    assert "Deutsch" in page
    assert "Englisch" in page


def test_the_address_of_another_language_leads_to_the_readers_own_text(client):
    make_refund_article()

    answer = client.get("/de/articles/get-a-refund")

    assert (answer.status_code, answer.location) == (301, "/de/articles/geld-zurueck")


def test_the_address_of_a_third_language_leads_for_now_to_the_fallback(client):
    make_refund_article()

    answer = client.get("/fr/articles/geld-zurueck")

    assert (answer.status_code, answer.location) == (302, "/fr/articles/get-a-refund")


def test_an_old_address_redirects_for_good(client):
    article = make_refund_article()
    replace_slug(translation_in(article, "en"), "refund-a-game")

    answer = client.get("/en/articles/get-a-refund")

    assert (answer.status_code, answer.location) == (301, "/en/articles/refund-a-game")


def test_an_old_address_of_another_language_leads_to_the_readers_text(client):
    article = make_refund_article()
    replace_slug(translation_in(article, "en"), "refund-a-game")

    answer = client.get("/de/articles/get-a-refund")

    assert (answer.status_code, answer.location) == (301, "/de/articles/geld-zurueck")


def test_an_address_taken_over_by_another_article_shows_that_one(client):
    article = make_refund_article()
    replace_slug(translation_in(article, "en"), "refund-a-game")
    make_translation(slug="get-a-refund", title="The new owner of the address")

    assert "The new owner of the address</h1>" in client.get("/en/articles/get-a-refund").get_data(as_text=True)


def test_the_same_slug_may_stand_for_different_articles_in_two_languages(client):
    make_translation(locale="en", slug="konto", title="English article")
    make_translation(locale="de", slug="konto", title="Deutscher Artikel")

    assert "Deutscher Artikel</h1>" in client.get("/de/articles/konto").get_data(as_text=True)
    assert "English article</h1>" in client.get("/en/articles/konto").get_data(as_text=True)


def test_a_withdrawn_article_is_gone(client):
    make_translation(slug="old", state=TranslationState.WITHDRAWN)

    answer = client.get("/en/articles/old")

    assert answer.status_code == 410
    assert "no longer available" in answer.get_data(as_text=True)
    assert 'role="search"' in answer.get_data(as_text=True)


def test_a_withdrawn_translation_leads_to_the_language_that_is_left(client):
    article = make_refund_article()
    translation_in(article, "de").state = TranslationState.WITHDRAWN
    db.session.commit()

    answer = client.get("/de/articles/geld-zurueck")

    assert (answer.status_code, answer.location) == (302, "/de/articles/get-a-refund")


def test_a_draft_has_no_address(client):
    make_translation(slug="draft", state=TranslationState.DRAFT)

    assert client.get("/en/articles/draft").status_code == 404


def test_an_unknown_article_is_a_404_with_search_and_topics(client):
    make_refund_article()

    answer = client.get("/de/articles/nowhere")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 404
    assert '<html lang="de"' in page
    assert 'role="search"' in page
    assert 'href="/de/topics/payments">Zahlungen</a>' in page


def test_a_missing_page_speaks_the_language_of_its_address(client):
    assert '<html lang="ja"' in client.get("/ja/nowhere/at/all").get_data(as_text=True)


def test_a_translation_made_from_an_older_text_says_so(client):
    article = make_refund_article()
    revision = db.session.get(Revision, translation_in(article, "de").published_revision_id)
    revision.based_on_number = 1
    publish_again(translation_in(article, "en"), 2)

    page = client.get("/de/articles/geld-zurueck").get_data(as_text=True)

    assert 'class="banner warn"' in page
    assert 'href="/en/articles/get-a-refund" hreflang="en"' in page
    assert 'class="banner warn"' not in client.get("/en/articles/get-a-refund").get_data(as_text=True)


@pytest.mark.parametrize(("number", "significance"), [(2, Significance.MINOR), (1, Significance.MAJOR)])
def test_small_changes_do_not_make_a_translation_outdated(client, number, significance):
    article = make_article()
    english = make_translation(article, locale="en", slug="a")
    make_translation(article, locale="de", slug="b", based_on_number=1)
    if number > 1:
        publish_again(english, number, significance)

    assert 'class="banner warn"' not in client.get("/de/articles/b").get_data(as_text=True)


def test_links_lead_to_articles_in_the_readers_language_and_lost_ones_become_text(client):
    make_refund_article()
    make_translation(
        slug="linking",
        body_html='<p><a href="article:refund#ask">Ask</a> or <a href="article:gone">look</a>.</p>',
    )

    assert '<p><a href="/en/articles/get-a-refund#ask">Ask</a> or look.</p>' in client.get(
        "/en/articles/linking"
    ).get_data(as_text=True)
    assert '<a href="/de/articles/geld-zurueck#ask">Ask</a>' in client.get("/de/articles/linking").get_data(
        as_text=True
    )


def test_pictures_are_shown_from_where_they_are_kept(client):
    article = make_article()
    make_translation(article, slug="drawn", body_html='<figure><img src="picture:a%20b.svg" alt="A form"></figure>')
    digest = "a" * 64
    db.session.add(
        ArticlePicture(
            article_id=article.id, name="a b.svg", digest=digest, media_type="image/svg+xml", width=640, height=400
        )
    )
    db.session.commit()

    page = client.get("/en/articles/drawn").get_data(as_text=True)

    assert f'<img src="/media/{digest}/a%20b.svg" alt="A form" width="640" height="400" loading="lazy"' in page


def test_callouts_are_named_in_the_language_of_the_text(client):
    make_translation(slug="callout", body_html='<div class="callout tip" role="note"><p>Do this.</p></div>')

    for address in ("/en/articles/callout", "/ja/articles/callout"):
        assert '<p class="callout-title">Tip</p>' in client.get(address).get_data(as_text=True)


def test_related_articles_are_listed_in_the_readers_language(client):
    make_refund_article()
    make_translation(make_article(related_keys=["refund"]), slug="related", title="Related")

    assert 'href="/de/articles/geld-zurueck">Geld zurückbekommen</a>' in client.get("/de/articles/related").get_data(
        as_text=True
    )


def test_search_engines_learn_the_languages_and_the_dates_of_an_article(client):
    make_refund_article()

    page = client.get("/de/articles/geld-zurueck").get_data(as_text=True)

    assert '<link rel="canonical" href="http://localhost/de/articles/geld-zurueck">' in page
    assert '<link rel="alternate" hreflang="en" href="http://localhost/en/articles/get-a-refund">' in page
    assert '<link rel="alternate" hreflang="x-default" href="http://localhost/en/articles/get-a-refund">' in page
    assert 'hreflang="ja" href="http://localhost' not in page
    assert '<meta name="description" content="A summary.">' in page
    assert '<meta property="og:title" content="Geld zurückbekommen">' in page
    assert 'itemtype="https://schema.org/TechArticle"' in page
    assert 'itemtype="https://schema.org/BreadcrumbList"' in page


def test_addresses_for_machines_come_from_the_settings_and_not_from_the_request(client):
    make_translation(slug="a")

    page = client.get("/en/articles/a", headers={"Host": "evil.example"}).get_data(as_text=True)

    assert "evil.example" not in page


def test_titles_are_text_and_never_markup(client):
    make_translation(slug="odd", title="<b>Bold</b> & “quoted”")

    page = client.get("/en/articles/odd").get_data(as_text=True)

    assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; “quoted”</h1>" in page


@pytest.mark.parametrize("address", ["/de/articles/geld-zurueck", "/ja/articles/get-a-refund"])
def test_an_article_needs_few_queries_sets_no_cookie_and_can_be_kept(client, count_queries, address):
    article = make_refund_article(related_keys=["other"])
    for key in ("other", "linked", "neighbour"):
        other = make_article(key=key, topic_id=article.topic_id)
        make_translation(other, locale="en")
        make_translation(other, locale="de")
    db.session.add(ArticlePicture(article_id=article.id, name="a.svg", digest="b" * 64, media_type="image/svg+xml"))
    for translation in article.translations:
        revision = db.session.get(Revision, translation.published_revision_id)
        revision.body_html = '<p><a href="article:linked">x</a></p><figure><img src="picture:a.svg" alt=""></figure>'
        revision.based_on_number = 1
    db.session.commit()

    with count_queries() as statements:
        page = client.get(address)

    assert page.status_code == 200
    assert len(statements) <= 8
    assert "Set-Cookie" not in page.headers
    assert client.get(address, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_an_article_in_a_language_that_is_not_shipped_has_an_english_interface(client):
    make_translation(locale="cs", slug="vraceni", title="Vrácení peněz")

    page = client.get("/cs/articles/vraceni").get_data(as_text=True)

    assert '<html lang="en"' in page
    assert '<h1 itemprop="headline" lang="cs" dir="ltr">Vrácení peněz</h1>' in page
    assert 'class="banner info"' not in page
