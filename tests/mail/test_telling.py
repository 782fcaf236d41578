"""Sentences about mailboxes, in the log and on a page."""

from __future__ import annotations

from flask import Flask

from portal.localization import speaking
from portal.mail.telling import Told, told

SENTENCE = "There is no host named %(host)s. Check PORTAL_SMTP_HOST."


def test_it_is_english_wherever_nobody_chose_a_language():
    assert str(told(SENTENCE, host="smpt.example")) == "There is no host named smpt.example. Check PORTAL_SMTP_HOST."


def test_it_comes_back_from_the_database_and_is_translated_then(app: Flask):
    stored = told(SENTENCE, host="smpt.example").stored()
    with speaking("de"):
        again = Told.read(stored)
        assert again is not None
        assert "smpt.example" in again.translated()
        assert again.translated() != str(again)


def test_what_earlier_versions_stored_is_told_as_it_stands():
    assert str(Told.read("The password is 100% wrong.")) == "The password is 100% wrong."
    assert Told.read("") is None
