"""Forms: the fields of the steps; what they come to is read by `answers`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, Optional
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, TimeInput

from portal.base.labels import LABELS, label, render
from portal.complaints.answers import PROMISED_AMOUNT, DraftReading, clauses_to_rely_on
from portal.complaints.words import Request
from portal.instruments.forms import CHECKS, GROUPS, MASS_UNITS, PRICE_UNITS
from portal.rules.intake import missing_in
from portal.rules.intake_terms import BoughtFor, Concern, FiledAs, Handled, MeasureUnit, PurchaseKind, Step
from portal.rules.messages import Message
from portal.rules.metrology_terms import ChargerClass, FlowZone, MeterKind, Reference
from portal.rules.pledge_clauses import CLAUSES
from portal.rules.purchases import quantities_of, usual_unit
from portal.rules.quantities import MassUnit

TOO_LONG = _l("This is too long.")


def at_most(count: int) -> list[Any]:
    """Return the validators of a field that may stay empty."""
    return [Optional(), Length(max=count, message=TOO_LONG)]


def members(kind: Any, *, empty: Any = None) -> list[SelectChoice]:
    """Return an enum's members as choices; their words are lazy."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(member.value, LABELS[kind, member.value]) for member in kind]


NOT_TYPED = frozenset({"csrf_token", "submission_id", "part"})


class DraftForm(FlaskForm):  # type: ignore[misc]
    """One step; every field may stay empty until the step is left by "next"."""

    @property
    def typed(self) -> dict[str, Any]:
        """Return what was typed, by field; nothing is worked out."""
        return {
            name: value for name, value in self.data.items() if name not in {"csrf_token", "submission_id"}
        }

    def take(self, errors: Mapping[str, Message]) -> None:
        """Put messages on the fields they name."""
        for name, message in errors.items():
            self._put(name, render(message))

    def refuse(self, step: Step, reading: DraftReading, *, today: date) -> bool:
        """Put what cannot be used and what is missing on the fields; say whether there was any."""
        asked = self.asked
        missing = {one.field: one.sentence for one in missing_in(step, reading.answers, today=today)}
        unusable = reading.errors.get(step, {})
        if unusable:
            # What cannot be read is said on its own field; that nothing was measured follows from it.
            missing.pop("is_measured", None)
        found = {**missing, **unusable}
        self.take({name: said for name, said in found.items() if asked is None or name in asked})
        return bool(self.errors)

    @property
    def asked(self) -> frozenset[str] | None:
        """The fields the page asked for, or None for all of them."""
        return None

    def _put(self, name: str, sentence: str) -> None:
        """Put a sentence on a field that has none yet; one without a field stands at the top."""
        field = self._fields.get(FIELD_OF.get(name, name))
        if field is None:
            if name != "seen":
                self.form_errors.append(sentence)
        elif not field.errors:
            field.errors = [sentence]


# Answers whose field on the page bears another name.
FIELD_OF = {"place_name": "name", "is_measured": "settled", "has_proxy_identity": "proxy_name"}


class WhereForm(DraftForm):
    """Which merchant it is about."""

    submission_id = HiddenField(validators=[Length(max=80)])
    merchant = HiddenField(validators=at_most(20))
    name = StringField(_l("Name of the merchant"), validators=at_most(120))
    place = StringField(
        _l("Where it is"),
        validators=at_most(200),
        description=_l("Street, market, the stall's number: so that an officer can find it."),
    )
    county = StringField(
        _l("City and county"), validators=at_most(60), description=_l("For example 杭州市西湖区.")
    )


class WhatForm(DraftForm):
    """What was bought, what was measured, and what happened.

    The page comes in two parts: first what kind of matter it is, which may stop it early.
    """

    FIRST = frozenset({"concern", "kind", "bought_for", "handled"})

    part = HiddenField()

    concern = RadioField(_l("What is it about?"), choices=members(Concern), validators=[Optional()])
    kind = RadioField(
        _l("What kind of purchase was it?"), choices=members(PurchaseKind), validators=[Optional()]
    )

    goods = StringField(
        _l("What was bought"),
        validators=at_most(60),
        description=_l("As on the price sign, for example prawns."),
    )
    goods_group = SelectField(
        validate_choice=False,
        label=_l("Kind of goods"),
        choices=GROUPS,
        default="",
        description=_l("We guess it from the name. Change it if we are wrong."),
    )
    price = StringField(_l("Unit price"), validators=at_most(40))
    price_unit = SelectField(
        validate_choice=False, label=_l("Unit of the price"), choices=PRICE_UNITS, default=MassUnit.KG.value
    )
    settled = StringField(_l("Weight you paid for"), validators=at_most(40))
    settled_unit = SelectField(
        validate_choice=False,
        label=_l("Unit of the weight paid for"),
        choices=MASS_UNITS,
        default=MassUnit.KG.value,
    )
    reweighed = StringField(_l("Weight found on re-weighing"), validators=at_most(40))
    reweighed_unit = SelectField(
        validate_choice=False,
        label=_l("Unit of the weight found"),
        choices=MASS_UNITS,
        default=MassUnit.KG.value,
    )
    check_method = SelectField(
        validate_choice=False, label=_l("What it was re-weighed on"), choices=CHECKS, default=CHECKS[0].value
    )
    scale_e = StringField(
        _l("e of the stall's scale, in grams"),
        validators=at_most(40),
        description=_l(
            "It stands on the plate, for example e = 5 g. Only needed where no deviation is prescribed."
        ),
    )

    shown = StringField(_l("What was shown or promised"), validators=at_most(40))
    shown_unit = SelectField(validate_choice=False, label=_l("Unit"), choices=members(MeasureUnit))
    received = StringField(_l("What you really got"), validators=at_most(40))
    received_unit = SelectField(
        validate_choice=False, label=_l("Unit of what you got"), choices=members(MeasureUnit)
    )
    reference = RadioField(
        _l("How do you know?"),
        choices=members(Reference),
        default=Reference.OWN_ESTIMATE.value,
        validators=[Optional()],
    )
    meter = SelectField(
        validate_choice=False,
        label=_l("Which meter is it?"),
        choices=members(MeterKind, empty=_l("Please choose")),
        default="",
    )
    zone = SelectField(
        validate_choice=False,
        label=_l("At which flow was it tested?"),
        choices=members(FlowZone, empty=_l("I do not know")),
        default="",
    )
    charger = SelectField(
        validate_choice=False,
        label=_l("Accuracy class of the charger"),
        choices=members(ChargerClass, empty=_l("I do not know")),
        default="",
    )
    smallest_delivery = BooleanField(_l("It was the smallest amount the pump delivers"))

    device = StringField(
        _l("Which device, exactly?"),
        validators=at_most(60),
        description=_l("The stall and its scale, the pump's number, the taxi's plate, the meter's number."),
    )
    paid = StringField(_l("Amount paid"), validators=at_most(40))
    bought_on = StringField(_l("Day of purchase"), widget=DateInput(), validators=at_most(20))
    time_of_day = StringField(_l("Time of day"), widget=TimeInput(), validators=at_most(10))
    known_on = StringField(
        _l("When did you notice?"),
        widget=DateInput(),
        validators=at_most(20),
        description=_l("Only if it was later than the day of purchase."),
    )
    bought_for = RadioField(_l("What was it for?"), choices=members(BoughtFor), validators=[Optional()])
    handled = RadioField(
        _l("Has somebody taken it up already?"), choices=members(Handled), validators=[Optional()]
    )
    narrative = TextAreaField(
        _l("What happened?"),
        description=_l("Please leave out names and phone numbers; we ask for them in a later step."),
    )

    @property
    def asked(self) -> frozenset[str] | None:
        is_first = self.part.data == "first" or any(not self[name].data for name in sorted(self.FIRST))
        return self.FIRST if is_first else None

    def fit_to(self, kind: PurchaseKind | None) -> None:
        """Offer the units in which this kind is measured, the usual one first."""
        if kind is None or not quantities_of(kind):
            return
        usual = usual_unit(kind, next((one for one in MeterKind if one.value == self.meter.data), None))
        for field in (self.shown_unit, self.received_unit):
            field.data = field.data or usual.value


class EvidenceForm(DraftForm):
    """The evidence step has no text of its own."""


class AskForm(DraftForm):
    """What is asked of the merchant and of the authority."""

    requests = SelectMultipleField(
        _l("What do you ask of the merchant?"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    wants_checking = BooleanField(
        _l("The authority shall look into it, so that it does not happen to others")
    )
    pledge_clause = RadioField(_l("Which promise do you rely on?"), choices=[], validators=[Optional()])

    def offer(self, reading: DraftReading) -> None:
        """Fill the lists; the promises are those of the pledge in force on the day of purchase."""
        self.requests.choices = [SelectChoice(request.value, label(request)) for request in Request]
        words = {PROMISED_AMOUNT: _("The promised amount")}
        words |= {clause.id: render(clause.message) for clause in CLAUSES}
        offered = clauses_to_rely_on(reading.pledge) if reading.pledge else []
        self.pledge_clause.choices = [
            SelectChoice("", _l("None in particular")),
            *(SelectChoice(one, words[one]) for one in offered),
        ]


class WhoForm(DraftForm):
    """Who files, and what they agree to."""

    filed_as = RadioField(
        _l("For whom do you file?"),
        choices=members(FiledAs),
        default=FiledAs.SELF.value,
        validators=[Optional()],
    )
    name = StringField(_l("Your name"), validators=at_most(60))
    phone = StringField(_l("Your phone"), validators=at_most(40))
    address = StringField(_l("Your postal address"), validators=at_most(200))
    email = StringField(
        _l("Your e-mail"),
        validators=[*at_most(120), Email(message=_l("Please look at this address again."))],
        description=_l("If you want to hear of news by e-mail. The letters hold nothing private."),
    )
    id_number = StringField(
        _l("Your ID number"),
        validators=at_most(30),
        description=_l("Not needed now. We keep only its last four characters and a mark to tell it again."),
    )
    proxy_name = StringField(_l("Name of the proxy"), validators=at_most(60))
    proxy_phone = StringField(_l("Phone of the proxy"), validators=at_most(40))
    proxy_matter = StringField(_l("Matter of the power of attorney"), validators=at_most(120))
    proxy_power = StringField(_l("What the proxy may do"), validators=at_most(120))
    proxy_term = StringField(_l("How long it holds"), validators=at_most(60))
    has_power_of_attorney = BooleanField(_l("A signed power of attorney is at hand"))
    joint_count = StringField(_l("How many people complain together?"), validators=at_most(4))
    representative_1_name = StringField(_l("First representative"), validators=at_most(60))
    representative_1_phone = StringField(_l("Phone of the first representative"), validators=at_most(40))
    representative_2_name = StringField(_l("Second representative"), validators=at_most(60))
    representative_2_phone = StringField(_l("Phone of the second representative"), validators=at_most(40))
    agrees_to_publication = RadioField(
        _l("May the outcome be published, without anything about you?"),
        choices=[SelectChoice("yes", _l("Yes, I agree")), SelectChoice("no", _l("No"))],
        validators=[Optional()],
    )
    agrees_to_delegation = RadioField(
        _l("May a consumer association mediate in the authority's name?"),
        choices=[SelectChoice("yes", _l("Yes, I agree")), SelectChoice("no", _l("No"))],
        validators=[Optional()],
    )
    recovery_phrase = StringField(
        _l("A phrase to bring a lost code back"),
        validators=at_most(100),
        description=_l("Four words or more that only you know. Write nothing that others can guess."),
    )


FORMS: dict[Step, type[DraftForm]] = {
    Step.WHERE: WhereForm,
    Step.WHAT: WhatForm,
    Step.EVIDENCE: EvidenceForm,
    Step.ASK: AskForm,
    Step.WHO: WhoForm,
    Step.PREVIEW: DraftForm,
}
