"""A re-weighed purchase as a shopper types it: read it, judge it, say what it owes.

| what was re-weighed with | method of Order 66 Art. 6 |
|---|---|
| the market's fair scale, or another trader's scale | equal instrument |
| a more accurate scale, as an inspector brings | better instrument |
| the stall's scale, after weights showed that it reads right | same instrument, weights' error 0 |
| the stall's scale, not tested | same instrument, not tested: nothing is proven |
| one's own kitchen or hand scale | equal instrument, taken at its word |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from portal.rules.compensation import Owed, owed_for
from portal.rules.errors import FieldsRefused, InputRefused
from portal.rules.goods import LONGEST_NAME, Goods, goods_named
from portal.rules.judgement import Judgement
from portal.rules.messages import say
from portal.rules.metrology_terms import CheckMethod, GoodsGroup, Verdict
from portal.rules.pledge import PledgeTerms
from portal.rules.quantities import MassUnit, parse_mass_mg, parse_price_fen_per_kg
from portal.rules.retail_weighing import CheckScale, judge_retail
from portal.rules.scales import ScaleSpec
from portal.rules.typed import Tries, read_day_of_purchase, read_member


class CheckWith(str, Enum):
    """What a shopper re-weighed with, in a shopper's words."""

    FAIR_SCALE = "fair_scale"
    BETTER_SCALE = "better_scale"
    SAME_TESTED = "same_tested"
    SAME_UNTESTED = "same_untested"
    OWN_SCALE = "own_scale"


CHECK_SCALES = {
    CheckWith.FAIR_SCALE: CheckScale(CheckMethod.EQUAL),
    CheckWith.BETTER_SCALE: CheckScale(CheckMethod.BETTER),
    CheckWith.SAME_TESTED: CheckScale(CheckMethod.SAME_INSTRUMENT, weights_error_mg=0),
    CheckWith.SAME_UNTESTED: CheckScale(CheckMethod.SAME_INSTRUMENT),
    CheckWith.OWN_SCALE: CheckScale(CheckMethod.EQUAL),
}


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """What was bought and weighed, what the rules say of it and what it owes; masses in mg.

    `reweighed_mg`, `check_method`, `judgement` and `owed` are None when nothing was re-weighed.
    """

    goods: Goods
    is_group_guessed: bool
    unit_price_fen_per_kg: int
    settled_mg: int
    bought_on: date
    reweighed_mg: int | None = None
    check_method: CheckWith | None = None
    scale: ScaleSpec | None = None
    judgement: Judgement | None = None
    owed: Owed | None = None

    @property
    def surplus_mg(self) -> int:
        """What the buyer got beyond what was paid for, in mg."""
        return max(0, (self.reweighed_mg or 0) - self.settled_mg)

    @property
    def may_be_mistyped(self) -> bool:
        """Say whether the two weights differ so much that a unit may be wrong."""
        if self.reweighed_mg is None:
            return False
        low, high = sorted((self.settled_mg, self.reweighed_mg))
        return low * 2 < high


class WeighingRefused(FieldsRefused):
    """Some fields of a weighing cannot be used; `errors` says why, by the name of the field."""


def weigh(typed: Mapping[str, str | None], *, today: date, terms: PledgeTerms | None = None) -> Weighing:
    """Read, judge and reckon what was typed; WeighingRefused names every field that cannot be used.

    Keys: goods, goods_group, price, price_unit, settled, settled_unit, reweighed, reweighed_unit,
    check_method, bought_on (today when empty), scale_e (grams).
    """
    read = _read(typed, today)
    if read.reweighed_mg is None:
        return replace(read, check_method=None)
    try:
        return _judged(read, read.reweighed_mg, terms)
    except InputRefused as refused:
        raise WeighingRefused({"bought_on": refused.message}) from refused


def bought_on(typed: str | None, *, today: date) -> date:
    """Return the day of purchase as typed, today when empty or unreadable."""
    try:
        return read_day_of_purchase((typed or "").strip(), today)
    except InputRefused:
        return today


def _read(typed: Mapping[str, str | None], today: date) -> Weighing:
    """Return what was typed as numbers, with every field tried."""
    text = {name: (value or "").strip() for name, value in typed.items()}
    tries = Tries()
    units = {
        name: tries.read(name, read_member, MassUnit, text.get(name, ""), MassUnit.KG) or MassUnit.KG
        for name in ("price_unit", "settled_unit", "reweighed_unit")
    }
    goods = tries.read("goods", _goods, text.get("goods", ""), text.get("goods_group", ""))
    price = tries.read("price", parse_price_fen_per_kg, text.get("price", ""), units["price_unit"])
    settled_mg = tries.read("settled", parse_mass_mg, text.get("settled", ""), units["settled_unit"])
    reweighed_mg = e_mg = None
    if text.get("reweighed"):
        reweighed_mg = tries.read("reweighed", parse_mass_mg, text["reweighed"], units["reweighed_unit"])
    if text.get("scale_e"):
        e_mg = tries.read("scale_e", parse_mass_mg, text["scale_e"], MassUnit.G)
    check = tries.read(
        "check_method", read_member, CheckWith, text.get("check_method", ""), CheckWith.FAIR_SCALE
    )
    day = tries.read("bought_on", read_day_of_purchase, text.get("bought_on", ""), today)
    if tries.errors or goods is None or price is None or settled_mg is None or day is None:
        raise WeighingRefused(tries.errors)
    return Weighing(
        goods=goods,
        is_group_guessed=goods.group is not None and not text.get("goods_group"),
        unit_price_fen_per_kg=price,
        settled_mg=settled_mg,
        reweighed_mg=reweighed_mg,
        check_method=check,
        scale=ScaleSpec(e_mg) if e_mg else None,
        bought_on=day,
    )


def _judged(read: Weighing, reweighed_mg: int, terms: PledgeTerms | None) -> Weighing:
    judgement = judge_retail(
        goods=read.goods,
        unit_price_fen_per_kg=read.unit_price_fen_per_kg,
        settled_mg=read.settled_mg,
        reweighed_mg=reweighed_mg,
        check=CHECK_SCALES[read.check_method or CheckWith.FAIR_SCALE],
        on=read.bought_on,
        instrument=read.scale,
    )
    owed = owed_for(
        unit_price_fen_per_kg=read.unit_price_fen_per_kg,
        settled_mg=read.settled_mg,
        reweighed_mg=reweighed_mg,
        is_over=judgement.verdict is Verdict.OVER,
        is_provable=judgement.verdict is not Verdict.NOT_PROVABLE,
        terms=terms,
        on=read.bought_on,
    )
    return replace(read, judgement=judgement, owed=owed)


def _goods(name: str, group: str) -> Goods:
    """Return the goods with the group that was chosen, else with our guess."""
    guessed = goods_named(name)
    if not guessed.name:
        raise InputRefused(say("Please type what was bought, for example prawns."))
    if len(name) > LONGEST_NAME:
        raise InputRefused(
            say("This text is longer than %(most_count)s characters.", most_count=LONGEST_NAME)
        )
    return Goods(guessed.name, GoodsGroup(group)) if group in set(GoodsGroup) else guessed
