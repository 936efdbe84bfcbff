"""What an officer types, as whole numbers, and what the filer told, as an officer would type it."""

from __future__ import annotations

from typing import Any

from portal.complaints.models import Case
from portal.rules.metrology import AccuracyClass
from portal.rules.quantities import MassUnit, parse_amount_fen, parse_mass_mg, parse_price_fen_per_kg

NOTHING = ("0", "0.0", "0.00")


def amount_of(text: str) -> int:
    """Return a typed amount in fen; nothing is an amount too, where both sides agree on none."""
    return 0 if text.strip() in NOTHING else parse_amount_fen(text)


def price_of(text: str) -> int:
    """Return a typed price in fen per kilogram."""
    return parse_price_fen_per_kg(text, MassUnit.KG)


def kilograms_of(text: str) -> int:
    """Return a typed weight in mg; a bare number counts kilograms."""
    return parse_mass_mg(text, MassUnit.KG)


def grams_of(text: str) -> int:
    """Return a typed weight in mg; a bare number counts grams."""
    return parse_mass_mg(text, MassUnit.G)


def told_by(case: Case) -> dict[str, Any]:
    """Return what the filer told, as the fields of a finding begin."""
    filing = case.filing
    return {
        "goods": filing.goods,
        "goods_group": filing.goods_group or "",
        "unit_price": _decimal(filing.unit_price_fen_per_kg, 100),
        "settled": _decimal(filing.settled_mg, 1_000_000),
        "accuracy": AccuracyClass.III.value,
    }


def _decimal(value: int | None, per: int) -> str:
    if value is None:
        return ""
    digits = len(str(per)) - 1
    whole, rest = divmod(value, per)
    return f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".")
