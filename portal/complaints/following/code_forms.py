"""Forms: the code that opens a filing, and a step in a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.rules.intake_answers import LONGEST_NARRATIVE

NEEDED = InputRequired(_l("Please fill this in."))
TOO_LONG = _l("This is too long.")


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The receipt code of a filing."""

    code = StringField(
        _l("Receipt code"),
        validators=[NEEDED, Length(max=80, message=TOO_LONG)],
        description=_l("Spaces, dashes and small letters do not matter."),
    )


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step in a case: a button with its hidden submission id, and perhaps some words."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    # The amount the filer saw when saying yes or no to it, in fen.
    offer = HiddenField(validators=[Length(max=20)])
    text = TextAreaField(
        _l("Your message"),
        validators=[
            Length(
                max=LONGEST_NARRATIVE,
                message=_l("Please keep it to %(most_count)s characters.", most_count=LONGEST_NARRATIVE),
            )
        ],
    )
