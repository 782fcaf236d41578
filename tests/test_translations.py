"""Every shipped language is complete and up to date: nothing missing, nothing fuzzy, no placeholder lost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from babel.messages.plurals import get_plural

from portal.localization import INTERFACE_LOCALES

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "translations"
TRANSLATED = [locale for locale in INTERFACE_LOCALES if locale != "en"]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w+)\}")


def problems_of(catalog: polib.POFile, plural_count: int) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    found = []
    for entry in catalog:
        if entry.obsolete:
            found.append(f"obsolete: {entry.msgid}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid}")
        elif not entry.translated():
            found.append(f"missing: {entry.msgid}")
        elif entry.msgid_plural and len(entry.msgstr_plural) != plural_count:
            found.append(f"{len(entry.msgstr_plural)} plural forms, not {plural_count}: {entry.msgid}")
        else:
            found.extend(_placeholder_problems(entry))
    return found


def _placeholder_problems(entry: polib.POEntry) -> list[str]:
    if entry.msgid_plural:
        # A form for exactly one (or two) things may say so in words instead of by number.
        allowed = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
        wrong = [text for text in entry.msgstr_plural.values() if not _placeholders(text) <= allowed]
        lost = (allowed - {"num"}) - _placeholders(list(entry.msgstr_plural.values())[-1])
        return [f"placeholders: {entry.msgid}"] if wrong or lost else []
    return [f"placeholders: {entry.msgid}"] if _placeholders(entry.msgid) != _placeholders(entry.msgstr) else []


def _placeholders(text: str) -> set[str]:
    return {found[1] or found[2] or found[0] for found in PLACEHOLDER.finditer(text)}


def template_catalog(target: Path) -> polib.POFile:
    """The texts that the source holds now."""
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "translations/babel.cfg",
               "-k", "lazy_gettext", "-k", "_l", "--no-location", "--omit-header", "-o", str(target), "."]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return polib.pofile(str(target))


@pytest.mark.parametrize("locale", TRANSLATED)
def test_catalogue_is_complete(locale: str):
    catalog = polib.pofile(str(TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"))
    assert problems_of(catalog, get_plural(locale).num_plurals) == []


def test_catalogues_hold_what_the_source_says(tmp_path: Path):
    wanted = {(entry.msgctxt, entry.msgid) for entry in template_catalog(tmp_path / "messages.pot")}
    assert len(wanted) > 100
    for locale in TRANSLATED:
        catalog = polib.pofile(str(TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"))
        have = {(entry.msgctxt, entry.msgid) for entry in catalog if not entry.obsolete}
        assert have == wanted, f"{locale}: run `make messages` and translate: {sorted(map(str, have ^ wanted))[:20]}"


@pytest.mark.parametrize(
    ("entry", "plural_count"),
    [
        (polib.POEntry(msgid="Send", msgstr=""), 2),
        (polib.POEntry(msgid="Send", msgstr="Senden", flags=["fuzzy"]), 2),
        (polib.POEntry(msgid="To %(name)s", msgstr="An %(nmae)s"), 2),
        (polib.POEntry(msgid="Saved {time}", msgstr="Gespeichert"), 2),
        (polib.POEntry(msgid="%(num)s file", msgid_plural="%(num)s files", msgstr_plural={0: "%(num)s Datei"}), 2),
    ],
)
def test_a_planted_mistake_is_found(entry: polib.POEntry, plural_count: int):
    catalog = polib.POFile()
    catalog.append(entry)
    assert problems_of(catalog, plural_count)
