"""What authors and results pages send."""

from __future__ import annotations

from enum import StrEnum

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.search.learning.models import WordDecision
from portal.web.forms import CleanForm, RowIdField


class EvidenceDecision(StrEnum):
    """What an author says of a question."""

    USED = "used"
    REFUSED = "refused"


class LearningDecision(StrEnum):
    """What an author says of an article."""

    LEARNING = "learning"
    PAUSED = "paused"


class WordForm(CleanForm):
    """The decision about a word."""

    decision = SelectField(choices=[each.value for each in WordDecision], coerce=WordDecision)


class EvidenceForm(CleanForm):
    """The decision about a question."""

    decision = SelectField(choices=[each.value for each in EvidenceDecision], coerce=EvidenceDecision)


class LearningForm(CleanForm):
    """The decision about an article."""

    decision = SelectField(choices=[each.value for each in LearningDecision], coerce=LearningDecision)


class OpeningForm(CleanForm):
    """A result that somebody opened: of which search of which visit, and where it stood from 1 on."""

    visit = StringField(validators=[InputRequired(), Length(max=64)])
    q = StringField(validators=[InputRequired(), Length(max=2_000)])
    article = RowIdField(validators=[InputRequired()])
    position = RowIdField(validators=[InputRequired()])
