"""Forms: what a filer types after sending."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.base.labels import label
from portal.rules.intake_answers import LONGEST_NARRATIVE

NEEDED = InputRequired(_l("Please fill this in."))
TOO_LONG = _l("This is too long.")
TOO_LONG_A_TEXT = _l("Please keep it to %(most_count)s characters.", most_count=LONGEST_NARRATIVE)


def said(text: str | None) -> str:
    """Return a typed text without the spaces around it."""
    return (text or "").strip()


def _not_blank(_form: FlaskForm, field: StringField) -> None:
    if not said(field.data):
        raise ValidationError(_("Please fill this in."))


class BlockForm(FlaskForm):  # type: ignore[misc]
    """The last block of the receipt code, typed to see that it was kept."""

    block = StringField(
        _l("The last five signs of your code"),
        validators=[NEEDED, Length(max=40, message=TOO_LONG)],
        description=_l("Read them from what you wrote down or saved, not from this page."),
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to a question of the office."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    text = TextAreaField(
        _l("Your answer"),
        validators=[
            NEEDED,
            _not_blank,
            Length(max=LONGEST_NARRATIVE, message=TOO_LONG_A_TEXT),
        ],
    )


class RecoverForm(FlaskForm):  # type: ignore[misc]
    """A case number and the phrase that brings a lost code back."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    number = StringField(
        _l("Case number"),
        validators=[NEEDED, Length(max=40, message=TOO_LONG)],
        description=_l("For example TS-2345-ABCD. Either number will do if you filed two cases at once."),
    )
    # Shown as it is typed: a password box lets nobody write Chinese.
    phrase = StringField(
        _l("Your recovery phrase"),
        validators=[NEEDED, Length(max=200, message=TOO_LONG)],
        description=_l("The words you chose when you filed. Spaces and capitals do not matter."),
    )


class JoinForm(FlaskForm):  # type: ignore[misc]
    """What somebody adds who joins a complaint; all of it may stay empty."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    bought_on = DateField(_l("When did it happen to you?"), validators=[Optional()])
    words = TextAreaField(
        _l("What happened to you?"),
        validators=[Length(max=500, message=_l("Please keep it to 500 characters."))],
        description=_l(
            "Up to 500 characters, for the officers alone. Please leave out names and phone numbers."
        ),
    )

    def validate_bought_on(self, field: DateField) -> None:
        """Refuse a day that is still to come; the view sets `today`."""
        if field.data and field.data > self.today:
            raise ValidationError(_("This day is still to come."))

    today: Any = None


class SurveyForm(FlaskForm):  # type: ignore[misc]
    """Whether somebody is satisfied with how a case ended, and why."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    satisfied = RadioField(_l("Are you satisfied with how it ended?"), validators=[NEEDED], choices=[])
    reasons = SelectMultipleField(
        _l("Why? Choose all that fit"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    words = TextAreaField(
        _l("Anything else?"),
        validators=[Length(max=LONGEST_NARRATIVE, message=TOO_LONG_A_TEXT)],
    )

    def offer(self, reasons: list[Any]) -> None:
        """Fill the lists in the reader's language."""
        self.satisfied.choices = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
        self.reasons.choices = [SelectChoice(reason.value, label(reason)) for reason in reasons]
