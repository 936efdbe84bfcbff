"""The forms of filing and following."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.base.labels import label
from portal.complaints.words import Request, Wanted
from portal.instruments.forms import WeighingForm

LONGEST_NARRATIVE = 1000
NEEDED = InputRequired(_l("Please fill this in."))
TOO_LONG = _l("This is too long.")


class ComplaintForm(WeighingForm):  # type: ignore[misc]
    """Everything one person sends once."""

    reweighing_is_needed = False

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])
    merchant = StringField(_l("Number of the merchant"), validators=[Length(max=20)])
    wanted = RadioField(_l("What do you want?"), validators=[NEEDED], choices=[])
    requests = SelectMultipleField(
        _l("What do you ask of the merchant?"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    narrative = TextAreaField(
        _l("What happened?"),
        validators=[
            NEEDED,
            Length(max=LONGEST_NARRATIVE, message=_l("Please keep it to 1,000 characters.")),
        ],
        description=_l(
            "Up to 1,000 characters. Please leave out names and phone numbers; we ask for them below."
        ),
    )
    name = StringField(_l("Your name"), validators=[Length(max=60, message=TOO_LONG)])
    phone = StringField(_l("Your phone"), validators=[Length(max=40, message=TOO_LONG)])
    address = StringField(_l("Your postal address"), validators=[Length(max=200, message=TOO_LONG)])
    agrees_to_publication = BooleanField(
        _l("The outcome of my complaint may be published, without anything about me")
    )
    agrees_to_delegation = BooleanField(_l("A consumer association may mediate in the authority's name"))

    def offer_choices(self) -> None:
        """Fill the lists in the reader's language."""
        self.wanted.choices = [SelectChoice(w.value, label(w)) for w in Wanted]
        self.requests.choices = [SelectChoice(r.value, label(r)) for r in Request]

    def _require_for_a_complaint(self, field: StringField) -> None:
        if self.wanted.data in {Wanted.MEDIATION.value, Wanted.BOTH.value} and not (field.data or "").strip():
            raise ValidationError(
                _("A complaint needs this (Order 121, Art. 10). A report can be anonymous.")
            )

    def validate_name(self, field: StringField) -> None:
        self._require_for_a_complaint(field)

    def validate_phone(self, field: StringField) -> None:
        self._require_for_a_complaint(field)

    def validate_address(self, field: StringField) -> None:
        self._require_for_a_complaint(field)


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
    text = TextAreaField(
        _l("Your message"), validators=[Length(max=1000, message=_l("Please keep it to 1,000 characters."))]
    )
