"""Forms: what was bought, what was measured, and what happened."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import DateInput, TimeInput

from portal.base.labels import label
from portal.complaints.drafts.forms import DraftForm, at_most, members
from portal.instruments.forms import CHECKS, GROUPS, MASS_UNITS, PRICE_UNITS
from portal.rules.intake_terms import BoughtFor, Concern, Handled, MeasureUnit, PurchaseKind
from portal.rules.measures import units_for
from portal.rules.metrology_terms import ChargerClass, FlowZone, GoodsGroup, MeterKind, Reference
from portal.rules.purchases import WEIGHED, quantities_of, usual_unit
from portal.rules.quantities import MassUnit

JEWELLERY_GROUPS = (GoodsGroup.GOLD_JEWELLERY.value, GoodsGroup.SILVER_JEWELLERY.value)


class WhatForm(DraftForm):
    """What was bought, what was measured, and what happened.

    The page comes in two parts: first what kind of matter it is, which may stop it early.
    """

    FIRST = frozenset({"concern", "kind", "bought_for", "handled"})
    WEIGHED_ONLY = frozenset(
        {"goods_group", "price", "price_unit", "settled", "settled_unit", "reweighed", "reweighed_unit"}
        | {"check_method", "scale_e"}
    )
    MEASURED_ONLY = frozenset({"shown", "shown_unit", "received", "received_unit", "reference"})
    ONLY_OF = MappingProxyType(
        {
            "meter": PurchaseKind.METER,
            "zone": PurchaseKind.METER,
            "charger": PurchaseKind.CHARGING,
            "smallest_delivery": PurchaseKind.FUEL,
        }
    )

    part = HiddenField()
    # The notices that stood on the page, so that a new one is read before the form goes on.
    noticed = HiddenField()

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
        """The first part's fields while that part is asked, or None."""
        return self.FIRST if self.part.data == "first" or self.lacks_first else None

    @property
    def lacks_first(self) -> bool:
        """Say whether the first part has an answer missing; who saw something need not say who has it."""
        needed = self.FIRST - (
            {"handled"} if self.bought_for.data == BoughtFor.NOTHING_BOUGHT.value else set()
        )
        return any(not self[name].data for name in needed)

    def ask_of(self, kind: PurchaseKind) -> None:
        """Ask only what belongs to a kind."""
        others = self.MEASURED_ONLY if kind in WEIGHED else self.WEIGHED_ONLY
        self.leave_out(others | {name for name, only in self.ONLY_OF.items() if only is not kind})

    def fit_to(self, kind: PurchaseKind | None) -> None:
        """Offer the units in which this kind is measured, the usual one first."""
        meter = next((one for one in MeterKind if one.value == self.meter.data), None)
        if kind is PurchaseKind.JEWELLERY:
            self.goods_group.choices = [GROUPS[0], *(one for one in GROUPS if one.value in JEWELLERY_GROUPS)]
        if kind is None or not quantities_of(kind, meter):
            return
        usual = usual_unit(kind, meter)
        offered = units_for(*quantities_of(kind, meter))
        for field in (self.shown_unit, self.received_unit):
            field.choices = [SelectChoice(unit.value, label(unit)) for unit in offered]
            field.data = field.data if field.data in {unit.value for unit in offered} else usual.value
