"""Is a scale accurate enough for the goods sold on it (Order 66 Art. 3).

The scale's permitted error in use must nowhere exceed the deviation permitted for the goods.
Both are steps of the load, so it is enough to try the upper end of every common step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from portal.rules.book import Rule, rule_in_force
from portal.rules.goods import Goods
from portal.rules.messages import Message, say
from portal.rules.retail_rows import TOPIC, RowChoice, bands_of, choose_row
from portal.rules.scales import ScaleSpec, load_steps_mg, mpe_mg


@dataclass(frozen=True)
class Misfit:
    """A range of loads at which a scale may err by more than the goods allow, in mg."""

    over_mg: int
    to_mg: int
    mpe_mg: int
    limit_mg: int


@dataclass(frozen=True)
class Suitability:
    """Whether a scale suits some goods; `fits` is None where no deviation is prescribed."""

    fits: bool | None
    misfits: tuple[Misfit, ...]
    rule: Rule
    reasons: tuple[Message, ...]


def suits(scale: ScaleSpec, *, goods: Goods, unit_price_fen_per_kg: int | None, on: date) -> Suitability:
    """Say whether a scale in use is accurate enough for goods at every load it can weigh."""
    rule = rule_in_force(TOPIC, "suitable_scale", on)
    choice = choose_row(goods, unit_price_fen_per_kg, 1, on)
    if choice.row is None:
        return Suitability(None, (), rule, choice.reasons)
    misfits = tuple(_misfits(scale, choice, on))
    if not misfits:
        enough = say("The scale may err by no more than these goods permit, at every load.")
        return Suitability(True, (), rule, (*choice.reasons, enough))
    said = tuple(
        say(
            "From %(over_mg)s to %(to_mg)s it may err by %(mpe_mg)s; these goods permit %(limit_mg)s.",
            over_mg=misfit.over_mg,
            to_mg=misfit.to_mg,
            mpe_mg=misfit.mpe_mg,
            limit_mg=misfit.limit_mg,
        )
        for misfit in misfits
    )
    return Suitability(False, misfits, rule, (*choice.reasons, *said))


def _misfits(scale: ScaleSpec, choice: RowChoice, on: date) -> list[Misfit]:
    bands = bands_of(choice)
    ends = sorted({*load_steps_mg(scale, on), *(to_mg for to_mg, _ in bands)})
    found = []
    for over_mg, to_mg in pairwise([0, *ends]):
        error_mg = mpe_mg(scale, to_mg, on)
        limit_mg = next((limit for band_to_mg, limit in bands if to_mg <= band_to_mg), None)
        if error_mg is not None and limit_mg is not None and error_mg > limit_mg:
            found.append(Misfit(over_mg, to_mg, error_mg, limit_mg))
    return found
