"""Forms: what an officer measured, as a verdict is made of it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.base.labels import label
from portal.desk.forms import NEEDED, DeskForm, checked, no_longer_than
from portal.desk.typed import NOTHING, grams_of, kilograms_of, price_of
from portal.rules.metrology import (
    AccuracyClass,
    CheckMethod,
    CheckScale,
    Goods,
    GoodsGroup,
    Judgement,
    ScaleSpec,
    judge_retail,
)


class FindingForm(DeskForm):
    """What was measured: the purchase, the second weighing and what it was done with."""

    goods = StringField(_l("Goods bought"), validators=[NEEDED, no_longer_than(60)])
    goods_group = SelectField(
        _l("Group of goods"),
        validate_choice=True,
        description=_l("The first annex goes by the name of the goods, the second by their price."),
    )
    unit_price = StringField(_l("Unit price"), validators=[NEEDED, no_longer_than(40)])
    settled = StringField(_l("Settled weight"), validators=[NEEDED, no_longer_than(40)])
    reweighed = StringField(_l("Weight found"), validators=[NEEDED, no_longer_than(40)])
    method = RadioField(
        _l("How it was checked"), validators=[InputRequired(_l("Please choose how it was checked."))]
    )
    check_error = StringField(
        _l("Largest permitted error of the check scale or the weights"),
        validators=[Optional(), no_longer_than(40)],
        description=_l("Empty where it is not known."),
    )
    weights_error = StringField(
        _l("Error of the scale when tested with weights"),
        validators=[Optional(), no_longer_than(40)],
        description=_l("Only for the trader's own scale: the weights less the reading, without a sign."),
    )
    interval = StringField(
        _l("Verification interval e of the trader's scale"),
        validators=[Optional(), no_longer_than(40)],
        description=_l("From the plate of the scale; decides where the annexes prescribe nothing."),
    )
    accuracy = SelectField(_l("Accuracy class of the trader's scale"))
    # What the officer last saw a verdict of; another value is shown first and recorded afterwards.
    seen = HiddenField(validators=[Length(max=80)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods_group.choices = [
            SelectChoice("", _("Not named in the annex: the price decides")),
            *(SelectChoice(group.value, label(group)) for group in GoodsGroup),
        ]
        self.method.choices = [SelectChoice(method.value, label(method)) for method in CheckMethod]
        self.accuracy.choices = [SelectChoice(one.value, label(one)) for one in AccuracyClass]

    def validate_unit_price(self, field: Field) -> None:
        """Refuse a price that is none."""
        checked(field, price_of)

    def validate_settled(self, field: Field) -> None:
        """Refuse a weight that is none."""
        checked(field, kilograms_of)

    validate_reweighed = validate_settled

    def validate_check_error(self, field: Field) -> None:
        """Refuse an error that is no weight."""
        if field.data and field.data.strip() not in NOTHING:
            checked(field, grams_of)

    validate_weights_error = validate_check_error
    validate_interval = validate_check_error

    @property
    def settled_mg(self) -> int:
        """The settled weight in mg."""
        return kilograms_of(self.settled.data)

    @property
    def reweighed_mg(self) -> int:
        """The weight found in mg."""
        return kilograms_of(self.reweighed.data)

    @staticmethod
    def mark_of(judgement: Judgement) -> str:
        """Return a short mark of a verdict and all it rests on."""
        text = json.dumps(judgement.snapshot(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def judgement(self, on: date) -> Judgement:
        """Judge what was typed under the rules of a day; InputRefused where it cannot be."""
        group = self.goods_group.data
        interval_mg = _error_of(self.interval)
        return judge_retail(
            goods=Goods(self.goods.data.strip(), GoodsGroup(group) if group else None),
            unit_price_fen_per_kg=price_of(self.unit_price.data),
            settled_mg=self.settled_mg,
            reweighed_mg=self.reweighed_mg,
            check=CheckScale(
                CheckMethod(self.method.data),
                mpe_mg=_error_of(self.check_error),
                weights_error_mg=_error_of(self.weights_error),
            ),
            on=on,
            instrument=ScaleSpec(interval_mg, AccuracyClass(self.accuracy.data)) if interval_mg else None,
        )


def _error_of(field: Field) -> int | None:
    typed = (field.data or "").strip()
    if not typed:
        return None
    return 0 if typed in NOTHING else grams_of(typed)
