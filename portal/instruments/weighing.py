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

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from portal.rules.compensation import Owed, owed_for
from portal.rules.errors import InputRefused
from portal.rules.goods import LONGEST_NAME, Goods, goods_named
from portal.rules.judgement import Judgement
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import CheckMethod, GoodsGroup, Verdict
from portal.rules.pledge import PledgeTerms
from portal.rules.quantities import MassUnit, parse_mass_mg, parse_price_fen_per_kg
from portal.rules.retail_weighing import CheckScale, judge_retail
from portal.rules.scales import ScaleSpec

T = TypeVar("T")
Member = TypeVar("Member", bound=Enum)


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


@dataclass(frozen=True)
class Purchase:
    """What was bought and weighed; masses in mg, the price in fen per kg; not re-weighed = None."""

    goods: Goods
    is_group_guessed: bool
    unit_price_fen_per_kg: int
    settled_mg: int
    reweighed_mg: int | None
    check: CheckWith
    scale: ScaleSpec | None
    bought_on: date


@dataclass(frozen=True)
class Weighing:
    """A purchase that was re-weighed, what the rules say of it and what it owes."""

    goods: Goods
    unit_price_fen_per_kg: int
    settled_mg: int
    reweighed_mg: int
    judgement: Judgement
    owed: Owed

    @property
    def surplus_mg(self) -> int:
        """What the buyer got beyond what was paid for, in mg."""
        return max(0, self.reweighed_mg - self.settled_mg)

    @property
    def may_be_mistyped(self) -> bool:
        """Say whether the two weights differ so much that a unit may be wrong."""
        low, high = sorted((self.settled_mg, self.reweighed_mg))
        return low * 2 < high


class WeighingRefused(Exception):
    """Some fields cannot be used; `errors` says why, by the name of the field."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


def read_purchase(typed: Mapping[str, str | None], *, today: date) -> Purchase:
    """Return the numbers in what was typed; WeighingRefused names every field that cannot be used.

    Keys: goods, goods_group, price, price_unit, settled, settled_unit, reweighed, reweighed_unit,
    check_method, bought_on (today when empty), scale_e (grams).
    """
    text = {name: (value or "").strip() for name, value in typed.items()}
    errors: dict[str, Message] = {}

    def read(name: str, reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except InputRefused as refused:
            errors[name] = refused.message
            return None

    def unit(name: str) -> MassUnit:
        return read(name, lambda: _member(MassUnit, text.get(name, ""), MassUnit.KG)) or MassUnit.KG

    goods = read("goods", lambda: _goods(text.get("goods", ""), text.get("goods_group", "")))
    price = read("price", lambda: parse_price_fen_per_kg(text.get("price", ""), unit("price_unit")))
    settled_mg = read("settled", lambda: parse_mass_mg(text.get("settled", ""), unit("settled_unit")))
    reweighed_mg = e_mg = None
    if text.get("reweighed"):
        reweighed_mg = read("reweighed", lambda: parse_mass_mg(text["reweighed"], unit("reweighed_unit")))
    check = read(
        "check_method", lambda: _member(CheckWith, text.get("check_method", ""), CheckWith.FAIR_SCALE)
    )
    if text.get("scale_e"):
        e_mg = read("scale_e", lambda: parse_mass_mg(text["scale_e"], MassUnit.G))
    bought_on = read("bought_on", lambda: _bought_on(text.get("bought_on", ""), today))
    if errors or goods is None or price is None or settled_mg is None or check is None or bought_on is None:
        raise WeighingRefused(errors)
    return Purchase(
        goods=goods,
        is_group_guessed=goods.group is not None and not text.get("goods_group"),
        unit_price_fen_per_kg=price,
        settled_mg=settled_mg,
        reweighed_mg=reweighed_mg,
        check=check,
        scale=ScaleSpec(e_mg) if e_mg else None,
        bought_on=bought_on,
    )


def weigh(purchase: Purchase, terms: PledgeTerms | None = None) -> Weighing | None:
    """Judge a purchase and reckon what it owes; None when nothing was re-weighed.

    WeighingRefused names bought_on when no rule is held for that day.
    """
    if purchase.reweighed_mg is None:
        return None
    try:
        return _judged(purchase, purchase.reweighed_mg, terms)
    except InputRefused as refused:
        raise WeighingRefused({"bought_on": refused.message}) from refused


def _judged(purchase: Purchase, reweighed_mg: int, terms: PledgeTerms | None) -> Weighing:
    judgement = judge_retail(
        goods=purchase.goods,
        unit_price_fen_per_kg=purchase.unit_price_fen_per_kg,
        settled_mg=purchase.settled_mg,
        reweighed_mg=reweighed_mg,
        check=CHECK_SCALES[purchase.check],
        on=purchase.bought_on,
        instrument=purchase.scale,
    )
    owed = owed_for(
        unit_price_fen_per_kg=purchase.unit_price_fen_per_kg,
        settled_mg=purchase.settled_mg,
        reweighed_mg=reweighed_mg,
        is_over=judgement.verdict is Verdict.OVER,
        is_provable=judgement.verdict is not Verdict.NOT_PROVABLE,
        terms=terms,
        on=purchase.bought_on,
    )
    return Weighing(
        goods=purchase.goods,
        unit_price_fen_per_kg=purchase.unit_price_fen_per_kg,
        settled_mg=purchase.settled_mg,
        reweighed_mg=reweighed_mg,
        judgement=judgement,
        owed=owed,
    )


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


def _member(kind: type[Member], value: str, default: Member) -> Member:
    """Return the member a select sent; the default when nothing was sent."""
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        raise InputRefused(say("Please choose one of the answers offered.")) from None


def _bought_on(text: str, today: date) -> date:
    if not text:
        return today
    day = read_day(text)
    if day > today:
        raise InputRefused(say("The day of purchase cannot lie in the future."))
    return day


def read_day(text: str) -> date:
    """Return a date typed as 2026-05-01, 2026/5/1 or 2026年5月1日."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    try:
        return date(*(int(part) for part in found.groups())) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise InputRefused(say("Please type a date such as 2026-05-01."))
