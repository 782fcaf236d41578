"""What agents send: replies, notes, and changes of a ticket's properties."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from portal.tickets.canned import unresolved_variables
from portal.tickets.lifecycle import ALLOWED
from portal.tickets.models import Priority, Status
from portal.tickets.requester_forms import MailAddress, clean_line
from portal.tickets.tags import MAXIMUM_TAG_LENGTH, MAXIMUM_TAGS, split_tags
from portal.web.forms import CleanForm, RowIdField

MAXIMUM_BODY = 50_000
# What a reply may leave a ticket in; the first is what the main button does.
STATUSES_AFTER_REPLY = (Status.PENDING, Status.SOLVED, Status.OPEN)


def new_idempotency_key() -> str:
    """One for each rendering of a composer: what is sent twice under it is one message."""
    return secrets.token_urlsafe(24)


def _normal_lines(value: str | None) -> str | None:
    return value.replace("\r\n", "\n").rstrip() if value else value


class ReplyForm(CleanForm):
    """A public reply. `last_seen_message_id` says what the writer knew."""

    body = TextAreaField(
        _l("Your reply"),
        validators=[
            DataRequired(_l("Enter your reply")),
            Length(max=MAXIMUM_BODY, message=_l("Enter a shorter reply")),
        ],
        filters=[_normal_lines],
    )
    idempotency_key = HiddenField(validators=[DataRequired(), Length(max=64)])
    last_seen_message_id = RowIdField(widget=HiddenInput(), validators=[InputRequired()])
    status_after = SelectField(
        choices=[status.value for status in STATUSES_AFTER_REPLY], default=Status.PENDING.value, coerce=Status
    )

    def validate_body(self, field: TextAreaField) -> None:
        """A variable that nobody filled in stops the reply and is named."""
        names = unresolved_variables(field.data or "")
        if names:
            listed = ", ".join(f"{{{{{name}}}}}" for name in names)
            raise ValidationError(_("Fill in or remove %(variables)s before you send", variables=listed))


class NoteForm(CleanForm):
    """An internal note."""

    body = TextAreaField(
        _l("Internal note"),
        validators=[DataRequired(_l("Enter your note")), Length(max=MAXIMUM_BODY, message=_l("Enter a shorter note"))],
        filters=[_normal_lines],
    )
    idempotency_key = HiddenField(validators=[DataRequired(), Length(max=64)])


class PropertyForm(CleanForm):
    """One property: its new `value`, and the value `before` that the agent saw when choosing."""

    value = StringField()
    before = StringField()


class TagsForm(CleanForm):
    """The tags of a ticket as words between commas."""

    tags = StringField(
        _l("Tags"),
        description=_l("Separate tags with commas."),
        filters=[lambda value: ", ".join(split_tags(value)) if value else value],
    )
    before = HiddenField()

    def validate_tags(self, field: StringField) -> None:
        """Not too many, none too long."""
        names = split_tags(field.data)
        if len(names) > MAXIMUM_TAGS:
            raise ValidationError(_("Use at most %(count)s tags", count=MAXIMUM_TAGS))
        if any(len(name) > MAXIMUM_TAG_LENGTH for name in names):
            raise ValidationError(_("Use at most %(count)s characters for a tag", count=MAXIMUM_TAG_LENGTH))


class BulkForm(CleanForm):
    """A change of several tickets at once."""

    change = StringField(validators=[DataRequired()])
    status = StringField()
    priority = StringField()
    tag = StringField(filters=[lambda value: " ".join(value.lower().split()) if value else value])


def statuses_to_choose(current: Status) -> list[Status]:
    """The statuses that an agent may move a ticket to by hand."""
    return [status for status in Status if status in ALLOWED[current] and status is not Status.CLOSED]


def priorities() -> Sequence[Priority]:
    """Every priority, most urgent first."""
    return tuple(reversed(Priority))


class AddressForm(CleanForm):
    """One address."""

    address = EmailField(_l("Email address"), filters=[clean_line], validators=[MailAddress()])


class ReferenceForm(CleanForm):
    """Another ticket."""

    reference = StringField(_l("Reference of the other ticket"), filters=[clean_line], validators=[Length(max=20)])


class ParticipantForm(AddressForm):
    """Somebody who is to take part."""

    name = StringField(_l("Name"), filters=[clean_line], validators=[Length(max=120)])
