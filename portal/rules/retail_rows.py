"""Which row of Order 66's annexes applies to goods sold by weight.

A good named in a table keeps its row at any price: the wording is "name or price", and the
price speaks only for goods that are not named (Art. 7). Live poultry, live fish and soaked
goods are taken out by the note under Annex 1, and things that are neither food nor gold or
silver jewellery are outside the Order (Art. 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.rules.book import Confidence, Rule, rule_in_force
from portal.rules.goods import Goods
from portal.rules.judgement import RetailRow
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import DecidedBy, GoodsGroup

TOPIC = "retail_weighing"


@dataclass(frozen=True)
class RowChoice:
    """The two candidate rows, which of them decides, and why."""

    rule: Rule
    row_by_name: RetailRow | None
    row_by_price: RetailRow | None
    deciding: DecidedBy
    confidence: Confidence
    reasons: tuple[Message, ...]

    @property
    def row(self) -> RetailRow | None:
        """Return the row that decides, or None where the annexes do not reach."""
        rows = {DecidedBy.NAME: self.row_by_name, DecidedBy.PRICE: self.row_by_price}
        return rows.get(self.deciding)

    @property
    def limit_mg(self) -> int | None:
        """Return the prescribed deviation, or None where there is none for this weight."""
        return self.row.limit_mg if self.row else None


def choose_row(goods: Goods, unit_price_fen_per_kg: int | None, settled_mg: int, on: date) -> RowChoice:
    """Return the row for goods at a price (fen per kg) and a settled weight (mg)."""
    food = rule_in_force(TOPIC, "retail_food", on)
    jewellery = rule_in_force(TOPIC, "retail_jewellery", on)
    by_name = _row_named(food, goods.group) or _row_named(jewellery, goods.group)
    rule = jewellery if by_name in jewellery.values["rows"] else food
    by_price = _row_priced(food, unit_price_fen_per_kg) if _price_may_speak(rule, food, goods) else None
    deciding = _deciding(food, goods, by_name, by_price)
    row_by_name = _retail_row(rule, by_name, settled_mg)
    row_by_price = _retail_row(food, by_price, settled_mg)
    deciding_row = by_name if deciding is DecidedBy.NAME else by_price
    return RowChoice(
        rule=rule,
        row_by_name=row_by_name,
        row_by_price=row_by_price,
        deciding=deciding,
        confidence=_confidence(rule, deciding_row, settled_mg),
        reasons=_reasons(goods, unit_price_fen_per_kg, row_by_name, row_by_price, deciding),
    )


def bands_of(choice: RowChoice) -> tuple[tuple[int, int], ...]:
    """Return the weighing ranges of the deciding row as (up to mg, deviation mg)."""
    row = choice.row
    if row is None:
        return ()
    table = next(table for table in choice.rule.values["rows"] if table["row_no"] == row.row_no)
    return tuple((band["to_mg"], band["limit_mg"]) for band in table["bands"])


def _row_named(rule: Rule, group: GoodsGroup | None) -> Any:
    return next((row for row in rule.values["rows"] if group and group.value in row["groups"]), None)


def _row_priced(food: Rule, price: int | None) -> Any:
    if price is None:
        return None
    return next(row for row in food.values["rows"] if price <= row.get("price_to_fen_per_kg", price))


def _price_may_speak(rule: Rule, food: Rule, goods: Goods) -> bool:
    return rule is food and goods.group is not GoodsGroup.NOT_FOOD


def _deciding(food: Rule, goods: Goods, by_name: Any, by_price: Any) -> DecidedBy:
    if goods.group is GoodsGroup.NOT_FOOD or (goods.group and goods.group.value in food.values["left_out"]):
        return DecidedBy.LEFT_OUT
    if by_name:
        return DecidedBy.NAME
    return DecidedBy.PRICE if by_price else DecidedBy.NOTHING


def _band(row: Any, settled_mg: int) -> Any:
    return next((band for band in row["bands"] if settled_mg <= band["to_mg"]), None)


def _retail_row(rule: Rule, row: Any, settled_mg: int) -> RetailRow | None:
    if row is None:
        return None
    band = _band(row, settled_mg)
    return RetailRow(
        annex_no=rule.values["annex_no"],
        row_no=row["row_no"],
        groups=tuple(GoodsGroup(group) for group in row["groups"]),
        price_over_fen_per_kg=row.get("price_over_fen_per_kg"),
        price_to_fen_per_kg=row.get("price_to_fen_per_kg"),
        limit_mg=band["limit_mg"] if band else None,
    )


def _confidence(rule: Rule, row: Any, settled_mg: int) -> Confidence:
    """Return the mark of the band used; above the last band, the mark of its upper end."""
    if row is None:
        return rule.confidence
    band = _band(row, settled_mg) or row["bands"][-1]
    return Confidence(band.get("confidence", rule.confidence))


def _reasons(
    goods: Goods,
    price: int | None,
    by_name: RetailRow | None,
    by_price: RetailRow | None,
    deciding: DecidedBy,
) -> tuple[Message, ...]:
    if deciding is DecidedBy.LEFT_OUT:
        return (_why_left_out(goods),)
    if deciding is DecidedBy.NOTHING:
        return (say("Tell us the kind of goods or the unit price: one of them picks the row of the table."),)
    if by_name is None:
        row_no = by_price.row_no if by_price else 0
        return (
            say(
                "These goods are not named, so the unit price of %(price_fen_per_kg)s picks row %(row_no)s.",
                price_fen_per_kg=price,
                row_no=row_no,
            ),
        )
    reasons = [
        say(
            "Row %(row_no)s of Annex %(annex_no)s names %(group)s, so the name decides, at any price.",
            group=goods.group,
            row_no=by_name.row_no,
            annex_no=by_name.annex_no,
        )
    ]
    if by_price and by_price.row_no != by_name.row_no:
        reasons.append(
            say(
                "A price of %(price_fen_per_kg)s alone would pick row %(row_no)s; the name comes first.",
                price_fen_per_kg=price,
                row_no=by_price.row_no,
            )
        )
    if goods.group in (GoodsGroup.AQUATIC, GoodsGroup.POULTRY):
        reasons.append(
            say("Live fish, live poultry and soaked goods are not in the table. Choose them if they apply.")
        )
    return tuple(reasons)


def _why_left_out(goods: Goods) -> Message:
    if goods.group is GoodsGroup.NOT_FOOD:
        return say("The table is for food and for gold and silver jewellery; it does not reach these goods.")
    return say(
        "The note under the table takes out %(group)s, so no deviation is prescribed.", group=goods.group
    )
