from __future__ import annotations

from pathlib import Path

import pytest

from portal.knowledge_base.import_plan import plan_import, topic_path
from portal.knowledge_base.layouts import Layout, UnreadableFolder, scan_folder

SVG = '<svg width="1" height="2"><path d="{}"/></svg>'


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def found(root: Path) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(file.key, file.locale, file.topics) for file in scan_folder(root, default_locale="en").files}


def bodies(root: Path) -> dict[tuple[str, str], str]:
    plan = plan_import(root, default_locale="en")
    return {(article.key, locale): file.body for article in plan.articles for locale, file in article.files.items()}


def test_article_folders(tmp_path: Path):
    root = tree(
        tmp_path, {"README.md": "x", "get-a-refund/en.md": "x", "get-a-refund/pt_BR.md": "x", "a/notes.md": "x"}
    )
    scan = scan_folder(root, default_locale="en")

    assert scan.layout is Layout.ARTICLE_FOLDERS
    assert found(root) == {("get-a-refund", "en", ()), ("get-a-refund", "pt_BR", ())}
    assert scan.passed_over == [("a/notes.md", "its name or folder is no language code")]


def test_language_folders(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "en/docs/_index.md": "x",
            "en/docs/caa.md": "x",
            "zh-tw/docs/caa.html": "x",
            "pt-br/docs/guides/deep/er/it.md": "x",
            "en/about/index.md": "x",
            "en/index.md": "x",
            "misc/x.md": "x",
        },
    )

    assert scan_folder(root, default_locale="en").layout is Layout.LANGUAGE_FOLDERS
    assert found(root) == {
        ("docs-caa", "en", ("docs",)),
        ("docs-caa", "zh_Hant", ("docs",)),
        ("docs-guides-deep-er-it", "pt_BR", ("docs", "guides")),
        ("about", "en", ()),
    }


def test_language_suffixes(tmp_path: Path):
    root = tree(tmp_path, {"intro.md": "x", "intro.de.md": "x", "guide/start.fr.md": "x", "guide/start.v2.md": "x"})

    assert scan_folder(root, default_locale="en").layout is Layout.LANGUAGE_SUFFIXES
    assert found(root) == {
        ("intro", "en", ()),
        ("intro", "de", ()),
        ("guide-start", "fr", ("guide",)),
        ("guide-start.v2", "en", ("guide",)),
    }


def test_one_language(tmp_path: Path):
    root = tree(
        tmp_path, {"intro.md": "x", "it/first.md": "x", "my files/b.md": "x", "my files/c.md": "x", ".git/d.md": "x"}
    )

    assert scan_folder(root, default_locale="en").layout is Layout.ONE_LANGUAGE
    assert found(root) == {
        ("intro", "en", ()),
        ("it-first", "en", ("it",)),
        ("my-files-b", "en", ("my-files",)),
        ("my-files-c", "en", ("my-files",)),
    }


def test_the_content_of_a_site_is_found_in_its_folder(tmp_path: Path):
    root = tree(tmp_path, {"hugo.toml": "", "content/en/a.md": "x", "content/de/a.md": "x", "themes/x.md": "x"})

    assert found(root) == {("a", "en", ()), ("a", "de", ())}


def test_a_folder_without_articles_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableFolder, match="no Markdown or HTML file"):
        scan_folder(tmp_path, default_locale="en")
    with pytest.raises(UnreadableFolder, match="no such folder"):
        scan_folder(tmp_path / "lost", default_locale="en")


def test_two_files_for_one_page_are_reported(tmp_path: Path):
    root = tree(tmp_path, {"en/a.html": "x", "en/a.md": "x", "de/a.md": "x"})

    assert scan_folder(root, default_locale="en").passed_over == [
        ("en/a.md", "the same article in the same language as en/a.html")
    ]


def test_long_paths_give_keys_that_fit(tmp_path: Path):
    keys = [key for key, _, _ in found(tree(tmp_path, {"x" * 100 + "/" + "y" * 100 + ".md": "x"}))]

    assert [len(key) for key in keys] == [160]


def test_links_within_the_site_become_article_links(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "en/docs/a.md": "[1](/docs/b/#x) [2](/de/docs/b) [3](b.md) [4](../docs/b) [5](/other) "
            "[6](https://x.org/docs/b) [7](../b/#y) [8](#here) [9](/docs/short)",
            "en/docs/b.md": "---\nslug: short\n---\nx",
            "de/docs/a.md": "![x](https://x.org/p.png)",
            "de/docs/b.md": "x",
        },
    )

    assert bodies(root)["docs-a", "en"] == (
        "[1](article:docs-b#x) [2](article:docs-b) [3](article:docs-b) [4](article:docs-b) [5](/other) "
        "[6](https://x.org/docs/b) [7](article:docs-b#y) [8](#here) [9](article:docs-b)\n"
    )


def test_pictures_are_found_beside_the_file_in_the_default_language_and_in_static(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "site/content/en/docs/a.md": "![1](own.svg) ![2](/images/site.svg) ![3](lost.svg) ![4](/../../secret.svg)",
            "site/content/de/docs/a.md": "![1](own.svg)",
            "site/content/en/docs/own.svg": SVG.format("en"),
            "site/static/images/site.svg": SVG.format("site"),
            "secret.svg": SVG.format("secret"),
        },
    )
    plan = plan_import(root / "site", default_locale="en")

    files = plan.articles[0].files
    assert set(files["en"].pictures) == {"own.svg", "images/site.svg"}
    assert set(files["de"].pictures) == {"own.svg"}
    assert files["en"].body == "![1](own.svg) ![2](images/site.svg) ![3](lost.svg) ![4](/../../secret.svg)\n"


def test_a_translated_picture_has_its_own_name(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "en/a.md": "![1](p.svg)",
            "de/a.md": "![1](p.svg)",
            "fr/a.md": "![1](p.svg)",
            "en/p.svg": SVG.format("en"),
            "de/p.svg": SVG.format("de"),
            "fr/p.svg": SVG.format("en"),
        },
    )
    files = plan_import(root, default_locale="en").articles[0].files

    assert {locale: list(file.pictures) for locale, file in files.items()} == {
        "en": ["p.svg"],
        "de": ["de/p.svg"],
        "fr": ["p.svg"],
    }
    assert files["de"].body == "![1](de/p.svg)\n"


def test_folder_pages_name_the_topic(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "en/docs/_index.md": "---\ntitle: Documentation\ndescription: All of it.\n---\n",
            "de/docs/_index.md": "---\ntitle: Dokumentation\n---\n",
            "fr/docs/_index.md": "---\nuntranslated: 1\n---\n",
            "en/docs/a.md": "x",
            "en/more-docs/b.md": "x",
            "de/docs/a.md": "x",
        },
    )
    plan = plan_import(root, default_locale="en")

    assert {topic.path: topic.names for topic in plan.topics} == {
        ("docs",): {"de": "Dokumentation", "en": "Documentation"},
        ("more-docs",): {"en": "More docs"},
    }
    assert plan.topics[0].descriptions == {"en": "All of it."}
    assert [topic_path(article) for article in plan.articles] == [("docs",), ("more-docs",)]


def test_stubs_are_skipped_and_broken_files_named(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "en/a.md": "x",
            "de/a.md": "---\nuntranslated: 1\n---\n",
            "fr/a.md": "---\ntitle: Vide\n---\n\n",
            "es/a.md": "---\ntitle: [\n---\nx",
            "ja/a.md": "x",
        },
    )
    plan = plan_import(root, default_locale="en")

    assert plan.skipped == [("de/a.md", "marked as not translated"), ("fr/a.md", "no text")]
    assert [path for path, _ in plan.unreadable] == ["es/a.md"]
    assert set(plan.articles[0].files) == {"en", "ja"}
    assert ("a", "es") in plan.present


def test_the_source_is_the_default_language_or_else_the_first(tmp_path: Path):
    root = tree(tmp_path, {"a/en.md": "x", "a/de.md": "x", "b/ja.md": "x", "b/fr.md": "x"})

    assert [article.source_locale for article in plan_import(root, default_locale="en").articles] == ["en", "fr"]


def test_braces_in_the_own_form_are_text(tmp_path: Path):
    root = tree(tmp_path, {"a/en.md": "Write {{< note >}} here."})

    assert bodies(root)["a", "en"] == "Write {{< note >}} here.\n"


def test_a_broken_topics_file_does_not_keep_articles_out(tmp_path: Path):
    root = tree(tmp_path, {"a/en.md": "---\ntopic: x/y\n---\nText", "topics.yaml": "a: [", "b/en.md": "x"})
    plan = plan_import(root, default_locale="en")

    assert [path for path, _ in plan.unreadable] == ["topics.yaml"]
    assert {topic.path for topic in plan.topics} == {("x",), ("x", "y")}
    assert len(plan.articles) == 2
