"""What people type for a volume, a length, an area, a count, a distance or an energy, made exact.

A unit inside the text ("2升", "0.5 m³", "12度") wins over the selected one. As in `quantities`,
nothing is rounded: what cannot be kept exactly in the smallest unit is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from portal.rules.errors import InputRefused
from portal.rules.intake_terms import MeasureUnit
from portal.rules.judgement import amount
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import Quantity
from portal.rules.quantities import MASS_WORDS_MG, MOST_MASS_MG, NUMBER, cleaned_number, refuse_number

# One unit in the smallest unit of its quantity (see `Quantity`).
SIZES: dict[Quantity, dict[MeasureUnit, int]] = {
    Quantity.MASS: {MeasureUnit.G: 1_000, MeasureUnit.KG: 1_000_000},
    Quantity.VOLUME: {MeasureUnit.ML: 1_000, MeasureUnit.L: 1_000_000, MeasureUnit.M3: 1_000_000_000},
    Quantity.LENGTH: {MeasureUnit.MM: 1_000, MeasureUnit.CM: 10_000, MeasureUnit.M: 1_000_000},
    Quantity.AREA: {MeasureUnit.CM2: 100, MeasureUnit.DM2: 10_000, MeasureUnit.M2: 1_000_000},
    Quantity.COUNT: {MeasureUnit.PIECES: 1},
    Quantity.DISTANCE: {MeasureUnit.M: 1, MeasureUnit.KM: 1_000},
    Quantity.ENERGY: {MeasureUnit.KWH: 1_000},
}
# Beyond these a number is a slip of the finger; the bounds are ours.
MOST: dict[Quantity, int] = {
    Quantity.MASS: MOST_MASS_MG,
    Quantity.VOLUME: 100_000 * 1_000_000_000,
    Quantity.LENGTH: 100_000 * 1_000_000,
    Quantity.AREA: 1_000_000 * 1_000_000,
    Quantity.COUNT: 1_000_000,
    Quantity.DISTANCE: 10_000_000,
    Quantity.ENERGY: 10_000_000 * 1_000,
}
_WORDS: dict[MeasureUnit, tuple[str, ...]] = {
    MeasureUnit.ML: ("ml", "毫升"),
    MeasureUnit.L: ("l", "升", "公升"),
    MeasureUnit.M3: ("m3", "立方米", "立方", "方"),
    MeasureUnit.MM: ("mm", "毫米"),
    MeasureUnit.CM: ("cm", "厘米", "公分"),
    MeasureUnit.M: ("m", "米"),
    MeasureUnit.KM: ("km", "公里", "千米"),
    MeasureUnit.CM2: ("cm2", "平方厘米"),
    MeasureUnit.DM2: ("dm2", "平方分米"),
    MeasureUnit.M2: ("m2", "平方米", "平米"),
    MeasureUnit.KWH: ("kwh", "kw·h", "千瓦时", "千瓦·时", "度"),
    MeasureUnit.PIECES: ("个", "件", "只", "片", "张", "抽", "支", "枚", "粒", "袋", "包", "pcs", "pieces"),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
_TYPED = re.compile(rf"(?P<number>{NUMBER.pattern})\s*(?P<unit>[^\W\d_][^\d_]*[23]?)?")


@dataclass(frozen=True)
class Measure:
    """An amount in the smallest unit of its quantity."""

    quantity: Quantity
    value: int


def units_for(*quantities: Quantity) -> tuple[MeasureUnit, ...]:
    """Return the units that a field for these quantities offers, in the order of the enum."""
    fitting = {unit for quantity in quantities for unit in SIZES[quantity]}
    return tuple(unit for unit in MeasureUnit if unit in fitting)


def unit_word(text: str) -> str:
    """Return the unit inside a typed amount, empty where there is none."""
    found = _TYPED.fullmatch(cleaned_number(text))
    return (found["unit"] or "").strip() if found else ""


def parse_measure(text: str, unit: MeasureUnit, *quantities: Quantity, may_be_zero: bool = False) -> Measure:
    """Return a typed amount of one of the quantities; InputRefused says what to type instead."""
    found = _TYPED.fullmatch(cleaned_number(text))
    if not found:
        refuse_number(text.strip())
    number = Fraction(found["number"])
    word = (found["unit"] or "").strip()
    if Quantity.MASS in quantities and word in MASS_WORDS_MG:
        return _measure(Quantity.MASS, number * MASS_WORDS_MG[word], may_be_zero)
    chosen = _UNITS.get(word) if word else unit
    for quantity in quantities:
        if chosen in SIZES[quantity]:
            return _measure(quantity, number * SIZES[quantity][chosen], may_be_zero)
    raise InputRefused(
        say("This unit does not fit here. Please use: %(units)s.", units=_listed(units_for(*quantities)))
    )


def _measure(quantity: Quantity, value: Fraction, may_be_zero: bool) -> Measure:
    if value.denominator != 1:
        raise InputRefused(say("Please round it to %(step)s.", step=amount(quantity, 1)))
    if value == 0 and not may_be_zero:
        raise InputRefused(say("Please type a number greater than zero."))
    if value > MOST[quantity]:
        raise InputRefused(say("Please type at most %(most)s.", most=amount(quantity, MOST[quantity])))
    return Measure(quantity, int(value))


def _listed(units: tuple[MeasureUnit, ...]) -> Message:
    first, *rest = units
    if not rest:
        return say("%(first)s", first=first)
    return say("%(first)s; %(rest)s", first=first, rest=_listed(tuple(rest)))
