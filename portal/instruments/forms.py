"""The form of a weighing; the complaint form takes its fields and its reading from here."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import DateInput

from portal.base.labels import LABELS, render
from portal.instruments import words
from portal.instruments.weighing import CheckWith, Weighing, WeighingRefused, weigh
from portal.rules.goods import LONGEST_NAME
from portal.rules.metrology_terms import GoodsGroup
from portal.rules.pledge import PledgeTerms
from portal.rules.quantities import LONGEST_TEXT, MassUnit

NEEDED = InputRequired(_l("Please fill this in."))
NUMBER_LENGTH = Length(max=LONGEST_TEXT, message=_l("This is too long."))
WEIGHING_FIELDS = (
    "goods",
    "goods_group",
    "price",
    "price_unit",
    "settled",
    "settled_unit",
    "reweighed",
    "reweighed_unit",
    "check_method",
    "scale_e",
    "bought_on",
)
MASS_UNITS = [
    SelectChoice(MassUnit.KG.value, _l("kilograms")),
    SelectChoice(MassUnit.G.value, _l("grams")),
    SelectChoice(MassUnit.JIN.value, _l("jin (500 g)")),
    SelectChoice(MassUnit.LIANG.value, _l("liang (50 g)")),
]
PRICE_UNITS = [
    SelectChoice(MassUnit.KG.value, _l("yuan per kilogram")),
    SelectChoice(MassUnit.JIN.value, _l("yuan per jin (500 g)")),
    SelectChoice(MassUnit.LIANG.value, _l("yuan per liang (50 g)")),
    SelectChoice(MassUnit.G.value, _l("yuan per gram")),
]
GROUPS = [
    SelectChoice("", _l("Work it out from the name")),
    *(SelectChoice(group.value, LABELS[GoodsGroup, group.value]) for group in GoodsGroup),
]
CHECKS = [SelectChoice(check.value, words.WORDS[check]) for check in CheckWith]


class WeighingForm(FlaskForm):  # type: ignore[misc]
    """What was bought, what was charged, what a second weighing found.

    A form that takes these fields over calls `parsed` in place of `validate`.
    """

    reweighing_is_needed: ClassVar[bool] = False

    goods = StringField(
        _l("What was bought"),
        validators=[NEEDED, Length(max=LONGEST_NAME, message=_l("This is too long."))],
        description=_l("As on the price sign, for example prawns."),
    )
    goods_group = SelectField(
        _l("Kind of goods"),
        choices=GROUPS,
        default="",
        description=_l("We guess it from the name. Change it if we are wrong."),
    )
    price = StringField(_l("Unit price"), validators=[NEEDED, NUMBER_LENGTH])
    price_unit = SelectField(_l("Unit of the price"), choices=PRICE_UNITS, default=MassUnit.KG.value)
    settled = StringField(_l("Weight you paid for"), validators=[NEEDED, NUMBER_LENGTH])
    settled_unit = SelectField(
        _l("Unit of the weight paid for"), choices=MASS_UNITS, default=MassUnit.KG.value
    )
    reweighed = StringField(_l("Weight found on re-weighing"), validators=[NUMBER_LENGTH])
    reweighed_unit = SelectField(
        _l("Unit of the weight found"), choices=MASS_UNITS, default=MassUnit.KG.value
    )
    check_method = SelectField(
        _l("What it was re-weighed on"), choices=CHECKS, default=CheckWith.FAIR_SCALE.value
    )
    scale_e = StringField(
        _l("e of the stall's scale, in grams"),
        validators=[NUMBER_LENGTH],
        description=_l(
            "It stands on the plate, for example e = 5 g. Only needed where no deviation is prescribed."
        ),
    )
    bought_on = StringField(_l("Day of purchase"), widget=DateInput(), validators=[NUMBER_LENGTH])

    def parsed(self, *, today: date, terms: PledgeTerms | None = None) -> Weighing | None:
        """Check the form and return the weighing, or None with a message on each field to mend."""
        self.validate()
        weighing = None
        try:
            weighing = weigh({name: self[name].data for name in WEIGHING_FIELDS}, today=today, terms=terms)
        except WeighingRefused as refused:
            for name, message in refused.errors.items():
                self._refuse(name, render(message))
        if self.reweighing_is_needed and not (self.reweighed.data or "").strip():
            self._refuse("reweighed", str(NEEDED.message))
        return None if self.errors else weighing

    def checked(self, *, today: date) -> Weighing | None:
        """Return the judged weighing that stands in the form, or None where there is none to judge."""
        try:
            weighing = weigh({name: self[name].data for name in WEIGHING_FIELDS}, today=today)
        except WeighingRefused:
            return None
        return weighing if weighing.judgement else None

    def _refuse(self, name: str, sentence: str) -> None:
        """Put a sentence on a field that has none yet."""
        if not self[name].errors:
            self[name].errors = [sentence]


class ReweighForm(WeighingForm):
    """The helper's form: without a second weighing there is nothing to check."""

    reweighing_is_needed = True
