"""What the style guide shows: a form with its fields in every state, files, pages, suggestions."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, EmailField, FileField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from portal.localization import INTERFACE_LOCALES, locale_name


class SampleForm(Form):
    """Every kind of field."""

    subject = StringField(validators=[DataRequired()])
    email = EmailField(validators=[DataRequired()])
    name = StringField()
    message = TextAreaField(validators=[DataRequired()])
    language = SelectField()
    reason = RadioField()
    remember = BooleanField()
    files = FileField()


def styleguide_context() -> dict[str, Any]:
    """The values that ``agent/styleguide.html`` takes."""
    return {"form": _sample_form(), "files": _FILES, "pages": _pages(), "suggestions": _suggestions()}


_FILES = [
    {"id": "1", "name": "receipt-2026-11.pdf", "size": 182_400, "url": "#guide-files", "state": ""},
    {"id": "2", "name": "screenshot.png", "size": 2_380_000, "url": "", "state": ""},
]


def _sample_form() -> SampleForm:
    form = SampleForm(data={"subject": "Refund late", "email": "mira@example", "language": "en"})
    form.language.choices = [(code, locale_name(code)) for code in INTERFACE_LOCALES]
    form.reason.choices = [
        ("not_solved", _("It did not solve my problem")),
        ("hard_to_understand", _("It is hard to understand")),
        ("out_of_date", _("It is out of date or wrong")),
        ("other", _("Something else")),
    ]
    labels = {
        "subject": _("Subject"), "email": _("Email address"), "name": _("Name"), "message": _("Message"),
        "language": _("Reply language"), "reason": _("What was missing?"), "remember": _("Single-key shortcuts"),
        "files": _("Attach files"),
    }  # fmt: skip
    for name, text in labels.items():
        form[name].label.text = text
    form.email.errors = [_("Enter an email address in the format name@example.com")]
    form.message.errors = [_("Enter your message")]
    return form


def _pages() -> list[dict[str, Any] | None]:
    numbered = [{"number": number, "url": "#guide-table", "current": number == 2} for number in (1, 2, 3)]
    return [*numbered, None, {"number": 9, "url": "#guide-table", "current": False}]


def _suggestions() -> list[dict[str, str]]:
    return [
        {"title": "Get a refund", "url": "#guide-search", "topic": "Payments", "locale": "en"},
        {"title": "Refund not arrived", "url": "#guide-search", "topic": "Payments", "locale": "en"},
    ]
