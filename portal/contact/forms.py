"""The two forms of the contact pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.contact.models import ContactDraft
from portal.localization import INTERFACE_LOCALES, locale_name, normalize_locale
from portal.tickets.requester_forms import (
    FILE_LIMITS,
    MAXIMUM_MESSAGE_LENGTH,
    MailAddress,
    Written,
    clean_line,
    clean_text,
)
from portal.web.forms import CleanForm

CHECK_AGAIN = _l("Check your message and send it again.")
TOO_OFTEN = _l("You sent several messages in a short time. Wait a few minutes, then send this one again.")


class GuardedForm(CleanForm):
    """A public form with a decoy; `shown_at` is signed by FormClock."""

    contact_reason = StringField(_l("Leave this empty"))
    shown_at = HiddenField()


class QuestionForm(GuardedForm):
    """What the requester asks."""

    subject = StringField(
        _l("Subject"),
        filters=[clean_line],
        validators=[
            Written(_l("Enter a subject")),
            Length(max=200, message=_l("Shorten the subject to 200 characters")),
        ],
    )
    message = TextAreaField(
        _l("Message"),
        filters=[clean_text],
        validators=[
            Written(_l("Enter your message")),
            Length(max=MAXIMUM_MESSAGE_LENGTH, message=_l("Shorten the message to 20,000 characters")),
        ],
    )
    files = MultipleFileField(_l("Attach files"), description=FILE_LIMITS)


class DetailsForm(GuardedForm):
    """Who asks, and in which language they want to be answered."""

    email = EmailField(_l("Email"), filters=[clean_line], validators=[MailAddress()])
    name = StringField(
        _l("Name"),
        filters=[clean_line],
        validators=[Length(max=120, message=_l("Enter a name of 120 characters or fewer"))],
    )
    reply_locale = SelectField(_l("Reply language"))
    time_zone = HiddenField()

    @classmethod
    def of(cls, draft: ContactDraft, locale: str, formdata: Mapping[str, Any] | None = None) -> DetailsForm:
        """The form with what the draft knows, or with what was sent; it offers the shipped languages and `locale`."""
        known = {
            "email": draft.email,
            "name": draft.name,
            "reply_locale": draft.reply_locale or locale,
            "time_zone": draft.time_zone,
        }
        form = cls(formdata, data=known)
        codes = dict.fromkeys([*INTERFACE_LOCALES, locale])
        form.reply_locale.choices = [(code, locale_name(code)) for code in codes]
        if normalize_locale(form.reply_locale.data or "") not in codes:
            form.reply_locale.data = locale
        return form
