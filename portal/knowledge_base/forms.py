"""What readers send about an article."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.knowledge_base.models import FeedbackReason
from portal.web.forms import CleanForm

MAXIMUM_COMMENT_LENGTH = 1000
REASONS = (
    SelectChoice(FeedbackReason.NOT_SOLVED.value, _("It did not solve my problem")),
    SelectChoice(FeedbackReason.HARD_TO_UNDERSTAND.value, _("It is hard to understand")),
    SelectChoice(FeedbackReason.OUT_OF_DATE.value, _("It is out of date or wrong")),
    SelectChoice(FeedbackReason.OTHER.value, _("Something else")),
)


class ReasonForm(CleanForm):
    """Why an article did not help. `receipt` is that of the answer just given."""

    receipt = HiddenField()
    reason = RadioField(
        _("What was missing?"),
        choices=REASONS,
        validators=[InputRequired(_("Choose what was missing"))],
        # A choice that is not on the list comes from no page of ours; the message for an empty one fits it too.
        validate_choice=False,
    )
    comment = TextAreaField(
        _("Comment"),
        description=_("Do not include personal details."),
        validators=[
            Length(max=MAXIMUM_COMMENT_LENGTH, message=_("Shorten your comment to 1,000 characters or fewer")),
        ],
    )

    def chosen_reason(self) -> FeedbackReason:
        """The reason chosen; one that is not on the list counts as “something else”."""
        chosen = self.reason.data
        return FeedbackReason(chosen) if chosen in {choice.value for choice in REASONS} else FeedbackReason.OTHER
